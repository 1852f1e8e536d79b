"""Writing sample facts: the draws run in DuckDB, each table goes to Parquet, the folder appears whole."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from palier.backends.files import MANIFEST
from palier.facts.relations import literal, quoted
from palier.facts.sample import (
    ACTIVITIES_PER_PARTNER,
    ACTIVITY_MONTHS,
    CUSTOMERS_PER_PARTNER,
    EARLIEST,
    HISTORY_FROM,
    LONG_MONTHS,
    PACES,
    SMALL,
    draw_texts,
    table_text,
)
from palier.facts.tables import TABLES, Table
from palier.rulebook.problems import PalierError

_MEMORY = "1200MB"
_ROW_GROUP = 122_880


class SampleFolderTakenError(PalierError):
    """Raised when the folder for a sample holds something that is no sample."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} is not empty and holds no sample; a sample would replace it.")


class SampleTooEarlyError(PalierError):
    """Raised when a sample is asked for a day that leaves it too short a history."""

    def __init__(self, until: date) -> None:
        self.until = until
        super().__init__(f"A sample until {until} has too short a history; ask for {EARLIEST} or later.")


@dataclass(frozen=True, slots=True)
class SampleCount:
    """How many rows a sample has, by table."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """The rows of all tables together."""
        return sum(self.rows.values())


def write_sample(
    folder: Path,
    *,
    partners: int,
    seed: int,
    until: date = date(2026, 11, 20),
    customers: int | None = None,
    activities: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> SampleCount:
    """Write sample facts of `partners` partners until the day `until`, and count their rows.

    There are 100 customers and about 10,000 activities per partner, or `customers` and about `activities` in all.
    The same arguments give the same bytes. The folder appears whole or not at all; an older sample in it is
    replaced. `progress` is told each step as a sentence.

    Raises:
        SampleFolderTakenError: the folder holds something else.
        SampleTooEarlyError: `until` is before 2024-01-01.
    """
    if until < EARLIEST:
        raise SampleTooEarlyError(until)
    if not _replaceable(folder):
        raise SampleFolderTakenError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    tell = progress or (lambda _: None)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as made:
        draft = Path(made) / "sample"
        draft.mkdir()
        with _connect(Path(made)) as connection:
            served = partners * CUSTOMERS_PER_PARTNER if customers is None else customers
            _set_parameters(connection, partners=partners, customers=served, seed=seed, until=until)
            tell("Drawing partners, customers and what they do.")
            _draw(connection)
            wanted = partners * ACTIVITIES_PER_PARTNER if activities is None else activities
            rows = dict(_write_tables(connection, draft, until=until, activities=wanted, tell=tell))
        _write_manifest(draft, partners=partners, seed=seed, until=until)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    return SampleCount(rows)


def _replaceable(folder: Path) -> bool:
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        stated = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stated, dict) and "sample" in stated


def _connect(spill: Path) -> duckdb.DuckDBPyConnection:
    # One thread: with several, the bounds of row groups depend on which of them is first.
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": str(spill / "spill"),
        "threads": 1,
    }
    return duckdb.connect(config=config)


def _set_parameters(
    connection: duckdb.DuckDBPyConnection, *, partners: int, customers: int, seed: int, until: date
) -> None:
    _set(connection, "seed", seed)
    _set(connection, "partners", partners)
    _set(connection, "customers", customers)
    _set(connection, "small", SMALL)
    _set(connection, "until", until)
    _set(connection, "days", (until - HISTORY_FROM).days)


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: int | date) -> None:
    shown = f"DATE '{value.isoformat()}'" if isinstance(value, date) else f"CAST({value} AS BIGINT)"
    connection.execute(f"SET VARIABLE {name} = {shown}")


def _draw(connection: duckdb.DuckDBPyConnection) -> None:
    for text in draw_texts():
        connection.execute(text)
    _set(connection, "deals", _number(connection, "SELECT count(*) FROM deals"))


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    until: date,
    activities: int,
    tell: Callable[[str], None],
) -> Iterator[tuple[str, int]]:
    for table in TABLES.values():
        if table.name == "activities":
            rows = _write_activities(connection, folder / table.name, table, until=until, activities=activities)
        else:
            rows = _copy(connection, table, folder / f"{table.name}.parquet")
        tell(f"{table.name}: {rows:,} rows.")
        yield table.name, rows


def _write_activities(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    table: Table,
    *,
    until: date,
    activities: int,
) -> int:
    """One file a month, each in the order of its days, so that a query for some days skips the others."""
    folder.mkdir()
    small = _number(connection, "SELECT getvariable('customers')") <= SMALL
    months = _months_until(until, LONG_MONTHS if small else ACTIVITY_MONTHS)
    _set(connection, "activities", activities)
    _set(connection, "month", months[0])
    _set(connection, "paces", max(1, _number(connection, PACES)))
    rows = 0
    for number, month in enumerate(months):
        _set(connection, "month", month)
        rows += _copy(connection, table, folder / f"part-{number:03}.parquet")
    return rows


def _months_until(until: date, count: int) -> list[date]:
    last = until.year * 12 + until.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - count + 1, last + 1)]


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> int:
    cells = ", ".join(f"CAST({quoted(column.name)} AS {column.type.sql})" for column in table.columns)
    names = ", ".join(quoted(column.name) for column in table.columns)
    select = f"SELECT {cells} FROM ({table_text(table.name)}) AS sampled ({names})"
    return _number(
        connection,
        f"COPY (SELECT * FROM ({select}) AS typed ({names})) TO {literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})",
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return 0 if row is None or row[0] is None else int(row[0])


def _write_manifest(folder: Path, *, partners: int, seed: int, until: date) -> None:
    stated = {
        "complete_until": dict.fromkeys(TABLES, until.isoformat()),
        "sample": {"partners": partners, "seed": seed},
    }
    (folder / MANIFEST).write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")
