"""Days and months: clipped month arithmetic and the windows in which credits live."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from palier.rulebook.model import Window


def add_months(day: date, months: int) -> date:
    """The day some calendar months later, clipped to the month's last day (2024-02-29 + 12 is 2025-02-28)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def month_start(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def window_end(window: Window, start: date, on: date) -> date:
    """The first day on which a credit that starts on `start` no longer lives, by the length in force `on`."""
    length = window.length.at(on)
    if window.whole_months is not None:
        return add_months(month_start(start), length + 1)
    return start + timedelta(days=length) if window.days is not None else add_months(start, length)


def window_start(window: Window, on: date) -> date:
    """The earliest start whose credit still lives on the day."""
    length = window.length.at(on)
    if window.days is not None:
        return on - timedelta(days=length - 1)
    if window.whole_months is not None:
        return add_months(month_start(on), -length)
    start = add_months(on, -length)
    while window_end(window, start, on) <= on:
        start += timedelta(days=1)
    return start


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
