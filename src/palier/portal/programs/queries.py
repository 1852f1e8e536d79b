"""Reads: which version governs a day, what a program's calendar says, what the vendor's queues hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from palier.engine.recalibration import recalibration
from palier.portal.programs.models import RulebookVersion
from palier.portal.standings.models import Run
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import ProgramNotFoundError, Rulebook, program_folder, read_program

AHEAD = timedelta(days=370)
State = RulebookVersion.State


class NoVersionError(Exception):
    """Raised when a program has no approved version."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} has no approved version: adopt the shipped program, or approve a draft")


class FilesTouchedError(Exception):
    """Raised when the files of a version are not those that were published."""

    def __init__(self, version: RulebookVersion) -> None:
        super().__init__(
            f"the files of {version} in {version.path} are not those that were published: bring them back from a backup"
        )


def programs() -> list[str]:
    """The programs with an approved version; those with a current run first, then by name."""
    return list(programs_with_runs())


def programs_with_runs() -> dict[str, Run | None]:
    """The programs with an approved version, each with its current run; those that have one first, then by name."""
    known = set(RulebookVersion.objects.filter(state=State.APPROVED).values_list("program", flat=True))
    running = {each.program: each for each in Run.objects.filter(is_current=True)}
    ordered = sorted(known | set(running), key=lambda program: (program not in running, program))
    return {program: running.get(program) for program in ordered}


def readable(program: str, *, vendor: bool) -> bool:
    """Whether somebody reads a program's rules: the vendor's people all of them, others those that run here."""
    known = programs_with_runs()
    return program in known and (vendor or known[program] is not None)


def governing_version(program: str, on: date) -> RulebookVersion:
    """The approved version that answers a day: the latest begun by then, the first one for a day before all.

    Raises:
        NoVersionError: none is approved.
    """
    approved = RulebookVersion.objects.filter(program=program, state=State.APPROVED)
    begun = approved.filter(effective_from__lte=on).order_by("-effective_from", "-approved_at", "-pk").first()
    found = begun or approved.order_by("effective_from", "approved_at", "pk").first()
    if found is None:
        raise NoVersionError(program)
    return found


def governing_versions(on: date) -> dict[str, RulebookVersion]:
    """The same for every program that has one."""
    found: dict[str, RulebookVersion] = {}
    for each in RulebookVersion.objects.filter(state=State.APPROVED).order_by("effective_from", "approved_at", "pk"):
        if each.program not in found or (each.effective_from is not None and each.effective_from <= on):
            found[each.program] = each
    return found


def governing(program: str, on: date) -> Path:
    """The folder of the version that answers a day; the shipped program where none was adopted yet.

    Raises:
        ProgramNotFoundError: there is neither.
        FilesTouchedError: somebody changed the version's files.
    """
    try:
        version = governing_version(program, on)
    except NoVersionError:
        return program_folder(program)
    if not is_untouched(version):
        raise FilesTouchedError(version)
    return version.path


def is_untouched(version: RulebookVersion) -> bool:
    """Whether a version's files are those that were published: read anew, their digest says so."""
    try:
        return read_program(version.folder).digest == version.digest
    except (InputProblemsError, ProgramNotFoundError, OSError):
        return False


def approved_versions(program: str) -> Sequence[RulebookVersion]:
    """The approved versions, the latest first."""
    found = RulebookVersion.objects.filter(program=program, state=State.APPROVED)
    return list(found.select_related("proposed_by", "approved_by").order_by("-effective_from", "-approved_at", "-pk"))


def open_drafts(program: str | None = None) -> Sequence[RulebookVersion]:
    """What is drafted and what waits for approval, the latter first."""
    found = RulebookVersion.objects.filter(state__in=[State.PROPOSED, State.DRAFT])
    found = found if program is None else found.filter(program=program)
    return list(found.select_related("proposed_by").order_by("-state", "-drafted_at"))


@lru_cache(maxsize=16)
def rulebook_of(folder: str) -> Rulebook:
    """A version's rulebook: its files never change, so it is read once."""
    return read_program(folder)


def rulebook_on(program: str, on: date) -> Rulebook:
    """The rulebook of the version that answers a day."""
    try:
        return rulebook_of(governing_version(program, on).folder)
    except NoVersionError:
        return rulebook_of(str(program_folder(program)))


def recalibration_days(rulebook: Rulebook, first: date, last: date) -> tuple[date, ...]:
    """The recalibration days of a time; none for a program without a calendar."""
    if rulebook.program.calendar is None:
        return ()
    return recalibration(rulebook.program).days(first, last)


def last_and_next(rulebook: Rulebook, on: date) -> tuple[date | None, date | None]:
    """The last recalibration day by a day, and the next one after it."""
    past = recalibration_days(rulebook, on - AHEAD, on)
    coming = recalibration_days(rulebook, on + timedelta(days=1), on + AHEAD)
    return (past[-1] if past else None), (coming[0] if coming else None)
