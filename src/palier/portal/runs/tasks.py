"""What is done at each occasion of the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from palier.portal.journal.models import Occurrence
from palier.portal.journal.schedule import Duty
from palier.portal.runs.models import Attempt
from palier.portal.runs.notices import give_notice
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import remind
from palier.portal.runs.running import State, perform

LEASE = timedelta(minutes=10)
SCHEDULE = "schedule"
"""The actor of what the calendar asks for."""
_OVER = (State.PUBLISHED, State.UNCHANGED, State.FAILED)


def run_once(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Evaluate a program for the day before the night, or for the day that somebody asked for.

    An attempt that a killed worker left is followed by another; one that ended, whichever way, is not repeated.
    """
    attempts = Attempt.objects.filter(key__startswith=f"{occurrence.key}#")
    if attempts.filter(state__in=_OVER).exists():
        return
    first = attempts.order_by("pk").first()
    attempt, _ = Attempt.objects.get_or_create(
        key=f"{occurrence.key}#{occurrence.attempts}",
        defaults={
            "program": occurrence.subject,
            "wanted_on": first.wanted_on if first else day_before(occurrence.planned_at),
            "asked_by": first.asked_by if first else SCHEDULE,
            "asked_at": first.asked_at if first else at,
        },
    )
    lease = occurrence.leased_until - at if occurrence.leased_until is not None else LEASE
    perform(attempt, worker=occurrence.leased_by, now=timezone.now, lease=lease, go_on=go_on)


def day_before(moment: datetime) -> date:
    """The last day that is over at a moment."""
    return moment.astimezone(UTC).date() - timedelta(days=1)


DUTIES: Mapping[str, Duty] = {
    "daily_run": Duty(run_once, whole=False),
    "asked_run": Duty(run_once, whole=False),
    "monthly_report": Duty(queue_reports),
    "reminders": Duty(remind),
    "recalibration_notice": Duty(give_notice),
}
"""By the kind of occasion."""
