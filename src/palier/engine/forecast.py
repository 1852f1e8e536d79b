"""The coming days of one partner: what changes on each, and which line, fact or rule causes it.

A forecast is the same evaluation on every later day, the facts cut at the day asked and some views kept as they
stood then (readings.md, *Forecast*). What differs from one day to the next is the forecast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from palier.engine.batch import DAY
from palier.engine.plan import Assumption, Vantage
from palier.facts.schema import ColumnType, Table

Happening = Literal["started", "ended", "changed"]

_TOLD = f"COALESCE(a.{DAY}, b.{DAY} + 1) > $first_day AND COALESCE(a.{DAY}, b.{DAY} + 1) <= $last_day"
"""The days of a batch but its first, with which the second is compared."""

FIGURE_CHANGES = f"""
WITH mine AS (SELECT f.* FROM figures AS f WHERE f.partner_id = $partner_id)
SELECT COALESCE(a.{DAY}, b.{DAY} + 1) AS on_day, COALESCE(a.metric, b.metric) AS metric,
       b.grains AS grains_before, b.denominator AS denominator_before,
       a.grains AS grains_after, a.denominator AS denominator_after
FROM mine AS a
FULL JOIN mine AS b ON b.metric = a.metric AND b.{DAY} + 1 = a.{DAY}
WHERE (a.grains IS DISTINCT FROM b.grains OR a.denominator IS DISTINCT FROM b.denominator) AND {_TOLD}
ORDER BY on_day, COALESCE(a.position, b.position)
"""
"""A partner that leaves on a day has no figures on it, and no standing."""

GATE_CHANGES = f"""
SELECT a.{DAY} AS on_day, a.tier, a.purpose, a.gate, a.metric, b.held AS held_before, a.held AS held_after,
       b.required AS required_before, a.required AS required_after
FROM weighed_gates AS a
JOIN weighed_gates AS b
  ON b.partner_id = a.partner_id AND b.tier = a.tier AND b.purpose = a.purpose AND b.path = a.path
  AND b.{DAY} + 1 = a.{DAY}
WHERE a.partner_id = $partner_id AND (a.held <> b.held OR a.required <> b.required)
ORDER BY on_day, a.tier, a.purpose, a.position
"""

TIER_CHANGES = f"""
WITH mine AS (SELECT s.* FROM standings AS s WHERE s.partner_id = $partner_id)
SELECT COALESCE(a.{DAY}, b.{DAY} + 1) AS on_day, b.tier AS tier_before, a.tier AS tier_after,
       b.tier_kept AS kept_before, a.tier_kept AS kept_after, a.partner_id IS NULL AS gone
FROM mine AS a
FULL JOIN mine AS b ON b.{DAY} + 1 = a.{DAY}
WHERE (a.partner_id IS NULL OR a.tier IS DISTINCT FROM b.tier OR a.tier_kept IS DISTINCT FROM b.tier_kept)
  AND {_TOLD}
ORDER BY on_day
"""

LINE_CHANGES = f"""
WITH daily AS (
  SELECT
    l.{DAY} AS on_day, l.metric, COALESCE(l.part, '') AS part, l.source_table, l.source_id,
    MAX(l.customer_id) AS customer_id,
    SUM(l.grains) AS grains, MAX(l.fact_on) AS fact_on, MAX(l.clause) AS clause,
    MAX(l.counts_from) AS counts_from, MIN(l.counts_until) AS counts_until
  FROM lines AS l
  JOIN metrics AS m ON m.metric = l.metric AND m.kind NOT IN ('total', 'share', 'capped')
  WHERE l.partner_id = $partner_id
  GROUP BY l.{DAY}, l.metric, COALESCE(l.part, ''), l.source_table, l.source_id
)
SELECT
  COALESCE(a.on_day, b.on_day + 1) AS on_day,
  COALESCE(a.metric, b.metric) AS metric,
  COALESCE(a.part, b.part) AS part,
  COALESCE(a.source_table, b.source_table) AS source_table,
  COALESCE(a.source_id, b.source_id) AS source_id,
  COALESCE(a.customer_id, b.customer_id) AS customer_id,
  b.grains AS grains_before,
  a.grains AS grains_after,
  COALESCE(b.fact_on, a.fact_on) AS fact_on,
  COALESCE(b.fact_on, a.fact_on, CASE WHEN b.counts_until = b.on_day + 1 THEN b.counts_from END) AS begun_on,
  COALESCE(b.clause, a.clause) AS clause
FROM daily AS a
FULL JOIN daily AS b
  ON b.on_day + 1 = a.on_day AND b.metric = a.metric AND b.part = a.part
  AND b.source_table = a.source_table AND b.source_id = a.source_id
WHERE a.grains IS DISTINCT FROM b.grains
  AND COALESCE(a.on_day, b.on_day + 1) > $first_day
  AND COALESCE(a.on_day, b.on_day + 1) <= $last_day
ORDER BY on_day, metric, source_table, source_id, part
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A line that starts, ends or changes on a day, and the dated fact or window behind it.

    `because` is `table.column` of the fact that carries the day, `window:<name>` where a credit's time is over,
    or None where the day itself (a month, a rule) is the cause. Amounts are in the metric's unit.
    """

    metric: str
    part: str | None
    happening: Happening
    source_table: str
    source_id: str
    customer_id: str | None
    before: Fraction | None
    after: Fraction | None
    fact_on: date | None
    clause: str | None
    because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure before and after a day; None is undefined."""

    metric: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChange:
    """A gate that begins or ceases to hold, or whose requirement changes, on a day."""

    tier: str
    purpose: str
    gate: str
    metric: str
    held_before: bool
    held_after: bool
    required_before: Fraction
    required_after: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One day on which something changes; tiers are (before, after) and equal where they stay."""

    on: date
    causes: tuple[Cause, ...]
    figures: tuple[FigureChange, ...]
    gates: tuple[GateChange, ...]
    tier: tuple[str | None, str | None]
    tier_kept: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The days after `on`, up to `until`, on which something changes for a partner.

    `credits` are the metrics counted in money units, whose lines are what a partner can lose.
    """

    program: str
    partner_id: str
    on: date
    until: date
    assume: Assumption
    vantage: Vantage
    tier: str | None
    tier_kept: str | None
    figures: Mapping[str, Fraction | None]
    changes: tuple[Change, ...]
    credits: frozenset[str]

    def lapses(self) -> tuple[Change, ...]:
        """The days on which credit ends: a line of a money metric ends and its figure falls."""
        return tuple(change for change in self.changes if self._is_lapse(change))

    @property
    def next_lapse(self) -> Change | None:
        """The first day on which credit ends, if any."""
        return next(iter(self.lapses()), None)

    def _is_lapse(self, change: Change) -> bool:
        fallen = {each.metric for each in change.figures if (each.after or 0) < (each.before or 0)}
        ended = {cause.metric for cause in change.causes if cause.happening == "ended"}
        return bool(fallen & ended & self.credits)


def end_columns(tables: Mapping[str, Table]) -> Iterator[tuple[Table, str]]:
    """Every date column that may end something, with its table: not the day on which the row began."""
    for table in tables.values():
        for column in table.columns:
            if column.type is ColumnType.DATE and column.holds != "month" and column.name != table.dated_by:
                yield table, column.name


def restriction(table: Table) -> str | None:
    """The rows of a table that concern some partners, as a condition on `t`; None where all rows may.

    The relations own_partners, own_users, own_apps and own_customers hold the partners and what is theirs.
    """
    names = set(table.column_names)
    direct = [
        f"t.{name} IN (SELECT {name} FROM {own})"
        for name, own in (("partner_id", "own_partners"), ("user_id", "own_users"))
        if name in names
    ]
    for name, own in (("app_id", "own_apps"), ("customer_id", "own_customers")):
        if not direct and name in names:
            direct.append(f"t.{name} IN (SELECT {name} FROM {own})")
    return f"({' OR '.join(direct)})" if direct else None


def nearby(table: Table) -> str | None:
    """The rows that other partners' shares of some partners' customers rest on, as a condition on `t`; None for all.

    Whatever is about other customers is left out; what is about none stays.
    """
    if "customer_id" not in table.column_names:
        return None
    return "(t.customer_id IN (SELECT customer_id FROM own_customers) OR t.customer_id IS NULL)"


def begun(table: Table) -> str:
    """The rows of a table that had begun by the day asked, as a condition on `t`."""
    column = table.dated_by
    return "TRUE" if column is None else f"(t.{column} IS NULL OR t.{column} <= $on_day)"


def as_known(table: Table, *, assume: Assumption, owned: str | None = None) -> str:
    """A table as a forecast knows it: what had begun by the day asked and, as work goes on, its last known month.

    Use stands for every later month as in the last complete one, subscriptions as on the first of the day's month.

    Args:
        table: the table, read from the snapshot's own.
        assume: whether work goes on.
        owned: the rows that concern some partners, as a condition on `t`.

    Returns:
        A SELECT that may bind $on_day, $month_on, $next_month_on, $previous_month_on and read the relation
        `later_months` (column `month_on`), besides what `owned` does.
    """
    where = "TRUE" if owned is None else owned
    source = f'FROM memory.main."{table.name}" AS t'
    if assume == "idle" or not table.goes_on:
        return f"SELECT t.* {source} WHERE {begun(table)} AND {where}"
    if table.period is None:
        month = table.occurred
        return (
            f"SELECT t.* {source} WHERE t.{month} < $month_on AND {where} UNION ALL BY NAME "
            f"SELECT t.* REPLACE (l.month_on AS {month}) {source} CROSS JOIN later_months AS l "
            f"WHERE t.{month} = $previous_month_on AND {where}"
        )
    start, end = table.period
    kept = f"t.{start} <= $month_on AND (t.{end} IS NULL OR t.{end} >= $next_month_on)"
    ended = (
        f"CASE WHEN {kept} THEN NULL WHEN t.{start} <= $month_on THEN t.{end} "
        f"ELSE LEAST(COALESCE(t.{end}, $next_month_on), $next_month_on) END"
    )
    return (
        f"SELECT t.* REPLACE ({ended} AS {end}) {source} WHERE {begun(table)} AND {where} UNION ALL BY NAME "
        f"SELECT t.* REPLACE ($next_month_on AS {start}, CAST(NULL AS DATE) AS {end}) {source} "
        f"WHERE t.{start} <= $month_on AND t.{end} > $month_on AND t.{end} < $next_month_on AND {where}"
    )
