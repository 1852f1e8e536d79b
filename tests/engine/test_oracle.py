"""Palier against the oracle, on generated histories that are mean at the boundaries.

PALIER_HISTORIES says how many histories to judge (2,000 in CI, more on demand).
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from engine.histories import DAYS, generate, moments
from support.judged import differences

LEAST = 2000
HISTORIES = int(os.environ.get("PALIER_HISTORIES", LEAST))
PER_DAY = -(-HISTORIES // len(DAYS))
BATCH = 200
BATCHES = [
    (day, seed, min(BATCH, PER_DAY - first)) for day in DAYS for seed, first in enumerate(range(0, PER_DAY, BATCH))
]
SWITCHES = {
    "A-02": "january_2025",
    "A-04": "deal_close",
    "A-33": "net",
    "C-03": "current_mrr",
    "D-12": "all_removed",
}


@pytest.mark.parametrize(("on", "seed", "count"), BATCHES, ids=str)
def test_every_figure_gate_tier_and_line_is_the_oracles(on: date, seed: int, count: int, tmp_path: Path) -> None:
    assert differences(tmp_path, generate(seed, count=count, on=on), on=on) == []


@pytest.mark.parametrize(("switch", "reading"), SWITCHES.items())
@pytest.mark.parametrize("on", DAYS[:: 6 if HISTORIES > LEAST else 9], ids=str)
def test_each_other_reading_is_the_oracles_too(switch: str, reading: str, on: date, tmp_path: Path) -> None:
    facts = generate(101, count=40, on=on)
    assert differences(tmp_path, facts, on=on, switches={switch: reading}) == []


@pytest.mark.parametrize("on", DAYS[::8], ids=str)
@pytest.mark.parametrize("place", range(3))
def test_what_was_known_then_is_the_oracles_too(on: date, place: int, tmp_path: Path) -> None:
    facts = generate(202, count=40, on=on)
    assert differences(tmp_path, facts, on=on, known_at=moments(on)[place]) == []
