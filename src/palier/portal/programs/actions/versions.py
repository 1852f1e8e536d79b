"""A version on its way: drafted from one in force, edited, checked, proposed, approved by a second person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from palier.backends.trial import check_and_try
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
from palier.rulebook.read import ClashingSwitchesError, UnknownSwitchError, program_folder

State = RulebookVersion.State
EDITABLE = (State.DRAFT, State.PROPOSED)
DRAFTED = ("edits", "switches", "based_on", "digest", "folder", "problems", "state", "proposed_by")
"""What an edit of a draft may change."""


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
    return _adopted(program_folder(program), actor="", note="", at=at)


def adopt_files(folder: Path, *, actor: str, note: str, at: datetime) -> RulebookVersion:
    """Take over a program of one's own from its files, as `adopt_shipped` does a shipped one.

    What forms do not edit (SQL, texts, new gates) comes in this way: as a draft to be tried, proposed and approved.

    Raises:
        ProgramNotFoundError: there is no program in the folder.
        InputProblemsError: it cannot be read, or its check finds errors; all of them.
    """
    errors = [each for each in check_and_try(folder) if each.severity == "error"]
    if errors:
        raise InputProblemsError(errors)
    return _adopted(folder, actor=actor, note=note, at=at)


@transaction.atomic
def _adopted(folder: Path, *, actor: str, note: str, at: datetime) -> RulebookVersion:
    rulebook = keep_version(folder, under=versions_folder())
    program, kept = rulebook.program.program, str(rulebook.folder)
    known = RulebookVersion.objects.filter(program=program)
    same = known.filter(Q(digest=rulebook.digest) | Q(release=kept)).order_by("pk").first()
    if same is not None:
        return same
    first = not known.exists()
    made = RulebookVersion.objects.create(
        program=program, digest=rulebook.digest, folder=kept, drafted_at=at,
        state=State.APPROVED if first else State.DRAFT,
        effective_from=min(each.effective_from for each in rulebook.program.editions) if first else None,
        approved_at=at if first else None,
        based_on=None if first else governing_version(program, at.date()),
        release="" if first else kept,
        note="" if first else note,
    )  # fmt: skip
    if actor:
        record(
            actor=actor, verb="adopt", subject_kind="rulebook", subject_id=f"{program}/{made.pk}", at=at,
            after={"digest": made.digest, "state": made.state},
        )  # fmt: skip
    return made


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


def set_value(user: User, version_id: int, edit: str, *, at: datetime) -> RulebookVersion:
    """Edit one value of a draft, written PATH=VALUE; the same path again replaces the earlier edit.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        InputProblemsError: the edit is not written so.
    """
    (path,) = parse_edits([edit])

    def change(version: RulebookVersion) -> None:
        version.edits = [*_without(version.edits, path), edit]

    return _edited(user, version_id, change, at)


def unset_value(user: User, version_id: int, path: str, *, at: datetime) -> RulebookVersion:
    """Take an edit of a draft back.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
    """

    def change(version: RulebookVersion) -> None:
        version.edits = _without(version.edits, path)

    return _edited(user, version_id, change, at)


def take_reading(user: User, version_id: int, erratum: str, reading: str, *, at: datetime) -> RulebookVersion:
    """Take another reading of an erratum in a draft; the empty one goes back to the default.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
    """

    def change(version: RulebookVersion) -> None:
        others = {name: each for name, each in version.switches.items() if name != erratum}
        version.switches = others | ({erratum: reading} if reading else {})

    return _edited(user, version_id, change, at)


def renew(user: User, version_id: int, *, on: date, at: datetime) -> RulebookVersion:
    """Put a draft's edits on the version that answers a day, where another one than the draft's own does by now.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
    """
    version = _editable(user, RulebookVersion.objects.get(pk=version_id))
    base = governing_version(version.program, on)
    if version.based_on_id == base.pk:
        return version

    def change(version: RulebookVersion) -> None:
        version.based_on = base

    return _edited(user, version_id, change, at)


def _without(edits: Sequence[str], path: str) -> list[str]:
    return [each for each in edits if each.partition("=")[0].strip() != path]


def _open(user: User, version_id: int) -> RulebookVersion:
    return _editable(user, RulebookVersion.objects.select_for_update().get(pk=version_id))


def _editable(user: User, version: RulebookVersion) -> RulebookVersion:
    require(user, EDITORS, "edit rules")
    if version.state not in EDITABLE:
        raise VersionClosedError(version)
    return version


def _edited(user: User, version_id: int, change: Callable[[RulebookVersion], None], at: datetime) -> RulebookVersion:
    """Keep what a draft says once it is changed: its files and their problems; a proposal becomes a draft again.

    The check takes seconds, so nobody else's change waits for it: it comes before the transaction, and once more where
    somebody edited the draft meanwhile.
    """
    while True:
        version = _editable(user, RulebookVersion.objects.get(pk=version_id))
        seen, base = _content(version), version.based_on
        change(version)
        _write_and_check(version)
        with transaction.atomic():
            if _content(_open(user, version_id)) != seen:
                continue
            version.state, version.proposed_by = State.DRAFT, user
            version.save(update_fields=DRAFTED)
            _record_edit(user, version, seen, base, at)
        return version


def _content(version: RulebookVersion) -> tuple[list[str], dict[str, str], int | None]:
    return list(version.edits), dict(version.switches), version.based_on_id


def _record_edit(
    user: User,
    version: RulebookVersion,
    before: tuple[list[str], dict[str, str], int | None],
    base: RulebookVersion | None,
    at: datetime,
) -> None:
    edits, switches, based_on = before
    if based_on != version.based_on_id:
        was, now = (each and {"based_on": each.digest} for each in (base, version.based_on))
        _record(user, "renew", version, at, before=was, after=now)
    told = {"edits": version.edits, "switches": version.switches}
    _record(user, "edit", version, at, before={"edits": edits, "switches": switches}, after=told)


def _write_and_check(version: RulebookVersion) -> None:
    """Write the files that a draft stands for, and say what is wrong with them; nothing is saved."""
    problems: Sequence[Problem] = ()
    base, version.digest, version.folder = Path(version.edited_folder), "", ""
    try:
        written = write_version(base, parse_edits(version.edits), version.switches, under=versions_folder())
        version.digest, version.folder = written.digest, str(written.folder)
        problems = check_program(written.folder)
    except InputProblemsError as error:
        problems = error.problems
    except (NotRewrittenError, UnknownSwitchError, ClashingSwitchesError) as error:
        problems = (Problem(severity="error", code="not_rewritten", message=str(error)),)
    version.problems = [_told(each) for each in problems]


def _told(problem: Problem) -> dict[str, str]:
    parts = ("severity", "place", "message", "found", "expected", "mend")
    return {name: str(getattr(problem, name) or "") for name in parts}


@transaction.atomic
def propose(
    user: User, version_id: int, *, seen: str, effective_from: date, note: str, backdated: bool, at: datetime
) -> RulebookVersion:
    """Ask a second person to approve a draft that checks well and was tried as it stands.

    Args:
        user: who proposes.
        version_id: the draft.
        seen: its seal as the person read it.
        effective_from: the first day that it answers.
        note: why, for the colleague and the journal.
        backdated: whether a day in the past is meant.
        at: now.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        NotReadyError: `moved_on` (somebody edited it since), `problems`, `unchanged`, `untried`, `outdated` (another
            version than the one it is based on answers the day), `past` or `note`.
    """
    version = _open(user, version_id)
    _refuse_unseen(version, seen)
    _refuse_unready(version, effective_from)
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


def _refuse_unseen(version: RulebookVersion, seen: str) -> None:
    if version.seal != seen:
        raise NotReadyError("moved_on")


def _refuse_unready(version: RulebookVersion, on: date) -> None:
    if not version.digest or any(each["severity"] == "error" for each in version.problems):
        raise NotReadyError("problems")
    if version.based_on is None or version.digest == version.based_on.digest:
        raise NotReadyError("unchanged")
    if not version.trials.filter(digest=version.digest, finished_at__isnull=False, problem="").exists():
        raise NotReadyError("untried")
    # the lock lets one approval of a program at a time see what the other one put in force
    approved = RulebookVersion.objects.select_for_update().filter(program=version.program, state=State.APPROVED)
    if list(approved) and governing_version(version.program, on).pk != version.based_on_id:
        raise NotReadyError("outdated")


@transaction.atomic
def approve(user: User, version_id: int, *, seen: str, at: datetime) -> RulebookVersion:
    """Put a proposed version in force from its day: the approval of a second person, of what that person has read.

    Raises:
        NotAllowedError: the person may not.
        VersionClosedError: it was approved or declined.
        NotReadyError: `not_proposed`, `own` (the proposer's own approval does not count), `moved_on` (it was edited
            and proposed again since), `past` (its day has gone by since, and no day in the past was meant),
            `outdated` (another version was approved since), `changed` or `problems`.
    """
    version = _open(user, version_id)
    if version.state != State.PROPOSED or version.effective_from is None:
        raise NotReadyError("not_proposed")
    if version.proposed_by_id == user.pk:
        raise NotReadyError("own")
    _refuse_unseen(version, seen)
    if version.effective_from < at.date() and not version.backdated:
        raise NotReadyError("past")
    _refuse_unready(version, version.effective_from)
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
