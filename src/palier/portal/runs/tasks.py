"""What is done at each occasion of the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from palier.portal.journal.models import Occurrence
from palier.portal.journal.schedule import Duty, Occasion, add
from palier.portal.programs.actions.recalibrations import dry_run
from palier.portal.runs.calendar import tried_days
from palier.portal.runs.mailing import partners_with_people
from palier.portal.runs.models import Attempt
from palier.portal.runs.notices import give_notice
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import remind
from palier.portal.runs.running import State, perform
from palier.portal.standings.queries import published
from palier.portal.standings.tasks import foretell_all

LEASE = timedelta(minutes=10)
SPAN = timedelta(minutes=1)
"""How long forecasts are worked out before other things have their turn."""
SCHEDULE = "schedule"
"""The actor of what the calendar asks for."""
_OVER = (State.PUBLISHED, State.UNCHANGED, State.FAILED)


def run_once(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Evaluate a program for the day before the night, or for the day that somebody asked for.

    An attempt that a killed worker left running is followed by another, one that it left waiting is taken up; one that
    ended, whichever way, is not repeated. Of the nights that were missed only the last one is made up for.
    """
    attempts = Attempt.objects.filter(key__startswith=f"{occurrence.key}#").order_by("pk")
    if is_overtaken(occurrence, at):
        attempts.filter(state=State.WAITING).update(state=State.ABANDONED, finished_at=at)
        return
    if attempts.filter(state__in=_OVER).exists():
        return
    first, attempt = attempts.first(), attempts.filter(state=State.WAITING).first()
    if attempt is None:
        attempt = Attempt.objects.create(
            key=f"{occurrence.key}#{attempts.count() + 1}",
            program=occurrence.subject,
            wanted_on=first.wanted_on if first else day_before(occurrence.planned_at),
            asked_by=first.asked_by if first else SCHEDULE,
            asked_at=first.asked_at if first else at,
        )
    lease = occurrence.leased_until - at if occurrence.leased_until is not None else LEASE
    perform(attempt, worker=occurrence.leased_by, now=timezone.now, lease=lease, go_on=go_on)


def forecast(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Work out the forecasts and homes of a program's current run for the partners whose people may open them.

    What is not done after `SPAN` is planned again, so that mails and runs do not wait for thousands of forecasts.
    """
    found = published(occurrence.subject)
    if found is None:
        return
    for partner_id in partners_with_people():
        go_on()
        foretell_all(found, partners=[partner_id])
        now = timezone.now()
        if now - at > SPAN:
            with transaction.atomic():
                add(Occasion(occurrence.kind, occurrence.subject, now))
            return


def try_coming(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Try the recalibrations around the day of an occasion, so that the vendor finds them ready to be decided."""
    if is_overtaken(occurrence, at):
        return
    for on in tried_days(occurrence.subject, occurrence.planned_at):
        go_on()
        dry_run(occurrence.subject, on, at=at, progress=lambda _stage: go_on())


def remind_newest(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Queue this morning's reminders; those of mornings that were missed would come too late."""
    if not is_overtaken(occurrence, at):
        remind(occurrence, at, go_on)


def is_overtaken(occurrence: Occurrence, at: datetime) -> bool:
    """Whether a later night or morning of the same kind is planned already: it does this one's work as well."""
    later = Occurrence.objects.filter(kind=occurrence.kind, subject=occurrence.subject, dead_at=None)
    regular = occurrence.kind in {"daily_run", "reminders", "recalibration_trial"}
    return regular and later.filter(planned_at__gt=occurrence.planned_at, planned_at__lte=at).exists()


def day_before(moment: datetime) -> date:
    """The last day that is over at a moment."""
    return moment.astimezone(UTC).date() - timedelta(days=1)


DUTIES: Mapping[str, Duty] = {
    "daily_run": Duty(run_once, whole=False),
    "asked_run": Duty(run_once, whole=False),
    "forecasts": Duty(forecast, whole=False),
    "recalibration_trial": Duty(try_coming, whole=False),
    "monthly_report": Duty(queue_reports, whole=False),
    "reminders": Duty(remind_newest, whole=False),
    "recalibration_notice": Duty(give_notice),
}
"""By the kind of occasion."""
