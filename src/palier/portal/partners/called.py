"""What people call programs, tiers and currencies, in the reader's language; the id where nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel import Locale
from babel.numbers import get_currency_name
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from palier.engine.words import Language, Words
from palier.portal.partners.asked import CURRENCIES
from palier.portal.partners.days import PROGRAM, rules

TABLES: Mapping[str, Promise] = {
    "partner_users": _("Team"),
    "partner_domains": _("E-mail domains"),
    "attestations": _("Attestations"),
    "influenced_sales": _("Influenced deals"),
}
"""The tables that go out and come in as files."""


def language() -> Language:
    """The language in which texts are said now."""
    return "fr" if (get_language() or "en")[:2] == "fr" else "en"


def program_called(program: str) -> str:
    """What a program calls itself."""
    found = rules(program)
    said = None if found is None else found.text(language(), "program", "name")
    return said or program.capitalize()


def tier_called(tier: str, program: str) -> str:
    """What a program calls a tier."""
    found = rules(program)
    if found is None or tier not in {each.tier for each in found.program.tiers}:
        return tier.capitalize()
    return Words(found, language()).tier(tier)


def gate_called(gate: str, program: str = PROGRAM) -> str:
    """What a program calls a gate."""
    found = rules(program)
    return gate if found is None else Words(found, language()).name("gates", gate)


def table_called(table: str) -> str:
    """What a table of the portal's own holds; the table's name where nobody says."""
    return str(TABLES.get(table, table))


def country_called(code: str) -> str:
    """A country by name; the code of one that has none."""
    return str(Locale(language()).territories.get(code, code))


def currency_choices(on: date, program: str | None = None) -> list[tuple[str, str]]:
    """None, then the currencies that a program converts, or any of the programs (A143-151): nobody guesses one."""
    return [("", "–"), *((code, currency_called(code)) for code in CURRENCIES.ask(program, on, otherwise=()))]


def currency_called(code: str) -> str:
    """A currency by name, with its code."""
    return f"{get_currency_name(code, locale=language())} ({code})"
