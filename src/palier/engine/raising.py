"""The ways in which one more fact raises a metric: by its own worth, or as money at each rate in every currency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from palier.engine.calendar import add_months, month_start, window_end
from palier.engine.grains import minor_units
from palier.rulebook.dated import Dated
from palier.rulebook.model import Program, Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to raise a metric: a row of its rate table, with an amount of minor units in each currency.

    `gains` is what one minor unit of each currency adds to the metric. `counts_from` and `counts_until` are those of
    an amount of the day asked. Where facts count and not money, `count` says how many, and each adds `rate`.
    """

    metric: str
    keys: Mapping[str, str]
    rate: int
    gains: Mapping[str, Fraction]
    minor: Mapping[str, int]
    counts_from: date | None
    counts_until: date | None
    count: int | None = None

    def worth(self, minor: Mapping[str, int]) -> Way:
        """The same way with other amounts."""
        return replace(self, minor=minor)


def smallest(short: Fraction, gain: Fraction, *, strict: bool) -> int:
    """The least whole number of times a gain makes good what is short, and more than that where it is strict."""
    if short < 0 or (short == 0 and not strict):
        return 0
    times = short / gain
    return times.numerator // times.denominator + 1 if strict else -(-times.numerator // times.denominator)


def ways_to_add(program: Program, metric: str, on: date, short: Fraction, *, strict: bool) -> tuple[Way, ...]:
    """Each way to add what is short to a metric with lines of its own; none where the program does not say any."""
    declared = program.metrics[metric]
    by, unit = declared.raised_by, program.units[declared.unit]
    if declared.kind != "sum":
        return ()
    if unit.money is None or (by is not None and by.each is not None):
        return (_counted(program, metric, on, short, strict=strict),)
    if by is None and unit.money != 1:
        return ()
    return ways_of(program, metric, on, lambda gain: smallest(short, gain, strict=strict))


def _counted(program: Program, metric: str, on: date, short: Fraction, *, strict: bool) -> Way:
    """So many more facts, each of which adds its value: one where the program names none."""
    by = program.metrics[metric].raised_by or Raised()
    rate = 1 if by.each is None else int(program.values[by.each].at(on))
    since, until = _counts(program, by, on)
    count = smallest(short, Fraction(rate), strict=strict)
    return Way(
        metric=metric, keys={}, rate=rate, gains={}, minor={}, counts_from=since, counts_until=until, count=count
    )


def ways_of(
    program: Program, metric: str, on: date, minor: Callable[[Fraction], int], *, unit: str | None = None
) -> tuple[Way, ...]:
    """Each way to raise a metric of money.

    Args:
        program: the program.
        metric: the metric, with lines of its own.
        on: the day whose rates and equivalents hold.
        minor: how many minor units are wanted, given what one adds.
        unit: the unit amounts are counted in; absent: the metric's own.
    """
    declared = program.metrics[metric]
    money = program.units[unit or declared.unit].money
    if money is None or program.currency_units is None:
        return ()
    by = declared.raised_by or Raised()
    basis = Fraction(program.currency_units.amount, money)
    worth = {
        currency: basis / minor_units(Fraction(dated.at(on)), currency)
        for currency, dated in program.currency_units.equivalents.items()
    }
    counts_from, counts_until = _counts(program, by, on)
    ways = []
    for keys, rate in _rates(program, by, on):
        gains = {currency: each * rate for currency, each in worth.items()}
        ways.append(
            Way(
                metric=metric,
                keys=keys,
                rate=rate,
                gains=gains,
                minor={currency: minor(gain) for currency, gain in gains.items()},
                counts_from=counts_from,
                counts_until=counts_until,
            )
        )
    return tuple(ways)


def _rates(program: Program, by: Raised, on: date) -> Iterator[tuple[dict[str, str], int]]:
    """The rows of the rate table as keys and rate on the day; one row without keys where amounts count as they are."""
    if by.rates is None:
        yield {}, 1
        return
    table = program.tables[by.rates]
    for row in table.rows:
        dated = row[table.column]
        assert isinstance(dated, Dated)  # noqa: S101  # proven by the model
        rate = int(dated.at(on))
        if rate > 0:
            yield {column: str(row[column]) for column in table.keys}, rate


def _counts(program: Program, by: Raised, on: date) -> tuple[date | None, date | None]:
    """From when an amount of the day counts, and until when."""
    since = add_months(month_start(on), 1) if by.starts == "next_month" else on
    return since, None if by.window is None else window_end(program.windows[by.window], on, on)
