"""Checks of what gates ask: twice the same, never to be reached, less than the tier below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from palier.rulebook.checks.ladder import node_trails, trees
from palier.rulebook.checks.periods import Node, nodes
from palier.rulebook.checks.said import problem_at
from palier.rulebook.document import Trail
from palier.rulebook.gates import PURPOSES, GateNode, PlacedGate, Purpose, Tier
from palier.rulebook.model import Metric, Program
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

_SAYS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_LOWER = frozenset({"at_least", "more_than"})
_COUNTED = frozenset({"sum", "total", "capped"})
"""Kinds of metrics that are 0 where there is nothing; the others are undefined then, and hold no gate."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one gate asks of a metric on a day, for one purpose."""

    node: GateNode
    value: Decimal

    @property
    def lower(self) -> bool:
        """Whether it bounds the figure from below."""
        return self.node.operator in _LOWER

    @property
    def strict(self) -> bool:
        """Whether the bound itself is not enough."""
        return self.node.operator in {"more_than", "less_than"}

    def easier_than(self, other: Demand) -> bool:
        """Whether some figure is enough for this one and not for the other, both bounding from one side."""
        if self.value != other.value:
            return (self.value < other.value) == self.lower
        return other.strict and not self.strict

    def __str__(self) -> str:
        return f"{_SAYS[self.node.operator]} {self.value}"


Strictest = Mapping[tuple[str, bool], Demand]


def asked_twice(rulebook: Rulebook) -> Iterator[Problem]:
    """No tier asks the same of one metric twice, the gates of included tiers among them."""
    told: set[Trail] = set()
    trails = node_trails(rulebook.program)
    for on, tier, placed in trees(rulebook.program):
        for first, again in _same_demands(placed, on):
            trail = trails[id(again.node)]
            if trail in told:
                continue
            told.add(trail)
            line = rulebook.place(*trails[id(first.node)]).line
            yield problem_at(
                rulebook,
                trail,
                code="duplicate_gate",
                message=f"on {on} tier {tier.tier} asks twice for {again} of {again.node.metric}: "
                f"gate {again.node.gate} repeats gate {first.node.gate} of line {line}",
                found=again.node.gate,
                mend="keep one of the two",
            )


def never_together(rulebook: Rulebook) -> Iterator[Problem]:
    """No tier asks at least x and at most less than x of one metric: nobody could reach it."""
    told: set[Trail] = set()
    trails = node_trails(rulebook.program)
    for on, tier, placed in trees(rulebook.program):
        for below, above in _opposed(placed, on):
            trail = trails[id(above.node)]
            if trail in told:
                continue
            told.add(trail)
            yield problem_at(
                rulebook,
                trail,
                code="unreachable_tier",
                message=f"on {on} tier {tier.tier} asks {below} and {above} of {above.node.metric}: "
                f"gates {below.node.gate} and {above.node.gate} never hold together",
                found=above,
                expected=f"more than {below.value}",
                mend="mend one of the two values",
            )


def unreachable_gates(rulebook: Rulebook) -> Iterator[Problem]:
    """No gate asks what its metric can never be: a share above 1, a capped figure above its cap."""
    for each in nodes(rulebook.program):
        metric = rulebook.program.metrics.get(each.node.metric or "")
        if metric is None or each.node.gate is None:
            continue
        for trail, on, value in _asked(each):
            demand = Demand(each.node, value)
            if (why := _never(metric, demand, on)) is not None:
                yield problem_at(
                    rulebook,
                    trail,
                    code="unreachable_gate",
                    message=f"gate {each.node.gate} asks {demand} of {each.node.metric}, {why}",
                    found=value,
                    mend="write 0.85 for 85 %" if metric.kind == "share" else "mend the value",
                )


def idle_gates(rulebook: Rulebook) -> Iterator[Problem]:
    """No gate asks for none of what is counted: it holds whatever the partner does."""
    for each in nodes(rulebook.program):
        metric = rulebook.program.metrics.get(each.node.metric or "")
        if metric is None or each.node.gate is None or metric.kind not in _COUNTED or not _counts(rulebook, metric):
            continue
        demands = [(trail, Demand(each.node, value)) for trail, _, value in _asked(each)]
        if all(
            demand.lower and (demand.value < 0 or (demand.value == 0 and not demand.strict)) for _, demand in demands
        ):
            trail, demand = demands[0]
            yield problem_at(
                rulebook,
                trail,
                code="idle_gate",
                message=f"gate {each.node.gate} asks {demand} of {each.node.metric}, and a count is at least 0",
                found=demand.value,
                expected="at least 1",
                mend="mend the value, or take the gate out",
                severity="warning",
            )


def harder_to_keep(rulebook: Rulebook) -> Iterator[Problem]:
    """On no day does a gate ask more to keep a tier than to reach it: a partner would rise and fall at once."""
    for each in nodes(rulebook.program):
        if each.node.gate is None or each.node.threshold.reach == each.node.threshold.keep:
            continue
        reach, keep = (each.node.threshold.of(purpose) for purpose in PURPOSES)
        for on in sorted({day for asked in (reach, keep) for day, _ in asked.entries}):
            to_reach, to_keep = Demand(each.node, reach.at(on)), Demand(each.node, keep.at(on))
            if to_reach.easier_than(to_keep):
                yield problem_at(
                    rulebook,
                    (*each.trail, each.node.operator, "keep"),
                    code="harder_to_keep",
                    message=f"gate {each.node.gate} asks {to_keep} of {each.node.metric} to keep the tier on {on}, "
                    f"and only {to_reach} to reach it",
                    found=to_keep,
                    expected=f"{_SAYS[str(each.node.operator)]} {to_reach.value}, or what is easier",
                    mend="mend one of the two values, or their dates",
                    severity="warning",
                )
                break


def easier_than_below(rulebook: Rulebook) -> Iterator[Problem]:
    """On no day does a tier ask less of a metric than a tier below it."""
    told: set[tuple[Trail, str]] = set()
    trails = node_trails(rulebook.program)
    for on, ladder in _ladders(rulebook.program).items():
        for purpose in PURPOSES:
            lower: list[tuple[Tier, Strictest]] = []
            for tier, placed in ladder:
                own = _strictest(_blocking(placed, purpose, on))
                for demand, below, asked in _easier(own, lower):
                    trail = trails[id(demand.node)]
                    if (trail, below.tier) not in told:
                        told.add((trail, below.tier))
                        said = f"on {on} tier {tier.tier} asks {demand} of {demand.node.metric} to {purpose} it"
                        yield problem_at(
                            rulebook,
                            (*trail, demand.node.operator),
                            code="tier_easier_than_below",
                            message=f"{said}, and {below.tier} below it asks {asked}",
                            found=demand,
                            expected=asked,
                            mend="mend one of the two values, or the order of the tiers",
                        )
                lower.insert(0, (tier, own))


def _ladders(program: Program) -> Mapping[date, list[tuple[Tier, tuple[PlacedGate, ...]]]]:
    by_day: dict[date, list[tuple[Tier, tuple[PlacedGate, ...]]]] = {}
    for on, tier, placed in trees(program):
        by_day.setdefault(on, []).append((tier, placed))
    return by_day


def _easier(own: Strictest, lower: list[tuple[Tier, Strictest]]) -> Iterator[tuple[Demand, Tier, Demand]]:
    for key, demand in own.items():
        for tier, demands in lower:
            if key in demands:
                if demand.easier_than(demands[key]):
                    yield demand, tier, demands[key]
                break


def _same_demands(placed: tuple[PlacedGate, ...], on: date) -> Iterator[tuple[Demand, Demand]]:
    """Two gates asked together, or two alternatives, that ask the same of one metric."""
    for purpose in PURPOSES:
        for together in _groups(placed):
            first: dict[tuple[str | None, str, Decimal], Demand] = {}
            for demand in _demands(together, purpose, on):
                key = (demand.node.metric, demand.node.operator, demand.value)
                earlier = first.setdefault(key, demand)
                if earlier is not demand:
                    yield earlier, demand


def _opposed(placed: tuple[PlacedGate, ...], on: date) -> Iterator[tuple[Demand, Demand]]:
    """Two gates that must both hold, and leave no figure that holds both."""
    for purpose in PURPOSES:
        demands = [each for each in _blocking(placed, purpose, on) if each.node.waived_by is None]
        lower, upper = ([each for each in demands if each.lower is side] for side in (True, False))
        for below, above in product(lower, upper):
            if below.node.metric == above.node.metric:
                tight = above.value == below.value and (above.strict or below.strict)
                if above.value < below.value or tight:
                    yield below, above


def _asked(each: Node) -> Iterator[tuple[Trail, date, Decimal]]:
    """Each value that a gate asks for, once where both purposes ask the same."""
    threshold = each.node.threshold
    at = (*each.trail, each.node.operator)
    if threshold.reach == threshold.keep:
        yield from (((*at, on.isoformat()), on, entry.value) for on, entry in threshold.reach.entries)
        return
    for purpose in PURPOSES:
        entries = threshold.of(purpose).entries
        yield from (((*at, purpose, on.isoformat()), on, entry.value) for on, entry in entries)


def _counts(rulebook: Rulebook, metric: Metric) -> bool:
    """Whether a metric counts things, of which there is no negative number; points and money may be taken away."""
    unit = rulebook.program.units.get(metric.unit)
    return unit is not None and unit.money is None


def _never(metric: Metric, demand: Demand, on: date) -> str | None:
    if metric.kind == "share":
        over = demand.value > 1 or (demand.value == 1 and demand.strict)
        if demand.lower and over:
            return "and a share is at most 1"
        if not demand.lower and (demand.value < 0 or (demand.value == 0 and demand.strict)):
            return "and a share is at least 0"
    if metric.kind == "capped" and metric.cap is not None and demand.lower:
        caps = [entry.value for _, until, entry in metric.cap.periods() if until is None or until > on]
        if demand.value > max(caps) or (demand.value == max(caps) and demand.strict):
            return f"which counts at most {max(caps)}"
    return None


def _strictest(demands: Iterator[Demand]) -> Strictest:
    """For each metric and side, the demand that asks most."""
    found: dict[tuple[str, bool], Demand] = {}
    for demand in demands:
        key = (str(demand.node.metric), demand.lower)
        if key not in found or found[key].easier_than(demand):
            found[key] = demand
    return found


def _blocking(placed: tuple[PlacedGate, ...], purpose: Purpose, on: date) -> Iterator[Demand]:
    """What must hold in any case: the mandatory gates that no `any` stands over."""
    root = next(iter(_groups(placed)), [])
    yield from (each for each in _demands(root, purpose, on) if each.node.weight_on(on) == "mandatory")


def _demands(gates: list[GateNode], purpose: Purpose, on: date) -> Iterator[Demand]:
    yield from (Demand(gate, gate.threshold.of(purpose).at(on)) for gate in gates)


def _groups(placed: tuple[PlacedGate, ...]) -> Iterator[list[GateNode]]:
    """The gates that are asked together, and those that are alternatives to each other; the root's first."""
    homes: dict[str, str] = {}
    every: dict[str, bool] = {}
    gathered: dict[str, list[GateNode]] = {}
    for each in placed:
        parent = homes.get(each.parent or "")
        if each.node.gate is not None:
            gathered[str(parent)].append(each.node)
            continue
        is_every = each.node.any is None
        joins = parent is not None and every[parent] == is_every
        homes[each.path] = parent if joins and parent is not None else each.path
        every.setdefault(homes[each.path], is_every)
        gathered.setdefault(homes[each.path], [])
    yield from gathered.values()
