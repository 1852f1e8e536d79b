from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from palier.backends.commissions import commission_statements
from palier.backends.evaluate import evaluate
from palier.backends.history import replay
from palier.cli.demonstrating import ON
from palier.cli.retelling import PERCENT, SINCE, raised
from palier.engine.move_words import move_sentence
from palier.engine.moves import History, Move, holdings_of
from palier.engine.words import Language, Words
from palier.report import page
from palier.report.content import Report, total_metric
from palier.report.flows import flows_picture, flows_sentence
from palier.report.past import Past
from palier.report.path import own_past, path_sentence, stretches
from palier.report.statement import SHOWN_LINES, shown_lines
from palier.report.words import Speech
from palier.rulebook.document import Plain
from palier.rulebook.read import read_program
from report.demo import Demo

LANGUAGES: tuple[Language, ...] = ("en", "fr")


def tree(report: Report) -> ET.Element:
    return ET.fromstring(page(report).removeprefix("<!doctype html>"))  # noqa: S314  # our own page


def section(report: Report, name: str) -> ET.Element:
    found = tree(report).find(f".//section[@id='{name}']")
    assert found is not None
    return found


def said(element: ET.Element) -> str:
    return "".join(element.itertext())


def past_of(*steps: tuple[str, int, str | None, str | None], kind: str = "promoted") -> Past:
    """A past of partners, each with the day of 2025 and the tiers of a move; joined where it begins."""
    moves = [
        Move(
            partner_id=partner,
            program="solutions",
            on=date(2025, 1, 1) + timedelta(days=day),
            kind=kind if before != "outside" else "joined",  # type: ignore[arg-type]
            tier_before=None if before == "outside" else before,
            tier_after=after,
            state="left" if kind == "left" and before != "outside" else "active",
            reason="reached",
            rulebook="",
        )
        for partner, day, before, after in steps
    ]
    history = History(moves=tuple(moves), holdings=holdings_of(moves))
    words = Words(read_program("solutions"), "en")
    return Past(words=words, history=history, since=date(2025, 1, 2), until=date(2025, 12, 31))


def test_a_step_is_counted_by_where_it_begins_and_ends() -> None:
    past = past_of(
        ("A", 0, "outside", "partner"), ("A", 100, "partner", "gold"),
        ("B", 0, "outside", "gold"), ("B", 100, "gold", "partner"),
        ("C", 0, "outside", "gold"),
        ("D", 200, "outside", None),
    )  # fmt: skip
    ways = past.ways(past.since, past.until)
    assert ways == {"rise": 1, "fall": 1, "stay": 1, "joined": 1}
    assert past.turns() == {"rise": 1, "fall": 1}
    assert past.held(past.until) == {"gold": 2, "partner": 1, None: 1}


def test_a_partner_that_left_stands_nowhere_and_falls_not() -> None:
    past = past_of(("A", 0, "outside", "gold"), ("A", 100, "gold", None), kind="left")
    assert past.ways(past.since, past.until) == {"left": 1}
    assert past.turns() == {}
    assert stretches(past, "A")[-1].until == date(2025, 4, 11)


def test_many_recalibrations_are_told_at_those_on_which_tiers_are_lost(report: Report) -> None:
    solutions, technology = report.pasts
    assert solutions.stops == (
        SINCE, date(2025, 1, 15), date(2025, 7, 15), date(2026, 1, 15), date(2026, 7, 15), ON,
    )  # fmt: skip
    assert technology.stops[1:] == (date(2026, 7, 15), date(2026, 10, 15), ON)


def test_the_flows_are_those_of_the_replayed_history(demo: Demo, report: Report) -> None:
    for past in report.pasts:
        program = past.words.rulebook
        history = replay(program, facts=demo.folder / "facts", until=ON)
        for day in past.stops:
            holdings = [history.holding_on(partner, day) for partner in past.partners]
            held = Counter(each.tier for each in holdings if each is not None and each.state != "left")
            assert past.held(day) == held


def test_what_flows_out_of_a_day_flows_into_the_next(report: Report) -> None:
    for past in report.pasts:
        for first, last in pairwise(past.stops):
            steps = past.steps(first, last)
            leaving = Counter[str | None]()
            arriving = Counter[str | None]()
            for (before, after), partners in steps.items():
                if before is not None:
                    leaving[before.tier] += partners
                if after is not None:
                    arriving[after.tier] += partners
            assert leaving == past.held(first)
            assert arriving == past.held(last)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_the_flows_says_what_the_caption_says(demo: Demo, language: Language) -> None:
    for past in demo.report(language).pasts:
        speech = Speech(past.words)
        picture = flows_picture(past, speech)
        assert len(picture.twin.rows) == len(past.stops)
        last = picture.twin.rows[-1]
        tiers = dict(zip(picture.twin.headings[1:], last[1:], strict=True))
        for tier, partners in past.held(ON).items():
            assert tiers[speech.tier(tier)] == speech.whole(partners)
        assert flows_sentence(past, speech) in picture.caption


def test_bands_are_drawn_for_every_step_between_tiers(report: Report) -> None:
    for past in report.pasts:
        name = f"flows-{past.words.rulebook.program.program}"
        figure = section(report, "flows").find(f".//figure[@id='{name}']")
        assert figure is not None
        steps = [step for first, last in pairwise(past.stops) for step in past.steps(first, last) if None not in step]
        for drawing in figure.findall("svg"):
            bands = [each for each in drawing.findall("path") if (each.get("class") or "").startswith("flow ")]
            kinds = Counter((each.get("class") or "").removeprefix("flow ") for each in bands)
            assert kinds == Counter(past.way(step) for step in steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_path_tells_each_move_as_its_notice_says_it(demo: Demo, language: Language) -> None:
    report = demo.report(language)
    past = own_past(report)
    assert past is not None
    moves = past.moves_of(demo.partner)
    listed = [said(each) for each in section(report, "moves").findall("ol/li/span")]
    assert listed == [move_sentence(report.words, move) for move in moves]
    assert moves
    assert report.partner in path_sentence(report, Speech(report.words), past)


def test_a_path_is_unbroken_while_the_partner_takes_part(demo: Demo, report: Report) -> None:
    past = own_past(report)
    assert past is not None
    path = stretches(past, demo.partner)
    assert path[-1].until == ON
    assert all(before.until == after.from_ for before, after in pairwise(path))
    assert all(before.tier != after.tier for before, after in pairwise(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_is_the_engine_s_to_the_cent(demo: Demo, language: Language) -> None:
    report = demo.report(language)
    with commission_statements(
        report.words.rulebook, facts=demo.folder / "facts", month=date(2026, 10, 1), partner_id=demo.partner
    ) as run:
        (statement,) = run.statements()
        lines = run.lines()
    assert report.stated is not None
    assert report.stated.statement == statement
    assert sum(line.amount_minor for line in lines) + statement.carried_minor == statement.total_minor
    table = section(report, "statement").find("table")
    assert table is not None
    total = table.find("tfoot/tr[@class='total']/td")
    assert total is not None
    assert total.text == report.words.money(statement.total_minor, statement.currency)


def test_lines_left_out_are_summed_in_the_last_row(report: Report) -> None:
    assert report.stated is not None
    stated, words = report.stated, report.words
    shown, others = shown_lines(stated.lines)
    assert len(shown) == SHOWN_LINES
    assert {line.kind for line in shown} == {line.kind for line in stated.lines}
    amounts = [line.amount_minor for line in shown] + [sum(line.amount_minor for line in others)]
    rows = section(report, "statement").findall("table/tbody/tr")
    assert [said(row[-1]) for row in rows] == [words.money(minor, stated.statement.currency) for minor in amounts]
    one_line = replace(report, stated=replace(stated, lines=stated.lines[:1]))
    assert len(section(one_line, "statement").findall("table/tbody/tr")) == 1


def test_the_rule_tried_asks_a_tenth_more_rounded_up(report: Report) -> None:
    assert report.tried is not None
    metric = total_metric(report.program, ON)
    for tier, (path, before, after) in raised(report.program, ON, metric).items():
        assert path == f"tiers.{tier}.requires.all.total_points_goal.at_least"
        exact = before * (100 + PERCENT) / 100
        assert 0 <= after - exact < 1
        assert report.tried.asked[tier] == (before, after)
    assert report.tried.asked["gold"] == (Fraction(300), Fraction(330))
    assert report.tried.asked["platinum"] == (Fraction(875), Fraction(963))


def test_the_what_if_counts_those_whom_an_evaluation_of_the_changed_rules_puts_elsewhere(
    demo: Demo, report: Report
) -> None:
    tried = report.tried
    assert tried is not None
    edits: dict[str, Plain] = {
        path: {ON.isoformat(): int(after)} for path, _, after in raised(report.program, ON, tried.metric).values()
    }
    with evaluate(read_program("solutions", edits=edits), facts=demo.folder / "facts", on=ON) as run:
        after = {each.partner_id: each.tier for each in run.standings()}
    before = {each.partner_id: each.tier for each in demo.run.standings()}
    moved = {partner for partner, tier in before.items() if after[partner] != tier}
    assert {each.partner_id for each in tried.comparison.moved("demoted")} == moved
    rows = section(report, "whatif").findall("table[@class='tried']/tbody/tr")
    ladder = {said(row[0]): said(row[2]).split(" → ")[-1] for row in rows}
    for tier, partners in Counter(after.values()).items():
        assert ladder[report.words.tier(tier)] == str(partners)


def test_without_a_past_a_statement_and_a_rule_their_sections_are_left_out(report: Report) -> None:
    found = tree(replace(report, pasts=(), stated=None, tried=None))
    ids = {each.get("id") for each in found.iter("section")}
    assert not ids & {"flows", "moves", "statement", "whatif"}
