"""Worked cases on Spark: the cases of one program, day and reading are judged in one evaluation, ids kept apart.

PALIER_SPARK_CASES=all judges every case, on a cluster; without it, those of the days on which most cases lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import palier
from spark.side_by_side import LONG, both
from support.cases import Case, Facts, read_cases
from support.facts import write_facts
from support.groups import marked

pytestmark = pytest.mark.xdist_group("spark")

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
Together = tuple[Path, date, datetime | None, tuple[tuple[str, str], ...]]
SHARED = frozenset({"market_rates"})
"""Tables that belong to no partner or customer."""


def together() -> dict[Together, list[Case]]:
    """The cases that one evaluation can answer, the largest groups first."""
    groups: dict[Together, list[Case]] = defaultdict(list)
    for case in read_cases(PROGRAMS):
        if case.expect.problem is None and not SHARED & case.facts.keys():
            key = (case.program, case.on, case.known_at, tuple(sorted(case.switches.items())))
            groups[key].append(case)
    return dict(sorted(groups.items(), key=lambda each: (-len(each[1]), str(each[0]))))


GROUPS = together()
JUDGED = list(GROUPS)[: None if LONG else 4]


def merged(cases: list[Case]) -> Facts:
    """The facts of all cases, every id with the number of its case in front."""
    facts: Facts = defaultdict(list)
    for number, case in enumerate(cases):
        for table, rows in marked(case.facts, f"{number}.").items():
            facts[table] += rows
    return dict(facts)


IN_FORMS = next(key for key in JUDGED if key[0].name == "solutions")
IN_A_STORE = next(key for key in JUDGED if key[0].name == "technology")
"""Judged in test_facts.py, from facts that lie in other ways."""


@pytest.mark.parametrize(
    "key",
    [key for key in JUDGED if key not in {IN_FORMS, IN_A_STORE}],
    ids=lambda key: f"{key[0].name} on {key[1]} {key[2] or ''} {dict(key[3])}",
)
def test_worked_cases_come_out_as_written(key: Together, spark: SparkSession, tmp_path: Path) -> None:
    program, on, known_at, switches = key
    write_facts(tmp_path / "facts", merged(GROUPS[key]), form="parquet")
    with both(
        spark, tmp_path, tmp_path / "facts", program=program, on=on, known_at=known_at, switches=dict(switches)
    ) as run:
        assert unlike_written(run, key) == []


def unlike_written(run: palier.Run, key: Together) -> list[str]:
    """What the cases of a group expect and did not come out."""
    figures = {(each.partner_id, each.metric): each.value for each in run.figures()}
    standings = {each.partner_id: each for each in run.standings()}
    return [each for number, case in enumerate(GROUPS[key]) for each in unlike(f"{number}.", case, figures, standings)]


def unlike(
    prefix: str, case: Case, figures: Mapping[tuple[str, str], object], standings: dict[str, palier.Standing]
) -> list[str]:
    """What a case expects of figures and standings and did not come out."""
    expected = {(partner, name): value for partner, by in case.expect.figures.items() for name, value in by.items()}
    found = {key: figures.get((prefix + key[0], key[1]), "absent") for key in expected}
    wrong = [f"{case.name}: {key}: {found[key]}, not {value}" for key, value in expected.items() if found[key] != value]
    for name in ("tier", "tier_kept", "candidate"):
        for partner, value in getattr(case.expect, name).items():
            stands = getattr(standings[prefix + partner], name)
            wrong += [] if stands == value else [f"{case.name}: {name} of {partner}: {stands}, not {value}"]
    return wrong


def test_most_worked_cases_are_judged_on_spark() -> None:
    assert sum(len(GROUPS[key]) for key in JUDGED) >= 300
