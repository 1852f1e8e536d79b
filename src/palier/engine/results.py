"""What an evaluation answers, as frozen values: lines, figures, gates, standings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

RESULT_TABLES = ("lines", "figures", "gates", "standings", "problems", "run")
"""The tables of a run, in the order in which they are written."""


LINE_COLUMNS: Mapping[str, str] = {
    "partner_id": "VARCHAR",
    "metric": "VARCHAR",
    "part": "VARCHAR",
    "source_table": "VARCHAR",
    "source_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "grains": "DECIMAL(38,0)",
    "counts_from": "DATE",
    "counts_until": "DATE",
    "clause": "VARCHAR",
}
"""What every line says (design.md, section 7)."""

FACTOR_COLUMNS: Mapping[str, str] = {
    "amount_minor": "BIGINT",
    "currency": "VARCHAR",
    "motion": "VARCHAR",
    "market": "VARCHAR",
    "rate": "BIGINT",
    "sharers": "BIGINT",
    "unit_minor": "DECIMAL(38,0)",
    "fact_on": "DATE",
    "rated_on": "DATE",
}
"""The factors a line may carry; a program may declare more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One explained amount: this fact counts this much for this partner between these days."""

    partner_id: str
    metric: str
    part: str | None
    source_table: str
    source_id: str
    customer_id: str | None
    grains: int
    denominator: int
    counts_from: date | None
    counts_until: date | None
    clause: str | None
    factors: Mapping[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> Fraction:
        """The amount in the metric's unit, exact."""
        return Fraction(self.grains, self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric's value for a partner on the day; `grains` is None when it is undefined, `reason` says why."""

    partner_id: str
    metric: str
    grains: int | None
    denominator: int | None
    unit: str
    reason: str | None

    @property
    def value(self) -> Fraction | None:
        """The exact value in the figure's unit, None when undefined."""
        return None if self.grains is None or self.denominator is None else Fraction(self.grains, self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of one tier for one partner: what it requires, what stands, whether it holds."""

    partner_id: str
    tier: str
    purpose: str
    gate: str
    path: str
    metric: str
    operator: str
    required: Decimal
    value: Decimal | None
    held: bool
    weight: str
    waived_by: str | None
    supplied_by: str | None
    missing: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The tiers a partner stands on: to reach, to keep, qualified, candidate, and what the next one misses."""

    partner_id: str
    program: str
    on_date: date
    tier: str | None
    tier_kept: str | None
    qualified_tier: str | None
    candidate: str | None
    next_tier: str | None
    missing: tuple[str, ...]
