"""When a partner takes part in a program: periods made one, and the days on which it enters and leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from palier.engine.compile import Compiled
from palier.rulebook.model import Program
from palier.rulebook.problems import Problem

PERIOD_COLUMNS = frozenset({"partner_id", "effective_from", "effective_until"})
"""What a view of the calendar says."""

Period = tuple[date, date | None]
"""From a day until before another; open where it has no end."""


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Periods in order, those that touch or overlap made one; what ends before it begins never was."""
    made: list[Period] = []
    for start, end in sorted(
        ((start, end) for start, end in periods if end is None or start < end), key=lambda each: each[0]
    ):
        if made and (made[-1][1] is None or start <= made[-1][1]):
            last = made[-1][1]
            made[-1] = (made[-1][0], None if last is None or end is None else max(last, end))
        else:
            made.append((start, end))
    return tuple(made)


def appears_on(program: Program, period: Period) -> date | None:
    """The first day of a period on which the program has rules; None where it has none all along."""
    start, end = period
    if program.edition(start) is not None:
        return start
    later = [edition.effective_from for edition in program.editions if edition.effective_from > start]
    first = min(later, default=None)
    return first if first is not None and (end is None or first < end) else None


def period_views(compiled: Compiled) -> Iterator[Problem]:
    """The calendar's views say who, from when and until when, and depend on no day."""
    calendar = compiled.program.calendar
    for name in () if calendar is None else (calendar.members, calendar.suspensions):
        proven = None if name is None else compiled.views.get(name)
        if proven is None:
            continue
        lacking = sorted(PERIOD_COLUMNS - set(proven.columns))
        reading = sorted(proven.parameters - {"program"} | (proven.reads - frozenset(compiled.facts)))
        if lacking or reading:
            said = f"lacks {', '.join(lacking)}" if lacking else f"reads {', '.join(reading)}"
            yield Problem(
                severity="error",
                code="bad_period_view",
                message=f"{proven.file} gives the calendar its periods, and {said}",
                file=proven.file,
                line=1,
                found=said,
                expected=f"{', '.join(sorted(PERIOD_COLUMNS))}, from fact tables and $program alone",
                mend="select these columns, the end null where it is open",
            )
