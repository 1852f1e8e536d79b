"""Lines to figures: sums, means, medians and ratios, exact, with the reason of a zero or an undefined one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from palier.engine.compile import Compiled
from palier.engine.parameters import GRAINS, Relation
from palier.rulebook.model import Program

METRIC_COLUMNS = {
    "metric": "VARCHAR",
    "position": "INTEGER",
    "kind": "VARCHAR",
    "unit": "VARCHAR",
    "denominator": GRAINS,
    "undefined": "VARCHAR",
}

ENROLLED = """
SELECT DISTINCT e.partner_id
FROM enrolments AS e
WHERE e.program = $program AND e.enrolled_on <= $on_day AND (e.left_on IS NULL OR e.left_on > $on_day)
"""
"""The partners a run speaks about: those enrolled in the program on the day."""

FIGURES = """
WITH own_sums AS (
  SELECT
    l.partner_id,
    l.metric,
    SUM(CASE WHEN l.part = 'denominator' THEN NULL ELSE l.grains END) AS above,
    SUM(CASE WHEN l.part = 'denominator' THEN l.grains ELSE NULL END) AS below,
    COUNT(*) AS lines
  FROM lines AS l
  GROUP BY l.partner_id, l.metric
),
sums AS (
  SELECT
    o.partner_id,
    k.metric,
    SUM(o.above) AS above,
    SUM(o.below) AS below,
    CAST(SUM(o.lines) AS BIGINT) AS lines
  FROM own_sums AS o
  JOIN line_sources AS k ON k.source = o.metric
  GROUP BY o.partner_id, k.metric
),
ranked AS (
  SELECT
    l.partner_id,
    l.metric,
    l.grains,
    ROW_NUMBER() OVER (PARTITION BY l.partner_id, l.metric ORDER BY l.grains) AS place,
    COUNT(*) OVER (PARTITION BY l.partner_id, l.metric) AS lines
  FROM lines AS l
  JOIN metrics AS m ON m.metric = l.metric AND m.kind = 'median'
),
middles AS (
  SELECT r.partner_id, r.metric, SUM(r.grains) AS above, COUNT(*) AS middles
  FROM ranked AS r
  WHERE 2 * r.place BETWEEN r.lines AND r.lines + 2
  GROUP BY r.partner_id, r.metric
),
exact AS (
  SELECT
    e.partner_id,
    m.metric,
    m.position,
    m.unit,
    m.undefined,
    COALESCE(s.lines, 0) AS lines,
    CASE
      WHEN m.undefined IS NOT NULL THEN NULL
      WHEN m.kind IN ('sum', 'total', 'capped') THEN COALESCE(s.above, 0)
      WHEN m.kind = 'mean' THEN s.above
      WHEN m.kind = 'median' THEN d.above
      WHEN s.below > 0 THEN COALESCE(s.above, 0)
    END AS grains,
    CASE
      WHEN m.kind IN ('sum', 'total', 'capped') THEN m.denominator
      WHEN m.kind = 'mean' THEN m.denominator * s.lines
      WHEN m.kind = 'median' THEN m.denominator * d.middles
      WHEN s.below > 0 THEN s.below
    END AS denominator
  FROM enrolled AS e
  CROSS JOIN metrics AS m
  LEFT JOIN sums AS s ON s.partner_id = e.partner_id AND s.metric = m.metric
  LEFT JOIN middles AS d ON d.partner_id = e.partner_id AND d.metric = m.metric
)
SELECT
  x.partner_id,
  x.metric,
  CAST(x.grains AS DECIMAL(38,0)) AS grains,
  CASE WHEN x.grains IS NULL THEN NULL ELSE CAST(x.denominator AS DECIMAL(38,0)) END AS denominator,
  x.unit,
  CASE
    WHEN x.undefined IS NOT NULL THEN x.undefined
    WHEN x.lines = 0 THEN 'no_lines'
    WHEN x.grains IS NULL THEN 'nothing_to_compare'
    WHEN x.grains = 0 THEN 'lines_sum_to_zero'
  END AS reason,
  x.position
FROM exact AS x
"""
"""Every metric of every enrolled partner: grains over a denominator, null when undefined, and why."""

READABLE = """
SELECT
  f.partner_id,
  f.metric,
  f.grains,
  f.denominator,
  CAST(
    CAST(
      (CAST(f.grains AS HUGEINT) // CAST(f.denominator AS HUGEINT)) * 10000000000
      + (CAST(f.grains AS HUGEINT) % CAST(f.denominator AS HUGEINT)) * 10000000000 // CAST(f.denominator AS HUGEINT)
      AS DECIMAL(38,0)
    ) * CAST(0.0000000001 AS DECIMAL(10,10))
    AS DECIMAL(38,10)
  ) AS value,
  f.unit,
  f.reason,
  f.position
FROM exact_figures AS f
"""
"""Figures with their value truncated to ten decimals, for reading only."""


def repeats_parts(program: Program) -> frozenset[str]:
    """The totals whose lines only repeat those of their parts, and that no other metric reads."""
    metrics = program.metrics
    read = {part for metric in metrics.values() for part in metric.parts}
    return frozenset(
        name
        for name, metric in metrics.items()
        if metric.kind == "total" and name not in read and all(metrics[part].has_sql for part in metric.of)
    )


def line_sources_relation(program: Program) -> Relation:
    """Whose lines give each figure: a metric's own, or those of the parts of a total that repeats them."""
    repeating = repeats_parts(program)
    rows = [
        (name, source)
        for name, metric in program.metrics.items()
        for source in (metric.of if name in repeating else (name,))
    ]
    return Relation("line_sources", {"metric": "VARCHAR", "source": "VARCHAR"}, tuple(rows))


def metrics_relation(compiled: Compiled, on: date, undefined: Mapping[str, str]) -> Relation:
    """The metrics in force on a day, with their denominators and why some are undefined."""
    rows = [
        (
            name,
            position,
            metric.kind,
            metric.unit,
            compiled.units[metric.unit].denominator,
            undefined.get(name),
        )
        for position, (name, metric) in enumerate(compiled.program.metrics.items())
        if metric.in_force(on)
    ]
    return Relation("metrics", METRIC_COLUMNS, tuple(rows))
