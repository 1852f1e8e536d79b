"""What the page shows is what the run holds: every sum, every twin, every line's arithmetic."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from palier.cli.demonstrating import MOST_MISSING, ON, SOON, TIERS
from palier.engine.explain import explain, recomputed
from palier.engine.results import Line
from palier.engine.words import Words
from palier.report import page
from palier.report.arithmetic import exact, formula
from palier.report.coming import lapses, months, stays, values
from palier.report.content import credit_metrics, total_metric
from report.demo import Demo


def by_figure(lines: list[Line]) -> dict[tuple[str, str], list[Line]]:
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.partner_id, line.metric].append(line)
    return found


def shown_number(text: str) -> Fraction:
    """A number as the page writes it: decimals, or a whole and a fraction."""
    plain = re.sub(r"[\s\u202f\u00a0,]", "", text.replace("−", "-"))
    return sum((Fraction(part) for part in plain.split("+")), Fraction(0))


@pytest.fixture(scope="module")
def tables(demo: Demo) -> dict[str, list[list[str]]]:
    tree = ET.fromstring(page(demo.report("en")).removeprefix("<!doctype html>"))  # noqa: S314
    found = {}
    for figure in tree.iter("figure"):
        rows = figure.findall("details//tbody/tr")
        found[figure.get("id") or ""] = [["".join(cell.itertext()) for cell in row] for row in rows]
    return found


def test_the_lines_of_every_figure_of_every_partner_add_up_exactly(demo: Demo) -> None:
    kinds = {name: metric.kind for name, metric in demo.rulebook.program.metrics.items()}
    lines = by_figure(demo.run.lines())
    figures = demo.run.figures()
    assert len({figure.partner_id for figure in figures}) == len(demo.run.standings())
    for figure in figures:
        own = tuple(lines[figure.partner_id, figure.metric])
        assert recomputed(kinds[figure.metric], own) == figure.value, figure


def test_no_figure_is_without_lines_or_a_stated_reason(demo: Demo) -> None:
    lines = by_figure(demo.run.lines())
    for language in ("en", "fr"):
        words = Words(demo.rulebook, language)
        for figure in demo.run.figures():
            own = lines[figure.partner_id, figure.metric]
            if not own or not figure.value:
                assert figure.reason is not None, figure
                said = words.reason(figure.metric, figure.reason)
                assert said.endswith("."), figure
                assert "_" not in said


def test_every_line_shown_with_a_formula_gives_its_own_amount(demo: Demo) -> None:
    words = Words(demo.rulebook, "en")
    worked = 0
    for line in demo.run.lines():
        made = formula(words, line)
        if line.metric in {"sold_points", "managed_points", "sold_mrr", "managed_mrr"}:
            assert made is not None, line
        if made is None:
            continue
        worked += 1
        amount, *steps = made.steps
        value = Fraction(re.sub(r"[^0-9.]", "", amount))
        for step in steps:
            number = Fraction(re.sub(r"[^0-9.]", "", step))
            value = value / number if step.startswith("÷") else value * number
        assert value == line.amount == shown_number(made.result), line
    assert worked > 1000


def test_a_formula_that_does_not_give_the_amount_is_not_shown(demo: Demo) -> None:
    line = demo.run.lines(metric="sold_points")[0]
    assert formula(Words(demo.rulebook, "en"), replace(line, grains=line.grains + 1)) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(42), "42"),
        (Fraction(5, 2), "2.50"),
        (Fraction(45372, 2500), "18.1488"),
        (Fraction(20, 3), "6 + 2/3"),
        (Fraction(1, 7), "1/7"),
        (Fraction(0), "0"),
    ],
)
def test_exact_numbers_end_or_are_fractions(demo: Demo, value: Fraction, said: str) -> None:
    assert exact(Words(demo.rulebook, "en"), value) == said


def test_the_ladder_twin_counts_every_partner_once(demo: Demo, tables: dict[str, list[list[str]]]) -> None:
    standings = demo.run.standings()
    words = Words(demo.rulebook, "en")
    for name, reach, keep in tables["ladder"]:
        assert int(reach) == sum(words.tier(standing.tier) == name for standing in standings)
        assert int(keep) == sum(words.tier(standing.tier_kept) == name for standing in standings)
    assert sum(int(reach) for _, reach, _ in tables["ladder"]) == len(standings)


def test_the_points_twin_adds_up_to_the_run_exactly(demo: Demo, tables: dict[str, list[list[str]]]) -> None:
    figures = {figure.metric: figure.value for figure in demo.run.figures(partner_id=demo.partner)}
    words = Words(demo.rulebook, "en")
    for metric in ("total_points", "sold_points", "managed_points"):
        name = words.name("metrics", metric)
        parts = [shown_number(amount) for source, amount, _ in tables["points"] if source.startswith(f"{name}: ")]
        total = next(shown_number(amount) for source, amount, _ in tables["points"] if source == f"{name}, sum")
        assert sum(parts, Fraction(0)) == total == figures[metric]


def test_the_lapses_twin_holds_every_credit_that_ends(demo: Demo, tables: dict[str, list[list[str]]]) -> None:
    told = demo.forecasts["idle"]
    metrics = credit_metrics(demo.rulebook.program, ON)
    words = Words(demo.rulebook, "en")
    drawn = months(told, metrics)
    assert [row[0] for row in tables["lapses"]][:1] == ["November 2026"]
    assert len(tables["lapses"]) == len(drawn) + 1 == 14
    for place, metric in enumerate(metrics):
        ended = sum(
            (
                cause.before or Fraction(0)
                for change in told.changes
                for cause in change.causes
                if cause.metric == metric and cause.happening == "ended"
            ),
            Fraction(0),
        )
        assert sum((month.ended[metric] for month in drawn), Fraction(0)) == ended
        assert shown_number(tables["lapses"][-1][place + 1]) == shown_number(words.figure(metric, ended))


def test_the_year_twin_begins_with_the_run_and_ends_with_the_forecast(
    demo: Demo, tables: dict[str, list[list[str]]]
) -> None:
    metric = total_metric(demo.rulebook.program, ON)
    words = Words(demo.rulebook, "en")
    total = next(each.value for each in demo.run.figures(partner_id=demo.partner) if each.metric == metric)
    first, last = tables["year"][0], tables["year"][-1]
    assert shown_number(first[1]) == shown_number(first[3]) == shown_number(words.figure(metric, total))
    for place, assume in ((1, "continuing"), (3, "idle")):
        told = demo.forecasts[assume]
        assert shown_number(last[place]) == shown_number(words.figure(metric, values(told, metric)[-1][1]))
        assert last[place + 1] == words.tier(stays(told)[-1].tier)


def test_the_next_lapse_is_the_day_on_which_the_first_line_ends(demo: Demo) -> None:
    metrics = credit_metrics(demo.rulebook.program, ON)
    first = lapses(demo.forecasts["idle"], metrics)[0]
    lines = [line for metric in metrics for line in demo.run.lines(partner_id=demo.partner, metric=metric)]
    ending = [line for line in lines if line.counts_until == first.on]
    assert first.on == min(line.counts_until for line in lines if line.counts_until is not None)
    assert first.amount == sum((line.amount for line in ending), Fraction(0))


def test_the_partner_picked_obeys_the_stated_rule(demo: Demo) -> None:
    standing = demo.run.standings(partner_id=demo.partner)[0]
    assert standing.tier in TIERS
    assert standing.next_tier is not None
    assert len(standing.missing) <= MOST_MISSING
    eligible = {
        each.partner_id
        for each in demo.run.standings()
        if each.tier in TIERS and each.next_tier and len(each.missing) <= MOST_MISSING
    }
    metrics = credit_metrics(demo.rulebook.program, ON)
    ends = [
        (line.counts_until, line.partner_id)
        for metric in metrics
        for line in demo.run.lines(metric=metric)
        if line.partner_id in eligible and line.counts_until is not None and ON < line.counts_until <= ON + SOON
    ]
    soonest = min(day for day, _ in ends)
    assert demo.partner in {partner for day, partner in ends if day == soonest}


def test_every_explanation_on_the_page_says_that_it_adds_up(demo: Demo) -> None:
    report = demo.report("en")
    assert all(each.adds_up for each in report.explanations)
    assert "does not add up" not in page(report)
    words = report.words
    figure = next(each for each in report.explanations if each.metric == "sold_points").figure
    broken = explain(words, figure, demo.run.lines(partner_id=demo.partner, metric="sold_points")[1:])
    assert not broken.adds_up
    others = [each for each in report.explanations if each.metric != "sold_points"]
    assert "does not add up" in page(replace(report, explanations=(*others, broken)))
