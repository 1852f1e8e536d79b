"""The same evaluation on both engines, and every row of every table compared."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

import palier
from palier.backends.spark.evaluate import evaluate_on_spark

LONG = os.environ.get("PALIER_SPARK_CASES") == "all"
"""The long proof: every case, all on a cluster, and compiled as Spark does by itself."""
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
    stale: bool = False,
) -> palier.Run:
    """Evaluate on both engines, see that no row differs, and return Spark's run."""
    rulebook = palier.read_program(program, switches=switches)
    palier.evaluate(rulebook, facts=facts, on=on, known_at=known_at, stale=stale, out=folder / "duckdb").close()
    run = evaluate_on_spark(
        rulebook, spark=spark, facts=facts, on=on, known_at=known_at, stale=stale, out=folder / "spark"
    )
    assert differing(folder / "duckdb", folder / "spark") == {}
    with palier.open_run(folder / "duckdb") as other:
        assert run.about["results_digest"] == other.about["results_digest"]
        assert run.about["rows_read"] == other.about["rows_read"]
        assert (run.about["backend"], other.about["backend"]) == ("spark", "duckdb")
    return run


def differing(one: Path, other: Path) -> dict[str, list[object]]:
    """By table, the columns, or the rows, that only one of two runs has, each row as often as it is there."""
    found: dict[str, list[object]] = {}
    with duckdb.connect() as connection:
        for table in COMPARED:
            mine, theirs = (_columns(connection, *each, table) for each in (("a", one), ("b", other)))
            if mine == theirs:
                mine = connection.sql("FROM a EXCEPT ALL FROM b LIMIT 4").fetchall()
                theirs = connection.sql("FROM b EXCEPT ALL FROM a LIMIT 4").fetchall()
            if mine != theirs:
                found[table] = [mine, "and in the second", theirs]
    return found


def _columns(connection: duckdb.DuckDBPyConnection, name: str, folder: Path, table: str) -> list[tuple[object, ...]]:
    """The columns and types of a table of a run, whose rows are a view of that name from now on."""
    files = [str(path) for path in (folder / f"{table}.parquet", *(folder / table).glob("*.parquet")) if path.is_file()]
    rows = connection.read_parquet(files)
    rows.create_view(name, replace=True)
    return list(zip(rows.columns, map(str, rows.types), strict=True))
