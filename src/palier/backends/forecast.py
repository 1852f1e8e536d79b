"""A forecast run: the facts cut at the day asked, every later day computed at once, the differences told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from palier.backends.evaluation import CHECKED_ROWS, Progress, compute, open_facts
from palier.backends.runs import PartnerNotFoundError
from palier.backends.session import connect, rows
from palier.backends.snapshot import Snapshot
from palier.engine.batch import DAY
from palier.engine.calendar import days_between, window_end
from palier.engine.compile import Compiled, compile_rulebook
from palier.engine.forecast import (
    FIGURE_CHANGES,
    GATE_CHANGES,
    LINE_CHANGES,
    TIER_CHANGES,
    Cause,
    Change,
    FigureChange,
    Forecast,
    GateChange,
    Happening,
    begun,
    end_columns,
    restriction,
)
from palier.engine.plan import Assumption, Carried, Vantage, kept_name
from palier.engine.planning import make_plan
from palier.facts.schema import Table
from palier.rulebook.problems import InputProblemsError, PalierError, errors_in
from palier.rulebook.read import Rulebook


class HorizonError(PalierError):
    """Raised when a forecast's last day is not after its first."""

    def __init__(self, on: date, until: date) -> None:
        super().__init__(f"a forecast from {on} until {until} has no day: choose a later --until")


def forecast(
    rulebook: Rulebook,
    *,
    facts: Path,
    on: date,
    until: date,
    partner_id: str,
    assume: Assumption = "continuing",
    vantage: Vantage = "partner",
    known_at: datetime | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """Every day after `on` up to `until` on which a figure, gate or tier of the partner changes, and why.

    Args:
        rulebook: the program.
        facts: the folder of fact tables; what begins after `on` is not known yet.
        on: the day asked.
        until: the last day forecast.
        partner_id: the partner.
        assume: `continuing` (work goes on as today) or `idle` (nothing is recorded any more).
        vantage: `partner` holds other partners' shares constant, `vendor` re-evaluates them.
        known_at: ignore rows recorded later.
        stale: compute though a table ends before what the day needs.
        progress: told the name of each stage.

    Raises:
        HorizonError: `until` is not after `on`.
        InputProblemsError: structural problems, or a day without an edition.
        PartnerNotFoundError: the partner is not enrolled on the day.
    """
    if until <= on:
        raise HorizonError(on, until)
    compiled = compile_rulebook(rulebook)
    days = tuple(days_between(on, until))
    connection = connect()
    try:
        snapshot, problems = open_facts(connection, compiled, facts, on=on, known_at=known_at, stale=stale)
        if errors_in(problems):
            raise InputProblemsError(problems)
        compute(connection, compiled, make_plan(compiled, [on]))
        if not rows(connection, "SELECT 1 FROM enrolled WHERE partner_id = $p", {"p": partner_id}):
            raise PartnerNotFoundError(partner_id, compiled.program.program, on)
        if progress is not None:
            progress("forecast")
        restrict(connection, compiled, snapshot, on=on, partner_id=partner_id if vantage == "partner" else None)
        plan = make_plan(compiled, days, carried=Carried(on, assume, vantage))
        compute(connection, compiled, plan)
        return _told(connection, compiled, snapshot, partner_id, days, assume, vantage)
    finally:
        connection.close()


def restrict(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    snapshot: Snapshot,
    *,
    on: date,
    partner_id: str | None,
) -> None:
    """Keep the views that forecasts carry, then put in place of the facts what had begun by the day asked.

    With a partner, only the rows that concern it remain; the kept shares of its customers do too.
    """
    made = {row["name"] for row in rows(connection, "SELECT table_name AS name FROM duckdb_tables()")}
    for view, declared in compiled.program.views.items():
        if view in made and (declared.carried is not None or declared.shared):
            connection.execute(f'CREATE OR REPLACE TEMP TABLE "{kept_name(view)}" AS SELECT * FROM "{view}"')
    if partner_id is not None:
        _own_entities(connection, snapshot, partner_id)
    for table in snapshot.tables.values():
        condition = begun(table)
        owned = restriction(table) if partner_id is not None else None
        values: dict[str, Any] = {"on_day": on} if "$on_day" in condition else {}
        if owned is not None:
            condition = f"{condition} AND {owned}"
            values |= {"partner_id": partner_id} if "$partner_id" in owned else {}
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE "{table.name}" AS SELECT t.* FROM memory.main."{table.name}" AS t WHERE {condition}',
            values or None,
        )
    if partner_id is not None:
        _restrict_kept(connection, compiled, made, partner_id)


def _restrict_kept(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, made: set[str], partner_id: str
) -> None:
    for view, proven in compiled.views.items():
        if kept_name(view) not in made and view not in compiled.program.views:
            continue
        if "partner_id" in proven.columns:
            connection.execute(f'DELETE FROM "{kept_name(view)}" WHERE partner_id <> $p', {"p": partner_id})
        elif "customer_id" in proven.columns:
            connection.execute(
                f'DELETE FROM "{kept_name(view)}" WHERE customer_id NOT IN (SELECT customer_id FROM own_customers)'
            )


def _own_entities(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, partner_id: str) -> None:
    tables = snapshot.tables
    named = {"p": partner_id}
    for name, source in (("user_id", "partner_users"), ("app_id", "apps")):
        target = f"own_{name.removesuffix('_id')}s"
        select = f"SELECT {name} FROM {source} WHERE partner_id = $p" if source in tables else f"SELECT NULL AS {name}, $p"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS {select}", named)
    selects = []
    for table in tables.values():
        columns = set(table.column_names)
        if "customer_id" not in columns or snapshot.rows[table.name] > CHECKED_ROWS:
            continue
        owned = restriction(table)
        if owned is not None and "own_customers" not in owned:
            selects.append(f"SELECT t.customer_id FROM {table.name} AS t WHERE {owned}")
    union = " UNION ".join(selects) or "SELECT NULL AS customer_id WHERE $partner_id IS NULL"
    values = {"partner_id": partner_id} if "$partner_id" in union else None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE own_customers AS {union}", values)


def _told(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    snapshot: Snapshot,
    partner_id: str,
    days: tuple[date, ...],
    assume: Assumption,
    vantage: Vantage,
) -> Forecast:
    named = {"partner_id": partner_id}
    start = rows(
        connection,
        f"SELECT tier, tier_kept FROM standings WHERE partner_id = $partner_id AND {DAY} = $day",
        {**named, "day": days[0]},
    )[0]
    figures = rows(
        connection,
        f"SELECT metric, grains, denominator FROM figures WHERE partner_id = $partner_id AND {DAY} = $day ORDER BY position",
        {**named, "day": days[0]},
    )
    return Forecast(
        program=compiled.program.program,
        partner_id=partner_id,
        on=days[0],
        until=days[-1],
        assume=assume,
        vantage=vantage,
        tier=start["tier"],
        tier_kept=start["tier_kept"],
        figures={row["metric"]: _value(row["grains"], row["denominator"]) for row in figures},
        changes=_changes(connection, compiled, snapshot.tables, named, days, start),
        credits=frozenset(
            name
            for name, metric in compiled.program.metrics.items()
            if compiled.program.units[metric.unit].money is not None
        ),
    )


def _changes(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    tables: Mapping[str, Table],
    named: dict[str, str],
    days: tuple[date, ...],
    start: Mapping[str, str | None],
) -> tuple[Change, ...]:
    figures: dict[date, list[FigureChange]] = defaultdict(list)
    for row in rows(connection, FIGURE_CHANGES, named):
        before = _value(row["grains_before"], row["denominator_before"])
        after = _value(row["grains_after"], row["denominator_after"])
        if before != after:
            figures[row["on_day"]].append(FigureChange(metric=row["metric"], before=before, after=after))
    gates: dict[date, list[GateChange]] = defaultdict(list)
    for row in rows(connection, GATE_CHANGES, named):
        on = row.pop("on_day")
        required = {name: Fraction(row.pop(name)) for name in ("required_before", "required_after")}
        gates[on].append(GateChange(**row, **required))
    tiers = {row["on_day"]: row for row in rows(connection, TIER_CHANGES, named)}
    causes = _causes(connection, compiled, tables, named, days)
    told = []
    tier, kept = start["tier"], start["tier_kept"]
    for on in sorted({*figures, *gates, *tiers}):
        moved = tiers.get(on, {"tier_after": tier, "kept_after": kept})
        told.append(
            Change(
                on=on,
                causes=tuple(causes.get(on, ())),
                figures=tuple(figures[on]),
                gates=tuple(gates[on]),
                tier=(tier, moved["tier_after"]),
                tier_kept=(kept, moved["kept_after"]),
            )
        )
        tier, kept = moved["tier_after"], moved["kept_after"]
    return tuple(told)


def _causes(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    tables: Mapping[str, Table],
    named: dict[str, str],
    days: tuple[date, ...],
) -> dict[date, list[Cause]]:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE line_changes AS {LINE_CHANGES}",
        {**named, "first_day": days[0], "last_day": days[-1]},
    )
    dated = _dated_ends(connection, tables)
    causes: dict[date, list[Cause]] = defaultdict(list)
    for row in rows(connection, "SELECT * FROM line_changes ORDER BY on_day, metric, source_table, source_id, part"):
        on: date = row.pop("on_day")
        denominator = compiled.units[compiled.program.metrics[row["metric"]].unit].denominator
        before, after = (_value(row.pop(f"grains_{when}"), denominator) for when in ("before", "after"))
        happening: Happening = "ended" if after is None else "started" if before is None else "changed"
        because = dated.get((row["source_table"], row["source_id"], on)) or dated.get(
            ("customers", row["customer_id"] or "", on)
        )
        causes[on].append(
            Cause(
                **{**row, "part": row["part"] or None},
                before=before,
                after=after,
                happening=happening,
                because=because or _window(compiled, row["fact_on"], on),
            )
        )
    return causes


def _dated_ends(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> dict[tuple[str, str, date], str]:
    """The facts that carry the day of a change: of the changed line's source, or of its customer."""
    found: dict[tuple[str, str, date], str] = {}
    for table, column in end_columns(tables):
        for owner, key in ((table.name, table.key[0]), ("customers", "customer_id")):
            if key not in table.column_names:
                continue
            matched = rows(
                connection,
                f"SELECT DISTINCT t.{key} AS id, t.{column} AS ended_on FROM {table.name} AS t "
                f"JOIN line_changes AS c ON c.on_day = t.{column} "
                f"AND {'c.customer_id' if owner == 'customers' else 'c.source_id'} = t.{key}",
            )
            for row in matched:
                found.setdefault((owner, row["id"], row["ended_on"]), f"{table.name}.{column}")
    return found


def _window(compiled: Compiled, fact_on: date | None, on: date) -> str | None:
    if fact_on is None:
        return None
    for name, window in compiled.program.windows.items():
        if window_end(window, fact_on, on) == on:
            return f"window:{name}"
    return None


def _value(grains: Any, denominator: Any) -> Fraction | None:  # noqa: ANN401  # Decimal or int from the database
    return None if grains is None else Fraction(int(grains), int(denominator))
