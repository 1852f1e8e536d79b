"""What the calendar makes of standings: moves, what each partner holds, and the whole of a program's history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from palier.engine.recalibration import Recalibration
from palier.engine.results import Gate
from palier.rulebook.gates import Purpose
from palier.rulebook.problems import Problem

State = Literal["active", "suspended", "left"]
MoveKind = Literal[
    "opening",
    "joined",
    "returned",
    "left",
    "promoted",
    "demoted",
    "kept",
    "awaiting_form",
    "activated",
    "lapsed",
    "candidate",
    "published",
    "differs",
    "overridden",
    "suspended",
    "restored",
]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a partner holds from a day until a day; the periods of one partner do not overlap.

    A suspended partner keeps its tier and has neither benefits nor promotions; one that left holds no tier.
    """

    partner_id: str
    tier: str | None
    state: State
    effective_from: date
    effective_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing that the calendar, a form or a decision did to a partner's tier on a day.

    `reason` is a word of `palier.engine.move_words.REASONS`. `about` is the tier the move speaks of: the one
    awaited, lapsed or stood for as a candidate, else the tier after. `computed_tier` is what the rules alone give
    where a published decision says what happened. `gates` are those behind the move, as they stood on its day.
    `deadline` is the last day on which the form may be filed, `decision_id` and `said` the decision and its words.
    """

    partner_id: str
    program: str
    on: date
    kind: MoveKind
    tier_before: str | None
    tier_after: str | None
    state: State
    reason: str
    rulebook: str
    about: str | None = None
    computed_tier: str | None = None
    deadline: date | None = None
    decision_id: str | None = None
    said: str | None = None
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True)
class History:
    """The moves of a program in the order of days and partners, and what each partner held in between."""

    moves: tuple[Move, ...]
    holdings: tuple[Holding, ...]
    problems: tuple[Problem, ...] = ()
    """What is odd about the facts, such as a table that ends before the last day."""
    openings: Mapping[str, date] = field(default_factory=dict)
    """The day of the opening decision from which each partner's history is told, where there is one."""

    @cached_property
    def _by_partner(self) -> dict[str, list[Holding]]:
        found: dict[str, list[Holding]] = {}
        for holding in self.holdings:
            found.setdefault(holding.partner_id, []).append(holding)
        return found

    def holding_on(self, partner_id: str, on: date) -> Holding | None:
        """What a partner holds on a day; None before its first day in the program."""
        for holding in self._by_partner.get(partner_id, ()):
            until = holding.effective_until
            if holding.effective_from <= on and (until is None or on < until):
                return holding
        return None


def holdings_of(moves: Iterable[Move]) -> tuple[Holding, ...]:
    """What partners hold between their moves, given each partner's in their order; the last holding is open."""
    held: dict[str, list[Holding]] = {}
    for move in moves:
        mine = held.setdefault(move.partner_id, [])
        made = Holding(move.partner_id, move.tier_after, move.state, move.on, None)
        if mine and (mine[-1].tier, mine[-1].state) == (made.tier, made.state):
            continue
        if mine and mine[-1].effective_from == move.on:
            mine.pop()
            if mine and (mine[-1].tier, mine[-1].state) == (made.tier, made.state):
                mine[-1] = replace(mine[-1], effective_until=None)
                continue
        elif mine:
            mine[-1] = replace(mine[-1], effective_until=move.on)
        mine.append(made)
    return tuple(holding for partner in sorted(held) for holding in held[partner])


def ends_wait(kind: str, given: Iterable[str | None], awaited: str, rules: Recalibration) -> bool:
    """Whether after a move, other than a lapse, a tier waits for its form no more.

    Args:
        kind: the kind of the move.
        given: the tier after it and the one that the rules alone give.
        awaited: the tier that waits for its form.
        rules: the program's calendar.

    Returns:
        True where the partner left, or the tier, or a higher one, was given.
    """
    return kind == "left" or max(rules.ranks[tier] for tier in given) >= rules.ranks[awaited]


def gates_behind(move: Move, rules: Recalibration) -> tuple[str, Purpose] | None:
    """The tier and purpose whose gates on the move's own day are the reason of a move; None where there are none."""
    if not (rules.promotes_on(move.on) or rules.demotes_on(move.on)):
        return None
    asked: tuple[str | None, Purpose] | None = None
    match move.kind:
        case "promoted":
            asked = move.tier_after, "reach"
        case "awaiting_form" | "candidate":
            asked = move.about, "reach"
        case "demoted" | "kept":
            asked = move.tier_before, "keep"
        case "published" | "differs":
            rises = rules.ranks[move.computed_tier] > rules.ranks[move.tier_after]
            asked = (move.computed_tier, "reach") if rises else (move.tier_after, "keep")
            if move.computed_tier == move.tier_after and rules.ranks[move.tier_after] > rules.ranks[move.tier_before]:
                asked = move.tier_after, "reach"
    return None if asked is None or asked[0] is None else (asked[0], asked[1])
