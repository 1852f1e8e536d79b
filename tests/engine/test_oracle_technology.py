"""The technology program against its oracle, on generated histories that are mean at the boundaries.

PALIER_HISTORIES says how many histories to judge (2,000 in CI, more on demand).
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

import palier
from engine.histories_technology import TECHNOLOGY_DAYS, generate_technology
from engine.histories_twists import moments
from engine.histories_world import Rows
from engine.oracle_technology import TIERS, Amounts, TechnologyVerdict, judge_technology
from support.facts import write_facts

HISTORIES = int(os.environ.get("PALIER_HISTORIES", "2000"))
TECHNOLOGY = palier.read_program("technology")
PER_DAY = -(-HISTORIES // len(TECHNOLOGY_DAYS))


def differences(folder: Path, facts: Rows, *, on: date, known_at: datetime | None = None) -> list[str]:
    """Every figure, tier and line on which Palier and the oracle differ."""
    verdict = judge_technology(facts, on=on, known_at=known_at)
    write_facts(folder, facts, form="parquet")
    with palier.evaluate(TECHNOLOGY, facts=folder, on=on, known_at=known_at) as run:
        return [*_figures(run, verdict), *_standings(run, verdict), *_lines(run, verdict)]


def _figures(run: palier.Run, verdict: TechnologyVerdict) -> list[str]:
    found = {(each.partner_id, each.metric): each.value for each in run.figures()}
    return [
        f"figure {key}: oracle {wanted}, palier {found.get(key, 'absent')}"
        for key, wanted in verdict.figures.items()
        if key not in found or found[key] != wanted
    ]


def _standings(run: palier.Run, verdict: TechnologyVerdict) -> list[str]:
    found = {each.partner_id: (each.tier, each.tier_kept, each.qualified_tier) for each in run.standings()}
    wanted = {one: (verdict.tier[one], verdict.tier[one], verdict.qualified[one]) for one in verdict.tier}
    return [
        f"standing of {one}: oracle {wanted.get(one)}, palier {found.get(one)}"
        for one in sorted({*found, *wanted})
        if found.get(one) != wanted.get(one)
    ]


def _lines(run: palier.Run, verdict: TechnologyVerdict) -> list[str]:
    """Lines by source and end; attached MRR by customer, whose line changes when a month leaves the twelve."""
    found: dict[tuple[str, str], Amounts] = defaultdict(lambda: defaultdict(Fraction))
    for line in run.lines():
        until = None if line.metric == "attached_mrr" else line.counts_until
        found[line.partner_id, line.metric][line.source_id, line.customer_id, until] += line.amount
    return [
        f"lines {key}: oracle {wanted}, palier {dict(found.get(key, {}))}"
        for key, wanted in verdict.lines.items()
        if wanted != dict(found.get(key, {}))
    ]


@pytest.mark.parametrize("on", TECHNOLOGY_DAYS, ids=str)
def test_every_figure_tier_and_line_is_the_oracles(on: date, tmp_path: Path) -> None:
    assert differences(tmp_path, generate_technology(7, count=PER_DAY, on=on), on=on) == []


@pytest.mark.parametrize("on", TECHNOLOGY_DAYS[::4], ids=str)
@pytest.mark.parametrize("place", range(3))
def test_what_was_known_then_is_the_oracles_too(on: date, place: int, tmp_path: Path) -> None:
    facts = generate_technology(8, count=60, on=on)
    assert differences(tmp_path, facts, on=on, known_at=moments(on)[place]) == []


def test_the_histories_reach_every_tier_and_miss_it() -> None:
    reached: Counter[str | None] = Counter()
    waiting = 0
    for on in TECHNOLOGY_DAYS:
        verdict = judge_technology(generate_technology(7, count=120, on=on), on=on)
        reached.update(verdict.tier.values())
        waiting += sum(verdict.tier[one] != verdict.qualified[one] for one in verdict.tier)
    assert all(reached[tier] >= 10 for tier in (None, *TIERS)), reached
    assert waiting >= 10
