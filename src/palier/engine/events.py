"""What happens to one partner in a program: it enters and leaves, files forms, is weighed, and is decided upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

DecisionKind = Literal["opening", "published", "override", "suspended", "restored"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recalibration day says about a partner.

    `reached` and `qualified` are the tiers whose gates all hold, with and without those that a form supplies: the
    highest of each, or every one where the calendar limits how far a promotion climbs.
    """

    reached: tuple[str, ...]
    qualified: tuple[str, ...]
    kept: str | None
    candidate: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """The partner's first day in the program, or its first after it left, with the base tier it stands on."""

    on: date
    tier: str | None


@dataclass(frozen=True, slots=True)
class Departed:
    """The first day on which the partner is no longer in the program."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Breach:
    """The first day of a breach that suspends, or the first day after it; `number` tells a partner's breaches apart."""

    on: date
    begins: bool
    number: int = 0


@dataclass(frozen=True, slots=True)
class Filed:
    """A form filed on a day, with the tiers whose needs it supplies."""

    on: date
    tiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A recalibration day."""

    on: date
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the vendor."""

    on: date
    kind: DecisionKind
    tier: str | None
    decision_id: str
    said: str | None


Event = Entered | Departed | Breach | Filed | Recalibrated | Decided

_ORDER: Mapping[type, int] = {Departed: 1, Entered: 2, Breach: 4, Filed: 5, Recalibrated: 6}
_DECISIONS: Mapping[str, int] = {"opening": 0, "suspended": 3, "restored": 3, "published": 7, "override": 8}


def order(event: Event) -> tuple[date, int, str]:
    """The order of events: by day; within a day who takes part, what suspends, forms, the calendar, then decisions."""
    if isinstance(event, Decided):
        place, tie = _DECISIONS[event.kind], f"{event.kind == 'restored'}{event.decision_id}"
        return event.on, place, tie
    return event.on, _ORDER[type(event)], f"{isinstance(event, Breach) and not event.begins}"
