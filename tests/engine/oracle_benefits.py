"""What a partner has of the benefits by the cells of `benefits.yaml` themselves, read as plain YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

STRENGTHS = ("none", "considered", "prioritised", "guaranteed")
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
Figures = Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One benefit of one partner on a day."""

    strength: str
    reason: str
    way: str | None
    quota: tuple[int, int | None, int | None] | None
    """Used, left and due in the period, where the way it is had by has a quota."""
    season: bool | None
    usable: bool
    need: tuple[str, str, int] | None
    """The next tier that grants more, at which strength, and how many conditions miss there at least."""


class Matrix:
    """The cells of one program."""

    def __init__(self, folder: Path) -> None:
        self.granted = yaml.safe_load((folder / "benefits.yaml").read_text(encoding="utf-8"))["granted"]
        tiers = yaml.safe_load((folder / "program.yaml").read_text(encoding="utf-8"))["tiers"]
        self.tiers: list[dict[str, Any]] = tiers

    def ladder(self, on: date) -> list[str]:
        return [row["tier"] for row in self.tiers if _exists(row, on)]

    def judge(
        self, tier: str | None, figures: Figures, uses: Sequence[tuple[str, date, int]], on: date, *, state: str
    ) -> dict[str, Judged]:
        asked = Asked(self.ladder(on), tier, figures, uses, on, state=state)
        return {name: _judge(name, row, asked) for name, row in self.granted.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """The partner and the day asked about."""

    ladder: Sequence[str]
    tier: str | None
    figures: Figures
    uses: Sequence[tuple[str, date, int]]
    on: date
    state: str = field(kw_only=True)

    @property
    def active(self) -> bool:
        return self.state == "active"


def _judge(name: str, row: dict[str, Any], asked: Asked) -> Judged:
    on, exists = asked.on, _exists(row, asked.on)
    tier = asked.tier if asked.tier is not None and asked.tier in asked.ladder else ""
    offered = [way for way in _ways(row) if _strength(way, tier, on)]
    held = [way for way in offered if _missing(way, tier, asked.figures, on) == 0]
    best = max(held, key=lambda way: _worth(way, tier, on), default=None) if exists and asked.active else None
    worth = (0, True) if best is None else _worth(best, tier, on)
    quota = None if best is None else _quota(best, tier, best.get("way", name), asked.uses, on)
    season = None if "applications" not in row else on.month in row["applications"]["months"]
    lacking = "tier" if not offered else "conditions" if asked.active else "suspended"
    return Judged(
        strength=STRENGTHS[worth[0]],
        reason="granted" if best is not None else lacking if exists else "not_in_force",
        way=None if best is None else best.get("way"),
        quota=quota,
        season=season,
        usable=best is not None and (quota is None or quota[1] != 0) and season is not False,
        need=_need(row, worth, asked) if exists and asked.state != "suspended" else None,
    )


def _need(row: dict[str, Any], worth: tuple[int, bool], asked: Asked) -> tuple[str, str, int] | None:
    """The first tier, from the one held upward, that grants more, by the way that misses least there."""
    first = asked.ladder.index(asked.tier) if asked.tier in asked.ladder else 0
    for tier in asked.ladder[first:]:
        ways = [way for way in _ways(row) if _strength(way, tier, asked.on) and _worth(way, tier, asked.on) > worth]
        ranked = [(_missing(way, tier, asked.figures, asked.on), way.get("stands_in", False), way) for way in ways]
        if ranked:
            missing, _, nearest = min(ranked, key=lambda each: each[:2])
            return tier, STRENGTHS[_strength(nearest, tier, asked.on)], missing
    return None


def _ways(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [row, *row.get("also", ())]


def _at(cell: Mapping[date, Any], on: date) -> Any:  # noqa: ANN401 - a cell of any type
    """The value in force on the day; before the first one, the first."""
    since = max((start for start in cell if start <= on), default=min(cell))
    found = cell[since]
    return found["value"] if isinstance(found, dict) else found


def _strength(way: dict[str, Any], tier: str, on: date) -> int:
    return STRENGTHS.index(_at(way["tiers"][tier], on)) if tier in way["tiers"] else 0


def _worth(way: dict[str, Any], tier: str, on: date) -> tuple[int, bool]:
    return _strength(way, tier, on), not way.get("stands_in", False)


def _exists(row: dict[str, Any], on: date) -> bool:
    since, until = row.get("effective_from"), row.get("effective_until")
    return (since is None or since <= on) and (until is None or on < until)


def _missing(way: dict[str, Any], tier: str, figures: Figures, on: date) -> int:
    """How many conditions beyond the tier have to be met still."""
    if "requires" not in way or tier not in way.get("asked_of", [tier]):
        return 0
    return _lacking(way["requires"], figures, on)


def _lacking(node: dict[str, Any], figures: Figures, on: date) -> int:
    if "all" in node:
        return sum(_lacking(each, figures, on) for each in node["all"])
    if "any" in node:
        return min(_lacking(each, figures, on) for each in node["any"])
    assert set(node) <= {"gate", "metric", "at_least", "human"}, node
    value = figures.get(node["metric"])
    return 0 if value is not None and value >= Fraction(str(_at(node["at_least"], on))) else 1


def _quota(
    way: dict[str, Any], tier: str, used_as: str, uses: Iterable[tuple[str, date, int]], on: date
) -> tuple[int, int | None, int | None] | None:
    for times in way.get("times", ()):
        if tier in times.get("tiers", [tier]):
            months = MONTHS[times["per"]]
            period = on.year, (on.month - 1) // months
            used = sum(
                quantity
                for name, day, quantity in uses
                if name == used_as and day <= on and (day.year, (day.month - 1) // months) == period
            )
            left, due = (
                max(_at(times[bound], on) - used, 0) if bound in times else None for bound in ("at_most", "at_least")
            )
            return used, left, due
    return None
