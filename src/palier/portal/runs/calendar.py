"""The calendar of an installation: what happens when, for every program that runs here. All moments are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from palier.engine.calendar import add_months, month_start
from palier.engine.recalibration import NoCalendarError, recalibration
from palier.portal.journal.schedule import Occasion
from palier.portal.programs.queries import rulebook_on
from palier.portal.runs.models import Feed

RUN_AT, TRIAL_AT, REPORT_AT, REMIND_AT, NOTICE_AT = time(2, 30), time(5), time(6), time(7), time(7, 30)
"""When the night's run begins, a recalibration is tried, reports and reminders go out, managers hear of the first."""
NOTICE = timedelta(days=7)
"""How long before a recalibration its managers are reminded."""
TRIALS = tuple(timedelta(days=days) for days in range(-1, NOTICE.days + 1))
"""On which mornings before a recalibration it is tried; on the last one, the day after, the facts reach its day."""


def calendar(after: datetime, until: datetime) -> Iterator[Occasion]:
    """What happens after a moment, up to and including another, in the order of time."""
    found = [
        occasion
        for program in Feed.objects.values_list("program", flat=True)
        for occasion in occasions(program, after, until)
    ]
    yield from sorted(found, key=lambda each: (each.at, each.kind, each.subject))


def occasions(program: str, after: datetime, until: datetime) -> Iterator[Occasion]:
    """The occasions of one program: a run every night, reminders every morning, a report every month.

    A week before a recalibration its managers are told, and from then on it is tried every morning until its day is
    over: what it would decide lies ready, on the newest facts.
    """
    days = [after.astimezone(UTC).date() + timedelta(days=count) for count in range((until - after).days + 2)]
    for kind, moment in (
        ("daily_run", RUN_AT),
        ("monthly_report", REPORT_AT),
        ("reminders", REMIND_AT),
        ("recalibration_notice", NOTICE_AT),
    ):
        moments = [datetime.combine(day, moment, tzinfo=UTC) for day in days]
        for at in [each for each in moments if after < each <= until]:
            if kind == "monthly_report" and at.day != 1:
                continue
            if kind == "recalibration_notice" and not _recalibrates(program, at.date() + NOTICE):
                continue
            yield Occasion(kind, program, at)
    for at in (datetime.combine(day, TRIAL_AT, tzinfo=UTC) for day in days):
        if after < at <= until and tried_days(program, at):
            yield Occasion("recalibration_trial", program, at)


def tried_days(program: str, at: datetime) -> list[date]:
    """The recalibrations that are tried on the morning of a moment, the nearest first."""
    today = at.astimezone(UTC).date()
    return [today + before for before in TRIALS if _recalibrates(program, today + before)]


def _recalibrates(program: str, on: date) -> bool:
    """Whether the program recalibrates on a day, by the rules in force on it."""
    try:
        return bool(recalibration(rulebook_on(program, on).program).days(on, on))
    except NoCalendarError:
        return False


def reported_month(at: datetime) -> tuple[date, date]:
    """The month that a report of the first day of a month tells of: its first day, and the first after it."""
    end = month_start(at.astimezone(UTC).date())
    return add_months(end, -1), end
