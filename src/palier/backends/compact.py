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

from palier.backends.session import rows, run
from palier.engine.compile import Compiled
from palier.engine.plan import Plan, Step
from palier.engine.results import LINE_COLUMNS
from palier.engine.together import GIVES, Branch, Together, slot

WORDS = ("metric", "part", "source_table", "clause", "currency", "motion", "market")
"""The columns of lines whose values come from the rulebook, or from short lists in the facts."""

NARROW = {"rate": "INTEGER", "sharers": "SMALLINT", "unit_minor": "INTEGER"}
"""The factors that are small numbers in most programs, and what holds them then."""

ROWS = "line_rows"
_GROUP = "palier_group"
_LINE = "palier_line"
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that rows of a group may give: the bit that says so, and the text of its columns over the row."""

    group: int
    place: int
    columns: Mapping[str, str]


class HeldLines:
    """The lines of one day while they are computed; afterwards they are the relation `lines` of the connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled, plan: Plan) -> None:
        """Make the table of rows, which cursors can read, too; the enrolled partners must be known."""
        self.connection = connection
        self.full: Mapping[str, str] = {**LINE_COLUMNS, **compiled.factors}
        self.together = {metric: pair for pair in plan.together for metric in pair[0].metrics}
        self.totals: dict[str, list[str]] = {}
        for part, total in plan.repeated:
            self.totals.setdefault(part, []).append(total)
        self.groups: list[tuple[Branch, ...]] = []
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
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))
        columns = {"partner_id": "line_partner", _GROUP: "SMALLINT", GIVES: "INTEGER"}
        columns |= {name: self.held[column] for name, column in self.slots.items()}
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        drop_lines(self.connection)
        self.connection.execute(f"CREATE TYPE line_word AS ENUM ({listed})")
        self.connection.execute(
            "CREATE TYPE line_partner AS ENUM (SELECT partner_id FROM enrolled ORDER BY partner_id)"
        )
        self.connection.execute(f"CREATE TABLE {ROWS} ({declared})")

    def feed(self, step: Step) -> None:
        """Add a metric's lines, and with them those of the metrics that are made together with it.

        Raises:
            StepFailedError: the statement does not run.
        """
        pair = self.together.get(step.metric)
        if step.metric in self.made or (pair is not None and self._together(*pair)):
            return
        own = [name for name in self.full if name not in {"partner_id", "metric"}]
        listed = ", ".join(f'"{name}" AS "{slot(name)}"' for name in own)
        group = f"{len(self.groups)} AS {_GROUP}, 1 AS {GIVES}"
        row = replace(step, name=ROWS, sql=f"SELECT partner_id, {group}, {listed} FROM ({step.sql})")
        try:
            self.connection.execute(f"INSERT INTO {ROWS} BY NAME {row.sql}", dict(step.parameters) or None)
        except duckdb.Error:
            self._widen()
            run(self.connection, row)
        self.groups.append((Branch(step.metric, {name: slot(name) for name in own}),))

    def _together(self, metrics: Together, step: Step) -> bool:
        """Add the lines of metrics made together; False where each must be made by itself."""
        own = f'SELECT COUNT(*) FROM "{metrics.base}" AS b JOIN enrolled AS e ON e.partner_id = b.partner_id'
        (expected,) = self.connection.execute(own).fetchone() or (0,)
        self.connection.begin()
        if self._fed(step) != expected:
            self.connection.rollback()
            self.together = {name: pair for name, pair in self.together.items() if name not in metrics.metrics}
            return False
        self.connection.commit()
        self.groups.append(metrics.branches)
        self.made |= metrics.metrics
        return True

    def _fed(self, step: Step) -> int | None:
        """How many rows a statement adds; None where it does not run."""
        fed = f"INSERT INTO {ROWS} BY NAME SELECT *, {len(self.groups)} AS {_GROUP} FROM ({step.sql})"
        for _ in ("in little room", "in full"):
            try:
                (found,) = self.connection.execute(fed, dict(step.parameters) or None).fetchone() or (0,)
            except duckdb.Error:
                self.connection.rollback()
                self._widen()
                self.connection.begin()
            else:
                return int(found)
        return None

    def _widen(self) -> None:
        """Give all lines their full room: a word that only the facts hold has come, or a number too large."""
        self.held = dict(self.full)
        casts = ", ".join(f'CAST("{name}" AS {self.full[column]}) AS "{name}"' for name, column in self.slots.items())
        replaced = f"CAST(partner_id AS VARCHAR) AS partner_id, {casts}"
        self.connection.execute(f"CREATE OR REPLACE TABLE {ROWS} AS SELECT * REPLACE ({replaced}) FROM {ROWS}")

    def show(self) -> None:
        """Let the relation `lines` hold what was fed so far, totals that repeat their parts left out."""
        listed = self._listed(self.held, {})
        if listed != self.shown:
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW lines AS {listed}")
            self.shown = listed

    def select(self, *, ordered: bool) -> str:
        """All lines as they are read, or as they are written: `ordered` by partner."""
        return self._spread() if ordered else self._listed(self.full, self.totals)

    def _lines(self, totals: Mapping[str, Sequence[str]]) -> Iterator[_Line]:
        """The lines that a row of each group may give, and those of totals which repeat them."""
        for group, branches in enumerate(self.groups):
            for place, branch in enumerate(branches):
                columns = {**branch.columns, "metric": f"'{branch.metric}'"}
                yield _Line(group, place, columns)
                for total in totals.get(branch.metric, ()):
                    yield _Line(group, place, {**columns, "metric": f"'{total}'", "part": f"'{branch.metric}'"})

    def _listed(self, kinds: Mapping[str, str], totals: Mapping[str, Sequence[str]]) -> str:
        """The lines one kind after the other: each reads the rows of its group only, and only what it needs of them."""
        selects = []
        for line in self._lines(totals):
            columns = {"partner_id": "partner_id", **line.columns}
            listed = ", ".join(f"CAST({columns.get(name, 'NULL')} AS {kinds[name]}) AS {name}" for name in self.full)
            gives = f"{_GROUP} = {line.group} AND {GIVES} & {1 << line.place} <> 0"
            selects.append(f"SELECT {listed} FROM {ROWS} WHERE {gives}")
        nothing = ", ".join(f"CAST(NULL AS {kinds[name]}) AS {name}" for name in self.full)
        return " UNION ALL ".join(selects) or f"SELECT {nothing} WHERE FALSE"

    def _spread(self) -> str:
        """The lines in the order of partners: UNNEST keeps it, so that fewer rows are sorted than lines are written."""
        lines = list(self._lines(self.totals))
        cases = ""
        for row in rows(self.connection, f"SELECT DISTINCT {_GROUP}, {GIVES} FROM {ROWS} ORDER BY ALL"):
            group, gives = row[_GROUP], row[GIVES]
            given = [n for n, line in enumerate(lines) if line.group == group and gives >> line.place & 1]
            cases += f"WHEN {_GROUP} = {group} AND {GIVES} = {gives} THEN {given or 'NULL'} "
        spread = f"UNNEST(CAST({f'CASE {cases}END' if cases else 'NULL'} AS SMALLINT[])) AS {_LINE}"
        # Words stay ENUMs, which Parquet holds as text: their dictionary need not be made anew for each row group.
        kinds = {name: kind if self.held[name] != "line_word" else "line_word" for name, kind in self.full.items()}
        columns = [f"CAST({self._column(name, lines)} AS {kind}) AS {name}" for name, kind in kinds.items()]
        ordered = f"SELECT * FROM {ROWS} ORDER BY partner_id, {_GROUP}"
        return f"SELECT {', '.join(columns)} FROM (SELECT *, {spread} FROM ({ordered}))"

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
    connection.execute(f"DROP TABLE IF EXISTS {ROWS}")
    connection.execute("DROP TYPE IF EXISTS line_word; DROP TYPE IF EXISTS line_partner")
