"""Windows of whole months: which months count on a day, and each with a bit of its own."""

from __future__ import annotations

from datetime import date

import pytest

import palier
from palier.engine.calendar import window_end, window_start
from palier.engine.compile import compile_rulebook
from palier.engine.parameters import bound_values, months
from palier.engine.planning import make_plan

PROGRAM = palier.read_program("technology").program
ATTACHED = PROGRAM.windows["attached"]


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        (date(2026, 7, 1), date(2025, 7, 1), date(2026, 6, 1)),
        (date(2026, 7, 31), date(2025, 7, 1), date(2026, 6, 1)),
        (date(2028, 2, 29), date(2027, 2, 1), date(2028, 1, 1)),
        (date(2027, 1, 15), date(2026, 1, 1), date(2026, 12, 1)),
    ],
)
def test_the_twelve_complete_months_before_the_days_month(on: date, first: date, last: date) -> None:
    rows = months(PROGRAM, on).rows
    assert [(rows[0][1], rows[0][3]), (rows[-1][1], rows[-1][3])] == [(first, 1), (last, 2**11)]
    assert len(rows) == 12
    assert window_start(ATTACHED, on) == bound_values(PROGRAM, on)["attached_from"] == first
    assert bound_values(PROGRAM, on)["attached_length"] == 12


def test_a_month_counts_until_its_twelfth_month_after_is_complete() -> None:
    assert window_end(ATTACHED, date(2025, 7, 1), date(2026, 7, 1)) == date(2026, 8, 1)
    assert window_end(ATTACHED, date(2025, 7, 31), date(2026, 7, 1)) == date(2026, 8, 1)
    counting = [row[1] for row in months(PROGRAM, date(2026, 7, 31)).rows]
    assert date(2025, 7, 1) in counting
    assert date(2025, 7, 1) not in [row[1] for row in months(PROGRAM, date(2026, 8, 1)).rows]


def test_many_days_at_once_have_each_days_own_months() -> None:
    plan = make_plan(compile_rulebook(palier.read_program("technology")), [date(2026, 7, 31), date(2026, 8, 1)])
    relation = next(each for each in plan.relations if each.name == "months")
    assert len(relation.rows) == 24
    assert {row[0] for row in relation.rows} == {date(2026, 7, 31), date(2026, 8, 1)}
    assert "months" in plan.bearing
