"""Until which day a table has to be complete: what the day's figures rest on, and no later."""

from __future__ import annotations

from datetime import date

import pytest

import palier
from palier.engine.compile import compile_rulebook
from palier.engine.readiness import stale_tables

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("program", "table", "needed"),
    [
        ("solutions", "subscriptions", date(2026, 11, 1)),  # what customers pay on the first of the month (C62)
        ("solutions", "tool_uses", date(2026, 10, 31)),
        ("solutions", "activities", ON),
        ("solutions", "customers", ON),
        ("technology", "app_uses", date(2026, 10, 31)),
        ("technology", "subscriptions", ON),  # of an installation, on its own day
        ("technology", "reviews", ON),
    ],
)
def test_a_table_is_needed_until_the_last_day_that_figures_rest_on(program: str, table: str, needed: date) -> None:
    compiled = compile_rulebook(palier.read_program(program))
    assert stale_tables(compiled, {table: needed}, ON) == {}
    early = date.fromordinal(needed.toordinal() - 1)
    assert stale_tables(compiled, {table: early}, ON) == {table: early}
