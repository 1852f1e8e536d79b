"""What a coming recalibration decides for one partner: its gates as a forecast has them, played by the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from palier.engine.events import Recalibrated, Verdict
from palier.engine.forecast import Forecast
from palier.engine.moves import Holding, Move, ends_wait
from palier.engine.recalibration import Recalibration
from palier.engine.replaying import Awaited, Course, Replayer
from palier.engine.results import Gate
from palier.rulebook.gates import GateNode, PlacedGate

FARTHEST = timedelta(days=366)
"""A calendar returns within a year, or not at all."""

Open = Callable[[GateNode], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Where a partner's history has led it: what it holds, its moves, and whether its form is on file."""

    holding: Holding | None
    moves: tuple[Move, ...]
    form_on_file: bool = False

    def awaited(self, rules: Recalibration) -> Move | None:
        """The notice of a tier that still waits for its form."""
        notice: Move | None = None
        for move in self.moves:
            if move.kind == "awaiting_form":
                notice = move
            elif move.kind == "lapsed" or (
                notice is not None
                and notice.about is not None
                and ends_wait(move.kind, (move.tier_after, move.computed_tier), notice.about, rules)
            ):
                notice = None
        return notice

    def course(self, rules: Recalibration) -> Course:
        """The course that the calendar goes on from."""
        held, notice = self.holding, self.awaited(rules)
        awaited = None
        if notice is not None and notice.about is not None and notice.deadline is not None:
            awaited = Awaited(notice.about, notice.on, notice.deadline)
        stood = [move.about for move in self.moves if move.kind == "candidate"]
        return Course(
            tier=None if held is None else held.tier,
            member=held is not None and held.state != "left",
            came_before=True,
            suspended=held is not None and held.state == "suspended",
            form_on_file=self.form_on_file,
            awaited=awaited,
            candidate=stood[-1] if stood else None,
        )


def next_recalibration(rules: Recalibration, after: date) -> date | None:
    """The first recalibration day after a day; None where the calendar has no more."""
    return next(iter(next_recalibrations(rules, after)), None)


def next_recalibrations(rules: Recalibration, after: date) -> tuple[date, ...]:
    """The first recalibration day after a day, and the first on which tiers are lost where that is another."""
    days = rules.days(after + timedelta(days=1), after + FARTHEST)
    losing = [day for day in days if rules.demotes_on(day)]
    return tuple(dict.fromkeys((*days[:1], *losing[:1])))


def decided(
    rules: Recalibration, told: Forecast, gates: Iterable[Gate], background: Background, *, rulebook: str, on: date
) -> Move | None:
    """The move that a recalibration day would make if the forecast came true, after those before it.

    Args:
        rules: the program's calendar.
        told: the forecast.
        gates: the partner's gates on the forecast's first day.
        background: where its history has led it.
        rulebook: the digest of the rulebook.
        on: a recalibration day within the forecast.

    Returns:
        The move, of kind `kept` where the tier stays; None where the partner no longer takes part.
    """
    known = tuple(gates)
    days = rules.days(told.on + timedelta(days=1), on)
    events = [Recalibrated(day, verdict_on(rules, told, known, day)) for day in days]
    replayer = Replayer(told.partner_id, rules, rulebook, tell_kept=True)
    _, moves = replayer.play(background.course(rules), events, until=on)
    return next((move for move in reversed(moves) if move.on == on), None)


def verdict_on(rules: Recalibration, told: Forecast, gates: Sequence[Gate], on: date) -> Verdict:
    """What a day of a forecast says: the tiers whose gates all hold, with and without those of a form or a human."""
    held = _held(rules, told, gates, on)

    def passing(open_: Open) -> tuple[str, ...]:
        return tuple(
            tier
            for tier in rules.tiers_on(on)
            if rules.passes(tier, on, lambda gate: open_(gate.node) or _lets(gate, held))
        )

    reached = passing(lambda _: False)
    deserved = passing(lambda node: node.human)
    highest = max((rules.ranks[tier] for tier in reached), default=-1)
    candidates = [tier for tier in deserved if tier not in reached and rules.ranks[tier] > highest]
    kept = told.tier_kept
    for change in told.changes:
        kept = change.tier_kept[1] if change.on <= on else kept
    return Verdict(
        reached=reached,
        qualified=passing(lambda node: node.supplied_by is not None),
        kept=kept,
        candidate=candidates[-1] if candidates else None,
    )


Held = dict[tuple[str, str, str], bool]
"""Whether a gate holds, by tier, path and name; a name alone where no path has it."""


def _held(rules: Recalibration, told: Forecast, gates: Sequence[Gate], on: date) -> Held:
    """The gates to reach a tier as they stand on a day of the forecast."""
    held: Held = {(gate.tier, gate.path, gate.gate): gate.held for gate in gates if gate.purpose == "reach"}
    for change in told.changes:
        for each in change.gates:
            if change.on > on or each.purpose != "reach":
                continue
            for placed in rules.gates_of(each.tier, change.on):
                node = placed.node
                if node.gate == each.gate and node.threshold.reach.at(change.on) == each.required_after:
                    held[each.tier, placed.path, each.gate] = each.held_after
    return held


def _lets(placed: PlacedGate, held: Held) -> bool:
    """Whether a gate holds, or the gate of its tier that waives it does."""
    node = placed.node
    if held.get((placed.tier, placed.path, str(node.gate)), False):
        return True
    waived = node.waived_by
    return waived is not None and any(
        holds for (tier, _, gate), holds in held.items() if (tier, gate) == (placed.tier, waived)
    )
