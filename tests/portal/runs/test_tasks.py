"""What the worker does by itself: nothing asked for is forgotten, missed nights are made up for, work lies ready."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.db import OperationalError, transaction
from pytest_django.fixtures import Settings

from palier.portal.journal.leases import MOST_ATTEMPTS
from palier.portal.journal.models import Entry, Message, Occurrence
from palier.portal.journal.outbox import queue_mail
from palier.portal.journal.schedule import Occasion, add, keep
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.programs.models import Recalibration
from palier.portal.runs import tasks, working
from palier.portal.runs.actions import ask_run
from palier.portal.runs.calendar import NOTICE, TRIAL_AT, occasions
from palier.portal.runs.models import Attempt, Feed
from palier.portal.runs.notices import give_notice
from palier.portal.runs.tasks import DUTIES, forecast, try_coming
from palier.portal.standings.models import Foretold, Run
from palier.rulebook.read import ProgramNotFoundError
from portal.conftest import NOW, ON, publish

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=10)


def member(role: str = "administrator", kind: str = "vendor", fact_id: str = "") -> Membership:
    organisation, _ = Organisation.objects.get_or_create(kind=kind, fact_id=fact_id, defaults={"name": kind})
    user = User.objects.create_user(f"{role}{fact_id}@example.com", name=role)
    return Membership.objects.create(user=user, organisation=organisation, role=role)


def work(at: datetime) -> None:
    """Do everything that is due at a moment."""
    while keep(DUTIES, worker="one", now=partial(at.replace), lease=LEASE, chance=0.5):
        pass


def nothing() -> None:
    """Go on."""


def test_an_attempt_that_a_killed_worker_left_waiting_is_taken_up(feed: Feed) -> None:
    attempt = ask_run(member(), feed, on=ON, at=NOW)
    Occurrence.objects.update(leased_by="killed", leased_until=NOW + LEASE, attempts=1)
    work(NOW + LEASE / 2)
    assert Attempt.objects.get().state == "waiting"
    work(NOW + LEASE)
    attempt.refresh_from_db()
    assert (attempt.state, Attempt.objects.count()) == ("published", 1)


def test_an_attempt_that_was_killed_while_it_ran_is_followed_by_another(feed: Feed) -> None:
    killed = ask_run(member(), feed, on=ON, at=NOW)
    Occurrence.objects.update(leased_by="killed", leased_until=NOW, attempts=1)
    Attempt.objects.update(state="running", started_at=NOW)
    work(NOW)
    assert list(Attempt.objects.order_by("pk").values_list("state", "asked_by")) == [
        ("abandoned", killed.asked_by), ("published", killed.asked_by),
    ]  # fmt: skip


def test_asking_again_wakes_what_was_given_up(feed: Feed) -> None:
    by = member()
    first = ask_run(by, feed, on=ON, at=NOW)
    Occurrence.objects.update(dead_at=NOW, attempts=MOST_ATTEMPTS, problem="no connection")
    assert ask_run(by, feed, on=ON, at=NOW + LEASE) == first
    work(NOW + LEASE)
    first.refresh_from_db()
    assert first.state == "published"


def test_nights_that_were_missed_are_made_up_for_by_one_run_of_the_newest(feed: Feed) -> None:
    for each in occasions(feed.program, NOW - timedelta(days=5), NOW):
        if each.kind in {"daily_run", "reminders"}:
            add(each)
    nights = Occurrence.objects.filter(kind="daily_run")
    assert nights.count() == 5
    work(NOW)
    assert not Occurrence.objects.exclude(kind="forecasts").filter(done_at=None).exists()
    attempt = Attempt.objects.get()
    assert (attempt.wanted_on, attempt.state) == (ON - timedelta(days=1), "published")


def test_a_night_that_was_given_up_leaves_its_work_to_the_one_before(feed: Feed) -> None:
    for each in occasions(feed.program, NOW - timedelta(days=2), NOW):
        if each.kind == "daily_run":
            add(each)
    last = Occurrence.objects.order_by("planned_at").last()
    assert last is not None
    Occurrence.objects.filter(pk=last.pk).update(dead_at=NOW)
    work(NOW)
    assert Attempt.objects.get().wanted_on == ON - timedelta(days=2)


def test_every_published_run_is_followed_by_forecasts_for_whoever_may_open_them(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_run(member(), feed, on=ON, at=NOW)
    keep(DUTIES, worker="one", now=lambda: NOW, lease=LEASE, chance=0.5)
    assert Occurrence.objects.get(kind="forecasts").subject == feed.program
    run = Run.objects.get()
    enrolled = list(run.standings.order_by("partner_id").values_list("partner_id", flat=True)[:2])
    for partner_id in enrolled:
        member("admin", "partner", partner_id)
    monkeypatch.setattr(tasks, "SPAN", timedelta())
    monkeypatch.setattr("django.utils.timezone.now", iter([NOW + LEASE * each for each in range(1, 9)]).__next__)
    asked = Occurrence.objects.get(kind="forecasts")
    forecast(asked, NOW, nothing)
    assert set(Foretold.objects.values_list("partner_id", flat=True)) == {enrolled[0]}
    assert Occurrence.objects.filter(kind="forecasts").exclude(pk=asked.pk).count() == 1
    monkeypatch.setattr(tasks, "SPAN", timedelta(days=1))
    forecast(asked, NOW, nothing)
    assert set(Foretold.objects.values_list("partner_id", "run")) == {(each, run.pk) for each in enrolled}


@pytest.mark.parametrize("broken", ["plan", "keep", "work_trials"])
def test_what_fails_in_a_round_keeps_no_mail_back_and_does_not_end_the_worker(
    broken: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        queue_mail(key="k", kind="x", to="x@example.com", language="en", subject="x", text="x", html="x", at=NOW)

    monkeypatch.setattr(working, broken, Mock(side_effect=ProgramNotFoundError("resellers", ())))
    assert working.turn("one", now=lambda: NOW, leases=working.Leases())
    assert Message.objects.get().delivered_at == NOW
    assert "no program 'resellers'" in caplog.text


def test_a_database_that_is_away_ends_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "plan", Mock(side_effect=OperationalError))
    with pytest.raises(OperationalError):
        working.turn("one", now=lambda: NOW, leases=working.Leases())


def coming(at: datetime) -> date:
    """The next recalibration of the program, as the calendar's notice says."""
    following = occasions("solutions", at, at + timedelta(days=200))
    return next(each.at.date() for each in following if each.kind == "recalibration_notice") + NOTICE


def test_a_recalibration_is_tried_from_a_week_before_to_the_morning_after(db: None) -> None:
    del db
    on = coming(NOW)
    start = NOW.replace(hour=0)
    found = occasions("solutions", start, start + timedelta(days=(on - ON).days + 20))
    mornings = [each.at for each in found if each.kind == "recalibration_trial"]
    days = [on + timedelta(days=each) for each in range(-NOTICE.days, 2)]
    assert mornings == [datetime.combine(day, TRIAL_AT, tzinfo=UTC) for day in days]


def test_what_the_worker_tries_lies_ready_and_what_people_decided_stays(
    published_folder: Path, settings: Settings
) -> None:
    run, on = publish(published_folder), coming(NOW)
    morning = Occurrence(kind="recalibration_trial", subject="solutions", planned_at=datetime.combine(
        on - NOTICE, TRIAL_AT, tzinfo=UTC))  # fmt: skip
    try_coming(morning, NOW, nothing)
    kept = Recalibration.objects.get()
    assert (kept.on_day, kept.facts_digest, kept.published_at) == (on, run.facts_digest, None)
    assert kept.moves.exists()
    assert Entry.objects.filter(verb="try", actor="schedule").count() == 1
    moved = kept.moves.first()
    assert moved is not None
    kept.moves.filter(pk=moved.pk).update(exception="hold", reason="a merger", decided_by=member().user)
    try_coming(morning, NOW, nothing)
    assert Entry.objects.filter(verb="try").count() == 1
    Recalibration.objects.update(facts_digest="older")
    try_coming(morning, NOW, nothing)
    assert Entry.objects.filter(verb="try").count() == 2
    assert kept.moves.get(partner_id=moved.partner_id).exception == "hold"
    published = {"published_at": NOW, "published_by": User.objects.get(), "facts_until": on}
    Recalibration.objects.update(facts_digest="older", **published)
    try_coming(morning, NOW, nothing)
    assert Entry.objects.filter(verb="try").count() == 2
    del settings


def test_a_notice_that_comes_too_late_says_nothing(published_folder: Path) -> None:
    publish(published_folder)
    member("manager")
    planned = datetime(2027, 1, 10, 7, 30, tzinfo=UTC)
    notice = Occurrence(kind="recalibration_notice", subject="solutions", planned_at=planned)
    give_notice(notice, planned + NOTICE, nothing)
    assert not Message.objects.exists()
    give_notice(notice, planned + timedelta(days=5), nothing)
    assert "2 " in Message.objects.get().text
    assert add(Occasion("recalibration_notice", "solutions", planned)).done_at is None
