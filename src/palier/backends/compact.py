"""Lines in little room: held as rows of which each may give several lines, words and partners as numbers.

DuckDB holds an ENUM in one to four bytes where text takes sixteen, and a row that gives three lines is held and sorted
once, so that millions of lines sort in memory. They are spread and cast back as they are read or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import duckdb

from palier.backends.session import StepFailedError, rows
from palier.engine.compile import Compiled
from palier.engine.plan import Plan, Step
from palier.engine.results import LINE_COLUMNS
from palier.engine.together import GIVES, Branch, Together, slot
from palier.facts.relations import literal

WORDS = ("metric", "part", "source_table", "clause", "currency", "motion", "market")
"""The columns of lines whose values come from the rulebook, or from short lists in the facts."""

NARROW = {"rate": "INTEGER", "sharers": "SMALLINT", "unit_minor": "INTEGER"}
"""The factors that are small numbers in most programs, and what holds them then."""

ROWS_A_FILE = 4_000_000
"""So many rows are sorted in memory beside all that is held: more are written in several files, partner by partner."""
_HELD = "held_lines"
"""The schema of the tables of rows: one for each group of metrics whose lines are made together."""
_GROUP = "palier_group"
_LINE = "palier_line"
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that a table of their own holds: the lines that each may give, and the slots it fills."""

    branches: tuple[Branch, ...]
    slots: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that rows of a group may give: the bit that says so, and the text of its columns over the row."""

    group: int
    place: int
    columns: Mapping[str, str]


class HeldLines:
    """The lines of one day while they are computed; afterwards they are the relation `lines` of the connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled, plan: Plan) -> None:
        """Declare what rows are held as; the enrolled partners must be known."""
        self.connection = connection
        self.full: Mapping[str, str] = {**LINE_COLUMNS, **compiled.factors}
        self.given = {metric: proven.columns for metric, proven in compiled.metrics.items()}
        self.together = {metric: pair for pair in plan.together for metric in pair[0].metrics}
        self.totals: dict[str, list[str]] = {}
        for part, total in plan.repeated:
            self.totals.setdefault(part, []).append(total)
        self.groups: list[_Group] = []
        self.made: set[str] = set()
        self.shown = ""
        self.slots = {slot(name): name for name in self.full if name not in {"partner_id", "metric"}}
        self.slots |= {name: column for each, _ in plan.together for name, column in each.slots.items()}
        self.held = dict(self.full) | dict.fromkeys(WORDS, "line_word") | {"partner_id": "line_partner"} | NARROW
        self._declare(compiled, plan)

    def _declare(self, compiled: Compiled, plan: Plan) -> None:
        words = {word.replace("''", "'") for step in plan.steps for word in _LITERAL.findall(step.sql)}
        words |= {cell for relation in plan.relations for row in relation.rows for cell in row if isinstance(cell, str)}
        words |= set(compiled.facts)
        listed = ", ".join(map(literal, sorted(words)))
        drop_lines(self.connection)
        self.connection.execute(f"CREATE SCHEMA {_HELD}; CREATE TYPE line_word AS ENUM ({listed})")
        self.connection.execute(
            "CREATE TYPE line_partner AS ENUM (SELECT partner_id FROM enrolled ORDER BY partner_id)"
        )

    def feed(self, step: Step) -> None:
        """Add a metric's lines, and with them those of the metrics that are made together with it.

        Raises:
            StepFailedError: the statement does not run.
        """
        pair = self.together.get(step.metric)
        if step.metric in self.made or (pair is not None and self._together(*pair)):
            return
        own = [name for name in self.given.get(step.metric, self.full) if name not in {"partner_id", "metric"}]
        listed = ", ".join(["partner_id", f"1 AS {GIVES}", *(f'"{name}" AS "{slot(name)}"' for name in own)])
        columns = [slot(name) for name in own]
        made = replace(step, name=_table(len(self.groups)), feeds=False, sql=f"SELECT {listed} FROM ({step.sql})")
        self._make(made, columns)
        self.groups.append(_Group((Branch(step.metric, dict(zip(own, columns, strict=True))),), frozenset(columns)))

    def _together(self, metrics: Together, step: Step) -> bool:
        """Add the lines of metrics made together; False where each must be made by itself."""
        own = f'SELECT COUNT(*) FROM "{metrics.base}" AS b JOIN enrolled AS e ON e.partner_id = b.partner_id'
        (expected,) = self.connection.execute(own).fetchone() or (0,)
        made = replace(step, name=_table(len(self.groups)), feeds=False)
        found = None
        with suppress(StepFailedError):
            found = self._make(made, list(metrics.slots))
        if found != expected:
            self.together = {name: pair for name, pair in self.together.items() if name not in metrics.metrics}
            return False
        self.groups.append(_Group(metrics.branches, frozenset(metrics.slots)))
        self.made |= metrics.metrics
        return True

    def _make(self, step: Step, columns: Sequence[str]) -> int:
        """Make a table of rows, in full room where they do not fit in little; how many there are.

        Raises:
            StepFailedError: the statement does not run.
        """
        for widened in (False, True):
            made = f"CREATE OR REPLACE TABLE {step.name} AS {self._cast(step.sql, columns)}"
            try:
                (found,) = self.connection.execute(made, dict(step.parameters) or None).fetchone() or (0,)
            except duckdb.Error as error:
                if widened:
                    raise StepFailedError(step, str(error).partition("\n")[0]) from error
                self._widen()
            else:
                break
        return int(found)

    def _cast(self, sql: str, columns: Sequence[str]) -> str:
        """Rows as they are held."""
        casts = [f'CAST("{name}" AS {self.held[self.slots[name]]}) AS "{name}"' for name in columns]
        listed = [
            f"CAST(partner_id AS {self.held['partner_id']}) AS partner_id",
            f"CAST({GIVES} AS INTEGER) AS {GIVES}",
        ]
        return f"SELECT {', '.join([*listed, *casts])} FROM ({sql})"

    def _widen(self) -> None:
        """Give all lines their full room: a word that only the facts hold has come, or a number too large."""
        self.held = dict(self.full)

    def show(self) -> None:
        """Let the relation `lines` hold what was fed so far, totals that repeat their parts left out."""
        listed = self._listed(self.held, {})
        if listed != self.shown:
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW lines AS {listed}")
            self.shown = listed

    def select(self) -> str:
        """All lines as they are read."""
        return self._listed(self.full, self.totals)

    def files(self) -> dict[str, str]:
        """The files in which lines are written, by partner: one, or where they are very many a folder of some."""
        if not self.groups:
            return {"lines": self.select()}
        lines = list(self._lines(self.totals))
        given = self._given(lines)
        between = self._between()
        names = ["lines"] if len(between) == 1 else [f"lines/{number:04}" for number in range(len(between))]
        return {name: self._spread(lines, given, where) for name, where in zip(names, between, strict=True)}

    def _between(self) -> list[str]:
        """Conditions on partners, in their order, that leave about as many rows each as are sorted in memory."""
        each = " UNION ALL ".join(f"SELECT partner_id FROM {_table(group)}" for group in range(len(self.groups)))
        (held,) = self.connection.execute(f"SELECT COUNT(*) FROM ({each})").fetchone() or (0,)
        files = -(-held // ROWS_A_FILE)
        if files <= 1:
            return ["TRUE"]
        running = (
            f"SELECT partner_id, SUM(COUNT(*)) OVER (ORDER BY partner_id) AS held FROM ({each}) GROUP BY partner_id"
        )
        first = f"SELECT MIN(partner_id) AS first FROM ({running}) GROUP BY (held - 1) * {files} // {held} ORDER BY ALL"
        starts = [f"CAST({literal(row['first'])} AS {self.held['partner_id']})" for row in rows(self.connection, first)]
        since = ["TRUE", *(f"partner_id >= {start}" for start in starts[1:])]
        until = [*(f"partner_id < {start}" for start in starts[1:]), "TRUE"]
        return [f"{one} AND {other}" for one, other in zip(since, until, strict=True)]

    def _lines(self, totals: Mapping[str, Sequence[str]]) -> Iterator[_Line]:
        """The lines that a row of each group may give, and those of totals which repeat them."""
        for number, group in enumerate(self.groups):
            for place, branch in enumerate(group.branches):
                columns = {**branch.columns, "metric": f"'{branch.metric}'"}
                yield _Line(number, place, columns)
                for total in totals.get(branch.metric, ()):
                    yield _Line(number, place, {**columns, "metric": f"'{total}'", "part": f"'{branch.metric}'"})

    def _listed(self, kinds: Mapping[str, str], totals: Mapping[str, Sequence[str]]) -> str:
        """The lines one kind after the other: each reads the rows of its group only, and only what it needs of them."""
        selects = []
        for line in self._lines(totals):
            columns = {"partner_id": "partner_id", **line.columns}
            listed = ", ".join(f"CAST({columns.get(name, 'NULL')} AS {kinds[name]}) AS {name}" for name in self.full)
            gives = f"{GIVES} & {1 << line.place} <> 0"
            selects.append(f"SELECT {listed} FROM {_table(line.group)} WHERE {gives}")
        nothing = ", ".join(f"CAST(NULL AS {kinds[name]}) AS {name}" for name in self.full)
        return " UNION ALL ".join(selects) or f"SELECT {nothing} WHERE FALSE"

    def _given(self, lines: Sequence[_Line]) -> str:
        """The numbers of the lines that a row gives, as a list."""
        cases = ""
        for group in range(len(self.groups)):
            for row in rows(self.connection, f"SELECT DISTINCT {GIVES} FROM {_table(group)} ORDER BY ALL"):
                given = [n for n, line in enumerate(lines) if line.group == group and row[GIVES] >> line.place & 1]
                cases += f"WHEN {_GROUP} = {group} AND {GIVES} = {row[GIVES]} THEN {given or 'NULL'} "
        return f"CAST({f'CASE {cases}END' if cases else 'NULL'} AS SMALLINT[])"

    def _spread(self, lines: Sequence[_Line], given: str, where: str) -> str:
        """The lines of some partners in order: UNNEST keeps it, so that fewer rows are sorted than written."""
        # Words stay ENUMs, which Parquet holds as text: their dictionary need not be made anew for each row group.
        kinds = {name: kind if self.held[name] != "line_word" else "line_word" for name, kind in self.full.items()}
        columns = [f"CAST({self._column(name, lines)} AS {kind}) AS {name}" for name, kind in kinds.items()]
        ordered = f"SELECT * FROM ({self._rows()}) WHERE {where} ORDER BY partner_id, {_GROUP}"
        return f"SELECT {', '.join(columns)} FROM (SELECT *, UNNEST({given}) AS {_LINE} FROM ({ordered}))"

    def _rows(self) -> str:
        """The rows of every group with the slots of all."""
        kinds = {name: self.held[column] for name, column in self.slots.items()}
        partner = f"CAST(partner_id AS {self.held['partner_id']}) AS partner_id"
        selects = []
        for number, group in enumerate(self.groups):
            filled = {name: f'"{name}"' if name in group.slots else "NULL" for name in kinds}
            casts = [f'CAST({filled[name]} AS {kind}) AS "{name}"' for name, kind in kinds.items()]
            listed = ", ".join([partner, f"{number} AS {_GROUP}", GIVES, *casts])
            selects.append(f"SELECT {listed} FROM {_table(number)}")
        return " UNION ALL ".join(selects)

    def _column(self, name: str, lines: Sequence[_Line]) -> str:
        """A column of lines over a row and the number of one of its lines."""
        if name == "partner_id":
            return name
        usual = slot(name) if name in self.slots.values() else "NULL"
        filling = {line.group for line in lines if line.columns.get(name) == usual}
        # Not IN: DuckDB makes a join of a long list, and a join does not keep the order.
        cases = " ".join(
            f"WHEN {number} THEN CAST({text} AS {self.held[name]})"
            for number, line in enumerate(lines)
            if (text := line.columns.get(name, "NULL")) != usual and not (text == "NULL" and line.group not in filling)
        )
        return f"CASE {_LINE} {cases} ELSE {usual} END" if cases else usual


def drop_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of the lines of another day."""
    for kind in ("VIEW", "TABLE"):  # to look up which one it is reads a whole catalogue, to be told costs nothing
        with suppress(duckdb.CatalogException):
            connection.execute(f"DROP {kind} IF EXISTS lines")
    connection.execute(
        f"DROP SCHEMA IF EXISTS {_HELD} CASCADE; DROP TYPE IF EXISTS line_word; DROP TYPE IF EXISTS line_partner"
    )


def _table(group: int) -> str:
    return f"{_HELD}.rows_{group}"
