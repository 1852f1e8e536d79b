"""A history as Parquet: `moves.parquet`, `move_gates.parquet` and `holdings.parquet` in a folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from palier.backends.runs import OutputInTheWayError
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
ROWS_AT_ONCE = 50_000


def write_history(rulebook: Rulebook, history: History, out: Path) -> None:
    """Write the tables beside the folder, then move them there: whole or not at all.

    Raises:
        OutputInTheWayError: the folder exists and is not an earlier history.
    """
    earlier = (out / "moves.parquet").is_file()
    if out.exists() and not earlier and (not out.is_dir() or any(out.iterdir())):
        raise OutputInTheWayError(out)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        for relation in _relations(rulebook, history):
            _write(relation, partial / f"{relation.name}.parquet")
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(relation: Relation, path: Path) -> None:
    connection = connect()
    try:
        create_relation(connection, Relation("part", relation.columns, ()))
        for start in range(0, len(relation.rows), ROWS_AT_ONCE):
            rows = relation.rows[start : start + ROWS_AT_ONCE]
            create_relation(connection, Relation("next_rows", relation.columns, rows))
            connection.execute("INSERT INTO part SELECT * FROM next_rows")
        target = str(path).replace("'", "''")
        connection.execute(f"COPY part TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    finally:
        connection.close()


def _relations(rulebook: Rulebook, history: History) -> tuple[Relation, ...]:
    moves, gates = [], []
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
    holdings = [
        (each.partner_id, program, each.tier, each.state, each.effective_from, each.effective_until)
        for each in history.holdings
    ]
    return (
        Relation("moves", MOVES, tuple(moves)),
        Relation("move_gates", GATES, tuple(gates)),
        Relation("holdings", HOLDINGS, tuple(holdings)),
    )


def _cells(gate: Gate) -> tuple[object, ...]:
    return tuple(getattr(gate, name) for name in list(GATES)[1:])
