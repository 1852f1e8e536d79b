"""Finished runs: written as Parquet in one move, read back by partner, never recomputed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from palier.backends.opened import reading
from palier.backends.reading import in_list
from palier.backends.session import BATCH, create_relation, each_row, rows
from palier.engine.parameters import Relation
from palier.engine.results import LINE_COLUMNS, RESULT_TABLES, Figure, Gate, Line, Standing
from palier.rulebook.problems import PalierError, Problem

if TYPE_CHECKING:
    from palier.backends.evaluation import Evaluation  # reading a run must not load the SQL engine's text side

_LINE_ORDER = "partner_id, metric, part, source_table, source_id, customer_id, counts_from, grains"
_RANK = "{'size': -ABS(t.grains), 'source': t.source_id, 'part': t.part}"
GATE_COLUMNS = (
    "partner_id, tier, purpose, gate, path, operator, required, value, held, weight, waived_by, supplied_by, missing, "
    "metric"
)
_GATE_ORDER = "partner_id, tier, purpose, path"
_SELECTS = {
    "figures": "SELECT * EXCLUDE (position) FROM figures ORDER BY partner_id, position",
    "gates": f"SELECT {GATE_COLUMNS} FROM weighed_gates ORDER BY partner_id, tier, purpose, position",
    "standings": "SELECT * FROM standings ORDER BY partner_id",
    "problems": "SELECT * FROM problems",
    "run": "SELECT * FROM run",
}

_FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 61440"
"""The lowest level of zstd: a twentieth to a tenth less processor time, and files grow by a fifteenth."""


class RunNotFoundError(PalierError):
    """Raised when a folder holds no finished run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} holds no finished run: expected the Parquet tables that evaluate writes")


class OutputInTheWayError(PalierError):
    """Raised when the folder to write to exists and holds anything but an earlier run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} exists and is not just a run of palier: choose another folder, nothing was written")


class PartnerNotFoundError(PalierError):
    """Raised when a partner is not enrolled in the program on the day."""

    def __init__(self, partner_id: str, program: str, on: date) -> None:
        super().__init__(f"no partner {partner_id!r} is enrolled in {program} on {on}")


@dataclass(frozen=True, slots=True)
class Ending:
    """How much of a partner's metric ends on a day, as things stand."""

    partner_id: str
    metric: str
    on: date
    amount: Fraction


class Run:
    """The results of one evaluation, in memory or in a folder of Parquet tables; close it when done."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], problems: tuple[Problem, ...]
    ) -> None:
        self.connection = connection
        self.tables = tables
        self.problems = problems
        self.about: dict[str, Any] = rows(connection, f"SELECT * FROM {tables['run']}")[0]
        self.denominators: dict[str, int] = json.loads(self.about["denominators"])

    @property
    def on(self) -> date:
        """The day the run is about."""
        day: date = self.about["as_of"]
        return day

    def figures(self, *, partner_id: str | None = None) -> list[Figure]:
        """The figures, of one partner or of all, in the program's order of metrics."""
        return list(self.each_figure(partner_id=partner_id))

    def each_figure(self, *, partner_id: str | None = None) -> Iterator[Figure]:
        """The same, a few at hand at a time; nothing else is asked of the run meanwhile."""
        for row in self._each("figures", partner_id=partner_id):
            yield Figure(
                **{
                    name: _whole(row[name])
                    for name in ("partner_id", "metric", "grains", "denominator", "unit", "reason")
                }
            )

    def lines(
        self,
        *,
        partner_id: str | None = None,
        metric: str | None = None,
        largest: int | None = None,
        source_table: str | None = None,
        source_id: str | None = None,
        customer_id: str | None = None,
    ) -> list[Line]:
        """The lines, of one partner, metric, source or customer; with `largest`, only so many of each metric."""
        found = self._rows(
            "lines", largest=largest, partner_id=partner_id, metric=metric,
            source_table=source_table, source_id=source_id, customer_id=customer_id,
        )  # fmt: skip
        core = set(LINE_COLUMNS)
        return [
            Line(
                **{name: row[name] for name in LINE_COLUMNS if name != "grains"},
                grains=int(row["grains"]),
                denominator=self.denominators[row["metric"]],
                factors={name: _whole(value) for name, value in row.items() if name not in core and value is not None},
            )
            for row in found
        ]

    def gates(self, *, partner_id: str | None = None) -> list[Gate]:
        """The gates of every tier, to reach and to keep."""
        return list(self.each_gate(partner_id=partner_id))

    def each_gate(self, *, partner_id: str | None = None) -> Iterator[Gate]:
        """The same, a few at hand at a time; nothing else is asked of the run meanwhile."""
        return (Gate(**row) for row in self._each("gates", partner_id=partner_id))

    def each_text(self, table: str, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Columns of every figure or gate as text, empty where there is no value; in order, a few at hand at a time."""
        texts = ", ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" for name in columns)
        cursor = self.connection.execute(f"SELECT {texts} FROM {self.tables[table]} ORDER BY {self._order(table)}")
        while batch := cursor.fetchmany(BATCH):
            yield from batch

    def standings(self, *, partner_id: str | None = None) -> list[Standing]:
        """The standings, one for every enrolled partner."""
        found = self._rows("standings", partner_id=partner_id)
        return [Standing(**{**row, "missing": tuple(row["missing"])}) for row in found]

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def line_counts(self, *, partner_id: str) -> dict[str, int]:
        """How many lines each metric of a partner has."""
        counted = f"SELECT metric, COUNT(*) AS lines FROM {self.tables['lines']} WHERE partner_id = $p GROUP BY metric"
        return {row["metric"]: row["lines"] for row in rows(self.connection, counted, {"p": partner_id})}

    def endings(self, *, by: date) -> list[Ending]:
        """What ends after the run's day and by another, summed by partner, metric and day, in that order.

        Of a line that counts some months of a mean, only the month that leaves it ends (B268).
        """
        columns = rows(self.connection, f"DESCRIBE SELECT * FROM {self.tables['lines']}")
        by_month = any(each["column_name"] == "months_used" for each in columns)
        ended = "CAST(grains AS HUGEINT) // COALESCE(months_used, 1)" if by_month else "grains"
        found = rows(
            self.connection,
            f"SELECT partner_id, metric, counts_until, SUM({ended}) AS grains "
            f"FROM {self.tables['lines']} WHERE counts_until > $on AND counts_until <= $by GROUP BY ALL ORDER BY ALL",
            {"on": self.on, "by": by},
        )
        return [
            Ending(
                row["partner_id"],
                row["metric"],
                row["counts_until"],
                Fraction(int(row["grains"]), self.denominators[row["metric"]]),
            )
            for row in found
        ]

    def _rows(self, table: str, *, largest: int | None = None, **named: str | None) -> list[dict[str, Any]]:
        return list(self._each(table, largest=largest, **named))

    def _each(self, table: str, *, largest: int | None = None, **named: str | None) -> Iterator[dict[str, Any]]:
        asked = {name: value for name, value in named.items() if value is not None}
        where = " AND ".join(f"{name} = ${name}" for name in asked) or "TRUE"
        select = f"SELECT * FROM {self.tables[table]} WHERE {where}"
        if largest is not None:
            # One pass that keeps a few rows at hand is four times faster than numbering and sorting all of them.
            kept = f"SELECT min_by(t, {_RANK}, {largest}) AS kept FROM ({select}) AS t GROUP BY partner_id, metric"
            select = f"SELECT * FROM (SELECT UNNEST(kept, max_depth := 2) FROM ({kept}))"
        return each_row(self.connection, f"{select} ORDER BY {self._order(table)}", asked)

    def _order(self, table: str) -> str:
        """In which order the rows of a table are read; figures in the program's order of metrics."""
        metrics = ", ".join(f"'{name}'" for name in self.denominators)
        return {
            "lines": _LINE_ORDER, "gates": _GATE_ORDER, "standings": "partner_id",
            "figures": f"partner_id, list_position([{metrics}], metric)",
        }[table]  # fmt: skip


def finish(evaluation: Evaluation, *, known_at: datetime | None, facts_digest: str, partial: Path | None) -> Run:
    """Describe an evaluation as a run and, if a folder is given, write every table but the lines there."""
    assert evaluation.lines is not None  # noqa: S101  # a day that is evaluated by itself holds its lines
    connection = evaluation.connection
    create_relation(connection, problems_relation(evaluation.problems))
    run_table(evaluation, known_at, facts_digest)
    if partial is not None:
        copy_tables(connection, partial, _SELECTS)
    selects = {"lines": evaluation.lines.select(), **_SELECTS}
    return Run(connection, {name: f"({selects[name]})" for name in RESULT_TABLES}, evaluation.problems)


def open_run(folder: Path) -> Run:
    """Open a finished run; nothing is computed.

    Raises:
        RunNotFoundError: the folder holds none.
    """
    files = {name: _files(folder, name) for name in RESULT_TABLES}
    if not all(files.values()):
        raise RunNotFoundError(folder)
    connection = reading()
    tables = {name: f"read_parquet({in_list(found)})" for name, found in files.items()}
    found = rows(connection, f"SELECT * FROM {tables['problems']}")
    problems = tuple(
        Problem(
            severity=row["severity"], code=row["code"], message=row["message"], table=row["table"], row=row["row"],
            column=row["column"], found=row["found"], expected=row["expected"],
        )
        for row in found
    )  # fmt: skip
    return Run(connection, tables, problems)


def _files(folder: Path, table: str) -> list[Path]:
    """The files of a result table: one, or a folder of them where several machines wrote."""
    single = folder / f"{table}.parquet"
    return [single] if single.is_file() else sorted((folder / table).glob("*.parquet"))


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    out: Path,
    selects: Mapping[str, str],
    *,
    mark: str,
    also: Mapping[str, str] | None = None,
) -> None:
    """Write tables beside the folder, then move them there: whole or not at all.

    Args:
        connection: what holds the tables.
        out: the folder.
        selects: the SELECT of each Parquet file, by its name without the suffix.
        mark: the table by which an earlier folder of the same kind is known; such a one is replaced.
        also: the SELECT of each CSV file.

    Raises:
        OutputInTheWayError: the folder exists and holds something else.
    """
    with in_one_move(out, mark=mark, tables={*selects, *(also or {})}) as partial:
        copy_tables(connection, partial, selects)
        for name, select in (also or {}).items():
            connection.execute(f"COPY ({select}) TO '{_quoted(partial / f'{name}.csv')}' (FORMAT csv, HEADER)")


@contextmanager
def in_one_move(out: Path, *, mark: str, tables: Container[str]) -> Iterator[Path]:
    """A folder to write to that stands in the place of `out` at the end, or is gone when something fails.

    Raises:
        OutputInTheWayError: `out` exists and is no earlier folder with the table `mark` and nothing but `tables`.
    """
    out = out.resolve()  # where it is a link, what it leads to is written
    require_place(out, mark=mark, tables=tables)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        if out.exists():
            gone = out.with_name(f".{out.name}.gone-{os.getpid()}")
            out.rename(gone)
            partial.rename(out)
            shutil.rmtree(gone, ignore_errors=True)
        else:
            partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def require_place(out: Path, *, mark: str, tables: Container[str]) -> None:
    """Make sure that a folder may be written, before long work is done for it.

    Raises:
        OutputInTheWayError: it is the one we stand in, or no earlier one with the table `mark` and only `tables`.
    """
    here = out.resolve() == Path.cwd()  # replaced, it would leave whoever stands in it nowhere
    if here or (out.exists() and not (out.is_dir() and replaceable((e.name for e in out.iterdir()), mark, tables))):
        raise OutputInTheWayError(out)


def replaceable(names: Iterable[str], mark: str, tables: Container[str]) -> bool:
    """Whether a folder of these names is empty, or holds the table `mark` and nothing but `tables`."""
    there = [name for name in names if not (name.startswith(".") and name.endswith(".crc"))]  # Spark's checksums
    return not there or (f"{mark}.parquet" in there and all(Path(name).stem in tables for name in there))


def copy_tables(connection: duckdb.DuckDBPyConnection, folder: Path, selects: Mapping[str, str]) -> None:
    """Write the rows of each SELECT into a Parquet file of its name, which may be one in a folder."""
    for name, select in selects.items():
        target = folder / f"{name}.parquet"
        target.parent.mkdir(exist_ok=True)
        connection.execute(f"COPY ({select}) TO '{_quoted(target)}' ({_FORMAT})")


def results_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A digest of the canonically ordered figures and standings: equal for equal results, on any machine."""
    digest = hashlib.sha256()
    for table, order in (("figures", "partner_id, metric"), ("standings", "partner_id")):
        names = [row["column_name"] for row in rows(connection, f"DESCRIBE {_SELECTS[table]}")]
        cells = ", ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" for name in names)
        cursor = connection.execute(f"SELECT CONCAT_WS(chr(31), {cells}) FROM ({_SELECTS[table]}) ORDER BY {order}")
        while batch := cursor.fetchmany(10_000):
            for row in batch:
                digest.update((row[0] + "\x1e").encode())
    return digest.hexdigest()


def problems_relation(problems: Iterable[Problem]) -> Relation:
    """Problems as the table that is written."""
    columns = {
        "severity": "VARCHAR", "table": "VARCHAR", "row": "BIGINT", "column": "VARCHAR", "found": "VARCHAR",
        "expected": "VARCHAR", "message": "VARCHAR", "code": "VARCHAR",
    }  # fmt: skip
    cells = (asdict(problem) for problem in problems)
    return Relation("problems", columns, tuple(tuple(each[name] for name in columns) for each in cells))


def run_table(
    evaluation: Evaluation,
    known_at: datetime | None,
    facts_digest: str,
    *,
    backend: str = "duckdb",
    engine: str = duckdb.__version__,
) -> None:
    """Describe a run in a table of its own; its figures and standings must be in the connection."""
    compiled = evaluation.compiled
    denominators = {name: compiled.line_denominator(name) for name in compiled.program.metrics}
    about = {
        "program": compiled.program.program,
        "rulebook_hash": compiled.rulebook.digest,
        "facts_digest": facts_digest,
        "as_of": evaluation.on,
        "known_at": known_at,
        "backend": backend,
        "versions": json.dumps({"palier": version("palier"), backend: engine}),
        "rows_read": sum(evaluation.snapshot.rows.values()),
        "switches": json.dumps(dict(compiled.rulebook.switches)),
        "denominators": json.dumps(denominators),
        "results_digest": results_digest(evaluation.connection),
        "seconds": json.dumps({stage: round(spent, 3) for stage, spent in evaluation.seconds.items()}),
    }
    kinds = {"as_of": "DATE", "known_at": "TIMESTAMP", "rows_read": "BIGINT"}
    selected = ", ".join(f"CAST(${name} AS {kinds.get(name, 'VARCHAR')}) AS {name}" for name in about)
    evaluation.connection.execute(f"CREATE OR REPLACE TEMP TABLE run AS SELECT {selected}", about)


def _whole(value: Any) -> Any:  # noqa: ANN401  # a cell of any type
    """A DECIMAL(38,0) as the integer it is."""
    return int(value) if type(value).__name__ == "Decimal" else value


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
