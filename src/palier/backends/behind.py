"""What lies behind a run: two years of moves, who has a form on file, and the figures of the last month ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import duckdb

from palier.backends.evaluation import Progress, open_facts, refuse
from palier.backends.history import replay
from palier.backends.session import connect, rows
from palier.backends.weighing import Weighing
from palier.engine.calendar import add_months, month_start
from palier.engine.compile import Compiled, compile_rulebook
from palier.engine.moves import History
from palier.rulebook.model import Program
from palier.rulebook.read import Rulebook

MONTHS = 12
TOLD = 24
"""How many months of moves are told."""

MonthEnds = Mapping[str, tuple[tuple[date, Fraction | None], ...]]
"""A partner's figures on the last days of months, by metric; None where a figure was undefined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The moves of a program up to a day, the partners whose form is on file, and figures by partner."""

    history: History
    filed: frozenset[str]
    months: Mapping[str, MonthEnds]


def look_behind(
    rulebook: Rulebook, *, facts: Path, on: date, stale: bool = False, progress: Progress | None = None
) -> Behind:
    """Replay a program's moves over two years, and compute the headline figures of the last twelve month ends.

    Args:
        rulebook: the program; it needs a calendar.
        facts: the folder of fact tables.
        on: the last day told.
        stale: compute though a table ends before what the day needs.
        progress: told the name of each stage.

    Raises:
        NoCalendarError: the program has no calendar.
        InputProblemsError: structural problems of rulebook or facts.
        FactsNotFoundError: there is no such folder.
    """
    history = replay(rulebook, facts=facts, until=on, since=add_months(on, -TOLD), stale=stale, progress=progress)
    compiled = compile_rulebook(rulebook)
    connection = connect()
    try:
        snapshot, problems = open_facts(
            connection, compiled, facts, on=on, known_at=None, stale=stale, also=frozenset({"contact_forms"})
        )
        refuse(problems)
        if progress is not None:
            progress("month ends")
        months = _months(Weighing(connection, compiled, sum(snapshot.rows.values())), compiled, on)
        return Behind(history=history, filed=_filed(connection, compiled.program), months=months)
    finally:
        connection.close()


def month_ends(program: Program, on: date) -> tuple[date, ...]:
    """The last days of the twelve months before the day's own, as far as the program has rules on them."""
    firsts = (add_months(month_start(on), -months) for months in range(MONTHS - 1, -1, -1))
    ends = [first - timedelta(days=1) for first in firsts]
    return tuple(day for day in ends if program.edition(day) is not None)


def headlines(program: Program, on: date) -> tuple[str, ...]:
    """The metrics that people follow from month to month: those that the program shows first."""
    return tuple(name for name, metric in program.metrics.items() if metric.headline and metric.in_force(on))


def _months(weighing: Weighing, compiled: Compiled, on: date) -> Mapping[str, MonthEnds]:
    """The figures of every month end, several in one pass; a partner has those of the days on which it took part."""
    wanted = headlines(compiled.program, on)
    found: dict[str, dict[str, list[tuple[date, Fraction | None]]]] = defaultdict(lambda: defaultdict(list))
    for group in weighing.chunks(month_ends(compiled.program, on)):
        weighing.weigh(group, compiled.program.with_parts(wanted))
        select = (
            f"SELECT f.partner_id, f.metric, {weighing.day('f')} AS on_day, f.grains, f.denominator FROM figures AS f "
            "WHERE list_contains($metrics, f.metric) ORDER BY f.partner_id, f.metric, on_day"
        )
        cursor = weighing.connection.execute(select, {"metrics": list(wanted)})
        while batch := cursor.fetchmany(50_000):
            for partner, metric, day, grains, denominator in batch:
                value = None if grains is None else Fraction(int(grains), int(denominator))
                found[partner][metric].append((day, value))
    return {partner: {name: tuple(told) for name, told in each.items()} for partner, each in found.items()}


def _filed(connection: duckdb.DuckDBPyConnection, program: Program) -> frozenset[str]:
    """The partners that filed the program's form at any time."""
    select = "SELECT DISTINCT partner_id FROM contact_forms WHERE program = $program"
    return frozenset(row["partner_id"] for row in rows(connection, select, {"program": program.program}))
