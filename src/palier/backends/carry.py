"""Carrying forward: what earlier runs read of large tables of events, kept so that today reads only what is new.

A plan is rewritten to read rollups where that is proven to give the same rows; everything else of an evaluation is
as without. Where a table cannot be carried, it is read whole and a warning says why.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from palier.backends.files import digest_of_files, visible_files
from palier.backends.reading import in_list
from palier.backends.rollups import (
    Builder,
    Held,
    Kept,
    Ledger,
    digests,
    folder_name,
    is_whole,
    read_ledger,
    stamp_of,
    write_ledger,
)
from palier.backends.snapshot import Snapshot
from palier.engine.plan import Plan, Step
from palier.engine.rollups import (
    COUNTED,
    KEY,
    Bound,
    Rewritten,
    Rollup,
    columns_read,
    refusal,
    rollup_of,
    through_rollup,
)
from palier.facts.schema import VERSION_COLUMNS, Table
from palier.rulebook.problems import PalierError, Problem

MARK = ".palier-carry"
"""The file that makes a folder a carry folder; runs on the same folder wait for each other by it."""
LARGE = 1_000_000
"""A table of more rows that no rollup can serve is worth a warning."""


class NotACarryFolderError(PalierError):
    """Raised when the folder to carry in holds something else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} exists and was not made by --carry: choose another folder, nothing was changed")


class FactsMovedError(PalierError):
    """Raised when a file of facts changes while it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} changed while it was read: evaluate again when the delivery is complete")


@dataclass(frozen=True, slots=True)
class Taken:
    """How a table came in: how many of its files were read, and how many were carried forward."""

    table: str
    read: int
    carried: int

    def __str__(self) -> str:
        return f"{self.table} {self.read} files read, {self.carried} carried forward"


@contextmanager
def open_carry(folder: Path) -> Iterator[Carry]:
    """The carry folder, made if need be, for this run alone.

    Raises:
        NotACarryFolderError: it holds something else.
    """
    # What it holds is read before the mark is looked for: another run that is making it sets the mark first of all.
    holds = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if holds and not (folder / MARK).exists():
        raise NotACarryFolderError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MARK).open("a") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield Carry(folder)


class Carry:
    """A carry folder in the hands of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger: Ledger = read_ledger(folder)
        self.contents: dict[str, str] = {}
        self.taken: tuple[Taken, ...] = ()
        self.told = False

    def facts_digest(self, facts: Path) -> str:
        """The digest of a folder of facts, as `facts_digest` gives it; files that have not changed are not read.

        Raises:
            FactsNotFoundError: there is no such folder.
        """
        self.contents, read = digests(facts, visible_files(facts), self.ledger, self.folder)
        self.told = read > 0
        return digest_of_files(self.contents)

    def through(
        self, connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, plan: Plan
    ) -> tuple[Plan, tuple[Problem, ...]]:
        """The plan with its steps reading rollups where they can, brought up to date; and what could not be carried.

        Raises:
            FactsMovedError: a file of facts changed while it was read.
        """
        steps = list(plan.steps)
        problems: list[Problem] = []
        taken = []
        for table in snapshot.tables.values():
            if not any(table.name in step.reads for step in steps) or not snapshot.files.get(table.name):
                continue
            chosen, said = _chosen(table, steps, snapshot.rows[table.name])
            unfit = None if chosen is None else _unfit(connection, snapshot, table)
            if chosen is not None and unfit is None:
                taken.append(self._table(connection, snapshot, table, chosen, steps))
            problems += [_not_carried(table.name, each) for each in (unfit, said) if each is not None]
        self.taken = tuple(taken)
        if self.told or any(each.read for each in taken) or not (self.folder / "ledger.json").exists():
            write_ledger(self.folder, self.ledger)
        return replace(plan, steps=tuple(steps)), tuple(problems)

    def _table(
        self, connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table, rollup: Rollup, steps: list[Step]
    ) -> Taken:
        """Let the steps that read a table read its rollup; new files are read, damaged parts made again."""
        name = folder_name(rollup)
        place = self.folder / name
        place.mkdir(exist_ok=True)
        held = self.ledger.rollups.setdefault(name, Held())
        if not all(is_whole(place, each) for each in held.segments):
            held.segments, held.parts = [], {}
        files = snapshot.files[table.name]
        ours = {path: self._content(path, snapshot.folder) for path in files}
        rows, keys = f"{table.name}@rollup", f"{table.name}@keys"
        texts = {
            index: through_rollup(step.sql, rollup, rows=f"{rows} {index}", keys=keys)
            for index, step in enumerate(steps)
            if _serves(step, table)
        }
        limits = {index: _limits(text.bounds, steps[index]) for index, text in texts.items()}
        read = [path for path, digest in ours.items() if not self._ready(place, held, digest, limits.values())]
        builder = Builder(connection, table, rollup, place)
        self._read(builder, held, snapshot.folder, {path: ours[path] for path in read})
        held.parts = {digest: held.parts[digest] for digest in ours.values()}
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{keys}" AS SELECT * FROM {builder.numbered(held)}')
        for index, limit in limits.items():
            wanted = [place / held.parts[each].file for each in ours.values() if _within(held.parts[each], limit)]
            select = f"SELECT * FROM read_parquet({in_list(wanted)})" if wanted else _no_rows(table, rollup)
            connection.execute(f'CREATE OR REPLACE TEMP VIEW "{rows} {index}" AS {select}')
        _rewrite(steps, texts)
        return Taken(table.name, len(read), len(files) - len(read))

    def _content(self, path: Path, facts: Path) -> str:
        """The digest of a file of facts, as it was when the run began."""
        try:
            return self.contents[path.relative_to(facts).as_posix()]
        except KeyError:
            raise FactsMovedError(path) from None

    def _ready(self, place: Path, held: Held, digest: str, limits: Iterable[_Limits]) -> bool:
        """Whether the part of a file is there and, if a step reads it, whole."""
        part = held.parts.get(digest)
        return part is not None and (not any(_within(part, limit) for limit in limits) or is_whole(place, part))

    def _read(self, builder: Builder, held: Held, facts: Path, files: Mapping[Path, str]) -> None:
        """Make the parts of files that were not seen yet."""
        if not files:
            return
        builder.begin(held)
        for path, digest in files.items():
            held.parts[digest] = builder.part(path)
            if stamp_of(path) != self.ledger.files[path.relative_to(facts).as_posix()].stamp:
                raise FactsMovedError(path)
        builder.end(held)


_Limits = tuple[tuple[str, str, date], ...]


def _unfit(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table) -> str | None:
    """Why the files of a table cannot be carried, if they cannot."""
    files = snapshot.files[table.name]
    if any(path.suffix != ".parquet" for path in files):
        return "it is not delivered as Parquet"
    versions = ", ".join(f"'{column.name}'" for column in VERSION_COLUMNS)
    found = connection.execute(
        f"SELECT MIN(file_name) FROM parquet_schema({in_list(files)}) WHERE name IN ({versions})"
    ).fetchone()
    if found is not None and found[0] is not None:
        return f"{Path(found[0]).name} has versions, and which of them holds cannot be told file by file"
    return None


def _rewrite(steps: list[Step], texts: Mapping[int, Rewritten]) -> None:
    """Put the rewritten steps in place, and before the first that needs it each relation with its numbers."""
    made: set[str] = set()
    before: dict[int, list[Step]] = {}
    for index, text in texts.items():
        step = steps[index]
        for name, (source, sql) in text.keyed.items():
            if name not in made:
                before.setdefault(index, []).append(Step(name, sql, {}, step.file, reads=frozenset({source})))
            made.add(name)
        steps[index] = replace(step, sql=text.sql, reads=step.reads | frozenset(text.keyed))
    steps[:] = [each for index, step in enumerate(steps) for each in (*before.get(index, ()), step)]


def _serves(step: Step, table: Table) -> bool:
    return table.name in step.reads and refusal(step.sql, table.name) is None


def _chosen(table: Table, steps: Sequence[Step], rows: int) -> tuple[Rollup | None, str | None]:
    """The rollup that serves the steps reading a table, or why a large one is read whole."""
    said = [refusal(step.sql, table.name) for step in steps if table.name in step.reads]
    refused = next((each for each in said if each is not None), None)
    read: frozenset[str] = frozenset()
    for step in steps:
        if _serves(step, table):
            read |= columns_read(step.sql, table.name)
    rollup = rollup_of(table, read)
    if rollup is None:
        return None, refused if rows > LARGE else None
    return rollup, refused


def _limits(bounds: Sequence[Bound], step: Step) -> _Limits:
    found = ((bound, step.parameters.get(bound.parameter)) for bound in bounds)
    return tuple((bound.column, bound.operator, value) for bound, value in found if isinstance(value, date))


def _within(part: Kept, limits: _Limits) -> bool:
    """Whether a part may hold a row between the limits; days are compared, a day is never a moment."""
    for column, operator, limit in limits:
        if column not in part.days:
            continue
        first, last = (date.fromisoformat(each) for each in part.days[column])
        if (operator in {">=", ">"} and last < limit) or (operator in {"<=", "<"} and first > limit):
            return False
    return True


def _no_rows(table: Table, rollup: Rollup) -> str:
    others = ", ".join(f'CAST(NULL AS {table.column(each).type.sql}) AS "{each}"' for each in rollup.others)
    return f"SELECT CAST(NULL AS INTEGER) AS {KEY}, {others}, CAST(NULL AS BIGINT) AS {COUNTED} WHERE FALSE"


def _not_carried(table: str, said: str) -> Problem:
    return Problem(
        severity="warning",
        code="not_carried",
        message=f"{table} was read whole instead of being carried forward: {said}.",
        table=table,
        found=said,
        expected="Parquet files without versions, counted by a grouped SELECT",
        mend="Nothing need be done: the results are the same, they only take longer.",
    )
