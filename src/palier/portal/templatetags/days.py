"""Days as people read them, in the reader's language: Django's formats know no 1er."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.translation import get_language

from palier.engine.words import spoken_day

register = template.Library()


@register.filter
def spoken(value: date | None) -> str:
    """A day in words: 15 January 2027, 1er janvier 2027; of a moment its day in UTC; nothing for none."""
    return "" if value is None else spoken_day(value, (get_language() or "en")[:2])
