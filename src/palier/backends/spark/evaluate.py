"""The one call on Spark: evaluate a program over facts for a day, the results written where Spark writes."""

from __future__ import annotations

import os
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from palier.backends.evaluation import Clock, Evaluation, Progress
from palier.backends.reading import in_list
from palier.backends.runs import OutputInTheWayError, Run, open_run, problems_relation, replaceable, run_table
from palier.backends.session import connect, create_relation
from palier.backends.spark.compute import Computation
from palier.backends.spark.opening import open_on_spark
from palier.backends.spark.session import exact_session
from palier.backends.spark.store import Store, address, is_address
from palier.engine.compile import compile_rulebook
from palier.engine.planning import make_plan
from palier.engine.results import RESULT_TABLES
from palier.facts.relations import literal
from palier.rulebook.read import Rulebook

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DESCRIBED = ("problems", "run")
_COUNTED = ("figures", "standings")


def evaluate_on_spark(
    rulebook: Rulebook,
    *,
    spark: SparkSession,
    facts: Path | str,
    on: date,
    out: Path | str,
    known_at: datetime | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Compute what `evaluate` does on a Spark cluster; lines, figures, gates and standings stay on its executors.

    Args:
        rulebook: a program as read by `read_program`.
        spark: a session of the cluster; a session of its own is made from it.
        facts: the folder of fact tables, or its address in a store that Spark reads (`s3a://bucket/facts`).
        on: the day asked about.
        out: where to write the run as Parquet, a folder or an address; an earlier run there is replaced.
        known_at: ignore rows recorded later (UTC, without a zone); absent: the latest versions hold.
        stale: compute though a table ends before what the day needs; figures that rest on it say so.
        progress: told the name of each stage as it starts.

    Returns:
        The run; of one in a store only figures, standings, problems and its description are at hand.

    Raises:
        InputProblemsError: the rulebook or the facts have structural problems; nothing was written.
        FactsNotFoundError: there is no such folder.
        OutputInTheWayError: the output folder exists and is not an earlier run.
    """
    compiled = compile_rulebook(rulebook)
    plan = make_plan(compiled, [on])
    store, target = Store(spark), address(out)
    _refuse_in_the_way(store, target)
    partial = _beside(target, "partial")
    clock, connection, session = Clock(progress), connect(), exact_session(spark)
    try:
        store.remove(partial)
        with clock.stage("check"):
            opened = open_on_spark(
                session, connection, compiled, facts,
                on=on, known_at=known_at, stale=stale, scratch=f"{partial}/_facts",
            )  # fmt: skip
        computation = Computation(session, compiled, plan, folder=partial, scratch=f"{partial}/_made")
        computation.run(clock, opened.late)
        evaluation = Evaluation(connection, compiled, opened.snapshot, on, opened.problems, seconds=clock.seconds)
        run = _finish(store, evaluation, partial, known_at=known_at, facts_digest=opened.digest, engine=spark.version)
        _move(store, partial, target)
    except BaseException:
        connection.close()
        raise
    finally:
        store.remove(partial)
    if is_address(out):
        return run
    connection.close()
    return open_run(Path(out))


def _finish(
    store: Store, evaluation: Evaluation, partial: str, *, known_at: datetime | None, facts_digest: str, engine: str
) -> Run:
    """Describe the run as on DuckDB: one digest of figures and standings, one table of problems."""
    connection = evaluation.connection
    with tempfile.TemporaryDirectory(prefix="palier-") as folder:
        here = Path(folder)
        for name in _COUNTED:
            files = sorted(store.fetch(f"{partial}/{name}", here / name).glob("*.parquet"))
            position = ", CAST(NULL AS INTEGER) AS position" if name == "figures" else ""
            connection.execute(f"CREATE TEMP TABLE {name} AS SELECT *{position} FROM read_parquet({in_list(files)})")
        create_relation(connection, problems_relation(evaluation.problems))
        run_table(evaluation, known_at, facts_digest, backend="spark", engine=engine)
        for name in _DESCRIBED:
            made = here / f"{name}.parquet"
            connection.execute(f"COPY {name} TO {literal(str(made))} (FORMAT parquet, COMPRESSION zstd)")
            store.send(made, f"{partial}/{name}.parquet")
    for scratch in ("_facts", "_made"):
        store.remove(f"{partial}/{scratch}")
    return Run(connection, {name: name for name in (*_COUNTED, *_DESCRIBED)}, evaluation.problems)


def _refuse_in_the_way(store: Store, target: str) -> None:
    if store.exists(target) and not replaceable((each.name for each in store.entries(target)), "run", RESULT_TABLES):
        raise OutputInTheWayError(Path(target))


def _move(store: Store, partial: str, target: str) -> None:
    if not store.exists(target):
        store.move(partial, target)
        return
    gone = _beside(target, "gone")
    store.move(target, gone)
    store.move(partial, target)
    store.remove(gone)


def _beside(target: str, what: str) -> str:
    above, _, name = target.rpartition("/")
    return f"{above}/.{name}.{what}-{os.getpid()}"
