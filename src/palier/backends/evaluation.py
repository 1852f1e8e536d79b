"""One program, one snapshot of facts, one day: checked, computed and held in a connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from palier.backends.compact import HeldLines
from palier.backends.reading import run_check
from palier.backends.session import StepFailedError, abandon, connect, create_relation, give_room, rows, run
from palier.backends.snapshot import Snapshot, check_snapshot, open_snapshot
from palier.engine.compile import Compiled, own_tables
from palier.engine.plan import Plan, require_editions
from palier.engine.planning import make_plan
from palier.engine.readiness import (
    ENROLLED_IN,
    USES_OF,
    currency_checks,
    decided_tiers,
    enrolled_elsewhere,
    flagged,
    stale_tables,
    used_elsewhere,
)
from palier.rulebook.problems import InputProblemsError, Problem, errors_in

if TYPE_CHECKING:
    from palier.backends.carry import Carry  # loaded only by runs that carry forward

CHECKED_ROWS = 1_000_000
"""Tables of more rows are checked whole by `palier facts check` only; an evaluation says so."""
CHECK_MEMORY = 1_400_000_000
"""What DuckDB may hold where every row is checked: many checks run at once, each with something on the side."""

Progress = Callable[[str], None]


@dataclass
class Evaluation:
    """A connection that holds the result tables of one day; its lines are held in little room."""

    connection: duckdb.DuckDBPyConnection
    compiled: Compiled
    snapshot: Snapshot
    on: date
    problems: tuple[Problem, ...]
    lines: HeldLines | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def evaluate_day(
    compiled: Compiled,
    facts: Path,
    *,
    on: date,
    known_at: datetime | None = None,
    stale: bool = False,
    carry: Carry | None = None,
    whole: Callable[[HeldLines], None] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Check the facts and compute every line, figure, gate and standing of the day.

    Rows are looked through while lines are made. With `carry`, files of large tables that an earlier run has read are
    not read again. `whole` is told the lines once all are there and nothing is wrong, before figures are made of them.

    Raises:
        InputProblemsError: structural problems; `whole` was not told.
        FactsNotFoundError: there is no such folder.
    """
    clock = Clock(progress)
    require_editions(compiled, [on])
    connection = connect()
    try:
        with ThreadPoolExecutor(max_workers=2) as beside:
            planned = beside.submit(make_plan, compiled, [on])  # text is made while files are opened
            with clock.stage("check"):
                snapshot = _open_tables(connection, compiled, facts, known_at=known_at)
            if carry is None:  # what is carried is not read again, however large
                give_room(connection, snapshot.size)
            checked = beside.submit(_look_through, connection.cursor(), compiled, snapshot, on, clock, stale=stale)
            plan = planned.result()
            said: tuple[Problem, ...] = ()
            if carry is not None:
                refuse(checked.result())
                with clock.stage("carry"):
                    plan, said = carry.through(connection, snapshot, plan)
                if progress is not None:
                    progress(f"carry: {'; '.join(map(str, carry.taken)) or 'nothing'}")

            def sound(held: HeldLines) -> None:
                refuse((*checked.result(), *said))  # what they tell is why there may be no value
                refuse(tuple(unsound(connection)))
                if whole is not None:
                    whole(held)

            late = stale_tables(compiled, snapshot.complete_until, on) if stale else {}
            try:
                lines = compute(connection, compiled, plan, clock=clock, late=late, release=True, whole=sound)
            except StepFailedError:
                refuse(checked.result())  # what is wrong with the facts tells more than what came of it
                raise
    except BaseException:
        abandon(connection)
        raise
    return Evaluation(connection, compiled, snapshot, on, (*checked.result(), *said), lines, clock.seconds)


def refuse(problems: tuple[Problem, ...]) -> None:
    """Go no further when problems are structural.

    Raises:
        InputProblemsError: at least one is; it carries all of them.
    """
    if errors_in(problems):
        raise InputProblemsError(problems)


def open_facts(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    facts: Path,
    *,
    on: date,
    known_at: datetime | None,
    stale: bool,
    also: frozenset[str] = frozenset(),
) -> tuple[Snapshot, tuple[Problem, ...]]:
    """Open the tables a program reads, others asked for, and those they refer to, with every problem in them."""
    snapshot = _open_tables(connection, compiled, facts, known_at=known_at, also=also)
    give_room(connection, snapshot.size)
    return snapshot, _look_through(connection, compiled, snapshot, on, Clock(None), stale=stale, also=also)


def _open_tables(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    facts: Path,
    *,
    known_at: datetime | None,
    also: frozenset[str] = frozenset(),
) -> Snapshot:
    own = own_tables(compiled.program)
    wanted = set(compiled.tables_read | also)
    for name in compiled.tables_read | also:
        wanted |= {column.references for column in compiled.facts[name].columns if column.references is not None}
    return open_snapshot(connection, facts, known_at=known_at, extra_tables=own, tables=wanted)


def _look_through(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    snapshot: Snapshot,
    on: date,
    clock: Clock,
    *,
    stale: bool,
    also: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """Every problem of the tables that are open: those of their rows, of currencies and of the day asked about."""
    with clock.stage("check"):
        problems = list(check_snapshot(connection, snapshot, row_limit=CHECKED_ROWS))
        if not errors_in(problems):
            problems += _program_problems(connection, compiled)
    late = stale_tables(compiled, snapshot.complete_until, on, also=also)
    severity = "warning" if stale else "error"
    problems += [late_table(name, until, on, severity) for name, until in sorted(late.items())]
    return (*problems, *flagged(compiled, on))


def compute(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    plan: Plan,
    *,
    clock: Clock | None = None,
    late: Mapping[str, date] | None = None,
    release: bool = False,
    whole: Callable[[HeldLines], None] | None = None,
) -> HeldLines | None:
    """Run a plan: afterwards lines, figures, gates and standings are relations of the connection.

    With `release`, views are dropped as soon as nothing reads them any more, and lines are held in little room: they
    are returned, since those of totals that repeat their parts stand only where lines are written or read. `whole` is
    told them when the last has been made.
    """
    clock = clock or Clock(None)
    with clock.stage("views"):
        for relation in plan.relations:
            create_relation(connection, relation)
    spent = plan.spent() if release else {}
    lines: HeldLines | None = None
    whole_at = next((place for place, step in enumerate(plan.steps) if step.stage == "figures"), None)
    for place, step in enumerate(plan.steps):
        if whole is not None and lines is not None and place == whole_at:
            lines.show()
            whole(lines)
        with clock.stage(step.stage):
            if release and step.repeats:
                continue
            if lines is not None and "lines" in step.reads:
                lines.show()
            if release and step.name == "lines" and lines is None:
                lines = HeldLines(connection, compiled, plan)
            elif lines is not None and step.name == "lines":
                lines.feed(step)
            else:
                run(connection, step, shared=release and step.stage in {"figures", "standings"})
            for name in spent.get(place, ()):
                connection.execute(f'DROP TABLE "{name}"')
    for name, until in (late or {}).items():
        _mark_stale(connection, compiled, name, until)
    return lines


def _mark_stale(connection: duckdb.DuckDBPyConnection, compiled: Compiled, table: str, until: date) -> None:
    resting = [name for name in compiled.program.metrics if table in compiled.rests_on(name)]
    connection.execute(
        """UPDATE figures SET reason = COALESCE(reason || '; ', '') || $said
           WHERE list_contains($metrics, metric)""",
        {"said": f"stale: {table} complete until {until}", "metrics": resting},
    )


UNSOUND = """
SELECT metric, source_table, MIN(source_id) AS source_id, COUNT(*) AS row_count, MAX(sharers) AS sharers,
  MIN(currency) AS currency, grains IS NULL AS unvalued, ARG_MIN(counts_from, source_id) AS counts_from,
  ARG_MIN(counts_until, source_id) AS counts_until
FROM lines WHERE grains IS NULL OR counts_until <= counts_from
GROUP BY metric, source_table, grains IS NULL ORDER BY metric
"""
"""The lines without an amount (a share, rate or unit that the rulebook does not hold), and those that never count."""


def unsound(connection: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Lines without an amount, or without a day on which they count, as problems."""
    return [unsound_lines(found) for found in rows(connection, UNSOUND)]


def unsound_lines(found: Mapping[str, Any]) -> Problem:
    """The problem of some lines of a metric."""
    if not found["unvalued"]:
        return Problem(
            severity="error",
            code="never_counts",
            message=(
                f"{found['metric']}: lines end before they begin, {found['row_count']} in all, first "
                f"{found['source_id']} (counts_from {found['counts_from']}, counts_until {found['counts_until']})"
            ),
            table=found["source_table"],
            found=found["source_id"],
            expected="counts_from before counts_until, the first day on which a line no longer counts",
            mend="mend the two columns in the metric's SQL, or leave such rows out",
        )
    return Problem(
        severity="error",
        code="no_value",
        message=(
            f"{found['metric']}: lines have no amount, {found['row_count']} in all, first {found['source_id']} "
            f"(currency {found['currency']}, {found['sharers']} sharers); the rulebook holds no rate, unit or share"
        ),
        table=found["source_table"],
        found=found["source_id"],
        expected="a rate, currency unit and share for every line",
        mend="add the missing row to the parameter table, or raise max_sharers",
    )


def late_table(table: str, until: date, on: date, severity: str) -> Problem:
    """A table that ends before the day asked about needs it."""
    return Problem(
        severity="warning" if severity == "warning" else "error",
        code="stale_table",
        message=f"{table} is complete until {until}, which is before what {on} needs",
        table=table,
        found=str(until),
        expected=f"complete until {on}",
        mend="load the missing days, or ask with --stale to compute on what there is",
    )


def check_facts_folder(
    folder: Path, *, compiled: Compiled | None = None
) -> tuple[tuple[Problem, ...], Mapping[str, int]]:
    """Every problem of a folder of facts, whatever its size, and how many rows each table holds.

    With a program, its own tables, the currencies it converts, the tiers decided in it and the benefits used are
    checked too.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    connection = connect(CHECK_MEMORY)
    try:
        own = () if compiled is None else own_tables(compiled.program)
        snapshot = open_snapshot(connection, folder, extra_tables=own)
        problems = list(check_snapshot(connection, snapshot))
        if compiled is not None:
            found = _program_problems(connection, compiled)
            found += run_check(connection, decided_tiers(compiled))
            found += used_elsewhere(compiled, [str(row["benefit"]) for row in rows(connection, USES_OF)])
            unread = {each.table for each in errors_in(problems) if each.row is None}
            problems += [each for each in found if each.table not in unread]
    finally:
        connection.close()
    return tuple(problems), snapshot.rows


def _program_problems(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> list[Problem]:
    """What is wrong with facts for this program: nobody is enrolled in it, a currency has no equivalent."""
    programs = [str(row["program"]) for row in rows(connection, ENROLLED_IN)]
    currencies = (
        problem(name, row["currency"], row["row_count"])
        for name, sql, problem in currency_checks(compiled)
        for row in rows(connection, sql)
    )
    return [*enrolled_elsewhere(compiled, programs), *currencies]


class Clock:
    """Seconds per stage, and a word to whoever watches."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self.progress = progress

    def stage(self, name: str) -> _Stage:
        """A stage to be timed: a context."""
        return _Stage(self, name)


class _Stage:
    def __init__(self, clock: Clock, name: str) -> None:
        self.clock = clock
        self.name = name
        self.started = 0.0

    def __enter__(self) -> None:
        if self.clock.progress is not None and self.name not in self.clock.seconds:
            self.clock.progress(self.name)
        self.started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = time.perf_counter() - self.started
        self.clock.seconds[self.name] = self.clock.seconds.get(self.name, 0.0) + spent
