"""A snapshot of facts, opened: one view for each declared table, and all its problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from palier.backends.csv_tables import read_csv_table
from palier.backends.files import find_files, read_manifest
from palier.backends.parquet_tables import read_parquet_table
from palier.backends.reading import TableRead, first_line, run_check, run_together, unreadable
from palier.facts.check import Check
from palier.facts.column_checks import after_complete, column_checks
from palier.facts.relations import (
    HELD_SCHEMA,
    ROWS_SCHEMA,
    empty_rows,
    held_of,
    holding,
    listed,
    quoted,
    rows_of,
)
from palier.facts.table_checks import (
    DUPLICATES_PER_PASS,
    duplicate_check,
    duplicate_hashes,
    retracts_nothing,
    table_checks,
)
from palier.facts.tables import Table, declared_tables
from palier.rulebook.problems import Problem

_SUSPECTS = "palier_suspects"
_SUSPECTS_LISTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot of facts as opened in a connection.

    `problems` are those found while opening it. `complete_until` is what the manifest states, the day
    included. `files` and `rows` tell what each table was read from and how many rows its files hold, versions
    included. `tables` are the tables opened; `retractable` those that carry `retracted`, `broken` those of
    which not every row could be read.
    """

    folder: Path
    known_at: datetime | None
    problems: tuple[Problem, ...]
    complete_until: Mapping[str, date]
    files: Mapping[str, tuple[Path, ...]]
    rows: Mapping[str, int]
    tables: Mapping[str, Table]
    retractable: frozenset[str]
    broken: frozenset[str]

    @property
    def size(self) -> int:
        """How many bytes the files of its tables take."""
        return sum(path.stat().st_size for files in self.files.values() for path in files)


def open_snapshot(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    known_at: datetime | None = None,
    extra_tables: Iterable[Table] = (),
    tables: Iterable[str] | None = None,
) -> Snapshot:
    """Open the facts in `folder` as one view per declared table, named like it, and say what is wrong.

    Only the rows that hold at `known_at` are in the views (without it, the latest versions). `extra_tables`
    are those a program declares; `tables` limits what is opened. Whatever cannot be read leaves an empty view
    or a null column, and a problem.

    Raises:
        FactsNotFoundError: there is no such folder.
        TableRedeclaredError: an extra table has a name that is taken.
    """
    declared = declared_tables(extra_tables)
    found = find_files(folder, declared)
    manifest = read_manifest(folder, declared)
    wanted = set(declared) if tables is None else set(tables)
    opened = {name: table for name, table in declared.items() if name in wanted}
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {ROWS_SCHEMA}; CREATE SCHEMA IF NOT EXISTS {HELD_SCHEMA}")
    reads = {name: _read(connection, table, found.files.get(name, ())) for name, table in opened.items()}
    for name, read in reads.items():
        _create_views(connection, opened[name], read, known_at)
    problems = found.problems + manifest.problems
    return Snapshot(
        folder=folder,
        known_at=known_at,
        problems=problems + tuple(problem for read in reads.values() for problem in read.problems),
        complete_until=manifest.complete_until,
        files={name: files for name, files in found.files.items() if name in opened},
        rows={name: read.rows for name, read in reads.items()},
        tables=opened,
        retractable=frozenset(name for name, read in reads.items() if read.retractable),
        broken=frozenset(name for name, read in reads.items() if not read.whole),
    )


def check_snapshot(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    *,
    row_limit: int | None = None,
) -> tuple[Problem, ...]:
    """Every problem of the snapshot: those found while opening it, then those of its rows, table by table.

    With `row_limit`, a table of more rows is not looked through; one warning says so.
    """
    problems = list(snapshot.problems)
    absent = _absent_columns(snapshot)
    for table in snapshot.tables.values():
        rows = snapshot.rows[table.name]
        if row_limit is not None and rows > row_limit:
            problems.append(_not_checked(table, rows, row_limit))
        elif rows:
            problems.extend(_check_table(connection, snapshot, table, absent))
    return tuple(problems)


def _absent_columns(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """The columns without any value because they are missing or of another type: already a problem."""
    return frozenset(
        (problem.table, problem.column)
        for problem in snapshot.problems
        if problem.table is not None
        and problem.column is not None
        and problem.code in {"missing_column", "mistyped_column"}
    )


def _read(connection: duckdb.DuckDBPyConnection, table: Table, files: tuple[Path, ...]) -> TableRead:
    if not files:
        return TableRead(relation=empty_rows(table))
    if files[0].suffix == ".csv":
        return read_csv_table(connection, table, files[0])
    try:
        return read_parquet_table(connection, table, files)
    except duckdb.Error as error:
        problem = unreadable(table.name, files[0], first_line(error))
        return TableRead(relation=empty_rows(table), whole=False, problems=(problem,))


def _create_views(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    read: TableRead,
    known_at: datetime | None,
) -> None:
    def view(name: str, columns: str) -> str:
        select = holding(
            table,
            columns,
            recorded=read.recorded,
            retractable=read.retractable,
            known_at=known_at,
        )
        return f"CREATE OR REPLACE VIEW {name} AS {select}"

    connection.execute(f"CREATE OR REPLACE VIEW {rows_of(table.name)} AS {read.relation}")
    connection.execute(view(held_of(table.name), "*"))
    connection.execute(view(quoted(table.name), listed(table.column_names)))


def _check_table(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    table: Table,
    absent: frozenset[tuple[str, str]],
) -> tuple[Problem, ...]:
    checks = [check for check in _checks(snapshot, table, absent) if (table.name, check.column) not in absent]
    has_key = all((table.name, name) not in absent for name in table.key)
    try:
        problems = _duplicates(connection, table, snapshot.rows[table.name]) if has_key else ()
        problems += run_together(connection, [check for check in checks if check.source is None])
        for check in checks:
            if check.source is not None:
                problems += run_check(connection, check)
    except duckdb.Error as error:
        files = snapshot.files.get(table.name, (snapshot.folder,))
        return (unreadable(table.name, files[0], first_line(error)),)
    return problems


def _checks(snapshot: Snapshot, table: Table, absent: frozenset[tuple[str, str]]) -> Iterator[Check]:
    for column in table.columns:
        yield from column_checks(table, column)
    until = snapshot.complete_until.get(table.name)
    late = None if until is None else after_complete(table, until)
    if late is not None:
        yield late
    if table.name in snapshot.retractable:
        yield retracts_nothing(table)
    # Where a table or its key could not be read, every reference to it would seem to dangle.
    sound = {
        name
        for name, other in snapshot.tables.items()
        if name not in snapshot.broken and all((name, key) not in absent for key in other.key)
    }
    across = table_checks(table, snapshot.tables, retractable=snapshot.retractable)
    yield from (check for check in across if sound.issuperset(check.needs))


def _duplicates(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> tuple[Problem, ...]:
    """The keys that stand twice; by hash and in passes, so that memory stays bounded however many rows."""
    passes = -(-rows // DUPLICATES_PER_PASS)
    suspected = [duplicate_hashes(table, passes=passes, index=index) for index in range(passes)]
    counts = [_count(connection, f"({hashes})") for hashes in suspected]
    if not any(counts):
        return ()
    # Of a table delivered twice, a few keys tell as much as all of them.
    first = next(hashes for hashes, count in zip(suspected, counts, strict=True) if count)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_SUSPECTS} AS {first} LIMIT {_SUSPECTS_LISTED}")
    check = duplicate_check(table, _SUSPECTS)
    shown = _count(connection, _SUSPECTS)
    problems = run_check(connection, check, total=None if shown == sum(counts) else sum(counts))
    connection.execute(f"DROP TABLE {_SUSPECTS}")
    return problems


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    counted = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return 0 if counted is None else int(counted[0])


def _not_checked(table: Table, rows: int, row_limit: int) -> Problem:
    return Problem(
        severity="warning",
        code="not_checked",
        message=f"The {rows:,} rows of {table.name} are more than {row_limit:,} and were not looked through; "
        "palier facts check does them whole.",
        table=table.name,
        found=f"{rows:,} rows",
        expected=f"at most {row_limit:,} rows",
        mend="Run palier facts check on the folder once.",
    )
