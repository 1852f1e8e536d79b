"""A version on its way: drafted from one in force, edited, checked, proposed, approved by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from palier.engine.check import check_program
from palier.portal.journal.actions import record
from palier.portal.people.models import User
from palier.portal.programs.emails import tell_approved, tell_proposed
from palier.portal.programs.models import RulebookVersion
from palier.portal.programs.permissions import EDITORS, require
from palier.portal.programs.queries import governing_version, is_untouched
from palier.portal.programs.rewriting import NotRewrittenError, keep_version, write_version
from palier.rulebook.edits import parse_edits
from palier.rulebook.problems import InputProblemsError, Problem
from palier.rulebook.read import UnknownSwitchError, program_folder

State = RulebookVersion.State
EDITABLE = (State.DRAFT, State.PROPOSED)


class VersionClosedError(Exception):
    """Raised when a version is changed that was approved or declined."""

    def __init__(self, version: RulebookVersion) -> None:
        super().__init__(f"{version} is {version.state}: draft another version")


class NotReadyError(Exception):
    """Raised when a draft is proposed or approved before it can be; `case` names why."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(f"the version is not ready: {case}")


def versions_folder() -> Path:
    """Where versions are kept, each under its digest."""
    folder: Path = settings.ENVIRONMENT.folder / "rulebooks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def adopt_shipped(program: str, *, at: datetime) -> RulebookVersion:
    """Take over a shipped program: the first one is in force from its first edition, a later release is a draft."""
    rulebook = keep_version(program_folder(program), under=versions_folder())
    known = RulebookVersion.objects.filter(program=program)
    same = known.filter(digest=rulebook.digest).order_by("pk").first()
    if same is not None:
        return same
    first = not known.exists()
    return RulebookVersion.objects.create(
        program=program, digest=rulebook.digest, folder=str(rulebook.folder), drafted_at=at,
        state=State.APPROVED if first else State.DRAFT,
        effective_from=min(each.effective_from for each in rulebook.program.editions) if first else None,
        approved_at=at if first else None,
        note="" if first else "A newer release of Palier ships these rules.",
    )  # fmt: skip


@transaction.atomic
def draft(user: User, program: str, *, on: date, at: datetime) -> RulebookVersion:
    """Begin a draft from the version in force on a day.

    Raises:
        NotAllowedError: the person may not.
    """
    require(user, EDITORS, "draft rules")
    base = governing_version(program, on)
    made = RulebookVersion.objects.create(
        program=program, digest=base.digest, folder=base.folder, based_on=base, proposed_by=user, drafted_at=at
    )
    _record(user, "draft", made, at, after={"based_on": base.digest})
    return made


@transaction.atomic
def set_value(user: User, version_id: int, edit: str, *, at: datetime) -> RulebookVersion:
    """Edit one value of a draft, written PATH=VALUE; the same path again replaces the earlier edit.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        InputProblemsError: the edit is not written so.
    """
    (path,) = parse_edits([edit])
    version = _open(user, version_id)
    kept = [each for each in version.edits if each.partition("=")[0].strip() != path]
    return _edited(user, version, [*kept, edit], dict(version.switches), at)


@transaction.atomic
def unset_value(user: User, version_id: int, path: str, *, at: datetime) -> RulebookVersion:
    """Take an edit of a draft back.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
    """
    version = _open(user, version_id)
    kept = [each for each in version.edits if each.partition("=")[0].strip() != path]
    return _edited(user, version, kept, dict(version.switches), at)


@transaction.atomic
def take_reading(user: User, version_id: int, erratum: str, reading: str, *, at: datetime) -> RulebookVersion:
    """Take another reading of an erratum in a draft; the empty one goes back to the default.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
    """
    version = _open(user, version_id)
    switches = {name: each for name, each in version.switches.items() if name != erratum}
    return _edited(user, version, list(version.edits), switches | ({erratum: reading} if reading else {}), at)


def _open(user: User, version_id: int) -> RulebookVersion:
    require(user, EDITORS, "edit rules")
    version = RulebookVersion.objects.select_for_update().get(pk=version_id)
    if version.state not in EDITABLE:
        raise VersionClosedError(version)
    return version


def _edited(
    user: User, version: RulebookVersion, edits: list[str], switches: dict[str, str], at: datetime
) -> RulebookVersion:
    """Keep what a draft now says: its files and their problems; a proposal becomes a draft again."""
    before = {"edits": version.edits, "switches": version.switches}
    version.edits, version.switches, version.state = edits, switches, State.DRAFT
    version.proposed_by = user
    version.digest = version.folder = ""
    problems: Sequence[Problem] = ()
    assert version.based_on is not None  # noqa: S101  # drafts have one
    try:
        written = write_version(version.based_on.path, parse_edits(edits), switches, under=versions_folder())
        version.digest, version.folder = written.digest, str(written.folder)
        problems = check_program(written.folder)
    except InputProblemsError as error:
        problems = error.problems
    except (NotRewrittenError, UnknownSwitchError) as error:
        problems = (Problem(severity="error", code="not_rewritten", message=str(error)),)
    version.problems = [_told(each) for each in problems]
    version.save()
    _record(user, "edit", version, at, before=before, after={"edits": edits, "switches": switches})
    return version


def _told(problem: Problem) -> dict[str, str]:
    parts = ("severity", "place", "message", "found", "expected", "mend")
    return {name: str(getattr(problem, name) or "") for name in parts}


@transaction.atomic
def propose(
    user: User, version_id: int, *, effective_from: date, note: str, backdated: bool, at: datetime
) -> RulebookVersion:
    """Ask a second person to approve a draft that checks well and was tried as it stands.

    Args:
        user: who proposes.
        version_id: the draft.
        effective_from: the first day that it answers.
        note: why, for the colleague and the journal.
        backdated: whether a day in the past is meant.
        at: now.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        NotReadyError: `problems`, `unchanged`, `untried`, `past` or `note`.
    """
    version = _open(user, version_id)
    _refuse_unready(version)
    if effective_from < at.date() and not backdated:
        raise NotReadyError("past")
    if not note.strip():
        raise NotReadyError("note")
    version.state, version.effective_from, version.backdated = State.PROPOSED, effective_from, backdated
    version.note, version.proposed_by = note.strip(), user
    version.save()
    told = {"effective_from": effective_from.isoformat(), "digest": version.digest, "backdated": backdated}
    _record(user, "propose", version, at, after=told, reason=version.note)
    tell_proposed(version, at=at)
    return version


def _refuse_unready(version: RulebookVersion) -> None:
    if not version.digest or any(each["severity"] == "error" for each in version.problems):
        raise NotReadyError("problems")
    if version.based_on is not None and version.digest == version.based_on.digest:
        raise NotReadyError("unchanged")
    tried = version.trials.filter(digest=version.digest, finished_at__isnull=False, problem="")
    if version.based_on is not None and not tried.exists():
        raise NotReadyError("untried")


@transaction.atomic
def approve(user: User, version_id: int, *, at: datetime) -> RulebookVersion:
    """Put a proposed version in force from its day: the approval of a second person.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        NotReadyError: `not_proposed`, `own` (the proposer's own approval does not count), `past` (its day has gone by
            since, and no day in the past was meant), `changed` or `problems`.
    """
    version = _open(user, version_id)
    if version.state != State.PROPOSED or version.effective_from is None:
        raise NotReadyError("not_proposed")
    if version.proposed_by_id == user.pk:
        raise NotReadyError("own")
    if version.effective_from < at.date() and not version.backdated:
        raise NotReadyError("past")
    _refuse_unready(version)
    if not is_untouched(version):
        raise NotReadyError("changed")
    version.state, version.approved_by, version.approved_at = State.APPROVED, user, at
    version.save()
    _record(user, "approve", version, at, after={
        "effective_from": version.effective_from.isoformat(), "digest": version.digest,
    })  # fmt: skip
    tell_approved(version, at=at)
    return version


@transaction.atomic
def decline(user: User, version_id: int, *, reason: str, at: datetime) -> RulebookVersion:
    """Say no to a draft, with a reason; its proposer withdraws it in the same way.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        NotReadyError: `note`, the reason is missing.
    """
    version = _open(user, version_id)
    if not reason.strip():
        raise NotReadyError("note")
    version.state = State.DECLINED
    version.save(update_fields=["state"])
    _record(user, "decline", version, at, reason=reason.strip())
    return version


def _record(
    user: User,
    verb: str,
    version: RulebookVersion,
    at: datetime,
    *,
    before: object = None,
    after: object = None,
    reason: str = "",
) -> None:
    record(
        actor=user.pseudonym, verb=verb, subject_kind="rulebook", subject_id=f"{version.program}/{version.pk}", at=at,
        before=before, after=after, reason=reason,
    )  # fmt: skip
