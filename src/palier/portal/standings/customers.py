"""A partner's customers: what each brings in its own currency and in points, shared or not, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from palier.engine.grains import exponent
from palier.engine.results import Line

SOON = timedelta(days=30)
Order = Literal["points", "name", "sold", "managed", "ends"]
Kind = Literal["all", "sold", "managed", "shared", "soon"]


@dataclass(frozen=True, slots=True)
class Money:
    """A monthly amount in major units of its currency: what counts, and the whole where it is shared."""

    currency: str
    counted: Fraction
    whole: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a customer brings to one metric: the points, the money behind them, the share, the first day it ends.

    `months` says of a mean over months in how many of how many it counts; the oldest of them leaving is no end.
    """

    metric: str
    points: Fraction
    money: tuple[Money, ...]
    sharers: int
    ends_on: date | None
    worked_on: date | None
    markets: frozenset[str] = frozenset()
    motions: frozenset[str] = frozenset()
    months: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with its credits by metric."""

    customer_id: str
    name: str
    credits: Mapping[str, Credit]

    @property
    def points(self) -> Fraction:
        """All its points."""
        return sum((credit.points for credit in self.credits.values()), Fraction(0))

    @property
    def sharers(self) -> int:
        """How many partners share it; 1 where it is the partner's alone."""
        return max((credit.sharers for credit in self.credits.values()), default=1)

    @property
    def ends_on(self) -> date | None:
        """The first day on which some of its credit ends."""
        return min((credit.ends_on for credit in self.credits.values() if credit.ends_on is not None), default=None)

    @property
    def markets(self) -> frozenset[str]:
        """The markets in which its credit is counted."""
        return frozenset[str]().union(*(credit.markets for credit in self.credits.values()))

    @property
    def motions(self) -> frozenset[str]:
        """The motions by which its sales came about."""
        return frozenset[str]().union(*(credit.motions for credit in self.credits.values()))

    @property
    def worked_on(self) -> date | None:
        """The last day of work that counts."""
        return max((each.worked_on for each in self.credits.values() if each.worked_on is not None), default=None)

    def points_of(self, metric: str) -> Fraction:
        """Its points of one metric."""
        credit = self.credits.get(metric)
        return Fraction(0) if credit is None else credit.points


def customers_of(lines: Iterable[Line], names: Mapping[str, str]) -> list[Customer]:
    """The customers that lines of credit speak of, by id."""
    grouped: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.customer_id is not None:
            grouped[line.customer_id][line.metric].append(line)
    return [
        Customer(
            customer_id=customer_id,
            name=names.get(customer_id) or customer_id,
            credits={metric: _credit(metric, made) for metric, made in by_metric.items()},
        )
        for customer_id, by_metric in sorted(grouped.items())
    ]


def _credit(metric: str, lines: Sequence[Line]) -> Credit:
    worked = [
        line.factors["fact_on"] for line in lines if line.source_table == "customers" and "fact_on" in line.factors
    ]
    months = _months(lines)
    return Credit(
        metric=metric,
        points=sum((line.amount for line in lines), Fraction(0)),
        money=tuple(_money(lines)),
        sharers=max(_sharers(line) for line in lines),
        ends_on=_first_end(lines) if months is None else None,
        worked_on=max(worked, default=None) if months is None else None,
        markets=_told(lines, "market"),
        motions=_told(lines, "motion"),
        months=months,
    )


def _first_end(lines: Iterable[Line]) -> date | None:
    return min((line.counts_until for line in lines if line.counts_until is not None), default=None)


def _months(lines: Iterable[Line]) -> tuple[int, int] | None:
    """In how many months of a mean's months the lines count: of several, the most."""
    told = [line.factors for line in lines if "months_used" in line.factors and "months_averaged" in line.factors]
    return max(((int(each["months_used"]), int(each["months_averaged"])) for each in told), default=None)


def _told(lines: Iterable[Line], factor: str) -> frozenset[str]:
    return frozenset(str(line.factors[factor]) for line in lines if factor in line.factors)


def _money(lines: Iterable[Line]) -> Iterable[Money]:
    counted: dict[str, Fraction] = defaultdict(Fraction)
    whole: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        if "amount_minor" in line.factors and "currency" in line.factors:
            currency = str(line.factors["currency"])
            amount = Fraction(int(line.factors["amount_minor"]), 10 ** exponent(currency))
            counted[currency] += amount / _sharers(line)
            whole[currency] += amount
    return (Money(currency, counted[currency], whole[currency]) for currency in sorted(counted))


def _sharers(line: Line) -> int:
    return int(line.factors.get("sharers") or 1)


def chosen(
    customers: Iterable[Customer],
    *,
    asked: str,
    kind: str,
    order: str,
    metrics: Sequence[str],
    on: date,
    market: str = "",
    motion: str = "",
) -> list[Customer]:
    """The customers asked for, in the order asked for; the ids break ties."""
    wanted = asked.strip().casefold()
    kept = [
        each
        for each in customers
        if (wanted in each.name.casefold() or wanted in each.customer_id.casefold())
        and _is(each, kind, metrics, on)
        and (not market or market in each.markets)
        and (not motion or motion in each.motions)
    ]
    sold, managed = metrics[0], metrics[-1]
    keys = {
        "name": lambda each: (each.name.casefold(), each.customer_id),
        "sold": lambda each: (-each.points_of(sold), each.customer_id),
        "managed": lambda each: (-each.points_of(managed), each.customer_id),
        "ends": lambda each: (each.ends_on or date.max, -each.points, each.customer_id),
    }
    if order in metrics:
        return sorted(kept, key=lambda each: (-each.points_of(order), each.customer_id))
    return sorted(kept, key=keys.get(order, lambda each: (-each.points, each.customer_id)))


def _is(customer: Customer, kind: str, metrics: Sequence[str], on: date) -> bool:
    match kind:
        case "sold":
            return metrics[0] in customer.credits
        case "managed":
            return metrics[-1] in customer.credits
        case "shared":
            return customer.sharers > 1
        case "soon":
            return customer.ends_on is not None and customer.ends_on <= on + SOON
        case _:
            return kind not in metrics or kind in customer.credits
