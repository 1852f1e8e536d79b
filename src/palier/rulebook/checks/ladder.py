"""Checks of the ladder's build: tiers, what they include, gates, their metrics and waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from palier.rulebook.checks.periods import changing_days, nodes, once_each
from palier.rulebook.checks.said import problem_at
from palier.rulebook.document import Trail
from palier.rulebook.gates import PlacedGate, Tier, gate_tree
from palier.rulebook.model import Program
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near


def duplicate_tiers(rulebook: Rulebook) -> Iterator[Problem]:
    """A tier stands once on the ladder."""
    first: dict[str, int] = {}
    for position, tier in enumerate(rulebook.program.tiers):
        if tier.tier in first:
            line = rulebook.place("tiers", str(first[tier.tier])).line
            yield problem_at(
                rulebook,
                ("tiers", position),
                code="duplicate_tier",
                message=f"tier {tier.tier} stands twice, first on line {line}",
                found=tier.tier,
                mend="write one tier, its gates dated",
            )
        first.setdefault(tier.tier, position)


def includes(rulebook: Rulebook) -> Iterator[Problem]:
    """A tier includes a lower one, and no tier includes itself by way of others."""
    tiers = rulebook.program.tiers
    order = [tier.tier for tier in tiers]
    for position, tier in enumerate(tiers):
        if tier.includes is None:
            continue
        if tier.includes not in order:
            code, said = "unknown_tier", f"tier {tier.tier} includes {tier.includes}, which is not a tier"
            mend = near(tier.includes, order) or "name a lower tier"
        elif tier.tier in _included(tier, tiers):
            code, said = "tier_circle", f"tier {tier.tier} includes itself: {_circle(tier, tiers)}"
            mend = "include lower tiers only"
        elif order.index(tier.includes) > position:
            code, said = (
                "includes_higher",
                f"tier {tier.tier} includes {tier.includes}, which stands above it",
            )
            mend = "include lower tiers only; the easiest tier stands first"
        else:
            continue
        trail = ("tiers", position, "includes")
        yield problem_at(rulebook, trail, code=code, message=said, found=tier.includes, mend=mend)


def duplicate_gates(rulebook: Rulebook) -> Iterator[Problem]:
    """On each day a gate's id stands once before a tier, the gates of included tiers among them."""
    told: set[Trail] = set()
    trails = node_trails(rulebook.program)
    for on, tier, placed in trees(rulebook.program):
        first: dict[str, PlacedGate] = {}
        for each in placed:
            gate = each.node.gate
            if gate is None:
                continue
            trail = trails[id(each.node)]
            if gate in first and trail not in told:
                told.add(trail)
                line = rulebook.place(*trails[id(first[gate].node)]).line
                yield problem_at(
                    rulebook,
                    trail,
                    code="duplicate_gate_id",
                    message=f"on {on} the gate {gate} stands twice before {tier.tier}, first on line {line}",
                    found=gate,
                    mend="give each gate an id of its own, or periods that do not overlap",
                )
            first.setdefault(gate, each)


def gate_metrics(rulebook: Rulebook) -> Iterator[Problem]:
    """A gate compares a metric that exists, and that holds on all the gate's days."""
    metrics = rulebook.program.metrics
    for each in nodes(rulebook.program):
        name = each.node.metric
        if name is not None and name not in metrics:
            yield problem_at(
                rulebook,
                (*each.trail, "metric"),
                code="unknown_metric",
                message=f"gate {each.node.gate} compares {name}, which is not a metric of the program",
                found=name,
                expected=", ".join(metrics),
                mend=near(name, metrics) or "declare it under `metrics`",
            )
    told: set[Trail] = set()
    trails = node_trails(rulebook.program)
    for on, _, placed in trees(rulebook.program):
        for node in (each.node for each in placed):
            name, trail = node.metric, trails[id(node)]
            if name in metrics and not metrics[name].in_force(on) and trail not in told:
                told.add(trail)
                yield problem_at(
                    rulebook,
                    (*trail, "metric"),
                    code="metric_not_in_force",
                    message=f"gate {node.gate} holds on {on}, and its metric {name} does not",
                    found=on,
                    mend="give gate and metric the same period",
                )


def waivers(rulebook: Rulebook) -> Iterator[Problem]:
    """A gate is waived by another gate of its tier that stands there while it does."""
    present: dict[Trail, bool] = {}
    spoken: dict[Trail, tuple[str, str, str]] = {}
    trails = node_trails(rulebook.program)
    for _, tier, placed in trees(rulebook.program):
        ids = {each.node.gate for each in placed if each.node.gate is not None}
        for each in placed:
            gate, waiver = each.node.gate, each.node.waived_by
            if gate is None or waiver is None:
                continue
            trail = trails[id(each.node)]
            present[trail] = present.get(trail, False) or (waiver in ids and waiver != gate)
            spoken.setdefault(trail, (tier.tier, gate, waiver))
    for trail, found in present.items():
        if not found:
            tier_id, gate, waiver = spoken[trail]
            own = "itself" if waiver == gate else f"{waiver}, which is no gate of {tier_id} while it holds"
            yield problem_at(
                rulebook,
                (*trail, "waived_by"),
                code="unknown_waiver",
                message=f"gate {gate} is waived by {own}",
                found=waiver,
                mend="name another gate of the same tier, or of a tier that it includes",
            )


def group_keys(rulebook: Rulebook) -> Iterator[Problem]:
    """Weights, phases, waivers and human acts belong to gates; a group would ignore them."""
    for each in nodes(rulebook.program):
        if each.node.gate is not None:
            continue
        for key in ("phased_in_from", "waived_by", "supplied_by", "human", "weight", "weighed_by"):
            given = getattr(each.node, key)
            if given and given != "mandatory":
                yield problem_at(
                    rulebook,
                    (*each.trail, key),
                    code="unused_key",
                    message=f"`{key}` stands on a group of gates, which does not read it",
                    found=given,
                    mend=f"write `{key}` on each gate of the group",
                )


@once_each
def trees(program: Program) -> tuple[tuple[date, Tier, tuple[PlacedGate, ...]], ...]:
    """The whole tree before each tier on every day on which the program changes."""
    tiers = tuple(program.tiers)
    in_force = ((on, tier) for on in changing_days(program) for tier in tiers if tier.in_force(on))
    return tuple((on, tier, gate_tree(tiers, tier, on)) for on, tier in in_force)


def node_trails(program: Program) -> Mapping[int, Trail]:
    """The trail in program.yaml of each gate node, by its identity; the root of a tree has none."""
    return _Trails({id(each.node): each.trail for each in nodes(program)})


class _Trails(dict[int, Trail]):
    def __missing__(self, key: int) -> Trail:
        return ("tiers",)


def _included(tier: Tier, tiers: list[Tier]) -> list[str]:
    by_id = {each.tier: each for each in tiers}
    chain: list[str] = []
    step = tier.includes
    while step in by_id and step not in chain:
        chain.append(step)
        step = by_id[step].includes
    return chain


def _circle(tier: Tier, tiers: list[Tier]) -> str:
    chain = _included(tier, tiers)
    return " -> ".join([tier.tier, *chain[: chain.index(tier.tier) + 1]])
