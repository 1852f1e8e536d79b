"""A technology goal's amounts are the smallest: the rating needs so many best reviews, the deals so much revenue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import palier
from palier.backends.goal import goal
from palier.engine.goal import Goal, Missing
from palier.engine.goal_words import missing_sentences
from palier.engine.words import Language, Words
from palier.rulebook.read import read_program
from support.facts import write_facts
from support.small import Rows

ON = date(2027, 3, 1)
TECHNOLOGY = read_program("technology")


def listed(*stars: int, deal_minor: int = 0) -> Rows:
    """One listed app with a review of each number of stars, and one influenced deal."""
    rows: Rows = {
        "partners": [{"partner_id": "p1", "name": "P", "country": "FR"}],
        "enrolments": [{"enrolment_id": "e", "partner_id": "p1", "program": "technology", "level": "member",
                        "enrolled_on": date(2026, 1, 1)}],
        "customers": [{"customer_id": "c", "country": "FR"}],
        "apps": [{"app_id": "a", "partner_id": "p1", "name": "A", "listed_on": date(2026, 2, 1)}],
        "reviews": [
            {"review_id": f"r{number}", "app_id": "a", "customer_id": "c", "stars": each,
             "published_on": date(2027, 1, 1)}
            for number, each in enumerate(stars)
        ],
    }  # fmt: skip
    if deal_minor:
        rows["influenced_sales"] = [
            {"influenced_id": "i", "partner_id": "p1", "customer_id": "c", "role": "sourced", "mrr_minor": deal_minor,
             "currency": "USD", "closed_on": date(2027, 2, 1), "matched_on": date(2027, 2, 1)}
        ]  # fmt: skip
    return rows


def aimed(folder: Path, rows: Rows, tier: str) -> Goal:
    with palier.evaluate(TECHNOLOGY, facts=write_facts(folder, rows), on=ON) as run:
        return goal(TECHNOLOGY, run, partner_id="p1", tier=tier)


def missing(told: Goal, metric: str) -> Missing | None:
    return next((each for each in told.missing if each.metric == metric), None)


@pytest.mark.parametrize(("stars", "more"), [((3, 3), 2), ((1,), 3), ((3, 4, 4), 1), ((2, 2, 2, 2), 8)])
def test_the_rating_names_the_fewest_best_reviews(stars: tuple[int, ...], more: int, tmp_path: Path) -> None:
    """Premier asks a mean of four (B223)."""
    told = missing(aimed(tmp_path / "now", listed(*stars), "premier"), "review_rating")
    assert told is not None
    assert (told.means, told.count) == ("count", more)
    assert missing(aimed(tmp_path / "then", listed(*stars, *[5] * more), "premier"), "review_rating") is None
    if more > 1:
        still = missing(aimed(tmp_path / "less", listed(*stars, *[5] * (more - 1)), "premier"), "review_rating")
        assert still is not None


def test_a_deal_counts_for_twelve_months(tmp_path: Path) -> None:
    """Deals count for twelve months from closing (B271): a deal of the day says until when it would."""
    told = missing(aimed(tmp_path / "now", listed(deal_minor=100), "premier"), "influenced_deal_mrr")
    assert told is not None
    (way,) = told.ways
    assert (way.counts_from, way.counts_until) == (ON, date(2028, 3, 1))
    assert (
        missing(aimed(tmp_path / "then", listed(deal_minor=100 + way.minor["USD"]), "premier"), "influenced_deal_mrr")
        is None
    )
    assert (
        missing(aimed(tmp_path / "less", listed(deal_minor=99 + way.minor["USD"]), "premier"), "influenced_deal_mrr")
        is not None
    )


@pytest.mark.parametrize(
    ("language", "contact"), [("en", "in the contact form"), ("fr", "dans le formulaire de contact")]
)
def test_every_missing_gate_says_in_words_what_closes_it(language: Language, contact: str, tmp_path: Path) -> None:
    """B817-826 advise how to rise: each gate by the program's own sentence, none by a code or a bare amount."""
    words = Words(TECHNOLOGY, language)
    told = aimed(tmp_path, listed(3), "premier")
    said = {each.metric: missing_sentences(words, each, ["USD"])[1:] for each in told.missing}
    named = {"technical_contacts", "partnership_managers", "executive_sponsors", "account_mappings"}
    assert named <= said.keys()
    assert all(contact in said[metric][0] for metric in named)
    for metric, sentences in said.items():
        assert TECHNOLOGY.text(language, "raises", metric) is not None, metric
        assert not any("_" in each or "{" in each for each in sentences)
