"""The codes of the world that facts may use: currencies (ISO 4217) and countries (ISO 3166-1 alpha-2)."""

from __future__ import annotations

from functools import cache

WITHDRAWN_CURRENCIES = frozenset({"ANG", "BGN", "CUC", "HRK", "MRO", "SLL", "STD", "VEF", "ZWL"})
"""Currencies withdrawn since the first edition of a program (2018): old sales still state them."""

NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
"""Two-letter territories of the CLDR that ISO 3166-1 does not assign."""


@cache
def currency_codes() -> frozenset[str]:
    """The currencies of ISO 4217, in force or withdrawn since 2018."""
    from iso4217 import Currency  # noqa: PLC0415 - reading the code lists takes longer than starting Palier

    return frozenset(str(currency.code) for currency in Currency) | WITHDRAWN_CURRENCIES


@cache
def country_codes() -> frozenset[str]:
    """The countries of ISO 3166-1, as two letters."""
    from babel import Locale  # noqa: PLC0415 - as above

    codes = frozenset(str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - NOT_COUNTRIES  # noqa: PLR2004
