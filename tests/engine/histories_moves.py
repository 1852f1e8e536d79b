"""Small generated histories of about two years, mean around the days on which tiers move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from engine.histories_moves_course import SPANS
from engine.histories_moves_solutions import SolutionsCourse
from engine.histories_moves_technology import TechnologyCourse
from engine.histories_world import Rows, World

__all__ = ["SPANS", "generate_moves", "together"]


def generate_moves(seed: int, *, count: int, span: str) -> list[Rows]:
    """So many independent histories, whose identifiers differ; the same arguments give the same facts."""
    histories = []
    for number in range(count):
        rng = Random(f"moves/{seed}/{span}/{number}")  # noqa: S311 - histories, not secrets
        course = TechnologyCourse if SPANS[span].program == "technology" else SolutionsCourse
        histories.append(course(World(rng, SPANS[span].first, f"m{number}"), SPANS[span]).rows())
    return histories


def together(histories: Iterable[Rows]) -> Rows:
    """All histories in one set of facts."""
    merged: Rows = defaultdict(list)
    for history in histories:
        for table, rows in history.items():
            merged[table].extend(rows)
    return dict(merged)
