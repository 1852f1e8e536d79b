"""A hundred generated histories on a cluster: every figure, gate, tier and line is DuckDB's and the oracle's."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engine.histories import generate, moments
from engine.oracle import judge
from spark.side_by_side import LONG, both
from support.facts import write_facts
from support.judged import against

pytestmark = pytest.mark.xdist_group("spark")

HISTORIES = int(os.environ.get("PALIER_SPARK_HISTORIES", "100"))
DAYS = (date(2018, 6, 15), date(2024, 2, 29), date(2026, 11, 20), *([date(2024, 7, 15)] if LONG else []))
"""Days of three editions; in the long proof the first day of the last of them, too."""


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_row_of_generated_histories_is_the_same(on: date, spark: SparkSession, tmp_path: Path) -> None:
    facts = generate(303, count=-(-HISTORIES // len(DAYS)), on=on)
    write_facts(tmp_path / "facts", facts, form="parquet")
    with both(spark, tmp_path, tmp_path / "facts", on=on) as run:
        assert against(run, judge(facts, on=on)) == []


def test_what_was_known_then_by_other_readings_is_the_same(spark: SparkSession, tmp_path: Path) -> None:
    on = date(2025, 1, 15)
    switches = {"A-33": "net", "C-03": "current_mrr", "D-12": "all_removed"}
    facts = generate(404, count=12, on=on)
    write_facts(tmp_path / "facts", facts, form="parquet")
    known_at = moments(on)[1]
    with both(spark, tmp_path, tmp_path / "facts", on=on, switches=switches, known_at=known_at) as run:
        assert against(run, judge(facts, on=on, switches=switches, known_at=known_at)) == []
