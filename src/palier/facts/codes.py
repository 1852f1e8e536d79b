"""The codes of the world that facts may use: currencies (ISO 4217) and countries (ISO 3166-1 alpha-2)."""

from __future__ import annotations

from functools import cache

WITHDRAWN_CURRENCIES = frozenset({"ANG", "BGN", "CUC", "HRK", "MRO", "SLL", "STD", "VEF", "ZWL"})
"""Currencies withdrawn since the first edition of a program (2018): old sales still state them."""


@cache
def currency_codes() -> frozenset[str]:
    """The currencies of ISO 4217, in force or withdrawn since 2018."""
    import pycountry  # noqa: PLC0415 - reading the code lists takes longer than starting Palier

    return frozenset(currency.alpha_3 for currency in pycountry.currencies) | WITHDRAWN_CURRENCIES


@cache
def country_codes() -> frozenset[str]:
    """The countries of ISO 3166-1, as two letters."""
    import pycountry  # noqa: PLC0415 - as above

    return frozenset(country.alpha_2 for country in pycountry.countries)
