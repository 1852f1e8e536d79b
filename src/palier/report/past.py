"""What a report tells beyond its day: the moves of a time, one month's statement, and a rule tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from palier.engine.compare import Comparison
from palier.engine.moves import History, Move
from palier.engine.recalibration import recalibration
from palier.engine.statements import Statement, StatementLine
from palier.engine.words import Words

MOST_STOPS = 6

Way = Literal["rise", "stay", "fall", "joined", "left"]
WAYS: tuple[Way, ...] = ("rise", "stay", "fall", "joined", "left")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partner stands on a day: on a tier, or in the program without one."""

    tier: str | None


_COMING = frozenset({"opening", "joined", "returned", "left"})

Step = tuple[Place | None, Place | None]
"""Where a partner stands at two days in turn; None is outside the program."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """The moves of one program from a day to a day, in the words of a language."""

    words: Words
    history: History
    since: date
    until: date

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Everyone who held a place at any time."""
        return tuple(dict.fromkeys(holding.partner_id for holding in self.history.holdings))

    @cached_property
    def stops(self) -> tuple[date, ...]:
        """The days compared: every recalibration, or where these are many those on which tiers are lost too."""
        rules = recalibration(self.words.rulebook.program)
        days = [day for day in rules.days(self.since, self.until) if any(self.places(day).values())]
        if len(days) > MOST_STOPS - 1:
            days = [day for day in days if rules.demotes_on(day)]
        first = [self.since] if any(self.places(self.since).values()) else []
        return tuple(dict.fromkeys([*first, *days, self.until]))

    @property
    def ladder(self) -> tuple[str | None, ...]:
        """The tiers that anyone held at a stop, the highest first, then none."""
        held = {place.tier for day in self.stops for place in self.places(day).values() if place is not None}
        tiers: list[str | None] = [tier.tier for tier in reversed(self.words.rulebook.program.tiers)]
        return tuple(tier for tier in [*tiers, None] if tier in held)

    def places(self, on: date) -> Mapping[str, Place | None]:
        """Where each partner stands on a day."""
        holdings = {partner: self.history.holding_on(partner, on) for partner in self.partners}
        return {
            partner: None if holding is None or holding.state == "left" else Place(holding.tier)
            for partner, holding in holdings.items()
        }

    def held(self, on: date) -> Counter[str | None]:
        """How many partners stand on each tier on a day; None counts those of the program on no tier."""
        return Counter(place.tier for place in self.places(on).values() if place is not None)

    def steps(self, first: date, last: date) -> Counter[Step]:
        """How many partners went from each place to each between two days."""
        before, after = self.places(first), self.places(last)
        steps = Counter((before[partner], after[partner]) for partner in self.partners)
        del steps[None, None]
        return steps

    def way(self, step: Step) -> Way:
        """Which way a step leads."""
        before, after = step
        if before is None or after is None:
            return "joined" if before is None else "left"
        ranks = recalibration(self.words.rulebook.program).ranks
        was, is_ = ranks[before.tier], ranks[after.tier]
        return "rise" if is_ > was else "fall" if is_ < was else "stay"

    def ways(self, first: date, last: date) -> Counter[Way]:
        """How many partners went each way between two days."""
        counted: Counter[Way] = Counter()
        for step, partners in self.steps(first, last).items():
            counted[self.way(step)] += partners
        return counted

    def way_of(self, move: Move) -> Way:
        """Which way a move leads, of a partner that takes part before and after."""
        return self.way((Place(move.tier_before), Place(move.tier_after)))

    def turns(self) -> Counter[Way]:
        """How often partners rose and fell, move by move; who comes or goes does neither."""
        within = (move for move in self.history.moves if move.kind not in _COMING and self.stops[0] < move.on)
        return Counter(self.way_of(move) for move in within)

    def moves_of(self, partner: str) -> tuple[Move, ...]:
        """The moves of one partner, in order, those that leave its tier as it is too."""
        return tuple(move for move in self.history.moves if move.partner_id == partner)

    def last_recalibration(self) -> tuple[date, Counter[str]] | None:
        """The last recalibration day, and how many moves of each kind it made."""
        days = recalibration(self.words.rulebook.program).days(self.since, self.until)
        if not days:
            return None
        return days[-1], Counter(move.kind for move in self.history.moves if move.on == days[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One partner's commission statement of a month, and what its total is under the rule that is tried."""

    statement: Statement
    lines: tuple[StatementLine, ...]
    tried_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A rule tried: by how many percent what the tiers ask of a metric rises, and what follows.

    `asked` is what each tier asks of it to be reached, as it is and as it is tried.
    """

    metric: str
    percent: int
    asked: Mapping[str, tuple[Fraction, Fraction]]
    comparison: Comparison
