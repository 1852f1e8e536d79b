"""How often a benefit comes: calendar periods, what was used in one, what is left and what is still owed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from palier.engine.calendar import add_months
from palier.rulebook.benefits import Period, Times

_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a benefit by the partner asked about; an empty quantity means one."""

    benefit: str
    used_on: date
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a partner may use and is owed in the period of a day, and how much of it was used."""

    per: Period
    effective_from: date
    effective_until: date
    at_least: int | None
    at_most: int | None
    limited: bool
    used: int

    @property
    def left(self) -> int | None:
        """How many uses are left, None where no number limits them; never less than nothing."""
        return None if self.at_most is None else max(self.at_most - self.used, 0)

    @property
    def due(self) -> int | None:
        """How many the vendor still owes in the period, None where it owes no number."""
        return None if self.at_least is None else max(self.at_least - self.used, 0)


def period_of(per: Period, on: date) -> tuple[date, date]:
    """The calendar period that a day lies in: its first day, and the first day after it."""
    months = _MONTHS[per]
    start = date(on.year, on.month - (on.month - 1) % months, 1)
    return start, add_months(start, months)


def quota(times: Iterable[Times], tier: str, used_as: str, uses: Iterable[Use], on: date) -> Quota | None:
    """The quota of a tier on a day, from the first of `times` that speaks of it; None where none does.

    Uses count from the first day of the period up to the day asked about, itself included.
    """
    told = next((each for each in times if not each.tiers or tier in each.tiers), None)
    if told is None:
        return None
    start, until = period_of(told.per, on)
    mine = (use for use in uses if use.benefit == used_as and start <= use.used_on <= on)
    return Quota(
        per=told.per,
        effective_from=start,
        effective_until=until,
        at_least=None if told.at_least is None else told.at_least.at(on),
        at_most=None if told.at_most is None else told.at_most.at(on),
        limited=told.limited,
        used=sum(1 if use.quantity is None else use.quantity for use in mine),
    )
