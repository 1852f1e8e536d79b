"""Checks of money and territories: currencies, equivalents, empty lists."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from palier.rulebook.checks.said import problem_at
from palier.rulebook.model import CurrencyUnits
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook


def money_without_currencies(rulebook: Rulebook) -> Iterator[Problem]:
    """A unit of money needs to know what each currency is worth."""
    for name, unit in rulebook.program.units.items():
        if unit.money is not None and rulebook.program.currency_units is None:
            yield problem_at(
                rulebook,
                ("units", name, "money"),
                code="no_currency_units",
                message=f"unit {name} counts money, and the program has no currency_units",
                found=unit.money,
                mend="add currency_units with a basis, an amount and the equivalents of each currency",
            )


def basis_currency(rulebook: Rulebook) -> Iterator[Problem]:
    """The basis currency is worth its own amount, on all days."""
    units = rulebook.program.currency_units
    if units is None:
        return
    own = units.equivalents.get(units.basis)
    if own is None:
        yield problem_at(
            rulebook,
            ("currency_units", "equivalents"),
            code="no_basis",
            message=f"the basis {units.basis} has no equivalent of its own",
            expected=f"{units.basis}: {units.amount}",
            mend=f"add {units.basis} with {units.amount} to the equivalents",
        )
        return
    for day, entry in own.entries:
        if entry.value != units.amount:
            yield problem_at(
                rulebook,
                ("currency_units", "equivalents", units.basis, day),
                code="basis_not_worth_itself",
                message=f"{entry.value} {units.basis} cannot be worth {units.amount} {units.basis}",
                found=entry.value,
                expected=units.amount,
                mend="the equivalents say how much of each currency is worth `amount` of the basis",
            )


def too_precise_equivalents(rulebook: Rulebook) -> Iterator[Problem]:
    """An equivalent is a whole number of the currency's minor units."""
    units = rulebook.program.currency_units
    for currency, exponent in _exponents(units):
        assert units is not None  # noqa: S101  # there are currencies
        for day, entry in units.equivalents[currency].entries:
            if (Fraction(entry.value) * 10**exponent).denominator != 1:
                yield problem_at(
                    rulebook,
                    ("currency_units", "equivalents", currency, day),
                    code="too_precise",
                    message=f"{entry.value} {currency} is not a whole number of minor units",
                    found=entry.value,
                    expected=f"at most {exponent} decimals",
                    mend="round the equivalent as the source does",
                )


def _exponents(units: CurrencyUnits | None) -> Iterator[tuple[str, int]]:
    if units is None:
        return
    from iso4217 import Currency  # noqa: PLC0415  # a rulebook without money needs no list of currencies

    yield from ((code, int(Currency(code).exponent or 0)) for code in units.equivalents)


def empty_territories(rulebook: Rulebook) -> Iterator[Problem]:
    """A territory lists countries, on each day of its own."""
    for territory, editions in rulebook.program.territories.items():
        if not editions:
            yield _empty(rulebook, ("territories", territory), territory)
        for day, edition in editions.items():
            if not edition.countries:
                yield _empty(rulebook, ("territories", territory, day, "countries"), territory)


def _empty(rulebook: Rulebook, trail: tuple[str, ...], territory: str) -> Problem:
    return problem_at(
        rulebook,
        trail,
        code="empty_territory",
        message=f"territory {territory} has no countries",
        mend="list its countries, or take it out",
    )
