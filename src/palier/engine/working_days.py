"""Working days: Monday to Friday but the public holidays of a country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from palier.rulebook.benefits import Answer
from palier.rulebook.problems import PalierError

_SATURDAY = 5


class UnknownHolidaysError(PalierError):
    """Raised when nobody here knows the public holidays of a country."""

    def __init__(self, country: str) -> None:
        self.country = country
        super().__init__(f"no public holidays are known for {country!r}: write an ISO 3166 code such as FR")


@dataclass(frozen=True, slots=True)
class Promise:
    """The days between which a request is answered, both included, and whose holidays they leave out."""

    country: str
    asked_on: date
    first_on: date
    last_on: date


def promised(answer: Answer, asked_on: date, country: str | None = None) -> Promise:
    """The first and last day on which the vendor promises an answer to a request (A296).

    Args:
        answer: in how many working days it answers.
        asked_on: the day of the request, which is not counted.
        country: whose public holidays count; that of the rulebook if absent.

    Raises:
        UnknownHolidaysError: the country's public holidays are not known.
    """
    where = country or answer.country
    first, last = answer.first.at(asked_on), answer.last.at(asked_on)
    return Promise(where, asked_on, working_day_after(asked_on, first, where), working_day_after(asked_on, last, where))


def working_day_after(day: date, count: int, country: str) -> date:
    """The day that is so many working days after `day`, which itself is not counted.

    Raises:
        UnknownHolidaysError: the country's public holidays are not known.
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day


def is_working_day(day: date, country: str) -> bool:
    """Whether a day is Monday to Friday and no public holiday of the country.

    Raises:
        UnknownHolidaysError: the country's public holidays are not known.
    """
    return day.weekday() < _SATURDAY and day not in _public_holidays(country, day.year)


@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> Any:  # noqa: ANN401  # a mapping of days to names
    import holidays  # noqa: PLC0415  # only whoever asks for a promise needs the calendars

    try:
        return holidays.country_holidays(country, years=year)
    except NotImplementedError as error:
        raise UnknownHolidaysError(country) from error
