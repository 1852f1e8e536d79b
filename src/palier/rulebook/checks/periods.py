"""Half-open periods, the days on which a program changes, and every dated cell with its trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel

from palier.rulebook.dated import Dated, days_named
from palier.rulebook.document import Trail
from palier.rulebook.gates import GateNode, Threshold
from palier.rulebook.model import Program
from palier.rulebook.read import Rulebook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `since` until before `until`; None is open."""

    since: date | None = None
    until: date | None = None

    @property
    def empty(self) -> bool:
        """Whether no day lies in it."""
        return self.since is not None and self.until is not None and self.since >= self.until

    def within(self, other: Period) -> Period:
        """The days of both."""
        starts = [day for day in (self.since, other.since) if day is not None]
        ends = [day for day in (self.until, other.until) if day is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    def __str__(self) -> str:
        return f"{self.since or 'the beginning'} to {self.until or 'now'}"


def period_of(value: Any) -> Period:  # noqa: ANN401  # an edition, tier, metric or gate
    """The period that `effective_from` and `effective_until` of a value give."""
    return Period(value.effective_from, value.effective_until)


def meets_an_edition(program: Program, period: Period) -> bool:
    """Whether some day of the period lies in an edition of the program."""
    return any(not period.within(period_of(edition)).empty for edition in program.editions)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tier's own gates: its trail in program.yaml, the days its ancestors leave it and its own of these."""

    tier: str
    trail: Trail
    node: GateNode
    outer: Period
    period: Period


def nodes(program: Program) -> Iterator[Node]:
    """Every node of every tier's own gates, parents first."""
    for position, tier in enumerate(program.tiers):
        yield from _nodes(tier.tier, ("tiers", str(position), "requires"), tier.requires, period_of(tier))


def _nodes(tier: str, trail: Trail, node: GateNode, outer: Period) -> Iterator[Node]:
    period = period_of(node).within(outer)
    yield Node(tier, trail, node, outer, period)
    group = "all" if node.all is not None else "any"
    for position, child in enumerate(node.children):
        yield from _nodes(tier, (*trail, group, str(position)), child, period)


def _cells(value: Any, trail: Trail) -> Iterator[tuple[Trail, Dated[Any]]]:  # noqa: ANN401  # any value
    if isinstance(value, Dated):
        yield trail, value
    elif isinstance(value, Threshold) and value.reach == value.keep:
        yield trail, value.reach
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _cells(getattr(value, name), (*trail, name))
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _cells(child, (*trail, str(key)))
    elif isinstance(value, list | tuple):
        for position, child in enumerate(value):
            yield from _cells(child, (*trail, str(position)))


def once_each(work_out: Callable[[Program], T]) -> Callable[[Program], T]:
    """The same function, which works a program out once while one check after another asks for it.

    A program has no hash: only the last one is kept, and told by being the very same object.
    """
    kept: list[tuple[Program, T]] = []

    @wraps(work_out)
    def asked(program: Program) -> T:
        held = kept[-1] if kept else None
        if held is None or held[0] is not program:
            held = (program, work_out(program))
            kept[:] = [held]
        return held[1]

    return asked


def cells(rulebook: Rulebook) -> tuple[tuple[Trail, Dated[Any]], ...]:
    """Every dated cell of a program with its trail in program.yaml."""
    return _all_cells(rulebook.program)


@once_each
def _all_cells(program: Program) -> tuple[tuple[Trail, Dated[Any]], ...]:
    return tuple(_cells(program, ()))


@once_each
def changing_days(program: Program) -> tuple[date, ...]:
    """The days of the program's editions on which something in it changes."""
    found = {day for day in days_named(program) if program.edition(day) is not None}
    return tuple(sorted(found | {edition.effective_from for edition in program.editions}))
