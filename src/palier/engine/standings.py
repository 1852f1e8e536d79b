"""Figures to gates and standings: which gates hold, by how much not, and the highest tier whose gates all do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from palier.engine.compile import Compiled
from palier.engine.parameters import GRAINS, Relation
from palier.rulebook.gates import PURPOSES, PlacedGate, Purpose, gate_tree

GATE_COLUMNS = {
    "tier": "VARCHAR",
    "position": "INTEGER",
    "purpose": "VARCHAR",
    "gate": "VARCHAR",
    "path": "VARCHAR",
    "parent": "INTEGER",
    "metric": "VARCHAR",
    "operator": "VARCHAR",
    "required": "DECIMAL(38,10)",
    "above": GRAINS,
    "below": GRAINS,
    "weight": "VARCHAR",
    "waiver": "VARCHAR",
    "supplied_by": "VARCHAR",
    "human": "BOOLEAN",
}
GROUP_COLUMNS = {
    "tier": "VARCHAR",
    "purpose": "VARCHAR",
    "node": "INTEGER",
    "parent": "INTEGER",
    "depth": "INTEGER",
    "every": "BOOLEAN",
}
CHOICE_COLUMNS = {"node": "INTEGER", "choice": "INTEGER"}
TIER_COLUMNS = {"tier": "VARCHAR", "position": "INTEGER", "next_tier": "VARCHAR"}

GATES = """
WITH compared AS (
  SELECT
    f.partner_id, g.tier, g.position, g.purpose, g.gate, g.path, g.parent, g.metric, g.operator, g.required,
    f.value, g.weight, g.waiver, g.supplied_by, g.human,
    COALESCE(
      CASE g.operator
        WHEN 'at_least' THEN f.grains * g.below >= g.above * f.denominator
        WHEN 'more_than' THEN f.grains * g.below > g.above * f.denominator
        WHEN 'at_most' THEN f.grains * g.below <= g.above * f.denominator
        ELSE f.grains * g.below < g.above * f.denominator
      END,
      FALSE
    ) AS held
  FROM tier_gates AS g
  JOIN figures AS f ON f.metric = g.metric
)
SELECT
  c.partner_id, c.tier, c.position, c.purpose, c.gate, c.path, c.parent, c.metric, c.operator, c.required, c.value,
  c.held, c.weight,
  CASE WHEN NOT c.held AND w.held THEN c.waiver END AS waived_by,
  c.supplied_by,
  c.human,
  CASE
    WHEN c.held THEN CAST(0 AS DECIMAL(38,10))
    WHEN c.operator IN ('at_least', 'more_than') THEN c.required - COALESCE(c.value, 0)
    ELSE COALESCE(c.value, 0) - c.required
  END AS missing
FROM compared AS c
LEFT JOIN compared AS w
  ON w.partner_id = c.partner_id AND w.tier = c.tier AND w.purpose = c.purpose AND w.gate = c.waiver
"""
"""Every gate of every tier for every partner, to reach and to keep; an undefined figure holds no gate."""

LEAVES = """
SELECT
  g.partner_id,
  g.parent,
  BOOL_AND(CASE WHEN g.blocks THEN g.passed END) AS whole_every,
  BOOL_OR(CASE WHEN g.blocks THEN g.passed END) AS whole_some,
  BOOL_AND(CASE WHEN g.blocks AND g.supplied_by IS NULL THEN g.passed END) AS qualified_every,
  BOOL_OR(CASE WHEN g.blocks AND g.supplied_by IS NULL THEN g.passed END) AS qualified_some,
  BOOL_AND(CASE WHEN g.blocks AND NOT g.human THEN g.passed END) AS deserved_every,
  BOOL_OR(CASE WHEN g.blocks AND NOT g.human THEN g.passed END) AS deserved_some
FROM (
  SELECT
    w.partner_id, w.parent, w.supplied_by, w.human,
    w.weight = 'mandatory' AS blocks,
    w.held OR w.waived_by IS NOT NULL AS passed
  FROM weighed_gates AS w
) AS g
GROUP BY g.partner_id, g.parent
"""
"""What the gates of each group give it, both ways (every, some); what does not block gives nothing."""

GROUP_LEVEL = """
SELECT
  n.partner_id,
  k.parent,
  BOOL_AND(CASE WHEN k.every THEN n.whole_every ELSE n.whole_some END) AS whole_every,
  BOOL_OR(CASE WHEN k.every THEN n.whole_every ELSE n.whole_some END) AS whole_some,
  BOOL_AND(CASE WHEN k.every THEN n.qualified_every ELSE n.qualified_some END) AS qualified_every,
  BOOL_OR(CASE WHEN k.every THEN n.qualified_every ELSE n.qualified_some END) AS qualified_some,
  BOOL_AND(CASE WHEN k.every THEN n.deserved_every ELSE n.deserved_some END) AS deserved_every,
  BOOL_OR(CASE WHEN k.every THEN n.deserved_every ELSE n.deserved_some END) AS deserved_some
FROM (
  SELECT
    m.partner_id, m.parent AS node,
    BOOL_AND(m.whole_every) AS whole_every, BOOL_OR(m.whole_some) AS whole_some,
    BOOL_AND(m.qualified_every) AS qualified_every, BOOL_OR(m.qualified_some) AS qualified_some,
    BOOL_AND(m.deserved_every) AS deserved_every, BOOL_OR(m.deserved_some) AS deserved_some
  FROM nodes AS m
  GROUP BY m.partner_id, m.parent
) AS n
JOIN tier_groups AS k ON k.node = n.node AND k.depth = $depth AND k.parent IS NOT NULL
GROUP BY n.partner_id, k.parent
"""
"""What the groups of one level give the groups above them; run from the deepest level up."""

STANDINGS = """
WITH verdicts AS (
  SELECT
    n.partner_id, t.position, k.purpose,
    COALESCE(BOOL_AND(n.whole_every), TRUE) AS whole,
    COALESCE(BOOL_AND(n.qualified_every), TRUE) AS qualified,
    COALESCE(BOOL_AND(n.deserved_every), TRUE) AND NOT COALESCE(BOOL_AND(n.whole_every), TRUE) AS candidate
  FROM tier_groups AS k
  JOIN nodes AS n ON n.parent = k.node
  JOIN tiers AS t ON t.tier = k.tier
  WHERE k.parent IS NULL
  GROUP BY n.partner_id, t.position, k.purpose
),
highest AS (
  SELECT
    e.partner_id,
    MAX(CASE WHEN v.purpose = 'reach' AND v.whole THEN v.position END) AS reached,
    MAX(CASE WHEN v.purpose = 'keep' AND v.whole THEN v.position END) AS kept,
    MAX(CASE WHEN v.purpose = 'reach' AND v.qualified THEN v.position END) AS qualified,
    MAX(CASE WHEN v.purpose = 'reach' AND v.candidate THEN v.position END) AS candidate
  FROM enrolled AS e
  LEFT JOIN verdicts AS v ON v.partner_id = e.partner_id
  GROUP BY e.partner_id
),
named AS (
  SELECT
    h.partner_id,
    r.tier,
    k.tier AS tier_kept,
    q.tier AS qualified_tier,
    CASE WHEN h.candidate > COALESCE(h.reached, -1) THEN c.tier END AS candidate,
    n.tier AS next_tier
  FROM highest AS h
  LEFT JOIN tiers AS r ON r.position = h.reached
  LEFT JOIN tiers AS k ON k.position = h.kept
  LEFT JOIN tiers AS q ON q.position = h.qualified
  LEFT JOIN tiers AS c ON c.position = h.candidate
  LEFT JOIN tiers AS n ON n.position = COALESCE(h.reached, -1) + 1
),
excused AS (
  SELECT n.partner_id, c.node
  FROM nodes AS n
  JOIN tier_choices AS c ON c.choice = n.parent
  GROUP BY n.partner_id, c.node
  HAVING BOOL_OR(n.whole_some)
),
blocking AS (
  SELECT g.partner_id, g.tier, LIST(g.gate ORDER BY g.path) AS missing
  FROM weighed_gates AS g
  LEFT JOIN excused AS x ON x.partner_id = g.partner_id AND x.node = g.parent
  WHERE g.purpose = 'reach' AND g.weight = 'mandatory' AND NOT g.held AND g.waived_by IS NULL AND x.node IS NULL
  GROUP BY g.partner_id, g.tier
)
SELECT
  s.partner_id, $program AS program, CAST($on_day AS DATE) AS on_date,
  s.tier, s.tier_kept, s.qualified_tier, s.candidate, s.next_tier,
  COALESCE(b.missing, []) AS missing
FROM named AS s
LEFT JOIN blocking AS b ON b.partner_id = s.partner_id AND b.tier = s.next_tier
"""
"""One row for every enrolled partner: the tiers it stands on and what keeps it from the next (`gates.blocking`)."""


def ladder_relation(compiled: Compiled, on: date, name: str) -> Relation:
    """`tiers`, `tier_gates`, `tier_groups` or `tier_choices` of the day, made once for all days of the same rules."""
    since = bisect_right(compiled.tier_days, on)
    known = (name, compiled.tier_days[since - 1] if since else None)
    if known not in compiled.ladders:
        compiled.ladders[known] = _LADDER[name](compiled, on)
    return compiled.ladders[known]


def tiers_relation(compiled: Compiled, on: date) -> Relation:
    """The tiers in force on the day, easiest first, each with the one above it."""
    tiers = [tier.tier for tier in compiled.program.tiers if tier.in_force(on)]
    rows = [(tier, place, tiers[place + 1] if place + 1 < len(tiers) else None) for place, tier in enumerate(tiers)]
    return Relation("tiers", TIER_COLUMNS, tuple(rows))


def gates_relation(compiled: Compiled, on: date) -> Relation:
    """The leaf gates of every tier in force on the day, to reach and to keep."""
    rows = [
        _gate_row(placed, place, purpose, on)
        for purpose, place, placed in _placed(compiled, on)
        if placed.node.gate is not None
    ]
    return Relation("tier_gates", GATE_COLUMNS, tuple(rows))


def groups_relation(compiled: Compiled, on: date) -> Relation:
    """The all and any groups of every tier in force on the day, with their depth."""
    rows = [
        (placed.tier, purpose, place.node, place.parent, placed.path.count("/"), placed.node.any is None)
        for purpose, place, placed in _placed(compiled, on)
        if placed.node.gate is None
    ]
    return Relation("tier_groups", GROUP_COLUMNS, tuple(rows))


def choices_relation(compiled: Compiled, on: date) -> Relation:
    """Every group that is a choice or stands under one, with that choice: once made, it excuses the group's gates."""
    choices: dict[int, tuple[int, ...]] = {}
    for _, place, placed in _placed(compiled, on):
        if placed.node.gate is None:
            above = () if place.parent is None else choices[place.parent]
            choices[place.node] = above if placed.node.any is None else (*above, place.node)
    rows = tuple((node, choice) for node, found in choices.items() for choice in found)
    return Relation("tier_choices", CHOICE_COLUMNS, rows)


_LADDER = {
    "tiers": tiers_relation, "tier_gates": gates_relation, "tier_groups": groups_relation,
    "tier_choices": choices_relation,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """A node's number among all nodes of the day, its parent's, and its position in its own tree."""

    node: int
    parent: int | None
    position: int


def _placed(compiled: Compiled, on: date) -> Iterator[tuple[Purpose, _Place, PlacedGate]]:
    tiers = tuple(compiled.program.tiers)
    first = 0
    for tier in tiers:
        if not tier.in_force(on):
            continue
        tree = gate_tree(tiers, tier, on)
        numbers = {placed.path: position for position, placed in enumerate(tree)}
        for purpose in PURPOSES:
            for position, placed in enumerate(tree):
                parent = None if placed.parent is None else first + numbers[placed.parent]
                yield purpose, _Place(first + position, parent, position), placed
            first += len(tree)


def _gate_row(placed: PlacedGate, place: _Place, purpose: Purpose, on: date) -> tuple[Any, ...]:
    node = placed.node
    required = Fraction(node.threshold.of(purpose).at(on))
    return (
        placed.tier,
        place.position,
        purpose,
        node.gate,
        placed.path,
        place.parent,
        node.metric,
        node.operator,
        node.threshold.of(purpose).at(on),
        required.numerator,
        required.denominator,
        node.weight_on(on),
        node.waived_by,
        node.supplied_by,
        node.human,
    )
