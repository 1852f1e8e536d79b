"""Small generated histories, mean at the boundaries, on which Palier and the oracle must agree."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

from engine.histories_aimed import aimed
from engine.histories_noise import noise
from engine.histories_twists import moments, twist, version
from engine.histories_world import Rows, World

__all__ = ["DAYS", "generate", "moments"]

DAYS: tuple[date, ...] = (
    date(2018, 6, 15),
    date(2019, 2, 28),
    date(2020, 2, 4),
    date(2022, 7, 18),
    date(2022, 12, 31),
    date(2023, 2, 21),
    date(2023, 2, 22),
    date(2023, 5, 22),
    date(2023, 5, 23),
    date(2023, 7, 17),
    date(2023, 7, 18),
    date(2024, 2, 26),
    date(2024, 2, 27),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 7, 14),
    date(2024, 7, 15),
    date(2024, 12, 1),
    date(2025, 1, 14),
    date(2025, 1, 15),
    date(2025, 2, 27),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 11, 20),
)
"""Days of every edition, beside which something changes."""


def generate(seed: int, *, count: int, on: date) -> dict[str, list[dict[str, object]]]:
    """So many independent histories in one set of facts; the same arguments give the same facts.

    Two in three aim at a tier (half of these stay as aimed), the others take any dates at the edge of `on`;
    about one in four has rows with versions.
    """
    merged: Rows = defaultdict(list)
    for number in range(count):
        rng = Random(f"{seed}/{on}/{number}")  # noqa: S311 - histories, not secrets
        for table, rows in _history(World(rng, on, f"h{number}")).items():
            merged[table].extend(rows)
    return dict(merged)


def _history(world: World) -> Rows:
    if world.chance(0.67):
        aimed(world)
        twists = world.rng.choice((0, 0, 1, 2))
    else:
        noise(world)
        twists = world.rng.randint(0, 3)
    for _ in range(twists):
        twist(world)
    if world.chance(0.25):
        for _ in range(world.rng.randint(1, 3)):
            version(world)
    return world.rows
