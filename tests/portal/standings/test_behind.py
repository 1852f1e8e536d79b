"""What lies behind a run is loaded with it exactly: moves, holdings, month ends; and a failed run is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

import palier
from palier.backends.behind import headlines, month_ends
from palier.engine.words import Words
from palier.portal.journal.models import Entry
from palier.portal.standings.actions import mark_failed
from palier.portal.standings.behind import held_of, history_of, months_of
from palier.portal.standings.models import Run
from portal.conftest import NOW, ON
from portal.standings.conftest import EARLIER, PROGRAMS, Made
from portal.test_explanations import member, read


@pytest.mark.parametrize("program", PROGRAMS)
def test_moves_and_holdings_come_back_as_they_were_replayed(made: Made, runs: dict[str, Run], program: str) -> None:
    history, run = made.behind[program].history, runs[program]
    partners = {move.partner_id for move in history.moves} | {held.partner_id for held in history.holdings}
    assert run.moves.count() == len(history.moves) > 0
    for partner in partners:
        told = history_of(run, partner)
        assert told.moves == tuple(move for move in history.moves if move.partner_id == partner)
        assert told.holdings == tuple(held for held in history.holdings if held.partner_id == partner)


def test_the_tier_that_each_partner_holds_is_read_in_one_query(made: Made, runs: dict[str, Run]) -> None:
    history = made.behind["solutions"].history
    held = held_of(runs["solutions"])
    assert held
    for partner in runs["solutions"].standings.values_list("partner_id", flat=True):
        holding = history.holding_on(partner, ON)
        assert holding is not None
        assert (held[partner].tier or None, held[partner].effective_from) == (holding.tier, holding.effective_from)


@pytest.mark.parametrize("program", PROGRAMS)
def test_figures_of_month_ends_are_those_of_a_run_of_that_day(made: Made, runs: dict[str, Run], program: str) -> None:
    rulebook = palier.read_program(program)
    assert EARLIER in month_ends(rulebook.program, ON)
    wanted = headlines(rulebook.program, ON)
    with palier.open_run(made.run(program, EARLIER)) as source:
        figures = [each for each in source.figures() if each.metric in wanted]
    assert figures
    for each in figures:
        assert dict(months_of(runs[program], each.partner_id)[each.metric])[EARLIER] == each.value


def test_held_and_performed_stand_side_by_side_where_they_differ(made: Made, runs: dict[str, Run]) -> None:
    run, words = runs["solutions"], Words(palier.read_program("solutions"), "en")
    held = held_of(run)
    different = [each for each in run.standings.all() if held[each.partner_id].tier not in {"", each.tier}]
    assert different
    each = different[0]
    page = read(member("partner", each.partner_id), reverse("standings:home"))
    assert f"<h1>You are {words.tier(held[each.partner_id].tier)}" in page
    since = words.day(held[each.partner_id].effective_from)
    assert f"<dt>Tier held</dt><dd>{words.tier(held[each.partner_id].tier)}<small>since {since}</small>" in page
    assert f"<dt>Tier performed</dt><dd>{words.tier(each.tier)}<small>" in page
    for move in run.moves.filter(partner_id=each.partner_id):
        assert palier_escaped(move.sentence_en) in page
    del made


def palier_escaped(said: str) -> str:
    from html import escape  # noqa: PLC0415  # only here

    return escape(said)


def test_a_run_published_again_loads_nothing_twice(made: Made, runs: dict[str, Run]) -> None:
    before = runs["technology"].moves.count(), Run.objects.count()
    assert made.publish("technology").pk == runs["technology"].pk
    assert (runs["technology"].moves.count(), Run.objects.count()) == before


def test_a_failed_run_is_said_on_the_page_until_the_next_one(made: Made, runs: dict[str, Run], in_both: str) -> None:
    at = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
    user, address = member("partner", in_both), reverse("standings:home") + "?program=solutions"
    assert "what you see is unchanged" not in read(user, address)
    failed = mark_failed("solutions", at=at, actor="worker")
    assert failed == runs["solutions"]
    page = read(user, address)
    assert "failed at 03:12 (UTC): what you see is unchanged" in page
    assert Entry.objects.filter(verb="mark_failed", actor="worker").count() == 1
    assert "unchanged" not in read(user, reverse("standings:home") + "?program=technology")
    made.publish("solutions", EARLIER)
    made.publish("solutions")
    assert "what you see is unchanged" not in read(user, address)
    assert mark_failed("no_program", at=NOW, actor="worker") is None
