"""A plan made after others is the plan made first: what is kept of texts, ladders and reads changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import palier
from palier.engine.compile import Compiled, compile_rulebook
from palier.engine.plan import Carried
from palier.engine.planning import make_plan

FIRST = {"solutions": (2022, 8), "technology": (2026, 4)}


def afresh(compiled: Compiled) -> Compiled:
    """The same rulebook, of which nothing was rendered yet."""
    return replace(compiled, rendered={}, named={}, renamed={}, together={}, ladders={}, reached={})


@pytest.mark.parametrize("name", FIRST)
def test_a_plan_after_others_is_the_plan_made_first(name: str) -> None:
    compiled = afresh(compile_rulebook(palier.read_program(name)))
    year, month = FIRST[name]
    days = [date(year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1, 15) for step in range(24)]
    for asked in (days[:6], days[6:12], days[3:9], days[12:], days[4:5], days[14:15]):
        assert make_plan(compiled, asked) == make_plan(afresh(compiled), asked)
    after = [days[12] + timedelta(days=step) for step in range(1, 30)]
    for carried in (Carried(days[12], "idle", "vendor"), Carried(days[12], "continuing", "partner")):
        assert make_plan(compiled, after, carried=carried) == make_plan(afresh(compiled), after, carried=carried)
