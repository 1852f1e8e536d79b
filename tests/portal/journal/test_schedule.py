"""The schedule: planned whatever was missed, each thing done exactly once, though workers die."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from palier.portal.journal.actions import record
from palier.portal.journal.models import Entry, Occurrence
from palier.portal.journal.schedule import Duty, NotYetError, Occasion, add, keep, plan
from palier.portal.runs.calendar import TRIALS, calendar
from palier.portal.runs.models import Feed
from portal.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=90)
KINDS = ("daily_run", "monthly_report", "reminders", "recalibration_notice", "recalibration_trial")


class Killed(BaseException):
    """What kill -9 does to a worker: nothing after it runs."""


def note(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    go_on()
    record(actor="schedule", verb="kept", subject_kind=occurrence.kind, subject_id=occurrence.key, at=at)


def test_the_schedule_begins_with_the_installation() -> None:
    def everything(after: datetime, until: datetime) -> Iterator[Occasion]:
        del after
        yield Occasion("try", "", until)

    assert plan(everything, at=NOW) == 0
    assert plan(everything, at=NOW) == 0
    assert plan(everything, at=NOW + HOUR) == 1


def test_the_same_occasion_is_planned_once() -> None:
    assert add(Occasion("try", "", NOW)).pk == add(Occasion("try", "", NOW)).pk


def test_work_that_fails_is_taken_back_and_tried_again() -> None:
    add(Occasion("try", "", NOW))
    failures = iter([True, False])

    def fail_once(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
        note(occurrence, at, go_on)
        if next(failures):
            message = "the disk is full"
            raise OSError(message)

    for moment in (NOW, NOW + HOUR):
        now = partial(moment.replace)
        assert keep({"try": Duty(fail_once)}, worker="one", now=now, lease=LEASE, chance=0.5)
    assert Entry.objects.filter(verb="kept").count() == 1
    assert Occurrence.objects.get().attempts == 2
    assert not keep({}, worker="one", now=lambda: NOW + 9 * HOUR, lease=LEASE, chance=0.5)


def test_work_that_must_wait_for_other_work_is_no_attempt_however_often() -> None:
    add(Occasion("try", "", NOW))
    moments = [NOW + turn * timedelta(minutes=1) for turn in range(20)]

    def wait_until_the_last(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
        note(occurrence, at, go_on)
        if at < moments[-1]:
            raise NotYetError

    for moment in moments:
        assert keep(
            {"try": Duty(wait_until_the_last)}, worker="one", now=partial(moment.replace), lease=LEASE, chance=1
        )
    done = Occurrence.objects.get()
    assert (done.attempts, done.done_at, done.problem) == (1, moments[-1], "")
    assert Entry.objects.filter(verb="kept").count() == 1


def expected(start: datetime, end: datetime) -> Counter[str]:
    """What two years ask for, counted the slow way: by the quarter of an hour."""
    found: Counter[str] = Counter()
    at = start
    while at < end:
        at += timedelta(minutes=15)
        for program in ("solutions", "technology"):
            found[f"daily_run {program}"] += (at.hour, at.minute) == (2, 30)
            found[f"reminders {program}"] += (at.hour, at.minute) == (7, 0)
            found[f"monthly_report {program}"] += (at.day, at.hour, at.minute) == (1, 6, 0)
    return found


def simulate(days: int, seed: int) -> None:
    """Hour by hour; the worker is down for hours or days, and is killed within its work now and then."""
    chance = random.Random(seed)  # noqa: S311  # when a worker is down
    for program in ("solutions", "technology"):
        Feed.objects.create(program=program, warehouse="/nowhere")
    start = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    plan(calendar, at=start)

    def whole(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
        note(occurrence, at, go_on)
        fate = chance.random()
        if fate < 0.03:
            raise Killed
        if fate < 0.06:
            message = "no connection"
            raise OSError(message)

    duties = {kind: Duty(whole) for kind in KINDS}
    down = 0
    for hour in range(1, days * 24 + 1):
        at = start + hour * HOUR
        if down:
            down -= 1
            continue
        if chance.random() < 0.02:
            down = chance.randint(1, 100)
        work(duties, at, worker=f"worker-{hour}")
    end = start + days * 24 * HOUR
    for hour in range(1, 200):
        work(duties, end + hour * HOUR / 1000 if hour == 1 else end + hour * HOUR, worker="last", until=end)
    kept = Counter(Entry.objects.filter(verb="kept").values_list("subject_id", flat=True))
    assert set(kept.values()) == {1}
    assert set(kept) == set(Occurrence.objects.values_list("key", flat=True))
    by_kind = Counter(f"{kind} {key.split(':')[1]}" for key in kept for kind in KINDS if key.startswith(f"{kind}:"))
    assert {name: by_kind[name] for name in expected(start, end)} == dict(expected(start, end))
    for program in ("solutions", "technology"):
        notices, trials = by_kind[f"recalibration_notice {program}"], by_kind[f"recalibration_trial {program}"]
        assert notices or days < 200
        assert abs(trials - notices * len(TRIALS)) < len(TRIALS)  # the last ones may lie beyond the end
    assert not Occurrence.objects.filter(done_at=None).exists()


def work(duties: dict[str, Duty], at: datetime, *, worker: str, until: datetime | None = None) -> None:
    plan(calendar, at=min(at, until) if until else at)
    try:
        while keep(duties, worker=worker, now=lambda: at, lease=LEASE, chance=0.5):
            pass
    except Killed:
        return


def test_weeks_hour_by_hour_with_the_worker_down_at_random() -> None:
    simulate(int(os.environ.get("PALIER_SCHEDULE_DAYS", "45")), seed=4)
