"""Exact arithmetic without division: one derived denominator a unit, every line an integer number of grains.

A unit's denominator is the smallest integer that every currency's equivalent and every share up to the
program's `max_sharers` divide (design.md, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm

from iso4217 import Currency

from palier.rulebook.model import Program
from palier.rulebook.problems import PalierError

LARGEST = 10**38 - 1
"""The largest integer that DECIMAL(38,0) holds."""


class DenominatorTooLargeError(PalierError):
    """Raised when a unit's denominator leaves no room for amounts in DECIMAL(38,0)."""

    def __init__(self, unit: str, denominator: int) -> None:
        self.unit = unit
        super().__init__(
            f"unit {unit}: its denominator has {len(str(denominator))} digits; "
            "lower max_sharers or round the equivalents"
        )


@cache
def exponent(currency: str) -> int:
    """The ISO 4217 exponent: how many decimal digits the minor unit has (JPY 0, EUR 2)."""
    return int(Currency(currency).exponent or 0)


@dataclass(frozen=True, slots=True)
class UnitGrains:
    """A unit's denominator, split into the part that currencies need and the part that shares need."""

    denominator: int
    shares: int

    @property
    def currencies(self) -> int:
        """The factor of the denominator that holds one minor unit of any currency, unshared."""
        return self.denominator // self.shares


def minor_units(equivalent: Fraction, currency: str) -> Fraction:
    """How many minor units of a currency the equivalent is (7500 for 75 EUR)."""
    return equivalent * Fraction(10 ** exponent(currency))


def share_denominator(max_sharers: int) -> int:
    """The smallest integer that every whole share 1/n up to `max_sharers` divides."""
    return lcm(*range(1, max_sharers + 1))


def unit_grains(program: Program, unit: str) -> UnitGrains:
    """The denominator of a unit: money units hold every currency and share, the others count wholes.

    Raises:
        DenominatorTooLargeError: no room would be left for amounts.
    """
    money = program.units[unit].money
    if money is None or program.currency_units is None:
        return UnitGrains(1, 1)
    shares = share_denominator(program.max_sharers)
    held = lcm(*(value.denominator for value in _minor_values(program, money)))
    denominator = held * shares
    if denominator > 10**24:
        raise DenominatorTooLargeError(unit, denominator)
    return UnitGrains(denominator, shares)


def _minor_values(program: Program, money: int) -> Iterable[Fraction]:
    """What one minor unit of each currency is worth in the unit, for every dated equivalent."""
    units = program.currency_units
    assert units is not None  # noqa: S101  # asked only of money units
    for currency, dated in units.equivalents.items():
        for _, entry in dated.entries:
            yield Fraction(units.amount, money) / minor_units(Fraction(entry.value), currency)
