"""A forecast run: the facts cut at the day asked, every later day computed at once, the differences told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from palier.backends.evaluation import CHECKED_ROWS, Progress, compute, open_facts, refuse
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
    as_known,
    end_columns,
    nearby,
    restriction,
)
from palier.engine.parameters import bound_values
from palier.engine.plan import Assumption, Carried, Vantage, kept_name
from palier.engine.planning import make_plan
from palier.facts.schema import Table
from palier.rulebook.model import Window
from palier.rulebook.problems import PalierError
from palier.rulebook.read import Rulebook

LEAVING = "enrolments.left_on"
"""What ends all that a partner has on the day on which it leaves."""
CUSTOMER_DAYS_AT_ONCE = 400_000
"""Customers of a partner, over all days, that are evaluated together: their lines stay within memory."""
LEAST_AT_ONCE = 30


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
    carried = Carried(on, assume, vantage)
    connection = connect()
    try:
        snapshot, problems = open_facts(connection, compiled, facts, on=on, known_at=known_at, stale=stale)
        refuse(problems)
        own = _own_entities(connection, snapshot, partner_id) if vantage == "partner" else None
        _keep_views(connection, compiled, snapshot, carried=carried, own=own)
        if not rows(connection, "SELECT 1 FROM enrolled WHERE partner_id = $p", {"p": partner_id}):
            raise PartnerNotFoundError(partner_id, compiled.program.program, on)
        if progress is not None:
            progress("forecast")
        restrict(connection, compiled, snapshot, carried=carried, until=until, own=own)
        told = _Told(connection, compiled, snapshot.tables, partner_id)
        for days in _batches(on, until, customers=own.customers if own else 0):
            compute(connection, compiled, make_plan(compiled, days, carried=carried))
            told.tell(days)
        return told.forecast(on, until, assume, vantage)
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Own:
    """What is a partner's stands in relations own_partners, own_users, own_apps and own_customers."""

    customers: int


def _batches(on: date, until: date, *, customers: int) -> Iterator[tuple[date, ...]]:
    """The days, as many at once as there is room for; each batch begins with the last day of the one before."""
    most = max(LEAST_AT_ONCE, CUSTOMER_DAYS_AT_ONCE // max(1, customers))
    days = tuple(days_between(on, until))
    for place in range(0, len(days) - 1, most):
        yield days[place : place + most + 1]


def _keep_views(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    snapshot: Snapshot,
    *,
    carried: Carried,
    own: Own | None,
) -> None:
    """Keep who is enrolled and, as they stand on the day asked, the views that forecasts carry.

    Of a partner only the facts about its customers are read, whosever they are.
    """
    lasting = {view for view, each in compiled.program.views.items() if each.carried is not None or each.shared}
    near = [] if own is None else [table for table in snapshot.tables.values() if nearby(table) is not None]
    for table in near:
        connection.execute(
            f'CREATE OR REPLACE TEMP VIEW "{table.name}" AS '
            f'SELECT t.* FROM memory.main."{table.name}" AS t WHERE {nearby(table)}'
        )
    plan = make_plan(compiled, [carried.as_of]).only(lasting | {"enrolled"})
    compute(connection, compiled, plan)
    for table in near:
        connection.execute(f'DROP VIEW temp."{table.name}"')
    for view in lasting & {step.name for step in plan.steps}:
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{kept_name(view)}" AS SELECT * FROM "{view}"')
        columns = compiled.views[view].columns
        owner = next((name for name in ("partner_id", "customer_id") if name in columns), None)
        if own is not None and owner is not None:
            kept, owned = kept_name(view), f"own_{owner.removesuffix('_id')}s"
            connection.execute(f'DELETE FROM "{kept}" WHERE {owner} NOT IN (SELECT {owner} FROM {owned})')


def restrict(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    snapshot: Snapshot,
    *,
    carried: Carried,
    until: date,
    own: Own | None,
) -> None:
    """Put in place of the facts what a forecast knows of them; of a partner, only the rows that concern it."""
    bound = bound_values(compiled.program, carried.as_of)
    months = [month for month in days_between(bound["month_on"], until) if month.day == 1]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE later_months AS SELECT UNNEST(CAST($m AS DATE[])) AS month_on", {"m": months}
    )
    for table in snapshot.tables.values():
        owned = restriction(table) if own is not None else None
        cut = as_known(table, assume=carried.assume, owned=owned)
        values = {name: value for name, value in bound.items() if re.search(rf"\${name}\b", cut)}
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{table.name}" AS {cut}', values or None)


def _own_entities(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, partner_id: str) -> Own:
    """Make the relations of what is a partner's."""
    tables = snapshot.tables
    connection.execute("CREATE OR REPLACE TEMP TABLE own_partners AS SELECT $p AS partner_id", {"p": partner_id})
    mine = "WHERE partner_id IN (SELECT partner_id FROM own_partners)"
    for name, source in (("user_id", "partner_users"), ("app_id", "apps")):
        select = f"SELECT {name} FROM {source} {mine}" if source in tables else f"SELECT NULL AS {name}"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE own_{name.removesuffix('_id')}s AS {select}")
    selects = ["SELECT CAST(NULL AS VARCHAR) AS customer_id WHERE FALSE"]
    for table in tables.values():
        columns = set(table.column_names)
        if "customer_id" not in columns or (_is_work(table) and snapshot.rows[table.name] > CHECKED_ROWS):
            continue  # whoever worked for a customer has access to it
        owned = restriction(table)
        if owned is not None and "own_customers" not in owned:
            selects.append(f"SELECT t.customer_id FROM {table.name} AS t WHERE {owned} AND t.customer_id IS NOT NULL")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE own_customers AS {' UNION '.join(selects)}")
    return Own(rows(connection, "SELECT COUNT(*) AS customers FROM own_customers")[0]["customers"])


def _is_work(table: Table) -> bool:
    """Whether a row is something that a user did on a day."""
    return table.occurred is not None and "user_id" in table.column_names


class _Told:
    """What the results of many days say about one partner, told as differences from day to day, batch by batch."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        compiled: Compiled,
        tables: Mapping[str, Table],
        partner_id: str,
    ) -> None:
        self.connection = connection
        self.compiled = compiled
        self.tables = tables
        self.named = {"partner_id": partner_id}
        self.span: dict[str, date] = {}
        self.start: dict[str, Any] = {}
        self.first: dict[str, Fraction | None] = {}
        self.changes: list[Change] = []

    def forecast(self, on: date, until: date, assume: Assumption, vantage: Vantage) -> Forecast:
        """What was told of all days."""
        program = self.compiled.program
        return Forecast(
            program=program.program,
            partner_id=self.named["partner_id"],
            on=on,
            until=until,
            assume=assume,
            vantage=vantage,
            tier=self.start["tier"],
            tier_kept=self.start["tier_kept"],
            figures=self.first,
            changes=tuple(self.changes),
            credits=frozenset(
                name for name, metric in program.metrics.items() if program.units[metric.unit].money is not None
            ),
        )

    def tell(self, days: tuple[date, ...]) -> None:
        """Take in the results of a batch of days, the first of which is the day asked or the last one told."""
        self.span = {"first_day": days[0], "last_day": days[-1]}
        if not self.start:
            first = {**self.named, "day": days[0]}
            where = f"WHERE partner_id = $partner_id AND {DAY} = $day"
            self.start = rows(self.connection, f"SELECT tier, tier_kept FROM standings {where}", first)[0]
            figures = rows(
                self.connection, f"SELECT metric, grains, denominator FROM figures {where} ORDER BY position", first
            )
            self.first = {row["metric"]: _value(row["grains"], row["denominator"]) for row in figures}
        before = (self.start["tier"], self.start["tier_kept"])
        if self.changes:
            before = (self.changes[-1].tier[1], self.changes[-1].tier_kept[1])
        self.changes += self.told(*before)

    def told(self, tier: str | None, kept: str | None) -> Iterator[Change]:
        """The days of the batch on which something differs from the day before."""
        moves = {row["on_day"]: row for row in rows(self.connection, TIER_CHANGES, self.named | self.span)}
        gone = frozenset(on for on, row in moves.items() if row["gone"])
        figures, gates, causes = self.figures(gone), self.gates(), self.causes(gone)
        for on in sorted({*figures, *gates, *moves}):
            moved = moves.get(on, {"tier_after": tier, "kept_after": kept})
            yield Change(
                on=on,
                causes=tuple(causes.get(on, ())),
                figures=tuple(figures.get(on, ())),
                gates=tuple(gates.get(on, ())),
                tier=(tier, moved["tier_after"]),
                tier_kept=(kept, moved["kept_after"]),
            )
            tier, kept = moved["tier_after"], moved["kept_after"]

    def figures(self, gone: frozenset[date]) -> dict[date, list[FigureChange]]:
        """The figures that change on each day; of those that go with the partner, what there was of them."""
        found: dict[date, list[FigureChange]] = defaultdict(list)
        for row in rows(self.connection, FIGURE_CHANGES, self.named | self.span):
            before = _value(row["grains_before"], row["denominator_before"])
            after = _value(row["grains_after"], row["denominator_after"])
            if before != after and (before or row["on_day"] not in gone):
                found[row["on_day"]].append(FigureChange(metric=row["metric"], before=before, after=after))
        return found

    def gates(self) -> dict[date, list[GateChange]]:
        found: dict[date, list[GateChange]] = defaultdict(list)
        for row in rows(self.connection, GATE_CHANGES, self.named):
            on = row.pop("on_day")
            exact: dict[str, Any] = {
                name: Fraction(value) if name.startswith("required") else value for name, value in row.items()
            }
            found[on].append(GateChange(**exact))
        return found

    def causes(self, gone: frozenset[date]) -> dict[date, list[Cause]]:
        """The lines that change on each day, and why; on days on which the partner is gone, because it leaves."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE line_changes AS {LINE_CHANGES}", self.named | self.span)
        dated = _dated_ends(self.connection, self.tables)
        found: dict[date, list[Cause]] = defaultdict(list)
        declared = self.compiled.program.windows
        windows = {
            metric: {name: declared[name] for name in self.compiled.windows_of(metric)}
            for metric in self.compiled.program.metrics
        }
        order = "on_day, metric, source_table, source_id, part"
        for row in rows(self.connection, f"SELECT * FROM line_changes ORDER BY {order}"):
            on, begun_on = row.pop("on_day"), row.pop("begun_on")
            denominator = self.compiled.line_denominator(row["metric"])
            before, after = (_value(row.pop(f"grains_{when}"), denominator) for when in ("before", "after"))
            happening: Happening = "ended" if after is None else "started" if before is None else "changed"
            ends = dated.get((row["source_table"], row["source_id"], on), ())
            ends += dated.get(("customers", row["customer_id"] or "", on), ())
            rests = {row["source_table"]} if happening == "started" else self.compiled.rests_on(row["metric"])
            because = next((name for name in ends if name.partition(".")[0] in rests), None)
            found[on].append(
                Cause(
                    **{**row, "part": row["part"] or None},
                    before=before,
                    after=after,
                    happening=happening,
                    because=LEAVING if on in gone else because or _over(windows[row["metric"]], begun_on, on),
                )
            )
        return found


def _dated_ends(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> dict[tuple[str, str, date], tuple[str, ...]]:
    """The facts that carry the day of a change: of the changed line's source, or of its customer."""
    found: dict[tuple[str, str, date], tuple[str, ...]] = {}
    for table, column in end_columns(tables):
        for owner, key, joined in _bearers(table, tables):
            matched = rows(
                connection,
                f"SELECT DISTINCT {key} AS id, t.{column} AS ended_on FROM {table.name} AS t {joined} "
                f"JOIN line_changes AS c ON c.on_day = t.{column} "
                f"AND {'c.customer_id' if owner == 'customers' else 'c.source_id'} = {key}",
            )
            for row in matched:
                key_on = (owner, row["id"], row["ended_on"])
                found[key_on] = (*found.get(key_on, ()), f"{table.name}.{column}")
    return found


def _bearers(table: Table, tables: Mapping[str, Table]) -> Iterator[tuple[str, str, str]]:
    """Whose change a day of a row may be: its own, its customer's, that of the rows which refer to it.

    Yields:
        The table of whatever changes, its key, and how its rows join `t`.
    """
    if table.name != "customers":
        yield table.name, f"t.{table.key[0]}", ""
    if "customer_id" in table.column_names:
        yield "customers", "t.customer_id", ""
    for each in tables.values():
        for column in each.columns:
            if column.references == table.name and table.name != "customers":
                joined = f"JOIN {each.name} AS r ON r.{column.name} = t.{table.key[0]}"
                yield each.name, f"r.{each.key[0]}", joined
                if "customer_id" in each.column_names:
                    yield "customers", "r.customer_id", joined


def _over(windows: Mapping[str, Window], begun_on: date | None, on: date) -> str | None:
    """The window, of those of a metric, that began on a day (the fact's, else the line's) and is over on another."""
    if begun_on is None:
        return None
    return next((f"window:{name}" for name, window in windows.items() if window_end(window, begun_on, on) == on), None)


def _value(grains: Any, denominator: Any) -> Fraction | None:  # noqa: ANN401  # Decimal or int from the database
    return None if grains is None else Fraction(int(grains), int(denominator))
