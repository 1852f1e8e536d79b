"""Reading the Parquet files of a table: of the declared types, or of others that lose nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from palier.backends.reading import (
    TableRead,
    first_line,
    in_list,
    missing_column,
    mistyped_cells,
    run_check,
    unreadable,
)
from palier.facts.cells import Reading, from_typed
from palier.facts.relations import FILE, ROW, empty_rows, place_columns, quoted
from palier.facts.schema import VERSION_COLUMNS, Column, Table
from palier.rulebook.problems import Problem

_PLACE = f"file_row_number + 1 AS {ROW}"


@dataclass(frozen=True, slots=True)
class _Alike:
    """Files of one table whose columns have the same names, types and order."""

    types: Mapping[str, str]
    files: tuple[Path, ...]
    file: str
    """The SQL that names the file of a row."""

    @property
    def source(self) -> str:
        return f"read_parquet({in_list(self.files)}, hive_partitioning = false)"


def read_parquet_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: Sequence[Path],
) -> TableRead:
    """Read the footers of `files`; their rows are read when the relation is."""
    groups, problems = _groups(connection, table, files)
    if not groups:
        return TableRead(relation=empty_rows(table), whole=False, problems=problems)
    whole = not problems
    selects = []
    for group in groups:
        readings, found = _readings(connection, table, group)
        problems += found
        problems += _lost(connection, table, group, readings)
        selects.append(_select(table, group, readings))
    return TableRead(
        relation=" UNION ALL ".join(selects),
        rows=_count(connection, groups),
        recorded=any("recorded_at" in group.types for group in groups),
        retractable=any("retracted" in group.types for group in groups),
        whole=whole,
        problems=problems + tuple(_missing(table, groups)),
    )


def _groups(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: Sequence[Path],
) -> tuple[list[_Alike], tuple[Problem, ...]]:
    """The readable files by shape; each file is asked for itself, so that one broken file hides no other."""
    shapes: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            described = connection.execute(f"DESCRIBE FROM read_parquet({in_list([path])})").fetchall()
        except duckdb.Error as error:
            problems.append(unreadable(table.name, path, first_line(error)))
            continue
        shapes.setdefault(tuple((name, kind) for name, kind, *_ in described), []).append(path)
    file = "parse_filename(filename)" if len(files) > 1 else "CAST(NULL AS VARCHAR)"
    return [_Alike(dict(shape), tuple(paths), file) for shape, paths in shapes.items()], tuple(problems)


def _readings(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    group: _Alike,
) -> tuple[dict[str, Reading], tuple[Problem, ...]]:
    """How each column that can be read is read; a column of another type may stand while it is all null."""
    readings: dict[str, Reading] = {}
    problems: list[Problem] = []
    for column in table.columns + VERSION_COLUMNS:
        found = group.types.get(column.name)
        if found is None:
            continue
        reading = from_typed(column.type, found)
        if reading is not None:
            readings[column.name] = reading
        elif _holds_something(connection, column, group):
            problems.append(_mistyped(table, column, group, found))
    return readings, tuple(problems)


def _holds_something(connection: duckdb.DuckDBPyConnection, column: Column, group: _Alike) -> bool:
    counted = connection.execute(f"SELECT count({quoted(column.name)}) FROM {group.source}").fetchone()
    return counted is not None and counted[0] > 0


def _lost(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    group: _Alike,
    readings: Mapping[str, Reading],
) -> tuple[Problem, ...]:
    """The cells of a wider type whose value the declared type cannot hold."""
    problems: tuple[Problem, ...] = ()
    for column in table.columns + VERSION_COLUMNS:
        reading = readings.get(column.name)
        lost = None if reading is None else reading.lost(quoted(column.name))
        if lost is not None:
            source = f"(SELECT *, {_PLACE}, {group.file} AS {FILE} FROM {group.source}) AS f"
            problems += run_check(connection, mistyped_cells(table, column, condition=lost, source=source))
    return problems


def _select(table: Table, group: _Alike, readings: Mapping[str, Reading]) -> str:
    cells = []
    for column in table.columns + VERSION_COLUMNS:
        reading = readings.get(column.name)
        name = quoted(column.name)
        null = f"CAST(NULL AS {column.type.sql})"
        cells.append(f"{null if reading is None else reading.of(name)} AS {name}")
    places = place_columns("file_row_number + 1", file=group.file)
    return f"SELECT {', '.join(cells)}, {places} FROM {group.source}"


def _count(connection: duckdb.DuckDBPyConnection, groups: Sequence[_Alike]) -> int:
    files = in_list(path for group in groups for path in group.files)
    counted = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({files})").fetchone()
    return 0 if counted is None else int(counted[0])


def _missing(table: Table, groups: Sequence[_Alike]) -> Iterator[Problem]:
    files = [path for group in groups for path in group.files]
    for column in table.columns + VERSION_COLUMNS:
        without = [group for group in groups if column.name not in group.types]
        lacking = [path for group in without for path in group.files]
        if lacking:
            there = dict.fromkeys(name for group in without for name in group.types)
            yield from missing_column(table, column, there, "" if len(files) == 1 else _among(lacking, files))


def _among(lacking: Sequence[Path], files: Sequence[Path]) -> str:
    return f" in {len(lacking)} of its {len(files)} files, the first of them {lacking[0].name}"


def _mistyped(table: Table, column: Column, group: _Alike, found: str) -> Problem:
    return Problem(
        severity="error",
        code="mistyped_column",
        message=f"The column {column.name} of {table.name} has the type {found}, which is not {column.type}"
        f" ({group.files[0].name}).",
        table=table.name,
        column=column.name,
        found=found,
        expected=f"{column.type} ({column.type.sql})",
        mend=f"Export {column.name} as {column.type.sql}"
        f"{', in integer minor units' if column.holds == 'money' else ''}.",
    )
