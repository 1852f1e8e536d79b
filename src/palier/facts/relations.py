"""The relations a snapshot is read through, as SQL text: every row, the rows that hold, the declared view.

Three relations stand for one table: `palier_rows.<table>` has every row of the files with its place,
`palier_held.<table>` the rows that hold once versions are resolved, and `<table>` just the declared columns
of those, which is what metrics read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from palier.facts.schema import Table

ROWS_SCHEMA = "palier_rows"
HELD_SCHEMA = "palier_held"
ROW = "palier_row"
"""The column with the 1-based number of a row in its file, the header not counted."""
FILE = "palier_file"
"""The column with the file of a row; null where the table is a single file."""
UNREAD = "palier_unread"
"""The column with the names of the cells that could not be read, between bars; null where all could."""


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def literal(text: str) -> str:
    """`text` as an SQL string."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def listed(names: Iterable[str]) -> str:
    """`names` as SQL identifiers, separated by commas."""
    return ", ".join(quoted(name) for name in names)


def rows_of(table: str) -> str:
    """The relation with every row of `table`, whatever its version."""
    return f"{ROWS_SCHEMA}.{quoted(table)}"


def held_of(table: str) -> str:
    """The relation with the rows of `table` that hold, and their places."""
    return f"{HELD_SCHEMA}.{quoted(table)}"


def empty_rows(table: Table) -> str:
    """A relation shaped as `rows_of` without any row."""
    nulls = [f"CAST(NULL AS {column.type.sql}) AS {quoted(column.name)}" for column in table.columns]
    return f"SELECT {', '.join(nulls)}, {no_versions()}, {place_columns('CAST(NULL AS BIGINT)')} WHERE FALSE"


def no_versions() -> str:
    """The version columns of a table that has none."""
    return "CAST(NULL AS TIMESTAMP) AS recorded_at, CAST(NULL AS BOOLEAN) AS retracted"


def place_columns(row: str, *, file: str = "CAST(NULL AS VARCHAR)", unread: str = "CAST(NULL AS VARCHAR)") -> str:
    """The columns that say where a row stands, from the expressions for each."""
    return f"{row} AS {ROW}, {file} AS {FILE}, {unread} AS {UNREAD}"


def holding(table: Table, columns: str, *, recorded: bool, retractable: bool, known_at: datetime | None) -> str:
    """The SELECT of `columns` over the rows of `table` that hold at `known_at` (the latest without it).

    `recorded` and `retractable` say whether the files carry `recorded_at` and `retracted`: without them the
    text is a plain projection, so that filters reach the files.
    """
    select = f"SELECT {columns} FROM {rows_of(table.name)}"
    if recorded:
        known = "" if known_at is None else f"WHERE recorded_at IS NULL OR recorded_at <= {moment(known_at)} "
        newest = f"row_number() OVER (PARTITION BY {listed(table.key)} ORDER BY recorded_at DESC NULLS LAST)"
        return f"{select} {known}QUALIFY {newest} = 1 AND retracted IS NOT TRUE"
    if retractable:
        return f"{select} WHERE retracted IS NOT TRUE"
    return select


def moment(at: datetime) -> str:
    """`at` as an SQL timestamp in UTC; a moment without a zone is taken as UTC."""
    in_utc = at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
    return f"TIMESTAMP '{in_utc.isoformat(sep=' ')}'"
