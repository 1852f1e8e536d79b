"""Moments, days, spans of time, stages and occasions in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palier.portal.templatetags.days import spoken

register = template.Library()
register.filter("day", spoken)
_MINUTE = 60


@register.filter
def moment(at: datetime | None) -> str:
    """A moment to the minute: 15 January 2027, 02:30 UTC."""
    if at is None:
        return ""
    universal = at.astimezone(UTC)
    return f"{spoken(universal.date())}, {universal:%H:%M}\u00a0UTC"


@register.filter
def span(took: timedelta | float | None) -> str:
    """A span of time: 3.2 s, 4 min 5 s."""
    if took is None:
        return ""
    seconds = took.total_seconds() if isinstance(took, timedelta) else took
    if seconds < _MINUTE:
        number = f"{seconds:.1f}"
        return f"{number.replace('.', ',') if get_language() == 'fr' else number}\u00a0s"
    return f"{int(seconds // _MINUTE)}\u00a0min {int(seconds % _MINUTE)}\u00a0s"


_STAGES = {
    "compose": lambda: _("facts put together"),
    "check": lambda: _("facts checked"),
    "views": lambda: _("shared views"),
    "lines": lambda: _("lines"),
    "figures": lambda: _("figures"),
    "standings": lambda: _("standings"),
    "write": lambda: _("results written"),
    "history": lambda: _("two years of moves"),
    "publish": lambda: _("published"),
}


@register.filter
def stage(name: str) -> str:
    """What a stage of a run does."""
    return _STAGES[name]() if name in _STAGES else name


_OCCASIONS = {
    "daily_run": lambda: _("Nightly run"),
    "asked_run": lambda: _("Run that somebody asked for"),
    "forecasts": lambda: _("Forecasts"),
    "recalibration_trial": lambda: _("Dry run of the recalibration"),
    "recalibration_notice": lambda: _("Notice of the recalibration"),
    "monthly_report": lambda: _("Monthly reports"),
    "reminders": lambda: _("Reminders"),
}


@register.filter
def occasion(kind: str) -> str:
    """What the schedule does at an occasion."""
    return _OCCASIONS[kind]() if kind in _OCCASIONS else kind
