"""Two histories of the same program, as known then and as known later: where they differ, and the rows behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from palier.backends.happenings import TABLES
from palier.backends.session import connect, create_relation, rows
from palier.backends.snapshot import open_snapshot
from palier.engine.compile import Compiled, compile_rulebook, own_tables
from palier.engine.moves import History, Move
from palier.engine.parameters import Relation
from palier.facts.relations import listed, moment, quoted, rows_of
from palier.facts.schema import Table
from palier.rulebook.read import Rulebook

MOST_ROWS = 50
"""How many rows are named behind one difference, those recorded first."""

_OWNED = {
    "partner_id": "SELECT c.partner_id AS id, c.partner_id FROM concerned AS c",
    "user_id": "SELECT u.user_id AS id, u.partner_id FROM partner_users AS u",
    "app_id": "SELECT a.app_id AS id, a.partner_id FROM apps AS a",
}
_CUSTOMERS = {
    "sales": "SELECT s.customer_id AS id, s.partner_id FROM sales AS s",
    "influenced_sales": "SELECT s.customer_id AS id, s.partner_id FROM influenced_sales AS s",
    "client_access": "SELECT c.customer_id AS id, u.partner_id FROM client_access AS c JOIN partner_users AS u "
    "ON u.user_id = c.user_id",
    "app_uses": "SELECT u.customer_id AS id, a.partner_id FROM app_uses AS u JOIN apps AS a ON a.app_id = u.app_id",
    "installs": "SELECT i.customer_id AS id, a.partner_id FROM installs AS i JOIN apps AS a ON a.app_id = i.app_id",
}


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """A row of facts that was recorded, corrected or retracted in between: its table, its key and when."""

    table: str
    key: str
    recorded_at: datetime
    retracted: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """The moves of a partner on a day as known then and as known later, and the rows recorded in between."""

    partner_id: str
    on: date
    then: tuple[Move, ...]
    now: tuple[Move, ...]
    rows: tuple[RecordedRow, ...]


def corrections(
    rulebook: Rulebook,
    facts: Path,
    then: History,
    now: History,
    *,
    since: datetime,
    known_at: datetime | None = None,
) -> tuple[Correction, ...]:
    """Every partner and day on which two histories differ, with the rows recorded between them that concern it.

    Args:
        rulebook: the program of both.
        facts: the folder of fact tables of both.
        then: the history as known at `since`.
        now: the history as known at `known_at`, or with the latest versions.
        since: rows recorded later may explain a difference.
        known_at: rows recorded later do not.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    before, after = _by_day(then), _by_day(now)
    differing = sorted(
        (key for key in before.keys() | after.keys() if _said(before.get(key, ())) != _said(after.get(key, ()))),
        key=lambda key: (key[1], key[0]),
    )
    recorded: dict[str, tuple[RecordedRow, ...]] = {}
    if differing:
        partners = sorted({partner for partner, _ in differing})
        recorded = _recorded(compile_rulebook(rulebook), facts, partners, since, known_at)
    return tuple(
        Correction(
            partner,
            on,
            tuple(before.get((partner, on), ())),
            tuple(after.get((partner, on), ())),
            recorded.get(partner, ()),
        )
        for partner, on in differing
    )


def _by_day(history: History) -> dict[tuple[str, date], list[Move]]:
    """What happened, by partner and day: a day kept, told of one partner alone, is nothing that a row changes."""
    found: dict[tuple[str, date], list[Move]] = defaultdict(list)
    for move in history.moves:
        if move.kind == "kept":
            continue
        found[move.partner_id, move.on].append(move)
    return found


def _said(moves: Iterable[Move]) -> list[tuple[object, ...]]:
    return [
        (move.kind, move.tier_before, move.tier_after, move.state, move.about, move.computed_tier, move.reason)
        for move in moves
    ]


def _recorded(
    compiled: Compiled, facts: Path, partners: list[str], since: datetime, known_at: datetime | None
) -> dict[str, tuple[RecordedRow, ...]]:
    """The rows recorded in between that concern each partner: its own, its users', its apps', its customers'.

    A row concerns whoever it was before, and whoever it is now: what was moved to another is gone for the one.
    """
    connection = connect()
    try:
        own = own_tables(compiled.program)
        wanted = compiled.tables_read | TABLES | {"partners", "partner_users", "apps"}
        create_relation(connection, Relation("concerned", {"partner_id": "VARCHAR"}, tuple((p,) for p in partners)))
        for moment_known in (since, known_at):
            snapshot = open_snapshot(connection, facts, known_at=moment_known, extra_tables=own, tables=wanted)
            _own(connection, snapshot.tables)
        found: dict[str, list[RecordedRow]] = defaultdict(list)
        for name, table in sorted(snapshot.tables.items()):
            for row in rows(connection, _between(table, since, known_at)):
                made = RecordedRow(name, row["key"], row["recorded_at"], bool(row["retracted"]))
                found[row["partner_id"]].append(made)
    finally:
        connection.close()
    return {
        partner: tuple(sorted(named, key=lambda row: (row.recorded_at, row.table, row.key))[:MOST_ROWS])
        for partner, named in found.items()
    }


def _own(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Add what belongs to the partners asked: themselves, their users, apps and customers, one table each column."""
    for column, select in _OWNED.items():
        _add(connection, column, select)
    customers = [select for table, select in _CUSTOMERS.items() if table in tables]
    _add(connection, "customer_id", " UNION ".join(customers) or "SELECT NULL AS id, NULL AS partner_id")


def _add(connection: duckdb.DuckDBPyConnection, column: str, select: str) -> None:
    connection.execute(f'CREATE TEMP TABLE IF NOT EXISTS "of_{column}" (id VARCHAR, partner_id VARCHAR)')
    connection.execute(
        f'INSERT INTO "of_{column}" '
        f"SELECT DISTINCT o.id, o.partner_id FROM ({select}) AS o JOIN concerned AS c ON c.partner_id = o.partner_id"
    )


def _between(table: Table, since: datetime, known_at: datetime | None) -> str:
    """The rows of a table recorded in between, with the partners they concern: by themselves, or as they held then."""
    known = "" if known_at is None else f"AND recorded_at <= {moment(known_at)}"
    key, by_key = listed(table.key), " AND ".join(f"b.{quoted(name)} = t.{quoted(name)}" for name in table.key)
    told = " || ' ' || ".join(f"CAST(t.{quoted(name)} AS VARCHAR)" for name in table.key)
    selects = [
        f"SELECT o.partner_id, {told} AS key, t.recorded_at, t.retracted "
        f'FROM late AS t {joined} JOIN "of_{column}" AS o ON o.id = {one}.{quoted(column)}'
        for column in _columns(table)
        for one, joined in (("t", ""), ("b", f"JOIN before AS b ON {by_key}"))
    ]
    if not selects:
        return "SELECT NULL AS partner_id, NULL AS key WHERE FALSE"
    return (
        f"WITH late AS (SELECT * FROM {rows_of(table.name)} WHERE recorded_at > {moment(since)} {known}), "
        f"before AS (SELECT b.* FROM {rows_of(table.name)} AS b SEMI JOIN late AS t ON {by_key} "
        f"WHERE b.recorded_at IS NULL OR b.recorded_at <= {moment(since)} QUALIFY "
        f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY b.recorded_at DESC NULLS LAST) = 1 "
        f"AND b.retracted IS NOT TRUE) {' UNION '.join(selects)}"
    )


def _columns(table: Table) -> Iterator[str]:
    return (name for name in (*_OWNED, "customer_id") if name in table.column_names)
