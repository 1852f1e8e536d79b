"""Days of partners: a moment is a day in the time zone of a program."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import palier
from palier.rulebook.problems import PalierError
from palier.rulebook.read import Rulebook

PROGRAM = "solutions"
"""The program whose day is meant where a page is about none."""
WITH_FORM = "technology"
"""The program whose tiers wait for a contact form (B305)."""

_YEAR = 366


@lru_cache(maxsize=16)
def rules(program: str) -> Rulebook | None:
    """The rules of a shipped program; None for another."""
    try:
        return palier.read_program(program)
    except PalierError:
        return None


def zone(program: str = PROGRAM) -> ZoneInfo:
    """The time zone of a program; UTC where nobody says."""
    found = rules(program)
    return ZoneInfo("UTC" if found is None else found.program.time_zone)


def day(at: datetime, program: str = PROGRAM) -> date:
    """The day of a moment in the program's time zone."""
    return at.astimezone(zone(program)).date()


def next_promotion(on: date, program: str) -> date | None:
    """The first day from `on` on which partners may rise: forms of a day come before its moves. None without one."""
    found = rules(program)
    if found is None or found.program.calendar is None:
        return None
    cycle = found.program.calendar.promotion
    later = (on + timedelta(days=number) for number in range(_YEAR))
    return next((each for each in later if cycle.returns_on(each)), None)


def end_of(last_on: date, program: str) -> datetime:
    """The first moment, in UTC, after a day of the program's time zone."""
    return datetime.combine(last_on + timedelta(days=1), time.min, zone(program)).astimezone(UTC)
