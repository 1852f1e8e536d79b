"""A snapshot put together: tables of one folder linked, others written from rows; and the rows of a table read."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from palier.backends.files import MANIFEST, find_files
from palier.backends.session import connect
from palier.backends.snapshot import open_snapshot
from palier.facts.relations import literal, quoted
from palier.facts.tables import TABLES, VERSION_COLUMNS, Table

Row = Mapping[str, object]
_BATCH = 10_000


class FolderInTheWayError(Exception):
    """Raised when the folder of a snapshot that is to be composed exists."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is something at {folder} already; a snapshot is composed once.")
        self.folder = folder


def compose_snapshot(
    warehouse: Path, out: Path, *, written: Mapping[str, Iterable[Row]], until: date
) -> dict[str, int]:
    """Put a snapshot together: whole or not at all.

    Args:
        warehouse: the folder whose other tables are taken as they are, by link where the file system can.
        out: the folder to make.
        written: the rows of the tables that come from elsewhere, with the columns of the contract.
        until: the day until which the written tables are complete.

    Returns:
        How many rows each written table has.

    Raises:
        FactsNotFoundError: there is no such warehouse folder.
        FolderInTheWayError: `out` exists.
    """
    found = find_files(warehouse, TABLES)
    if out.exists():
        raise FolderInTheWayError(out)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        for name, files in found.files.items():
            if name not in written:
                for file in files:
                    target = partial / file.relative_to(warehouse)
                    target.parent.mkdir(exist_ok=True)
                    _link(file, target)
        counts = {name: _write(TABLES[name], rows, partial) for name, rows in written.items()}
        stated = _stated(warehouse)
        stated["complete_until"] = {**stated.get("complete_until", {}), **dict.fromkeys(written, until.isoformat())}
        (partial / MANIFEST).write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return counts


def table_rows(facts: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one table of a snapshot, the latest version of each, in bounded memory; none where it is absent.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    connection = connect()
    try:
        open_snapshot(connection, facts, tables={table})
        cursor = connection.execute(f"SELECT * FROM {quoted(table)} ORDER BY ALL")
        names = [each[0] for each in cursor.description or ()]
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                yield dict(zip(names, row, strict=True))
    finally:
        connection.close()


def complete_until(facts: Path) -> date | None:
    """The last day until which every table that the manifest names is complete; None where it names none."""
    days = [date.fromisoformat(each) for each in _stated(facts).get("complete_until", {}).values()]
    return min(days, default=None)


def _stated(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    return dict(json.loads(path.read_text(encoding="utf-8-sig"))) if path.exists() else {}


def _link(file: Path, target: Path) -> None:
    """A hard link, so that the snapshot stays when the warehouse replaces its file; a copy across file systems."""
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copy2(file, target)


def _write(table: Table, rows: Iterable[Row], folder: Path) -> int:
    """Write rows as Parquet, through a text file of the contract's own format."""
    passing = folder / f".{table.name}.csv"
    columns = (*table.columns, *VERSION_COLUMNS)
    names = [column.name for column in columns]
    count = 0
    with passing.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(names)
        for row in rows:
            out.writerow([_cell(row.get(name)) for name in names])
            count += 1
    types = ", ".join(f"{literal(column.name)}: {literal(column.type.sql)}" for column in columns)
    kept = ", ".join(quoted(column.name) for column in columns)
    connection = connect()
    try:
        connection.execute(
            f"COPY (SELECT {kept} FROM read_csv({literal(str(passing))}, header = true, auto_detect = false, "
            f"delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{{types}}}) "
            f"ORDER BY {', '.join(quoted(name) for name in table.key)}) "
            f"TO {literal(str(folder / f'{table.name}.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.close()
    passing.unlink()
    return count


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        aware = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return aware.isoformat(sep=" ")
    return str(value)
