"""Ninety days of work at a customer as a strip: a tick for each day, higher where more was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from palier.report.drawing import bar
from palier.report.html import Markup, tag
from palier.report.words import Speech

DAYS = 90
_PITCH, _HIGH = 2, 18
_STEPS = ((8, 18), (3, 13), (1, 9))
"""From so many activities on, so high."""


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
