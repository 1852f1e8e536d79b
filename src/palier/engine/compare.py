"""Two finished runs side by side: who moves, which figures change, and the gates that decide.

A what-if is the same evaluation twice, with two rulebooks or with two states of knowledge; the difference is a join.
The relations `before_<table>` and `after_<table>` are those of two runs, `ladder` ranks the tiers of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from palier.rulebook.model import Program
from palier.rulebook.problems import Problem

Direction = Literal["promoted", "demoted", "entered", "left", "same"]
Happened = Literal["added", "corrected", "retracted"]

STANDING_CHANGES = """
SELECT
  COALESCE(b.partner_id, a.partner_id) AS partner_id,
  CASE WHEN b.partner_id IS NULL THEN 'entered' WHEN a.partner_id IS NULL THEN 'left'
       WHEN COALESCE(ra.rank, -1) > COALESCE(rb.rank, -1) THEN 'promoted'
       WHEN COALESCE(ra.rank, -1) < COALESCE(rb.rank, -1) THEN 'demoted' ELSE 'same' END AS direction,
  COALESCE(ra.rank, -1) - COALESCE(rb.rank, -1) AS steps,
  COALESCE(ka.rank, -1) - COALESCE(kb.rank, -1) AS steps_kept,
  b.tier AS tier_before, a.tier AS tier_after,
  b.tier_kept AS tier_kept_before, a.tier_kept AS tier_kept_after,
  b.qualified_tier AS qualified_before, a.qualified_tier AS qualified_after,
  b.candidate AS candidate_before, a.candidate AS candidate_after
FROM before_standings AS b
FULL JOIN after_standings AS a ON a.partner_id = b.partner_id
LEFT JOIN ladder AS rb ON rb.tier = b.tier
LEFT JOIN ladder AS ra ON ra.tier = a.tier
LEFT JOIN ladder AS kb ON kb.tier = b.tier_kept
LEFT JOIN ladder AS ka ON ka.tier = a.tier_kept
"""
"""Every partner of either run with where it stands in both."""

FIGURE_CHANGES = """
SELECT
  COALESCE(b.partner_id, a.partner_id) AS partner_id,
  COALESCE(b.metric, a.metric) AS metric,
  b.grains AS grains_before, b.denominator AS denominator_before,
  a.grains AS grains_after, a.denominator AS denominator_after
FROM before_figures AS b
FULL JOIN after_figures AS a ON a.partner_id = b.partner_id AND a.metric = b.metric
WHERE a.grains IS DISTINCT FROM b.grains OR a.denominator IS DISTINCT FROM b.denominator
"""
"""The figures whose exact parts differ; equal values over other denominators are sorted out by who reads them."""

CONTESTS = """
SELECT c.partner_id, c.purpose, LEAST(c.one, c.other) AS low, GREATEST(c.one, c.other) AS high,
       c.other > c.one AS rises
FROM (
  SELECT s.partner_id, 'reach' AS purpose, COALESCE(b.rank, -1) AS one, COALESCE(a.rank, -1) AS other
  FROM standing_changes AS s
  LEFT JOIN ladder AS b ON b.tier = s.tier_before
  LEFT JOIN ladder AS a ON a.tier = s.tier_after
  UNION ALL
  SELECT s.partner_id, 'keep', COALESCE(b.rank, -1), COALESCE(a.rank, -1)
  FROM standing_changes AS s
  LEFT JOIN ladder AS b ON b.tier = s.tier_kept_before
  LEFT JOIN ladder AS a ON a.tier = s.tier_kept_after
  UNION ALL
  SELECT s.partner_id, 'reach', COALESCE(b.rank, -1), COALESCE(a.rank, -1)
  FROM standing_changes AS s
  LEFT JOIN ladder AS b ON b.tier = s.qualified_before
  LEFT JOIN ladder AS a ON a.tier = s.qualified_after
  UNION ALL
  SELECT s.partner_id, 'reach', CASE WHEN s.nears THEN s.rank - 1 ELSE s.rank END,
         CASE WHEN s.nears THEN s.rank ELSE s.rank - 1 END
  FROM (
    SELECT s.partner_id, r.rank, s.candidate_before IS NULL OR COALESCE(a.rank, -1) >= r.rank AS nears
    FROM standing_changes AS s
    JOIN ladder AS r ON r.tier = COALESCE(s.candidate_before, s.candidate_after)
    LEFT JOIN ladder AS a ON a.tier = s.tier_after
    WHERE s.candidate_before IS DISTINCT FROM s.candidate_after
  ) AS s
) AS c
WHERE c.one <> c.other
"""
"""For each partner that moves, the tiers between where it stood and where it stands: above `low`, up to `high`.

It rises or falls between them; a candidate that comes to stand at its tier rises.
"""

GATE_CHANGES = """
WITH wanted AS (
  SELECT DISTINCT c.partner_id, c.purpose, r.tier, r.rank, c.rises
  FROM contests AS c
  JOIN ladder AS r ON r.rank > c.low AND r.rank <= c.high
),
both_sides AS (
  SELECT w.partner_id, w.purpose, w.tier, w.rank, w.rises, 1 AS side, g.* EXCLUDE (partner_id, purpose, tier)
  FROM wanted AS w
  JOIN before_gates AS g ON g.partner_id = w.partner_id AND g.purpose = w.purpose AND g.tier = w.tier
  UNION ALL BY NAME
  SELECT w.partner_id, w.purpose, w.tier, w.rank, w.rises, 2 AS side, g.* EXCLUDE (partner_id, purpose, tier)
  FROM wanted AS w
  JOIN after_gates AS g ON g.partner_id = w.partner_id AND g.purpose = w.purpose AND g.tier = w.tier
),
folded AS (
  SELECT
    s.partner_id, s.purpose, s.tier, s.rank, s.rises, s.gate,
    MIN(s.path) AS path,
    ARG_MAX(s.metric, s.side) AS metric,
    ARG_MAX(s.operator, s.side) AS operator,
    MAX(CASE WHEN s.side = 1 THEN s.required END) AS required_before,
    MAX(CASE WHEN s.side = 2 THEN s.required END) AS required_after,
    BOOL_AND(CASE WHEN s.side = 1 THEN s.held END) AS held_before,
    BOOL_AND(CASE WHEN s.side = 2 THEN s.held END) AS held_after,
    COALESCE(BOOL_AND(CASE WHEN s.side = 1 THEN s.weight <> 'mandatory' OR s.held OR s.waived_by IS NOT NULL END), TRUE)
      AS passed_before,
    COALESCE(BOOL_AND(CASE WHEN s.side = 2 THEN s.weight <> 'mandatory' OR s.held OR s.waived_by IS NOT NULL END), TRUE)
      AS passed_after
  FROM both_sides AS s
  GROUP BY s.partner_id, s.purpose, s.tier, s.rank, s.rises, s.gate
)
SELECT
  f.partner_id, f.purpose, f.tier, f.gate, f.metric, f.operator,
  f.required_before, f.required_after, f.held_before, f.held_after, f.passed_before, f.passed_after,
  b.grains AS grains_before, b.denominator AS denominator_before,
  a.grains AS grains_after, a.denominator AS denominator_after,
  f.rank, f.path
FROM folded AS f
LEFT JOIN before_figures AS b ON b.partner_id = f.partner_id AND b.metric = f.metric
LEFT JOIN after_figures AS a ON a.partner_id = f.partner_id AND a.metric = f.metric
WHERE f.passed_before <> f.passed_after AND f.passed_after = f.rises
"""
"""The gates of those tiers that decide, with both requirements and exact figures.

A gate that lets the partner pass on the second side only is a reason to rise, one on the first side only to fall. A
side without the gate asks nothing: it lets everyone pass.
"""

TOUCHED = """
SELECT partner_id FROM figure_changes
UNION SELECT partner_id FROM contests
UNION SELECT partner_id FROM standing_changes WHERE direction IN ('entered', 'left')
"""
"""The partners for which a standing or figure differs."""

LINE_CHANGES = """
WITH b AS (
  SELECT partner_id, metric, COALESCE(part, '') AS part, source_table, source_id, customer_id, SUM(grains) AS grains
  FROM before_lines GROUP BY ALL
),
a AS (
  SELECT partner_id, metric, COALESCE(part, '') AS part, source_table, source_id, customer_id, SUM(grains) AS grains
  FROM after_lines GROUP BY ALL
)
SELECT DISTINCT
  COALESCE(b.partner_id, a.partner_id) AS partner_id,
  COALESCE(b.source_table, a.source_table) AS source_table,
  COALESCE(b.source_id, a.source_id) AS source_id,
  COALESCE(b.customer_id, a.customer_id) AS customer_id
FROM b
FULL JOIN a
  ON a.partner_id = b.partner_id AND a.metric = b.metric AND a.part = b.part
  AND a.source_table = b.source_table AND a.source_id = b.source_id
  AND a.customer_id IS NOT DISTINCT FROM b.customer_id
WHERE a.grains IS DISTINCT FROM b.grains
"""
"""The sources of lines that stand on one side only, or with another amount."""

LATE_BEHIND = """
SELECT DISTINCT l.source_table, l.source_id, l.recorded_at, l.happened, p.partner_id
FROM late_rows AS l
JOIN (
  SELECT c.partner_id, c.source_table, c.source_id, CAST(NULL AS VARCHAR) AS customer_id, 'source' AS tie
  FROM line_changes AS c
  UNION
  SELECT c.partner_id, NULL, NULL, c.customer_id, 'customer' FROM line_changes AS c WHERE c.customer_id IS NOT NULL
) AS p
  ON CASE p.tie WHEN 'source' THEN p.source_table = l.source_table AND p.source_id = l.source_id
     ELSE p.customer_id = l.customer_id END
UNION
SELECT DISTINCT l.source_table, l.source_id, l.recorded_at, l.happened, s.partner_id
FROM late_rows AS l
JOIN touched AS s ON s.partner_id = l.partner_id
WHERE l.customer_id IS NULL
"""
"""The rows recorded later that a changed line rests on, that concern its customer, or the partner itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: which rules (their folder's name, their version), and what was known."""

    rulebook: str
    rulebook_hash: str
    switches: Mapping[str, str]
    edits: Mapping[str, Any]
    known_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDifference:
    """A figure on both sides, exact; None is undefined, or absent from that side's rules."""

    metric: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDifference:
    """A gate that lets the partner pass on one side only; a requirement is None where that side has no such gate."""

    tier: str
    purpose: str
    gate: str
    metric: str
    operator: str
    required_before: Fraction | None
    required_after: Fraction | None
    value_before: Fraction | None
    value_after: Fraction | None
    held_before: bool | None
    held_after: bool | None
    passed_before: bool
    passed_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    """A row recorded after the earlier state of knowledge: what it did to its key."""

    source_table: str
    source_id: str
    recorded_at: datetime
    happened: Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitDifference:
    """A benefit on both sides: how surely the partner has it (`none` to `guaranteed`)."""

    benefit: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDifference:
    """What the statements of a month come to on both sides, in one currency."""

    month: date
    currency: str
    before_minor: int
    after_minor: int
    partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDifference:
    """What differs for one partner; pairs are (before, after) and equal where nothing changes."""

    partner_id: str
    name: str | None
    direction: Direction
    steps: int
    steps_kept: int
    tier: tuple[str | None, str | None]
    tier_kept: tuple[str | None, str | None]
    qualified_tier: tuple[str | None, str | None]
    candidate: tuple[str | None, str | None]
    figures: tuple[FigureDifference, ...]
    gates: tuple[GateDifference, ...]
    late_rows: tuple[LateRow, ...]
    benefits: tuple[BenefitDifference, ...]

    @property
    def stands_elsewhere(self) -> bool:
        """Whether a tier differs: to reach, to keep, qualified for, or as a candidate."""
        pairs = (self.tier, self.tier_kept, self.qualified_tier, self.candidate)
        return any(before != after for before, after in pairs) or self.direction in ("entered", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many partners stand at one tier before and at another (or the same) after."""

    before: str | None
    after: str | None
    partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two evaluations of the same day side by side; `differences` holds the partners for which anything differs."""

    program: str
    on: date
    before: Side
    after: Side
    partners: int
    ladder: tuple[str, ...]
    flows: tuple[Flow, ...]
    differences: tuple[PartnerDifference, ...]
    commissions: tuple[CostDifference, ...]
    problems: tuple[Problem, ...]

    def moved(self, direction: Direction) -> tuple[PartnerDifference, ...]:
        """The partners that move in a direction, the biggest moves first."""
        return tuple(sorted((each for each in self.differences if each.direction == direction), key=self.bigness))

    def bigness(self, difference: PartnerDifference) -> tuple[int, int, int, str]:
        """What moves are ordered by: how many tiers, then how high they begin or end, then the partner."""
        ranks = [self.ladder.index(tier) for tier in difference.tier if tier in self.ladder]
        return -abs(difference.steps), -abs(difference.steps_kept), -max(ranks, default=-1), difference.partner_id

    def kept_moves(self) -> tuple[int, int]:
        """How many partners could keep a higher tier than before, and how many only a lower one."""
        both = [each for each in self.differences if each.direction not in ("entered", "left")]
        return sum(each.steps_kept > 0 for each in both), sum(each.steps_kept < 0 for each in both)

    def figures_changed(self) -> Mapping[str, int]:
        """For each metric, for how many partners its figure differs."""
        return Counter(figure.metric for each in self.differences for figure in each.figures)


def joined_ladder(before: Program, after: Program, on: date) -> tuple[str, ...]:
    """The tiers in force on the day, easiest first: those of `after`, the others of `before` above their neighbours."""
    order = [tier.tier for tier in after.tiers if tier.in_force(on)]
    previous: str | None = None
    for tier in before.tiers:
        if not tier.in_force(on):
            continue
        if tier.tier not in order:
            order.insert(0 if previous is None else order.index(previous) + 1, tier.tier)
        previous = tier.tier
    return tuple(order)
