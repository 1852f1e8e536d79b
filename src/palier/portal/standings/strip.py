"""Ninety days of work at a customer, or twelve months of its use of an app, as a strip of ticks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from palier.engine.calendar import add_months
from palier.report.drawing import bar
from palier.report.html import Markup, tag
from palier.report.words import Speech

DAYS = 90
_PITCH, _HIGH = 2, 18
_STEPS = ((8, 18), (3, 13), (1, 9))
"""From so many activities on, so high."""
_MONTH_PITCH, _MONTH_HIGH = 15, 13


def worked_words(speech: Speech, done: Mapping[date, int], on: date) -> str:
    """When work was done last, in a few words."""
    if not done:
        return _("no qualifying work in 90 days")
    return speech.count("last_worked", (on - max(done)).days)


def strip(done: Mapping[date, int], on: date, told: str) -> Markup:
    """The strip of the days up to `on`; `told` is its conclusion."""
    first = on - timedelta(days=DAYS - 1)
    ticks = []
    for number in range(DAYS):
        count = done.get(first + timedelta(days=number), 0)
        high = next((high for least, high in _STEPS if count >= least), 0)
        ticks.append(bar(number * _PITCH, _HIGH - high, _PITCH - 0.4, high, "managed", round_=0.5))
    return tag(
        "svg",
        bar(0, _HIGH - 1, DAYS * _PITCH, 1, "empty"),
        *ticks,
        viewBox=f"0 0 {DAYS * _PITCH} {_HIGH}",
        role="img",
        aria_label=told,
        class_="drawn strip",
    )


def used_words(used: Collection[date], months: int) -> str:
    """In how many of the last months an app was used, and when last, in a few words."""
    if not used:
        return _("no use in %(months)s months") % {"months": months}
    last = date_format(max(used), "F Y")
    return _("used in %(used)s of %(months)s months, last in %(last)s") % {
        "used": len(used), "months": months, "last": last,
    }  # fmt: skip


def month_strip(used: Collection[date], last: date, months: int, told: str) -> Markup:
    """The strip of the months up to `last`, given by their first days; `told` is its conclusion."""
    width = months * _MONTH_PITCH
    ticks = [
        bar(number * _MONTH_PITCH, _HIGH - _MONTH_HIGH, _MONTH_PITCH - 3, _MONTH_HIGH, "managed", round_=1)
        for number in range(months)
        if add_months(last, number - months + 1) in used
    ]
    return tag(
        "svg",
        bar(0, _HIGH - 1, width, 1, "empty"),
        *ticks,
        viewBox=f"0 0 {width} {_HIGH}",
        role="img",
        aria_label=told,
        class_="drawn strip",
    )
