"""Rollups kept in a folder: a part for each file of facts, the numbers of identifiers, and the ledger of both.

Parts and segments are written once under a new name and never edited; the ledger is replaced last, in one move, and
says what each file must hold. Whatever it does not name is left over from a run that was stopped, and is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from palier.backends.parquet_tables import read_parquet_table
from palier.backends.reading import in_list
from palier.engine.rollups import COUNTED, KEY, Rollup
from palier.facts.relations import listed, literal, quoted
from palier.facts.schema import Table

LEDGER = "ledger.json"
_FORMAT = 1
_MOST_SEGMENTS = 16
"""More files of numbers than this are merged into one."""
_RACE = 2_000_000_000
"""A file changed within two seconds of the ledger could change again and look the same: it is read again."""
_ROW_GROUP = 122_880


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of facts as it was when its content was read."""

    stamp: tuple[int, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the carry folder: its name, what it must hold, and the first and last day in it by column."""

    file: str
    digest: str
    days: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Held:
    """One rollup in the folder: the numbers of its identifiers and, by digest of a file of facts, its part."""

    segments: list[Kept] = field(default_factory=list)
    parts: dict[str, Kept] = field(default_factory=dict)


@dataclass(slots=True)
class Ledger:
    """What the folder holds and which files of facts it has seen."""

    files: dict[str, Seen] = field(default_factory=dict)
    rollups: dict[str, Held] = field(default_factory=dict)


def read_ledger(folder: Path) -> Ledger:
    """The ledger of a folder; one that is not there, is damaged or of another form is as none."""
    try:
        said = json.loads((folder / LEDGER).read_text(encoding="utf-8"))
        if said["format"] != _FORMAT:
            return Ledger()
        return Ledger(
            files={name: Seen(tuple(each["stamp"]), each["digest"]) for name, each in said["files"].items()},
            rollups={
                name: Held(
                    segments=[_kept(each) for each in held["segments"]],
                    parts={digest: _kept(each) for digest, each in held["parts"].items()},
                )
                for name, held in said["rollups"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Ledger()


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Replace the ledger in one move, then remove the files it does not name; it forgets a folder that is gone."""
    ledger.rollups = {name: held for name, held in ledger.rollups.items() if (folder / name).is_dir()}
    draft = folder / f".{LEDGER}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, **asdict(ledger)}, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / LEDGER)
    for name, held in ledger.rollups.items():
        named = {each.file for each in (*held.segments, *held.parts.values())}
        for path in (folder / name).iterdir():
            if path.name not in named:
                path.unlink()


def digests(facts: Path, names: Iterable[str], ledger: Ledger, folder: Path) -> tuple[dict[str, str], int]:
    """The SHA-256 of each file of facts; one that has not changed since the ledger was written is not read again.

    Returns:
        The digests by name, and how many files were read for them. The ledger knows them all afterwards.
    """
    try:
        written = (folder / LEDGER).stat().st_mtime_ns
    except OSError:
        written = 0
    found: dict[str, Seen] = {}
    read = 0
    for name in names:
        stamp = stamp_of(facts / name)
        known = ledger.files.get(name)
        if known is None or known.stamp != stamp or max(stamp[1:3]) > written - _RACE:
            known = Seen(stamp, digest_of(facts / name))
            read += 1
        found[name] = known
    ledger.files = found
    return {name: seen.digest for name, seen in found.items()}, read


def stamp_of(path: Path) -> tuple[int, ...]:
    """What changes whenever a file's content does: size, times of content and of the entry, and place."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_dev


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_name(rollup: Rollup) -> str:
    """The folder of a rollup: another choice of columns is another rollup."""
    chosen = hashlib.sha256("\n".join([rollup.table, *rollup.names, "", *rollup.others]).encode()).hexdigest()
    return f"{rollup.table}-{chosen[:12]}"


def is_whole(folder: Path, kept: Kept) -> bool:
    """Whether a file of the carry folder holds what the ledger says."""
    try:
        return digest_of(folder / kept.file) == kept.digest
    except OSError:
        return False


class Builder:
    """Adds the parts of new files to a rollup, with the numbers of the identifiers that are new in them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table, rollup: Rollup, folder: Path) -> None:
        self.connection = connection
        self.table = table
        self.rollup = rollup
        self.folder = folder
        self.names = listed(rollup.names)

    def begin(self, held: Held) -> None:
        """Load the numbers given so far."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE palier_keys AS SELECT {self.names}, {KEY} FROM {self.numbered(held)}"
        )

    def numbered(self, held: Held) -> str:
        """The relation of all identifiers and their numbers."""
        if held.segments:
            return f"read_parquet({in_list(self.folder / each.file for each in held.segments)})"
        nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {quoted(name)}" for name in self.rollup.names)
        return f"(SELECT {nothing}, CAST(NULL AS INTEGER) AS {KEY} WHERE FALSE)"

    def part(self, path: Path) -> Kept:
        """Read one file of facts and write its part; identifiers met first are numbered."""
        relation = read_parquet_table(self.connection, self.table, (path,)).relation
        others = listed(self.rollup.others)
        whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in self.rollup.names)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE palier_new AS SELECT {self.names}, {others}, COUNT(*) AS {COUNTED} "
            f"FROM ({relation}) WHERE {whole} GROUP BY {self.names}, {others}"
        )
        self.connection.execute(
            f"INSERT INTO palier_keys SELECT {self.names}, CAST((SELECT COALESCE(MAX({KEY}), 0) FROM palier_keys) "
            f"+ ROW_NUMBER() OVER (ORDER BY {self.names}) AS INTEGER) FROM (SELECT DISTINCT {self.names} "
            f"FROM palier_new ANTI JOIN palier_keys USING ({self.names}))"
        )
        # Months let a window skip most rows of a long file; within one, rows that meet in a join lie together.
        month = f"DATE_TRUNC('month', {quoted(self.rollup.days[0])})"
        order = f"{month}, {KEY}, {listed(self.rollup.days)}"
        select = (
            f"SELECT k.{KEY}, {others}, {COUNTED} FROM palier_new JOIN palier_keys AS k USING ({self.names}) "
            f"ORDER BY {order}"
        )
        kept = self._write(select, "part", dict(self._days()))
        self.connection.execute("DROP TABLE palier_new")
        return kept

    def _days(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for day in self.rollup.days:
            ends = f"CAST(MIN({quoted(day)}) AS VARCHAR), CAST(MAX({quoted(day)}) AS VARCHAR)"
            first, last = self.connection.execute(f"SELECT {ends} FROM palier_new").fetchone() or (None, None)
            if first is not None and last is not None:
                yield day, (first, last)

    def end(self, held: Held) -> None:
        """Write the numbers given since, all of them into one file where there are many files."""
        merged = len(held.segments) >= _MOST_SEGMENTS
        since = f"ANTI JOIN {self.numbered(held)} AS g USING ({KEY})" if held.segments and not merged else ""
        select = f"SELECT {self.names}, {KEY} FROM palier_keys AS k {since} ORDER BY {KEY}"
        if merged:
            held.segments = []
        counted = self.connection.execute(f"SELECT COUNT(*) FROM ({select})").fetchone()
        if counted is not None and counted[0]:
            held.segments.append(self._write(select, "keys", {}))
        self.connection.execute("DROP TABLE palier_keys")

    def _write(self, select: str, kind: Literal["part", "keys"], days: Mapping[str, tuple[str, str]]) -> Kept:
        draft = self.folder / f".{kind}.draft"
        self.connection.execute(
            f"COPY ({select}) TO {literal(str(draft))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
        digest = digest_of(draft)
        path = self.folder / f"{kind}-{digest[:24]}.parquet"
        draft.replace(path)
        return Kept(path.name, digest, days)


def _kept(said: Mapping[str, Any]) -> Kept:
    return Kept(said["file"], said["digest"], {day: (ends[0], ends[1]) for day, ends in said["days"].items()})
