"""One attempt to evaluate a program: published whole; or failed, and nothing that people see has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

import palier
from palier.backends.behind import Behind, look_behind
from palier.backends.composing import complete_until
from palier.backends.evaluate import evaluate
from palier.engine.recalibration import NoCalendarError
from palier.portal.journal.actions import record
from palier.portal.journal.schedule import LeaseLostError, NotYetError, Occasion, add
from palier.portal.programs.actions.listing import list_partners
from palier.portal.runs.governing import rulebook_of
from palier.portal.runs.models import Attempt, Feed
from palier.portal.runs.ownership import compose, refresh
from palier.portal.standings.actions import mark_failed, publish_run
from palier.portal.standings.models import Run
from palier.rulebook.problems import PalierError

State = Attempt.State


class ProgramBusyError(NotYetError):
    """Raised when another worker evaluates the program at this moment."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is being evaluated already")


class NotReproducedError(Exception):
    """Raised when the same rules and facts gave other results than before: neither is to be trusted."""

    def __init__(self, before: str, now: str) -> None:
        super().__init__(f"the same rules and facts gave {now} where they gave {before} before")


class LockLostError(Exception):
    """Raised when an attempt took so long without a sign that another one may have begun."""

    def __init__(self, program: str) -> None:
        super().__init__(f"the lock of {program} is another attempt's now; what this one made is thrown away")


@dataclass(slots=True)
class _Course:
    """An attempt under way: its lock, renewed at every stage, and the stages as people see them."""

    attempt: Attempt
    worker: str
    now: Callable[[], datetime]
    lease: timedelta
    go_on: Callable[[], None]
    history: bool
    place: int = 0

    def stage(self, name: str) -> None:
        """Begin a stage: the one before it has ended."""
        at = self.hold()
        self.end(at)
        self.place += 1
        self.attempt.stages.create(place=self.place, name=name[:60], started_at=at)

    def hold(self) -> datetime:
        """Keep the lock: the attempt is under way."""
        at = self.now()
        self.go_on()
        if not _lock(self.attempt.program).filter(leased_by=self.worker).update(leased_until=at + self.lease):
            raise LockLostError(self.attempt.program)
        return at

    def go(self, stage: str) -> None:
        """Go on inside a stage."""
        del stage
        self.hold()

    def end(self, at: datetime) -> None:
        """End the stage that runs."""
        self.attempt.stages.filter(finished_at=None).update(finished_at=at)


def perform(
    attempt: Attempt,
    *,
    worker: str,
    now: Callable[[], datetime],
    lease: timedelta,
    go_on: Callable[[], None],
    history: bool = True,
) -> Attempt:
    """Run an attempt to its end: published, nothing new, or failed with its problem.

    Args:
        attempt: a waiting attempt.
        worker: names this process; the lock of the program is held under it.
        now: the clock.
        lease: how long the lock holds without a sign.
        go_on: called at every stage, for a lease of the caller's own.
        history: whether to replay the moves behind it; without, the next attempt does.

    Raises:
        ProgramBusyError: another process evaluates the program; the attempt still waits.
        LockLostError, LeaseLostError: the lock was lost on the way; another process goes on.
    """
    at = now()
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    if not _lock(attempt.program).filter(free).update(leased_until=at + lease, leased_by=worker):
        raise ProgramBusyError(attempt.program)
    try:
        if _begin(attempt, at):
            _go_through(_Course(attempt, worker, now, lease, go_on, history))
    finally:
        _lock(attempt.program).filter(leased_by=worker).update(leased_until=None, leased_by="")
    attempt.refresh_from_db()
    return attempt


def _begin(attempt: Attempt, at: datetime) -> bool:
    """Begin an attempt that waits; those before it were interrupted. False when another process ended it meanwhile.

    Raises:
        ProgramBusyError: another process began it.
    """
    waiting = Attempt.objects.filter(pk=attempt.pk, state=State.WAITING)
    interrupted = Attempt.objects.filter(program=attempt.program, state=State.RUNNING)
    if waiting.update(state=State.RUNNING, started_at=at):
        interrupted.exclude(pk=attempt.pk).update(state=State.ABANDONED, finished_at=at)
        attempt.refresh_from_db()
        return True
    if interrupted.filter(pk=attempt.pk).update(state=State.ABANDONED, finished_at=at):
        raise ProgramBusyError(attempt.program)
    return False


def _go_through(course: _Course) -> None:
    """Go through an attempt to its end, whichever it is."""
    attempt, folder = course.attempt, _folder(course.attempt)
    try:
        _evaluate(course, folder)
    except (LockLostError, LeaseLostError):
        shutil.rmtree(folder, ignore_errors=True)
        _abandon(attempt, course.now())
        raise
    except Exception as error:  # noqa: BLE001  # whatever goes wrong is the attempt's problem, shown to the vendor
        _fail(course, error)
        shutil.rmtree(folder, ignore_errors=True)


def _lock(program: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a query set
    return Feed.objects.filter(program=program)


def _folder(attempt: Attempt) -> Path:
    """Where an attempt writes: a place of its own, emptied of what a killed process left."""
    folder = Path(settings.ENVIRONMENT.folder) / "runs" / attempt.program / f"{attempt.wanted_on}-{attempt.pk}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _evaluate(course: _Course, folder: Path) -> None:
    attempt = course.attempt
    course.stage("compose")
    warehouse = Path(Feed.objects.get(program=attempt.program).warehouse)
    complete = complete_until(warehouse)
    on = min(attempt.wanted_on, complete or attempt.wanted_on)
    facts, out = folder / "facts", folder / "run"
    compose(warehouse, facts, until=on)
    version = rulebook_of(attempt.program, on)
    rulebook = palier.read_program(version)
    with evaluate(rulebook, facts=facts, on=on, out=out, progress=course.stage) as run:
        before = _same(run, whole=course.history and rulebook.program.calendar is not None)
        newer = Run.objects.filter(program=attempt.program, is_current=True, as_of__gt=on).exists()
    if before is not None or newer:
        shutil.rmtree(folder)
        with transaction.atomic():
            Run.objects.filter(program=attempt.program, is_current=True).update(failed_at=None)
            _end(course, State.UNCHANGED, run=before, on=on)
        return
    behind = _behind(course, rulebook, facts, on) if course.history else None
    course.stage("publish")
    refresh(facts)
    with transaction.atomic():
        if not _lock(attempt.program).filter(leased_by=course.worker).update(program=F("program")):
            raise LockLostError(attempt.program)
        at = course.now()
        published = publish_run(out, facts=facts, rulebook=version, actor=attempt.asked_by, at=at, moves=behind)
        list_partners(published)
        add(Occasion("forecasts", attempt.program, at))
        _end(course, State.PUBLISHED, run=published, on=on)


def _behind(course: _Course, rulebook: palier.Rulebook, facts: Path, on: date) -> Behind | None:
    """Two years of moves; None where the program has no calendar."""
    course.stage("history")
    try:
        return look_behind(rulebook, facts=facts, on=on, progress=course.go)
    except NoCalendarError:
        return None


def _same(run: palier.Run, *, whole: bool) -> Run | None:
    """The current run, where it was made of the same rules, facts and day, and with its history where `whole` asks it.

    Raises:
        NotReproducedError: it was, and it says something else.
    """
    about = run.about
    current = Run.objects.filter(
        program=about["program"], is_current=True, as_of=run.on,
        rulebook_digest=about["rulebook_hash"], facts_digest=about["facts_digest"],
    ).first()  # fmt: skip
    if current is None:
        return None
    with palier.open_run(Path(current.folder)) as before:
        if before.about["results_digest"] != about["results_digest"]:
            raise NotReproducedError(before.about["results_digest"], about["results_digest"])
    return None if whole and not current.moves.exists() else current


def _end(course: _Course, state: str, *, run: Run | None, on: date) -> None:
    at = course.now()
    course.end(at)
    Attempt.objects.filter(pk=course.attempt.pk, state=State.RUNNING).update(
        state=state, finished_at=at, run=run, as_of=on
    )


def _abandon(attempt: Attempt, at: datetime) -> None:
    """Say that an attempt lost its lock: another one goes on."""
    Attempt.objects.filter(pk=attempt.pk, state=State.RUNNING).update(state=State.ABANDONED, finished_at=at)


def _fail(course: _Course, error: Exception) -> None:
    """Say why, in the attempt, in the journal and on the pages of what is unchanged."""
    attempt, at = course.attempt, course.now()
    said = str(error) if isinstance(error, PalierError) else f"{type(error).__name__}: {error}"
    with transaction.atomic():
        course.end(at)
        running = Attempt.objects.filter(pk=attempt.pk, state=State.RUNNING)
        if not running.update(state=State.FAILED, finished_at=at, problem=said or type(error).__name__):
            return  # another attempt has begun in its place, and is the one to judge
        mark_failed(attempt.program, at=at, actor=attempt.asked_by)
        record(
            actor=attempt.asked_by, verb="fail", subject_kind="attempt", subject_id=str(attempt.pk), at=at,
            after={"program": attempt.program, "wanted_on": attempt.wanted_on.isoformat()}, reason=said[:1000],
        )  # fmt: skip
