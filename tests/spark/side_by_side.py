"""The same evaluation on both engines, and every row of every table compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

import palier
from palier.backends.spark.evaluate import evaluate_on_spark

COMPARED = ("lines", "figures", "gates", "standings")


def both(
    spark: SparkSession,
    folder: Path,
    facts: Path,
    *,
    program: Path | str = "solutions",
    on: date,
    switches: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
) -> palier.Run:
    """Evaluate on both engines, see that no row differs, and return Spark's run."""
    rulebook = palier.read_program(program, switches=switches)
    palier.evaluate(rulebook, facts=facts, on=on, known_at=known_at, out=folder / "duckdb").close()
    run = evaluate_on_spark(rulebook, spark=spark, facts=facts, on=on, known_at=known_at, out=folder / "spark")
    assert differing(folder / "duckdb", folder / "spark") == {}
    with palier.open_run(folder / "duckdb") as other:
        assert run.about["results_digest"] == other.about["results_digest"]
        assert run.about["rows_read"] == other.about["rows_read"]
        assert (run.about["backend"], other.about["backend"]) == ("spark", "duckdb")
    return run


def differing(one: Path, other: Path) -> dict[str, list[object]]:
    """By table, the rows and columns that only one of two runs has."""
    found: dict[str, list[object]] = {}
    for table in COMPARED:
        mine, theirs = _rows(one, table), _rows(other, table)
        if mine != theirs:
            found[table] = [[*(mine - theirs)][:4], "and in the second", [*(theirs - mine)][:4]]
    return found


def _rows(folder: Path, table: str) -> Counter[tuple[object, ...]]:
    files = [str(path) for path in (folder / f"{table}.parquet", *(folder / table).glob("*.parquet")) if path.is_file()]
    relation = duckdb.connect().sql("SELECT * FROM read_parquet($files)", params={"files": files})
    types = tuple(zip(relation.columns, map(str, relation.types), strict=True))
    rows = Counter(tuple(map(str, row)) for row in relation.fetchall())
    return rows + Counter([types])
