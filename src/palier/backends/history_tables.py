"""A history as Parquet: `moves.parquet`, `move_gates.parquet` and `holdings.parquet` in a folder."""

from __future__ import annotations

from pathlib import Path

import duckdb

from palier.backends.runs import require_place, write_tables
from palier.backends.session import connect, create_relation
from palier.engine.move_words import sentences
from palier.engine.moves import History
from palier.engine.parameters import Relation
from palier.engine.results import Gate
from palier.rulebook.read import Rulebook

MOVES = {
    "move": "BIGINT", "partner_id": "VARCHAR", "program": "VARCHAR", "on_date": "DATE", "kind": "VARCHAR",
    "tier_before": "VARCHAR", "tier_after": "VARCHAR", "state": "VARCHAR", "reason": "VARCHAR", "about": "VARCHAR",
    "computed_tier": "VARCHAR", "deadline_on": "DATE", "decision_id": "VARCHAR", "said": "VARCHAR",
    "rulebook_hash": "VARCHAR", "sentence_en": "VARCHAR", "sentence_fr": "VARCHAR",
}  # fmt: skip
GATES = {
    "move": "BIGINT", "partner_id": "VARCHAR", "tier": "VARCHAR", "purpose": "VARCHAR", "gate": "VARCHAR",
    "path": "VARCHAR", "metric": "VARCHAR", "operator": "VARCHAR", "required": "DECIMAL(38,10)",
    "value": "DECIMAL(38,10)", "held": "BOOLEAN", "weight": "VARCHAR", "waived_by": "VARCHAR", "supplied_by": "VARCHAR",
    "missing": "DECIMAL(38,10)",
}  # fmt: skip
HOLDINGS = {
    "partner_id": "VARCHAR", "program": "VARCHAR", "tier": "VARCHAR", "state": "VARCHAR", "effective_from": "DATE",
    "effective_until": "DATE",
}  # fmt: skip
TABLES = {"moves": MOVES, "move_gates": GATES, "holdings": HOLDINGS}
ROWS_AT_ONCE = 50_000


def require_history_place(out: Path) -> None:
    """Make sure that a history may be written to a folder, before it is replayed.

    Raises:
        OutputInTheWayError: the folder exists and is not an earlier history.
    """
    require_place(out, mark="moves", tables=TABLES)


def write_history(rulebook: Rulebook, history: History, out: Path) -> None:
    """Write the tables beside the folder, then move them there: whole or not at all.

    Raises:
        OutputInTheWayError: the folder exists and is not an earlier history.
    """
    connection = connect()
    try:
        tables = _relations(rulebook, history)
        for table in tables:
            _fill(connection, table)
        selects = {table.name: f'SELECT * FROM "{table.name}" ORDER BY rowid' for table in tables}
        write_tables(connection, out, selects, mark="moves")
    finally:
        connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, table: Relation) -> None:
    """Make a table of a relation's rows, some at a time: all at once would stand in memory twice."""
    create_relation(connection, Relation(table.name, table.columns, ()))
    for start in range(0, len(table.rows), ROWS_AT_ONCE):
        rows = table.rows[start : start + ROWS_AT_ONCE]
        create_relation(connection, Relation("next_rows", table.columns, rows))
        connection.execute(f'INSERT INTO "{table.name}" SELECT * FROM next_rows')


def _relations(rulebook: Rulebook, history: History) -> tuple[Relation, ...]:
    moves: list[tuple[object, ...]] = []
    gates: list[tuple[object, ...]] = []
    for place, move in enumerate(history.moves):
        said = sentences(rulebook, move)
        moves.append(
            (
                place, move.partner_id, move.program, move.on, move.kind, move.tier_before, move.tier_after, move.state,
                move.reason, move.about, move.computed_tier, move.deadline, move.decision_id, move.said, move.rulebook,
                said["en"], said["fr"],
            )
        )  # fmt: skip
        gates += [(place, *_cells(gate)) for gate in move.gates]
    program = rulebook.program.program
    holdings: list[tuple[object, ...]] = [
        (each.partner_id, program, each.tier, each.state, each.effective_from, each.effective_until)
        for each in history.holdings
    ]
    written = {"moves": moves, "move_gates": gates, "holdings": holdings}
    return tuple(Relation(name, columns, tuple(written[name])) for name, columns in TABLES.items())


def _cells(gate: Gate) -> tuple[object, ...]:
    return tuple(getattr(gate, name) for name in list(GATES)[1:])
