"""Facts for tests: a few rows given by hand, written as a complete snapshot folder."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from palier.facts.tables import VERSION_COLUMNS, Column, ColumnType, Table, declared_tables

Form = Literal["csv", "parquet"]


def write_facts(
    folder: Path,
    rows: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    form: Form = "csv",
    extra_tables: Iterable[Table] = (),
) -> Path:
    """Write `rows` (by table) as a snapshot of facts and return its folder.

    Declared columns that no row gives are null; `recorded_at` and `retracted` are written where a row gives
    one of them. Days may be dates or ISO text, moments datetimes or ISO text; an unknown column raises
    KeyError, so that a misspelt one does not pass for a null.
    """
    declared = declared_tables(extra_tables)
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in rows.items():
        columns = _columns(declared[name], given)
        if form == "csv":
            _write_csv(folder / f"{name}.csv", columns, given)
        else:
            _write_parquet(folder / f"{name}.parquet", columns, given)
    return folder


def _columns(table: Table, given: Sequence[Mapping[str, object]]) -> tuple[Column, ...]:
    used = {name for row in given for name in row}
    columns = table.columns + tuple(column for column in VERSION_COLUMNS if column.name in used)
    unknown = used - {column.name for column in columns}
    if unknown:
        message = f"{table.name} has no column {', '.join(sorted(unknown))}"
        raise KeyError(message)
    return columns


def _write_csv(path: Path, columns: Sequence[Column], given: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        writer.writerows([[_cell(row.get(column.name)) for column in columns] for row in given])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _write_parquet(path: Path, columns: Sequence[Column], given: Sequence[Mapping[str, object]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only the tests that want Parquet pay for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {
        ColumnType.TEXT: pa.string(),
        ColumnType.INTEGER: pa.int64(),
        ColumnType.BOOLEAN: pa.bool_(),
        ColumnType.DATE: pa.date32(),
        ColumnType.TIMESTAMP: pa.timestamp("us"),
        ColumnType.DECIMAL: pa.decimal128(38, 12),
    }
    arrays = {
        column.name: pa.array([_value(column, row.get(column.name)) for row in given], types[column.type])
        for column in columns
    }
    pq.write_table(pa.table(arrays), path)


def _value(column: Column, value: object) -> object:
    """The value as the type of its column: text and numbers in a test may stand for a day or a decimal."""
    if value is None:
        return None
    if column.type is ColumnType.DECIMAL:
        return Decimal(str(value))
    if column.type is ColumnType.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    if column.type is ColumnType.TIMESTAMP and isinstance(value, str):
        return datetime.fromisoformat(value)
    if column.type is ColumnType.TEXT:
        return str(value)
    return value
