"""Lines in little room: words and partners as numbers while they are computed and sorted, text when written.

DuckDB holds an ENUM in one to four bytes where text takes sixteen, so that millions of lines sort in memory. They
are cast back before they leave the database.
"""

from __future__ import annotations

import re

import duckdb

from palier.backends.session import rows, run
from palier.engine.compile import Compiled
from palier.engine.plan import Plan, Step
from palier.engine.results import LINE_COLUMNS

WORDS = ("metric", "part", "source_table", "clause", "currency", "motion", "market")
"""The columns of lines whose values come from the rulebook, or from short lists in the facts."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")


def as_text(columns: tuple[str, ...] = ("partner_id", *WORDS)) -> str:
    """The columns of lines as they are, those held as numbers cast back to text."""
    casts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in columns)
    return f"* REPLACE ({casts})"


def create_compact_lines(connection: duckdb.DuckDBPyConnection, compiled: Compiled, plan: Plan) -> None:
    """Make the table of lines with its words as numbers; the enrolled partners must be known."""
    words = {word.replace("''", "'") for step in plan.steps for word in _LITERAL.findall(step.sql)}
    words |= {cell for relation in plan.relations for row in relation.rows for cell in row if isinstance(cell, str)}
    words |= set(compiled.facts)
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))
    connection.execute(f"CREATE TYPE line_word AS ENUM ({listed})")
    connection.execute("CREATE TYPE line_partner AS ENUM (SELECT partner_id FROM enrolled ORDER BY partner_id)")
    kinds = dict.fromkeys(WORDS, "line_word") | {"partner_id": "line_partner"}
    columns = {**LINE_COLUMNS, **compiled.factors}
    declared = ", ".join(f'"{name}" {kinds.get(name, kind)}' for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE lines ({declared})")


def feed_lines(connection: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Add a metric's lines; a word that only the facts hold turns the words of all lines into text.

    Raises:
        StepFailedError: the statement does not run.
    """
    try:
        connection.execute(f'INSERT INTO "{step.name}" BY NAME {step.sql}', dict(step.parameters) or None)
    except duckdb.Error:
        types = {row["column_type"] for row in rows(connection, "DESCRIBE lines")}
        if any(kind.startswith("ENUM") for kind in types):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE lines AS SELECT {as_text()} FROM lines")
        run(connection, step)
