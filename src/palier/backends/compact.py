"""Lines in little room: words and partners as numbers while they are computed and sorted, text when written.

DuckDB holds an ENUM in one to four bytes where text takes sixteen, so that millions of lines sort in memory. They
and numbers that are small as a rule are cast back before they leave the database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from palier.backends.session import rows, run
from palier.engine.compile import Compiled
from palier.engine.plan import Plan, Step
from palier.engine.results import FACTOR_COLUMNS, LINE_COLUMNS

WORDS = ("metric", "part", "source_table", "clause", "currency", "motion", "market")
"""The columns of lines whose values come from the rulebook, or from short lists in the facts."""

NARROW = {"rate": "INTEGER", "sharers": "SMALLINT", "unit_minor": "INTEGER"}
"""The factors that are small numbers in most programs, and what holds them then."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")


def as_text(*, exclude: str = "", **own: str) -> str:
    """The columns of lines as they are, those held in less room cast back, or made by an expression of `own`."""
    kinds = dict.fromkeys(("partner_id", *WORDS), "VARCHAR") | {name: FACTOR_COLUMNS[name] for name in NARROW}
    made = {name: f"CAST({name} AS {kind})" for name, kind in kinds.items()} | own
    replaced = ", ".join(f"{expression} AS {name}" for name, expression in made.items())
    return f"*{f' EXCLUDE ({exclude})' if exclude else ''} REPLACE ({replaced})"


def with_totals(lines: str, repeated: Sequence[tuple[str, str]]) -> str:
    """Lines as text, each also under the totals that its metric is part of.

    UNNEST keeps the order of what it spreads, so that fewer lines need to be sorted than are written.
    """
    if not repeated:
        return f"SELECT {as_text()} FROM ({lines})"
    into: dict[str, list[str]] = {}
    for part, total in repeated:
        into.setdefault(part, []).append(f"'{total}'")
    cases = " ".join(f"WHEN '{part}' THEN [NULL, {', '.join(totals)}]" for part, totals in into.items())
    own = {
        "metric": "COALESCE(total, CAST(metric AS VARCHAR))",
        "part": "CAST(CASE WHEN total IS NULL THEN part ELSE metric END AS VARCHAR)",
    }
    spread = f"SELECT *, UNNEST(CASE metric {cases} ELSE [NULL] END) AS total FROM ({lines})"
    return f"SELECT {as_text(exclude='total', **own)} FROM ({spread})"


def create_compact_lines(connection: duckdb.DuckDBPyConnection, compiled: Compiled, plan: Plan) -> None:
    """Make the table of lines with its words as numbers; the enrolled partners must be known."""
    words = {word.replace("''", "'") for step in plan.steps for word in _LITERAL.findall(step.sql)}
    words |= {cell for relation in plan.relations for row in relation.rows for cell in row if isinstance(cell, str)}
    words |= set(compiled.facts)
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))
    connection.execute(f"CREATE TYPE line_word AS ENUM ({listed})")
    connection.execute("CREATE TYPE line_partner AS ENUM (SELECT partner_id FROM enrolled ORDER BY partner_id)")
    kinds = dict.fromkeys(WORDS, "line_word") | {"partner_id": "line_partner"} | NARROW
    columns = {**LINE_COLUMNS, **compiled.factors}
    declared = ", ".join(f'"{name}" {kinds.get(name, kind)}' for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE lines ({declared})")


def feed_lines(connection: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Add a metric's lines; a word that only the facts hold, or a number too large, gives all lines their full room.

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
