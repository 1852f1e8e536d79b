"""Two courses differ where anything that a notice says of their moves differs, not only the tiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

import palier
from engine.test_moves import JOINED, played, stands
from palier.engine.events import Recalibrated
from palier.engine.histories_compared import CourseCompared, courses_compared, moves_sentence
from palier.engine.moves import History, Move, holdings_of
from palier.engine.words import Language, Words

SINCE, UNTIL = date(2026, 1, 1), date(2026, 6, 30)
TECHNOLOGY = palier.read_program("technology")


def compared(before: tuple[Move, ...], after: tuple[Move, ...]) -> tuple[CourseCompared, ...]:
    one, other = (History(moves, holdings_of(moves)) for moves in (before, after))
    return courses_compared(one, other, SINCE, UNTIL)


def noticed(tier: str) -> tuple[Move, ...]:
    """Told on 15 April that it qualifies for a tier whose form never comes."""
    return played(JOINED, Recalibrated(date(2026, 4, 15), stands("partner", qualified=tier)), until=UNTIL)


def test_notices_about_another_tier_are_another_course() -> None:
    (course,) = compared(noticed("premier"), noticed("leading"))
    assert [(move.kind, move.about) for move in course.moves_before] == [
        ("awaiting_form", "premier"),
        ("lapsed", "premier"),
    ]
    assert [(move.kind, move.about) for move in course.moves_after] == [
        ("awaiting_form", "leading"),
        ("lapsed", "leading"),
    ]
    assert course.tier == ("partner", "partner")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "15 April 2026: awaits form, Premier\n30 April 2026: lapsed, Premier"),
        ("fr", "15 avril 2026\u202f: formulaire attendu, Premier\n30 avril 2026\u202f: délai passé, Premier"),
    ],
)
def test_a_move_that_changes_no_tier_says_what_it_is(language: Language, said: str) -> None:
    (course,) = compared(noticed("premier"), noticed("leading"))
    assert moves_sentence(Words(TECHNOLOGY, language), course.moves_before) == said


@pytest.mark.parametrize(
    "altered",
    [
        lambda move: replace(move, state="suspended"),
        lambda move: replace(move, computed_tier="rising"),
        lambda move: replace(move, deadline=date(2026, 5, 2)),
        lambda move: replace(move, about="rising"),
    ],
)
def test_a_state_a_computed_tier_or_a_deadline_makes_another_course(altered: Callable[[Move], Move]) -> None:
    moves = noticed("premier")
    assert compared(moves, moves) == ()
    changed = tuple(altered(move) if move.kind == "awaiting_form" else move for move in moves)
    (course,) = compared(moves, changed)
    assert [move.kind for move in (*course.moves_before, *course.moves_after)] == ["awaiting_form", "awaiting_form"]
