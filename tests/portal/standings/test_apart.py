"""The home of a technology partner speaks of its own figures: no points, no credit, no managed customers (B193-198)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest

import palier
from palier.portal.runs.reminders import endings
from palier.portal.standings.actions import foretell
from palier.portal.standings.home import home_parts
from palier.portal.standings.models import Run
from palier.portal.standings.queries import Published, report_of
from palier.report.alert import alert
from palier.report.apart import next_drop, own_figures
from palier.report.coming import dropped, drops, values
from palier.report.content import Report, measured_apart
from palier.report.gates import gates_section, phased
from palier.report.html import inner
from palier.report.links import Links
from palier.report.parts import missing_sentences
from palier.report.tracks import tracks_figure
from palier.report.words import Speech
from portal.conftest import ON, ON_ONE_DATABASE

pytestmark = ON_ONE_DATABASE

NOT_SAID = {
    "en": (r"\bpoints?\b", r"\bcredits?\b", r"\bmanagement\b", r"\bmanaged\b"),
    "fr": (r"\bpoints?\b(?! de contact)", r"\bcrédits?\b", r"\bgestion chez\b"),
}
TO = Links(figure=lambda metric: f"/{metric}", source=lambda _line: None)


@pytest.fixture
def found(runs: dict[str, Run]) -> Published:
    return Published(runs["technology"], palier.read_program("technology"))


def with_tier(found: Published) -> str:
    """A partner above the base tier with revenue of its own."""
    rows = found.run.standings.exclude(tier__in=["", "partner"]).order_by("partner_id")
    return str(rows[0].partner_id)


def told(found: Published, partner_id: str, language: str = "en") -> Report:
    report = report_of(found, partner_id, language, foretell(found.run, found.rulebook, partner_id), TO)
    assert report is not None
    return report


def test_only_the_technology_program_measures_its_figures_apart() -> None:
    apart = {
        name: measured_apart(palier.read_program(name).program, ON) for name in ("solutions", "technology", "starter")
    }
    assert apart == {"solutions": False, "technology": True, "starter": False}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_home_says_nothing_of_points(found: Published, language: str) -> None:
    parts = home_parts(found, with_tier(found), language=language, addressed=True, wait=True)  # type: ignore[arg-type]
    assert parts is not None
    said = unescape(re.sub(r"<[^>]+>", " ", " ".join(parts.values())))
    for word in NOT_SAID[language]:
        assert not re.search(word, said, re.IGNORECASE), re.search(rf".{{60}}{word}.{{60}}", said, re.IGNORECASE)
    assert parts["filing"]


def test_what_falls_is_the_whole_way_of_the_figure(found: Published) -> None:
    report = told(found, with_tier(found))
    idle = report.forecasts["idle"]
    assert set(own_figures(report)) >= {
        "attached_mrr", "influenced_deal_mrr", "installed_90d_mrr", "review_count", "review_rating",
    }  # fmt: skip
    for metric in ("attached_mrr", "installed_90d_mrr", "review_count"):
        steps = values(idle, metric)
        lost = sum((max(was - now, Fraction(0)) for (_, was), (_, now) in pairwise(steps)), Fraction())
        assert sum((each.by for each in drops(idle, (metric,))), Fraction()) == lost
        assert sum((month.total for month in dropped(idle, metric)), Fraction()) == lost
    # Nothing more is recorded: after a whole window nobody uses an app any more, and nothing is attached.
    assert values(idle, "attached_mrr")[-1][1] < values(idle, "attached_mrr")[0][1] / 5


def test_the_next_drop_is_named_with_its_day_figures_and_cause(found: Published) -> None:
    report = told(found, with_tier(found))
    drop = next_drop(report)
    assert drop is not None
    speech = Speech(report.words, addressed=True)
    said = unescape(re.sub(r"<[^>]+>", "", str(alert(report, speech))))
    assert speech.words.day(drop.on) in said
    assert speech.lower(speech.metric(drop.metric)) in said
    assert speech.figure(drop.metric, drop.before) in said
    assert speech.figure(drop.metric, drop.after) in said


def test_a_gate_that_is_phased_in_is_told_with_its_day(found: Published) -> None:
    """B222-223, B876: reviews and rating are asked from 2027 on; who misses them reads so before."""
    partner_id = str(found.run.standings.exclude(next_tier="").order_by("partner_id")[0].partner_id)
    report = report_of(found, partner_id, "en", {}, TO)
    assert report is not None
    tier = report.standing.next_tier
    gates = tuple(
        replace(each, held=False, missing=Decimal("0.5")) if each.gate == "rating" and each.tier == tier else each
        for each in report.gates
    )
    report, speech = replace(report, gates=gates), Speech(report.words, addressed=True)
    later = {(day.isoformat(), gate.gate) for day, gate in phased(report)}
    assert ("2027-01-01", "rating") in later
    parts = [missing_sentences(report, speech), gates_section(report, speech), tracks_figure(report, speech)]
    lead, gates_said, tracked = (unescape(re.sub(r"<[^>]+>", "", str(inner(part)))) for part in parts)
    assert re.search(r"From 1 January 2027, \w+ also asks: .*rating \(0.50 short\)", lead)
    assert "asked from 1 January 2027, 0.50 short" in gates_said
    assert "asked from 1 January 2027, 0.50 short" in tracked


def test_a_month_that_leaves_the_mean_is_no_end_in_mails_and_lists(found: Published) -> None:
    partner_id = with_tier(found)
    ended = endings(found, partner_id, after=ON, until=ON + timedelta(days=45))
    assert all("attached_mrr" not in each.amounts for each in ended)
    with palier.open_run(Path(found.run.folder)) as source:
        lines = source.lines(partner_id=partner_id, metric="attached_mrr")
        by = ON + timedelta(days=45)
        told = [
            each for each in source.endings(by=by) if (each.partner_id, each.metric) == (partner_id, "attached_mrr")
        ]
    leaving = [each for each in lines if each.counts_until is not None and ON < each.counts_until <= by]
    assert leaving
    lost = sum((each.amount / each.factors["months_used"] for each in leaving), Fraction())
    assert sum((each.amount for each in told), Fraction()) == lost
