"""Spark on two workers against its own scan of the same files: `python -m benchmarks.spark --partners N [--rounds N]`.

One cluster of two workers with a core each is started on loopback. By turns it only reads every column of every fact
table that the program reads, and evaluates the program. The figures of the last round are compared with DuckDB's.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from statistics import median

import palier
from benchmarks.measuring import keep
from benchmarks.run import BENCH, MILLION_ACTIVITIES_A_PARTNER, facts
from benchmarks.spark_cluster import cluster
from benchmarks.steps import DAY
from palier.backends.spark.evaluate import evaluate_on_spark
from palier.backends.spark.session import spark_session
from palier.backends.spark.store import address
from palier.engine.compile import compile_rulebook

ON = DAY
DEFAULTS = {
    "spark.driver.memory": "2g",
    "spark.executor.memory": "3g",
    "spark.executor.cores": "1",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "8",
}


def measured(partners: int, rounds: int) -> bool:
    """Scan and evaluate by turns, keep both medians, and say whether the figures are DuckDB's."""
    source = facts(partners)
    rulebook = palier.read_program("solutions")
    tables = sorted(path for path in map(source.joinpath, _files(source)) if path.exists())
    scans, ours = [], []
    out = BENCH / "spark-run"
    folder = BENCH / "spark-cluster"
    with cluster(folder, defaults=DEFAULTS, memory="4g") as master, spark_session(master) as spark:
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            started = time.perf_counter()
            for path in tables:
                spark.read.parquet(address(path)).write.format("noop").mode("overwrite").save()
            scans.append(time.perf_counter() - started)
            started = time.perf_counter()
            run = evaluate_on_spark(rulebook, spark=spark, facts=source, on=ON, out=out)
            ours.append(time.perf_counter() - started)
            digest = run.about["results_digest"]
            run.close()
    with palier.evaluate(rulebook, facts=source, on=ON) as other:
        same = bool(other.about["results_digest"] == digest)
    keep(
        "Spark on two workers of one core each, against its own scan of the same files",
        ("partners", "M activities", "rounds", "scan s", "evaluate s", "ratio", "figures as DuckDB's"),
        [(
            f"{partners:,}", f"{partners * MILLION_ACTIVITIES_A_PARTNER:.0f}", rounds, f"{median(scans):.1f}",
            f"{median(ours):.1f}", f"{median(ours) / median(scans):.2f}", "yes" if same else "no",
        )],
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    return same


def _files(source: Path) -> list[str]:
    compiled = compile_rulebook(palier.read_program("solutions"))
    names = [(name, f"{name}.parquet") for name in compiled.tables_read]
    return [each for pair in names for each in pair if (source / each).exists()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--partners", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sys.exit(0 if measured(given.partners, given.rounds) else 1)
