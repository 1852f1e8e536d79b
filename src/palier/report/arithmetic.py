"""The arithmetic of a line, whole: shown only where working it out gives the line's own amount, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from palier.engine.grains import exponent
from palier.engine.results import Line
from palier.engine.words import Words

_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Formula:
    """A line's amount as a product and quotients, and the exact result."""

    steps: tuple[str, ...]
    result: str

    @property
    def text(self) -> str:
        """The formula as one reads it aloud."""
        return " ".join((*self.steps, "=", self.result))


def exact(words: Words, value: Fraction, *, decimals: int = 2) -> str:
    """A number without rounding: its decimals where they end, else a whole and a fraction."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        for places in range(decimals, _MOST_DECIMALS + 1):
            if (value * 10**places).denominator == 1:
                return words.number(value, places)
    whole, remainder = divmod(value.numerator, value.denominator)
    part = f"{remainder}/{value.denominator}"
    return part if whole == 0 else f"{words.number(whole, 0)} + {part}"


def formula(words: Words, line: Line) -> Formula | None:
    """Amount ÷ currency unit × rate ÷ sharers; None where a line is not made so."""
    factors = line.factors
    unit = words.rulebook.program.units[words.rulebook.program.metrics[line.metric].unit]
    if unit.money is None or not {"amount_minor", "currency", "unit_minor"} <= factors.keys():
        return None
    currency, asked = str(factors["currency"]), Fraction(int(factors["amount_minor"]))
    equivalents = words.rulebook.program.currency_units
    worth = Fraction(1) if equivalents is None else Fraction(equivalents.amount, unit.money)
    rate, sharers = Fraction(factors.get("rate", 1)), int(factors.get("sharers", 1))
    if asked / int(factors["unit_minor"]) * worth * rate / sharers != line.amount:
        return None
    amount = Fraction(asked, 10 ** exponent(currency))
    steps = [words.money_major(amount, currency)]
    steps.append(f"÷ {words.money(int(factors['unit_minor']), currency)}")
    if worth != 1:
        steps.append(f"× {words.number(worth, 0)}")
    if "rate" in factors:
        steps.append(f"× {words.number(rate, 0)}")
    if sharers > 1:
        steps.append(f"÷ {sharers}")
    return Formula(tuple(steps), exact(words, line.amount))
