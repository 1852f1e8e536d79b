"""What the portal adds to reports: pictures that stand alone, tracks of a program without a total, a waterfall."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

import palier
from palier.engine.results import Line
from palier.engine.words import Language, Words
from palier.report.content import tracked_metrics
from palier.report.standalone import standalone
from palier.report.waterfall import conclusion, headline, waterfall
from palier.report.words import Speech

FIRST, LAST = date(2026, 8, 31), date(2026, 11, 20)


def test_a_picture_alone_is_drawn_for_one_width_with_its_colours_inside() -> None:
    pictures = "".join(f'<svg viewBox="0 0 1 1" class="drawn for-{width}"><rect/></svg>' for width in (320, 560, 960))
    alone = standalone(f'<p>{pictures}<svg class="mark"><path/></svg></p>')
    assert alone.count("<svg") == 2
    assert 'class="drawn for-560"><style>' in alone
    assert "var(" not in alone
    assert ".drawn .sold { fill: #0b6e5f; }" in alone
    assert '<svg class="mark"><style>path { fill: none; stroke: #0b6e5f' in alone


def test_tracks_are_a_total_with_its_credits_or_every_threshold() -> None:
    solutions, technology = (palier.read_program(name).program for name in ("solutions", "technology"))
    assert tracked_metrics(solutions, LAST) == ("total_points", "sold_points", "managed_points")
    assert tracked_metrics(technology, LAST) == (
        "attached_mrr", "influenced_deal_mrr", "installed_90d_mrr", "review_count", "review_rating",
    )  # fmt: skip


def line(metric: str, source_id: str, amount: int, customer_id: str) -> Line:
    return Line(
        partner_id="P1", metric=metric, part=None, source_table="sales", source_id=source_id, customer_id=customer_id,
        grains=amount, denominator=3, counts_from=FIRST, counts_until=None, clause=None,
    )  # fmt: skip


BEFORE = [
    line("sold_points", "S1", 30, "C1"),
    line("sold_points", "S2", 6, "C2"),
    line("managed_points", "M1", 9, "C1"),
]
AFTER = [line("sold_points", "S2", 7, "C2"), line("sold_points", "S3", 60, "C3"), line("managed_points", "M1", 3, "C1")]


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        (
            "en",
            "From 31 August 2026 to 20 November 2026: total points up by 8.33, to 23.33.",
            "What moved most: new sold points, +20, above all Alba (+20).",
        ),
        (
            "fr",
            "Du 31 août 2026 au 20 novembre 2026\u202f: total de points en hausse de 8,33, à 23,33.",
            "Ce qui a le plus joué\u202f: gains de points de vente, +20, avant tout Alba (+20).",
        ),
    ],
)
def test_a_waterfall_adds_up_in_thirds_and_says_what_moved_most(language: Language, said: str, told: str) -> None:
    made = waterfall("total_points", ("sold_points", "managed_points"), (FIRST, BEFORE), (LAST, AFTER))
    steps = {(step.metric, step.kind): step.change for step in made.steps}
    assert steps == {
        ("sold_points", "new"): Fraction(20),
        ("sold_points", "lost"): Fraction(-10),
        ("sold_points", "more"): Fraction(1, 3),
        ("managed_points", "new"): 0,
        ("managed_points", "lost"): 0,
        ("managed_points", "less"): Fraction(-2),
    }
    assert (made.before, made.after) == (Fraction(15), Fraction(70, 3))
    assert made.before + sum(steps.values()) == made.after
    speech = Speech(Words(palier.read_program("solutions"), language))
    assert headline(speech, made) == said
    assert conclusion(speech, made, {"C3": "Alba"}) == told
