"""Reading the CSV file of a table: as text first, then every cell as its declared type."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from palier.backends.reading import (
    TableRead,
    first_line,
    in_list,
    missing_column,
    mistyped_cells,
    run_together,
    unreadable,
)
from palier.facts.cells import Reading, from_text
from palier.facts.check import SHOWN
from palier.facts.relations import FILE, ROW, empty_rows, literal, place_columns, quoted
from palier.facts.schema import VERSION_COLUMNS, Column, Table
from palier.rulebook.problems import Problem

SCHEMA = "palier_csv"
"""The schema in which the rows of CSV files are kept."""

_TEXT = f"{SCHEMA}.palier_text"
_REJECTS = "palier_rejects"
_SCANS = "palier_scans"
_BLOCK = 1 << 20
_LINE_ENDS = {"\n": "LF", "\r\n": "CR LF", "\r": "CR"}
_MARK = "sep="
"""How a first line begins that tells Excel, and nobody else, what stands between the cells."""
_FAULTS = {
    "TOO MANY COLUMNS": "has more cells than the header",
    "MISSING COLUMNS": "has fewer cells than the header",
    "UNQUOTED VALUE": "has a quote that is not closed or not alone",
    "LINE SIZE OVER MAXIMUM": "is longer than 2 MB, as after a quote that is not closed",
}


def read_csv_table(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> TableRead:
    """Read the whole of `path` into the connection, every cell as its declared type."""
    try:
        problems = tuple(_unusable(table, path))
        if not problems:
            return _load(connection, table, path)
    except (duckdb.Error, OSError, csv.Error) as error:
        mixed = _mixed_line_ends(table, path) if isinstance(error, duckdb.Error) else None
        problems = (mixed or unreadable(table.name, path, first_line(error)),)
    return TableRead(relation=empty_rows(table), whole=False, problems=problems)


def _unusable(table: Table, path: Path) -> Iterator[Problem]:
    """What keeps the file from being read at all: its encoding, or its header."""
    line = _line_not_text(path)
    if line is not None:
        yield _not_utf8(table, path, line)
        return
    header = _header(path)
    if not header:
        yield unreadable(table.name, path, "it is empty, or its first line is: there is no header")
    elif header[0].lower().startswith(_MARK):
        yield unreadable(table.name, path, f"its first line is {header[0]}, which only Excel reads, and no header")
    elif len(header) == 1 and (separator := _separator(table, header[0])):
        yield _separated(table, separator)
    read = {column.name for column in table.columns + VERSION_COLUMNS}
    for name, times in Counter(header).items():
        if times > 1 and name in read:
            yield _repeated(table, name, times)


def _line_not_text(path: Path) -> int | None:
    """The first line (from 1) that is not UTF-8 or holds a null byte, as UTF-16 does; none where all is text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return lines + (pending + block)[: error.start].count(b"\n")
            if (null := block.find(0)) >= 0:
                return lines + block[:null].count(b"\n")
            if not block:
                return None
            lines += block.count(b"\n")


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _load(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> TableRead:
    header = _header(path)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    rejected = _load_text(connection, table, path, header)
    columns = [column for column in table.columns + VERSION_COLUMNS if column.name in header]
    readings = {column.name: from_text(column.type) for column in columns}
    mistyped = _mistyped(connection, table, columns, readings)
    rows = _load_typed(connection, table, readings, unread=bool(mistyped))
    connection.execute(f"DROP TABLE {_TEXT}")
    absent = [column for column in table.columns + VERSION_COLUMNS if column.name not in header]
    missing = tuple(problem for column in absent for problem in missing_column(table, column, header))
    return TableRead(
        relation=f"SELECT * FROM {SCHEMA}.{quoted(table.name)}",
        rows=rows + len(rejected),
        recorded="recorded_at" in header,
        retractable="retracted" in header,
        whole=not rejected,
        problems=missing + _bad_rows(table, rejected) + mistyped,
    )


def _load_text(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path,
    header: Sequence[str],
) -> list[tuple[int, str]]:
    """Load the declared columns as text; returns the rows (number, fault) that are no rows of the header."""
    wanted = {column.name for column in table.columns + VERSION_COLUMNS}
    cells = [f"c{at} AS {quoted(name)}" for at, name in enumerate(header) if name in wanted]
    typed = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header)))
    connection.execute(
        f"CREATE OR REPLACE TABLE {_TEXT} AS SELECT "
        f"{', '.join([f'row_number() OVER () AS {ROW}', f'CAST(NULL AS VARCHAR) AS {FILE}', *cells])} "
        f"FROM read_csv({in_list([path])}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = '', columns = {{{typed}}}, "
        f"store_rejects = true, rejects_table = '{_REJECTS}', rejects_scan = '{_SCANS}')",
    )
    rejected = connection.execute(
        "SELECT CAST(line AS BIGINT) - 1 AS row, min(CAST(error_type AS VARCHAR)) "
        f"FROM {_REJECTS} GROUP BY ALL ORDER BY row",
    ).fetchall()
    if rejected:
        _count_rejected(connection)
    connection.execute(f"DROP TABLE {_REJECTS}")
    connection.execute(f"DROP TABLE {_SCANS}")
    return rejected


def _count_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    """Number the loaded rows as they stand in the file, the rejected ones counted."""
    connection.execute(
        f"UPDATE {_TEXT} SET {ROW} = {ROW} + (SELECT count(*) FROM ("
        "SELECT line - 1 - row_number() OVER (ORDER BY line) AS loaded_before "
        f"FROM (SELECT DISTINCT line FROM {_REJECTS})) WHERE loaded_before < {ROW})",
    )


def _mistyped(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    readings: dict[str, Reading],
) -> tuple[Problem, ...]:
    lost = [(column, readings[column.name].lost(quoted(column.name))) for column in columns]
    return run_together(
        connection,
        [
            mistyped_cells(table, column, condition=condition, source=f"{_TEXT} AS f")
            for column, condition in lost
            if condition is not None
        ],
    )


def _load_typed(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    readings: dict[str, Reading],
    *,
    unread: bool,
) -> int:
    """Turn the text into the typed rows of `table`, noting the cells not read; returns how many."""
    cells = []
    notes = []
    for column in table.columns + VERSION_COLUMNS:
        name = quoted(column.name)
        reading = readings.get(column.name)
        cells.append(f"{f'CAST(NULL AS {column.type.sql})' if reading is None else reading.of(name)} AS {name}")
        lost = None if reading is None else reading.lost(name)
        if lost is not None:
            notes.append(f"CASE WHEN {lost} THEN {literal(f'|{column.name}|')} END")
    noted = f"nullif(concat({', '.join(notes)}), '')" if unread else "CAST(NULL AS VARCHAR)"
    loaded = connection.execute(
        f"CREATE OR REPLACE TABLE {SCHEMA}.{quoted(table.name)} AS "
        f"SELECT {', '.join(cells)}, {place_columns(ROW, unread=noted)} FROM {_TEXT}",
    ).fetchone()
    return 0 if loaded is None else int(loaded[0])


def _bad_rows(table: Table, rejected: Sequence[tuple[int, str]]) -> tuple[Problem, ...]:
    shown = [_bad_row(table, row, _FAULTS.get(fault, "cannot be read")) for row, fault in rejected[:SHOWN]]
    if len(rejected) > SHOWN:
        shown.append(_bad_row(table, None, f"{len(rejected) - SHOWN:,} more rows cannot be read"))
    return tuple(shown)


def _bad_row(table: Table, row: int | None, found: str) -> Problem:
    return Problem(
        severity="error",
        code="bad_row",
        message=f"In {table.name}, {found}." if row is None else f"Row {row} of {table.name} {found}.",
        table=table.name,
        row=row,
        found=found,
        expected="one cell for each column of the header",
        mend='Put quotes around cells that hold a comma, a quote (written "") or a line break.',
    )


def _not_utf8(table: Table, path: Path, line: int) -> Problem:
    return Problem(
        severity="error",
        code="not-utf8",
        message=f"Line {line} of {path.name} is no text in UTF-8.",
        table=table.name,
        row=line - 1 or None,
        found="bytes that are no text in UTF-8",
        expected="a CSV file in UTF-8",
        mend="Export the file again in UTF-8.",
    )


def _separator(table: Table, header: str) -> str | None:
    """What stands between the columns of a header that is not separated by commas."""
    wanted = {column.name for column in table.columns}
    split = {separator: header.replace('"', "").split(separator) for separator in ";\t|"}
    return next((separator for separator, names in split.items() if len(names) > 1 and wanted & set(names)), None)


def _separated(table: Table, separator: str) -> Problem:
    spoken = {"\t": "tabs", ";": "semicolons"}.get(separator, separator)
    return Problem(
        severity="error",
        code="wrong_separator",
        message=f"The columns of {table.name} are separated by {spoken}.",
        table=table.name,
        found=spoken,
        expected="commas",
        mend="Export the file as CSV with commas between the cells (RFC 4180).",
    )


def _mixed_line_ends(table: Table, path: Path) -> Problem | None:
    """The problem of a file whose lines end in several ways, at the first row that ends in another; none without."""
    first = None
    with path.open(encoding="utf-8", newline="") as file:
        for row, line in enumerate(file):
            end = line[len(line.rstrip("\r\n")) :]
            first = first or end
            if end not in ("", first):
                spoken = " and in ".join(_LINE_ENDS.get(each, repr(each)) for each in (first, end))
                return Problem(
                    severity="error",
                    code="mixed_line_ends",
                    message=f"The lines of {table.name} end in {spoken}: row {row} is the first that differs.",
                    table=table.name,
                    row=row,
                    found=f"lines that end in {spoken}",
                    expected="the same end of every line, LF or CR LF",
                    mend="Save the file again with one kind of line end; dos2unix writes LF everywhere.",
                )
    return None


def _repeated(table: Table, name: str, times: int) -> Problem:
    return Problem(
        severity="error",
        code="repeated_column",
        message=f"The header of {table.name} names the column {name} {times} times.",
        table=table.name,
        column=name,
        found=f"{times} columns {name}",
        expected="each column once",
        mend="Leave one of them.",
    )
