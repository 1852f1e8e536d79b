"""What the page says of the next recalibrations is what the calendar does when nothing more is recorded."""

from __future__ import annotations

from functools import partial

import pytest

import palier
from palier.backends.forecast import forecast
from palier.backends.history import replay
from palier.engine.deciding import decided, next_recalibrations, verdict_on
from palier.engine.recalibration import recalibration
from palier.portal.standings.actions import AHEAD
from palier.portal.standings.behind import background_of, held_of, history_of
from palier.portal.standings.models import Run
from palier.portal.standings.queries import gates_of, with_rulebook
from portal.conftest import ON, ON_ONE_DATABASE, PUBLISHED
from portal.standings.conftest import Made
from support.kept import kept_value

pytestmark = ON_ONE_DATABASE


def worth_asking(program: str, run: Run) -> list[str]:
    """Partners whose tiers will move: those that hold another tier than they perform; of technology the highest."""
    held = held_of(run)
    different = [each.partner_id for each in run.standings.all() if held[each.partner_id].tier != each.tier]
    if program == "solutions":
        return different[:2]
    return [each.partner_id for each in run.standings.exclude(next_tier="rising")[:1]]


@pytest.mark.parametrize("program", ["solutions", "technology"])
def test_the_next_recalibrations_decide_as_a_replay_without_new_facts_does(
    made: Made, runs: dict[str, Run], program: str
) -> None:
    found = with_rulebook(runs[program])
    rules = recalibration(found.rulebook.program)
    days = next_recalibrations(rules, ON)
    assert days
    partners = worth_asking(program, found.run)
    assert partners
    for partner_id in partners:
        facts = made.folder / "facts"
        asked = partial(replay, found.rulebook, facts=facts, until=days[-1], partner_id=partner_id, stale=True)
        later = kept_value("moves", *PUBLISHED, program, partner_id, days[-1], make=asked)
        foretold = partial(
            forecast, found.rulebook, facts=facts, on=ON, until=ON + AHEAD, partner_id=partner_id, assume="idle",
            stale=True,
        )  # fmt: skip
        told = kept_value("idle", *PUBLISHED, program, partner_id, ON + AHEAD, make=foretold)
        gates = gates_of(found, partner_id)
        for change in told.changes:
            reached = verdict_on(rules, told, gates, change.on).reached
            assert (reached[-1] if reached else None) == change.tier[1], change.on
        form = found.run.standings.get(partner_id=partner_id).form_on_file
        background = background_of(found.run, history_of(found.run, partner_id), partner_id, form_on_file=form)
        for on in days:
            move = decided(rules, told, gates, background, rulebook=found.rulebook.digest, on=on)
            made_then = [each for each in later.moves if each.on == on]
            assert move is not None
            assert made_then
            assert (move.kind, move.tier_before, move.tier_after) == (
                made_then[0].kind, made_then[0].tier_before, made_then[0].tier_after,
            )  # fmt: skip
    assert palier.read_program(program).digest == found.rulebook.digest
