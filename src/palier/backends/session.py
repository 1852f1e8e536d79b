"""A DuckDB connection with bounded memory, and the small relations and steps that run in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from palier.engine.parameters import Relation
from palier.engine.plan import Step
from palier.rulebook.problems import InputProblemsError, Problem

BATCH = 10_000
MEMORY = 1_600_000_000
"""How many bytes DuckDB may hold before it spills to disk; the process then stays within 2 GiB."""
SHARE_OF_MACHINE = "25%"
"""What no facts, however many, let DuckDB take more of."""
BINARY_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")

_MENDS = (
    ("GROUP BY", "name the column under GROUP BY, or put it into MIN, MAX or SUM"),
    ("Out of Range", "the numbers outgrow their type: CAST a factor AS DECIMAL(38,0), or count in larger units"),
    ("More than one row", "let the subquery give one row, by MIN, MAX or SUM, or write it as a join"),
    ("Ambiguous reference", "write the relation's name before the column"),
    ("Conversion Error", "compare and CAST values of one kind: some value is not what it is read as"),
    ("aggregate", "put the condition on an aggregate under HAVING, or aggregate in a view before"),
)
_COMPARE = "compare the types of the columns it joins and computes with"


def _mend(said: str) -> str:
    """What mends a statement of which DuckDB says this."""
    return next((mend for part, mend in _MENDS if part.lower() in said.lower()), _COMPARE)


class StepFailedError(InputProblemsError):
    """Raised when a proven statement still fails to run, such as a type mismatch between two columns."""

    def __init__(self, step: Step, said: str) -> None:
        super().__init__(
            [
                Problem(
                    severity="error",
                    code="sql_failed",
                    message=f"{step.file} could not be run: {said}",
                    file=step.file,
                    line=1,
                    found=said,
                    mend=_mend(said),
                )
            ]
        )


def connect(memory: int = MEMORY) -> duckdb.DuckDBPyConnection:
    """A private in-memory database that spills to a temporary folder and reaches nothing else."""
    spill = Path(tempfile.gettempdir()) / "palier-spill"
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _megabytes(memory),
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
            "checkpoint_threshold": "1TB",  # tables in memory would be packed anew while they are still fed
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def give_room(connection: duckdb.DuckDBPyConnection, facts: int) -> None:
    """Let DuckDB hold twice the bytes of the facts, within its share of the machine: what spills takes longer.

    Facts of up to 800 MB, and small machines, keep what `connect` gave.
    """
    wanted = 2 * facts
    if wanted <= MEMORY:
        return
    connection.execute(f"SET memory_limit = '{SHARE_OF_MACHINE}'")
    share = memory_limit(connection)
    connection.execute(f"SET memory_limit = '{_megabytes(max(MEMORY, min(wanted, share)))}'")


def memory_limit(connection: duckdb.DuckDBPyConnection) -> int:
    """How many bytes DuckDB may hold, about: it tells them rounded, such as `5.8 GiB`."""
    ((said,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = said.split()
    return int(Fraction(number) * 1024 ** BINARY_UNITS.index(unit))


def _megabytes(count: int) -> str:
    return f"{count // 1_000_000}MB"


def create_relation(connection: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    """Make a small typed table of a relation's rows, replacing one of that name."""
    columns = list(relation.columns.items())
    if not relation.rows:
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{relation.name}" ({declared})')
        return
    selected = ", ".join(
        f'UNNEST(CAST($c{index} AS {kind}[])) AS "{name}"' for index, (name, kind) in enumerate(columns)
    )
    values = {f"c{index}": [row[index] for row in relation.rows] for index in range(len(columns))}
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{relation.name}" AS SELECT {selected}', values)


def run(connection: duckdb.DuckDBPyConnection, step: Step, *, shared: bool = False) -> None:
    """Run a step: make the relation it names, or add its rows to it by column name.

    A relation that is `shared` can be read by cursors of the connection, too.

    Raises:
        StepFailedError: the statement does not run.
    """
    made = f'CREATE OR REPLACE {"" if shared else "TEMP "}TABLE "{step.name}" AS '
    into = f'INSERT INTO "{step.name}" BY NAME ' if step.feeds else made
    try:
        connection.execute(into + step.sql, dict(step.parameters) or None)
    except duckdb.Error as error:
        raise StepFailedError(step, str(error).partition("\n")[0]) from error


def abandon(connection: duckdb.DuckDBPyConnection) -> None:
    """Close a connection because of an error under way, which is told and not hidden by what is still being written."""
    with suppress(duckdb.Error):  # a cursor of it may be busy: it ends with whoever made it
        connection.close()


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries by column name."""
    return list(each_row(connection, sql, values))


def each_row(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The same, a few at hand at a time; the connection answers nothing else meanwhile."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield dict(zip(names, row, strict=True))
