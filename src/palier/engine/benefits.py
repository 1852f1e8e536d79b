"""What a partner has of a program's benefits on a day, at which strength and why, and what it needs for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from palier.engine.conditions import Condition, Figures, Missing, conditions, missing
from palier.engine.moves import State
from palier.engine.quotas import Quota, Use, quota
from palier.rulebook.benefits import STRENGTHS, Applications, Benefit, OtherWay, Strength, Way
from palier.rulebook.model import Program

_YEAR = 12
Reason = Literal["granted", "conditions", "tier", "suspended", "not_in_force"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One way to a benefit at one tier: the cell, what its citations state, and what is asked beyond the tier.

    `way` is None for the row of the matrix; one that `stands_in` is less than the benefit itself. `assumed` says that
    the cell is dated after the day asked about.
    """

    way: str | None
    stands_in: bool
    tier: str
    strength: Strength
    cites: Mapping[str, Any]
    note: str | None
    assumed: bool
    conditions: tuple[Condition, ...]
    missing: Missing

    @property
    def held(self) -> bool:
        """Whether the tier grants it and nothing beyond the tier is missing."""
        return self.strength != "none" and () in self.missing


@dataclass(frozen=True, slots=True)
class Season:
    """When a benefit may be applied for: whether it is now, and the first day of the next or running season."""

    is_open: bool
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """One benefit for one partner on a day.

    `strength` is what the partner has, by `way` (where it has nothing, the row of the matrix at its tier). `need`
    is the nearest way to have more of it, None where there is none.
    """

    benefit: str
    strength: Strength
    reason: Reason
    way: Granted | None
    need: Granted | None
    quota: Quota | None
    season: Season | None
    ranked: Mapping[str, Fraction | None]

    @property
    def usable(self) -> bool:
        """Whether the partner may make use of it or apply for it on the day: had, not used up, in season."""
        used_up = self.quota is not None and self.quota.left == 0
        return self.strength != "none" and not used_up and (self.season is None or self.season.is_open)


def known(program: Program, on: date) -> bool:
    """Whether anything is known of the benefits of a program on a day."""
    return program.benefits is not None and program.benefits.effective_from <= on


def entitlements(
    program: Program,
    tier: str | None,
    figures: Figures,
    uses: Sequence[Use],
    on: date,
    *,
    state: State = "active",
) -> tuple[Entitlement, ...]:
    """Every benefit of a program for one partner on a day, in the order people read them.

    Args:
        program: the program; nothing is answered for a day on which its benefits are not known.
        tier: the tier that the partner holds, None for none.
        figures: the partner's figures on the day, which conditions beyond the tier compare.
        uses: the uses that the partner made of benefits.
        on: the day asked about.
        state: a suspended partner keeps its tier and has no benefits.
    """
    if program.benefits is None or not known(program, on):
        return ()
    ladder = [each.tier for each in program.tiers if each.in_force(on)]
    asked = _Asked(ladder, tier if tier in ladder else None, figures, on)
    return tuple(_entitlement(asked, name, benefit, uses, state) for name, benefit in program.benefits.granted.items())


@dataclass(frozen=True, slots=True)
class _Asked:
    """The partner and the day: the ladder, the tier held, the figures."""

    ladder: Sequence[str]
    tier: str | None
    figures: Figures
    on: date

    def at(self, benefit: Benefit, tier: str) -> Iterator[Granted]:
        """Every way to a benefit at a tier."""
        return (self._granted(name, way, tier) for name, way in benefit.ways())

    def _granted(self, name: str | None, way: Way, tier: str) -> Granted:
        cell = way.tiers.get(tier)
        entry = None if cell is None else cell.entry(self.on)
        tree = way.asks(tier)
        return Granted(
            way=name,
            stands_in=isinstance(way, OtherWay) and way.stands_in,
            tier=tier,
            strength="none" if entry is None else entry.value,
            cites={} if entry is None else entry.cite,
            note=None if entry is None else entry.note,
            assumed=cell is not None and self.on < cell.entries[0][0],
            conditions=conditions(tree, self.figures, self.on),
            missing=missing(tree, self.figures, self.on),
        )


def _entitlement(asked: _Asked, name: str, benefit: Benefit, uses: Sequence[Use], state: State) -> Entitlement:
    ways = [] if asked.tier is None else list(asked.at(benefit, asked.tier))
    held = max((each for each in ways if each.held), key=_worth, default=None)
    in_force = benefit.in_force(asked.on)
    has = held if in_force and state == "active" else None
    return Entitlement(
        benefit=name,
        strength="none" if has is None else has.strength,
        reason=_reason(ways, has, in_force=in_force, state=state),
        way=has or _nearest_here(ways),
        need=_need(asked, benefit, has) if in_force and state != "suspended" else None,
        quota=None if has is None else _quota(benefit, name, has, uses, asked.on),
        season=None if benefit.applications is None else season(benefit.applications, asked.on),
        ranked={metric: asked.figures.get(metric) for metric in benefit.ranked_by},
    )


def _reason(ways: Sequence[Granted], has: Granted | None, *, in_force: bool, state: State) -> Reason:
    if has is not None:
        return "granted"
    if not in_force:
        return "not_in_force"
    offered = any(each.strength != "none" for each in ways)
    if state != "active" and offered:
        return "suspended"
    return "conditions" if offered else "tier"


def _worth(granted: Granted) -> tuple[int, bool]:
    """What a way is worth beside another: how sure it is, then whether it is the benefit itself."""
    return STRENGTHS.index(granted.strength), not granted.stands_in


def _nearest_here(ways: Sequence[Granted]) -> Granted | None:
    """The way that the tier offers most by, the row of the matrix where none is offered."""
    return max(ways, key=_worth, default=None)


def _need(asked: _Asked, benefit: Benefit, has: Granted | None) -> Granted | None:
    """The nearest tier, from the one held upward, that grants more than is had, by the way that misses least there."""
    least = (0, True) if has is None else _worth(has)
    first = 0 if asked.tier is None else asked.ladder.index(asked.tier)
    for tier in asked.ladder[first:]:
        more = [each for each in asked.at(benefit, tier) if _worth(each) > least and each.strength != "none"]
        if more:
            return min(more, key=lambda each: (min(len(way) for way in each.missing), each.stands_in, each.way or ""))
    return None


def _quota(benefit: Benefit, name: str, has: Granted, uses: Sequence[Use], on: date) -> Quota | None:
    """The quota of the way by which a benefit is had; uses are recorded under the way, or the benefit."""
    way = next(way for each, way in benefit.ways() if each == has.way)
    return quota(way.times, has.tier, has.way or name, uses, on)


def season(applications: Applications, on: date) -> Season:
    """Whether applications are open on a day, with the season that runs or comes next; its end is excluded."""
    months = set(applications.months)
    first = on.year * 12 + on.month - 1
    is_open = on.month in months
    while first % 12 + 1 not in months:
        first += 1
    while is_open and len(months) < _YEAR and (first - 1) % 12 + 1 in months:
        first -= 1
    last = first
    while last % 12 + 1 in months and last - first < _YEAR:
        last += 1
    return Season(is_open, date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, 1))
