"""The coming months of one partner, drawn from its forecasts: credit that ends, tiers, and the next bad day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.engine.forecast import Cause, Change, Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One line of credit that ends on a day, and how much it counted."""

    on: date
    metric: str
    amount: Fraction
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A day on which credit ends: the lines that end, the largest first, and the day's whole change."""

    on: date
    endings: tuple[Ending, ...]
    change: Change

    @property
    def amount(self) -> Fraction:
        """All the credit that ends on the day."""
        return sum((ending.amount for ending in self.endings), Fraction(0))

    @property
    def falls(self) -> bool:
        """Whether the partner's tier changes on the day."""
        return self.change.tier[0] != self.change.tier[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The credit that ends in a month, by metric."""

    first: date
    ended: dict[str, Fraction]

    @property
    def total(self) -> Fraction:
        """What ends in the month, all metrics together."""
        return sum(self.ended.values(), Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A day on which a figure falls: from what to what (None where nothing defines it any more), and because of what.

    The causes are the lines that end or shrink, the largest first.
    """

    on: date
    metric: str
    before: Fraction
    after: Fraction | None
    causes: tuple[Cause, ...]
    change: Change

    @property
    def by(self) -> Fraction:
        """By how much it falls."""
        return self.before - (self.after or Fraction(0))


@dataclass(frozen=True, slots=True)
class Stay:
    """A time on one tier: from a day until a day (excluded, or the end of the forecast)."""

    tier: str | None
    from_: date
    until: date


def lapses(forecast: Forecast, metrics: Iterable[str]) -> tuple[Lapse, ...]:
    """The days on which lines of the given credits end, in order."""
    wanted = set(metrics)
    found = []
    for change in forecast.changes:
        endings = [
            Ending(on=change.on, metric=cause.metric, amount=cause.before or Fraction(0), cause=cause)
            for cause in change.causes
            if cause.metric in wanted and cause.happening == "ended" and cause.before
        ]
        if endings:
            ordered = sorted(endings, key=lambda each: (-each.amount, each.cause.source_id))
            found.append(Lapse(on=change.on, endings=tuple(ordered), change=change))
    return tuple(found)


def months(forecast: Forecast, metrics: Iterable[str]) -> tuple[Month, ...]:
    """The credit that ends in each month, from the day asked to the last day forecast."""
    wanted = tuple(metrics)
    lost = [(lapse.on, each.metric, each.amount) for lapse in lapses(forecast, wanted) for each in lapse.endings]
    return _by_month(forecast, wanted, lost)


def dropped(forecast: Forecast, metric: str) -> tuple[Month, ...]:
    """By how much a figure falls in each month, from the day asked to the last day forecast."""
    return _by_month(forecast, (metric,), [(each.on, metric, each.by) for each in drops(forecast, (metric,))])


def _by_month(
    forecast: Forecast, wanted: tuple[str, ...], lost: Iterable[tuple[date, str, Fraction]]
) -> tuple[Month, ...]:
    sums: dict[date, dict[str, Fraction]] = defaultdict(lambda: dict.fromkeys(wanted, Fraction(0)))
    for on, metric, amount in lost:
        sums[on.replace(day=1)][metric] += amount
    listed = []
    first = forecast.on.replace(day=1)
    while first <= forecast.until:
        listed.append(Month(first=first, ended=dict(sums[first])))
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return tuple(listed)


def drops(forecast: Forecast, metrics: Iterable[str]) -> tuple[Drop, ...]:
    """The days on which any of the figures falls, in order; figures of one day in the order given."""
    wanted = tuple(metrics)
    found = []
    for change in forecast.changes:
        moved = {each.metric: each for each in change.figures if (each.before or 0) > (each.after or 0)}
        for metric in wanted:
            if (each := moved.get(metric)) is not None and each.before is not None:
                causes = [cause for cause in change.causes if cause.metric == metric and _loss(cause) > 0]
                ordered = sorted(causes, key=lambda cause: (-_loss(cause), cause.source_id))
                found.append(
                    Drop(
                        on=change.on, metric=metric, before=each.before, after=each.after, causes=tuple(ordered),
                        change=change,
                    )
                )  # fmt: skip
    return tuple(found)


def _loss(cause: Cause) -> Fraction:
    return (cause.before or Fraction(0)) - (cause.after or Fraction(0))


def values(forecast: Forecast, metric: str) -> tuple[tuple[date, Fraction], ...]:
    """The days on which a figure changes with its value from then on, the day asked first."""
    steps = [(forecast.on, forecast.figures.get(metric) or Fraction(0))]
    for change in forecast.changes:
        steps += [(change.on, each.after or Fraction(0)) for each in change.figures if each.metric == metric]
    return tuple(steps)


def stays(forecast: Forecast) -> tuple[Stay, ...]:
    """The tiers whose gates hold, one after the other, up to the end of the forecast."""
    found, tier, since = [], forecast.tier, forecast.on
    for change in forecast.changes:
        if change.tier[1] != tier:
            found.append(Stay(tier, since, change.on))
            tier, since = change.tier[1], change.on
    return (*found, Stay(tier, since, forecast.until))
