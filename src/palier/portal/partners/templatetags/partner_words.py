"""Days, points and amounts as people read them, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_currency, format_decimal
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palier.engine.grains import exponent
from palier.portal.partners.called import (
    country_called,
    currency_called,
    gate_called,
    program_called,
    table_called,
    tier_called,
)
from palier.portal.partners.contacts import CONTACTS
from palier.portal.partners.days import PROGRAM, zone
from palier.portal.templatetags.days import spoken

register = template.Library()
register.filter(spoken)


@register.filter
def moment(value: datetime | None, program: str = PROGRAM) -> str:
    """A day and the minute, in the program's time zone and with its name: other pages speak of UTC."""
    if value is None:
        return ""
    local = value.astimezone(zone(program))
    return f"{spoken(local.date())}, {local:%H:%M}\u00a0{local.tzname()}"


@register.filter
def points(value: Fraction) -> str:
    """Points with one decimal where they have any."""
    tenths = round(value * 10)
    return format_decimal(tenths // 10 if tenths % 10 == 0 else tenths / 10, locale=_language())


@register.simple_tag
def colon() -> str:
    """A colon as the language writes it: after a narrow space in French."""
    return "\u202f:" if _language() == "fr" else ":"


MONEY = {"en": "¤¤\u00a0#,##0.00", "fr": "#,##0.00\u00a0¤¤"}
"""Money as everywhere else: USD 1,234.56, and 1 234,56 USD in French."""


@register.simple_tag
def money(minor: int | None, currency: str) -> str:
    """An amount of minor units in its currency; nothing for none."""
    if minor is None or not currency:
        return ""
    places = exponent(currency)
    return format_currency(Decimal(minor).scaleb(-places), currency, MONEY[_language()], locale=_language())


def _language() -> str:
    return (get_language() or "en")[:2]


register.filter("program_name", program_called)
register.filter("tier_name", tier_called)
register.filter("country_name", country_called)
register.filter("currency_name", currency_called)
register.filter("gate_name", gate_called)
register.filter("table_name", table_called)


@register.filter
def contact_names(answers: dict[str, str]) -> list[str]:
    """Whom a form named, each under the role."""
    named = [(each.said, answers.get(f"{each.code}_name", "")) for each in CONTACTS]
    return [_("%(role)s: %(name)s") % {"role": role, "name": name} for role, name in named if name]


@register.filter
def humane(code: str) -> str:
    """A code as people read it: without underscores, its first letter large."""
    said = code.replace("_", " ")
    return said[:1].upper() + said[1:]
