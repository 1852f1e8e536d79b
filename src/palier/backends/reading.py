"""What reading a table's files comes to, and the running of declared checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from palier.facts.cells import expected
from palier.facts.check import SHOWN, Check
from palier.facts.relations import FILE, ROW, literal, quoted
from palier.facts.schema import VERSION_COLUMNS, Column, Table
from palier.rulebook.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRead:
    """One table as read: the SELECT of all its rows with their places, and what is wrong with its files.

    `rows` counts every row of the files, versions included. `recorded` and `retractable` say whether the
    version columns are there, `whole` whether every row could be read.
    """

    relation: str
    rows: int = 0
    recorded: bool = False
    retractable: bool = False
    whole: bool = True
    problems: tuple[Problem, ...] = ()


def run_check(
    connection: duckdb.DuckDBPyConnection,
    check: Check,
    *,
    total: int | None = None,
) -> tuple[Problem, ...]:
    """The problems that one check finds; `total` is how many rows it concerns, where that is known."""
    if total is not None:
        return _show(connection, check, total)
    counted = connection.execute(f"SELECT count(*) FROM {check.relation} WHERE {check.condition}").fetchone()
    return _show(connection, check, 0 if counted is None else counted[0])


def run_together(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> tuple[Problem, ...]:
    """The problems that checks of one relation find; all are counted in a single pass over it."""
    if not checks:
        return ()
    counts = ", ".join(f"count(*) FILTER ({check.condition})" for check in checks)
    counted = connection.execute(f"SELECT {counts} FROM {checks[0].relation}").fetchone() or ()
    return tuple(
        problem for check, count in zip(checks, counted, strict=True) for problem in _show(connection, check, count)
    )


def in_list(paths: Iterable[Path]) -> str:
    """The paths as an SQL list of file names, none of which is taken for a pattern."""
    return f"[{', '.join(literal(_plain(path)) for path in paths)}]"


def first_line(error: Exception) -> str:
    """What is said of an unreadable file, without the query that it was met in."""
    return str(error).split("\n", maxsplit=1)[0]


def unreadable(table: str, path: Path, error: str) -> Problem:
    """The problem of a file that cannot be read at all."""
    return Problem(
        severity="error",
        code="unreadable_file",
        message=f"The file {path.name} of the table {table} cannot be read: {error}",
        table=table,
        found=path.name,
        expected="a whole Parquet file" if path.suffix == ".parquet" else "a CSV file in UTF-8",
        mend="Export the file again.",
    )


def missing_column(table: Table, column: Column, there: Iterable[str], where: str = "") -> Iterator[Problem]:
    """The problem of a column that is not among those `there`, or stands there written otherwise.

    The version columns may be absent; written otherwise they would be ignored, and what they take back would count.
    """
    written = next((name for name in there if _letters(name) == _letters(column.name)), None)
    if written is None and column in VERSION_COLUMNS:
        return
    deliver = f"Deliver the column{'' if column.required else '; it may be empty'}: {column.meaning}"
    yield Problem(
        severity="error",
        code="missing_column",
        message=f"The table {table.name} has no column {column.name}{where}"
        f"{'' if written is None else f', but one called {written!r}'}.",
        table=table.name,
        column=column.name,
        found="no such column" if written is None else written,
        expected=f"a column {column.name} ({column.type})",
        mend=deliver if written is None else f"Rename it {column.name}.",
    )


def mistyped_cells(table: Table, column: Column, *, condition: str, source: str) -> Check:
    """The check of cells of `column` that are not what their declared type holds."""
    return Check(
        code="mistyped_cell",
        severity="error",
        table=table.name,
        column=column.name,
        condition=condition,
        found=f"CAST(f.{quoted(column.name)} AS VARCHAR)",
        expected=expected(column.type),
        message=f"{column.name} is {{found}}, which is not {expected(column.type)}.",
        mend=f"Write {expected(column.type)}, or leave the cell empty.",
        source=source,
    )


def _letters(name: str) -> str:
    """A column's name without what exports change in it: capitals, spaces, dashes, underlines."""
    return "".join(filter(str.isalnum, name)).casefold()


def _show(connection: duckdb.DuckDBPyConnection, check: Check, total: int) -> tuple[Problem, ...]:
    if total == 0:
        return ()
    rows = connection.execute(
        f"SELECT f.{ROW}, f.{FILE}, {check.found} FROM {check.relation} WHERE {check.condition} "
        f"ORDER BY f.{FILE} NULLS FIRST, f.{ROW}, 3 LIMIT {SHOWN}",
    ).fetchall()
    return tuple(check.problems(rows, total))


def _plain(path: Path) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
