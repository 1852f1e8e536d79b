"""What a process reads often and nobody changes, opened once: finished runs and snapshots of facts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import duckdb

from palier.backends.files import FactsNotFoundError
from palier.backends.session import connect
from palier.backends.snapshot import open_snapshot

SNAPSHOTS: Final = 16
"""So many are held open at a time: those of the current runs, for the few tables that each page reads."""

Seal = tuple[tuple[str, int, int, int], ...]


def reading() -> duckdb.DuckDBPyConnection:
    """A cursor of the database in which this process reads finished files; closing it closes no more than that.

    A fresh database takes some 20 ms of processor time, a cursor of one half a millisecond.
    """
    return _database(os.getpid()).cursor()


@contextmanager
def opened(facts: Path, tables: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view for each of some tables of facts, to read and not to write.

    The views are made once, and again when a file of the tables is another.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    wanted = tuple(sorted(tables))
    cursor = _snapshots(os.getpid())(facts, wanted, _seal(facts, wanted)).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """One for each process: a forked child has none of its parent's threads, for which letting go of it would wait."""
    del process
    return connect()


@cache
def _snapshots(process: int) -> Callable[[Path, tuple[str, ...], Seal], duckdb.DuckDBPyConnection]:
    """What opens the snapshots of one process, and holds the last of them."""
    del process

    @lru_cache(maxsize=SNAPSHOTS)
    def snapshot(facts: Path, tables: tuple[str, ...], seal: Seal) -> duckdb.DuckDBPyConnection:
        del seal  # other files are another snapshot
        connection = connect()
        open_snapshot(connection, facts, tables=tables)
        return connection

    return snapshot


def _seal(facts: Path, tables: tuple[str, ...]) -> Seal:
    """The files of the tables as the file system tells them apart."""
    if not facts.is_dir():
        raise FactsNotFoundError(facts)
    paths = [path for table in tables for form in (f"{table}.*", f"{table}/*") for path in facts.glob(form)]
    told = ((str(path), path.stat()) for path in sorted(paths))
    return tuple((path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in told)
