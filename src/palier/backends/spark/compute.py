"""A plan on Spark: relations and steps as views, what is read twice held, results written by the executors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError

from palier.backends.evaluation import UNSOUND, Clock, refuse, unsound_lines
from palier.backends.runs import GATE_COLUMNS
from palier.backends.session import StepFailedError
from palier.backends.spark.session import first_words
from palier.engine.compile import Compiled
from palier.engine.dialect import relation_sql, relations_named, spark_name, spark_sql
from palier.engine.plan import Plan, Step
from palier.engine.results import LINE_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WRITTEN = {"lines": "lines", "figures": "figures", "gates": "weighed_gates", "standings": "standings"}
"""Each result table and the step that makes it."""
_ORDER = {
    "lines": ("partner_id", "metric", "part"),
    "figures": ("partner_id", "position"),
    "gates": ("partner_id", "tier", "purpose", "position"),
    "standings": ("partner_id",),
}


class Computation:
    """One plan in one session; the folder it writes to ends with the four result tables.

    What is read once stays a view. What is read more often, and all lines, is written by the executors to `scratch`
    and read from there: computed once, numbered once, and a short plan for whatever comes after it.
    """

    def __init__(self, session: SparkSession, compiled: Compiled, plan: Plan, *, folder: str, scratch: str) -> None:
        self.session = session
        self.compiled = compiled
        self.plan = plan
        self.folder = folder
        self.scratch = scratch
        self.fed = frozenset(step.name for step in plan.steps if step.feeds)
        self.waiting: dict[str, list[tuple[Step, str]]] = {}
        self.settled: dict[str, list[str]] = {}
        self.uses = Counter(name for step in plan.steps for name in relations_named(step.sql))
        self.uses.update(dict.fromkeys(_WRITTEN.values(), 2))

    def run(self, clock: Clock, late: Mapping[str, date]) -> None:
        """Compute and write lines, figures, gates and standings.

        Raises:
            InputProblemsError: a statement does not run, a line has no amount, or counts on no day.
        """
        with clock.stage("views"):
            for relation in self.plan.relations:
                self.session.sql(relation_sql(relation)).createOrReplaceTempView(spark_name(relation.name))
        for step in self.plan.steps:
            for name in sorted(set(relations_named(step.sql)) & self.waiting.keys()):
                with clock.stage(name if name == "lines" else step.stage):
                    self._settle_waiting(name)
            if step.name == "exact_figures":
                self._refuse_unsound()
            with clock.stage(step.stage), _said(step):
                self._make(step)
        with clock.stage("write"):
            for table, name in _WRITTEN.items():
                self._write(table, self.session.table(spark_name(name)), late)

    def _make(self, step: Step) -> None:
        """Make the relation of a step; of one that many steps feed, the rows wait until something reads them."""
        text = spark_sql(step.sql, step.parameters)
        frame = self.session.sql(text)
        if step.name in self.fed:
            self.waiting.setdefault(step.name, []).append((step, text))
            return
        if self.uses[step.name] > 1:
            frame = self._settle(step.name, frame)
        frame.createOrReplaceTempView(spark_name(step.name))

    def _settle_waiting(self, name: str) -> None:
        """Compute in one go what feeds a relation."""
        waiting = self.waiting.pop(name)
        files = ", ".join(dict.fromkeys(step.file for step, _ in waiting))
        with _said(replace(waiting[0][0], file=files)):
            frame = self.session.sql(" UNION ALL ".join(f"({text})" for _, text in waiting))
            self._settle(name, frame).createOrReplaceTempView(spark_name(name))

    def _settle(self, name: str, frame: DataFrame) -> DataFrame:
        """What was made so far under a name, written and read back."""
        places = self.settled.setdefault(name, [])
        places.append(f"{self.scratch}/{sum(map(len, self.settled.values()))}")
        frame.write.parquet(places[-1])
        return self.session.read.schema(frame.schema).parquet(*places)

    def _refuse_unsound(self) -> None:
        """Go no further when a line has no amount, or counts on no day.

        Raises:
            InputProblemsError: there is one.
        """
        refuse(tuple(unsound_lines(row.asDict()) for row in self.session.sql(spark_sql(UNSOUND)).collect()))

    def _write(self, table: str, frame: DataFrame, late: Mapping[str, date]) -> None:
        """Write a result table, each file with partners of its own, in the order of its rows."""
        from pyspark.sql import functions as f  # noqa: PLC0415  # an extra

        order = (f.col(each).asc_nulls_last() for each in _ORDER[table])
        ordered = frame.repartitionByRange("partner_id").sortWithinPartitions(*order)
        self._columns(table, ordered, late).write.parquet(f"{self.folder}/{table}")

    def _columns(self, table: str, frame: DataFrame, late: Mapping[str, date]) -> DataFrame:
        if table == "lines":
            return frame.select(*LINE_COLUMNS, *self.compiled.factors)
        if table == "gates":
            return frame.select(*GATE_COLUMNS.split(", "))
        return self._told_stale(frame, late).drop("position") if table == "figures" else frame

    def _told_stale(self, frame: DataFrame, late: Mapping[str, date]) -> DataFrame:
        from pyspark.sql import functions as f  # noqa: PLC0415  # an extra

        for table, until in late.items():
            resting = [name for name in self.compiled.program.metrics if table in self.compiled.rests_on(name)]
            said = f.lit(f"stale: {table} complete until {until}")
            told = f.concat(f.coalesce(f.concat(f.col("reason"), f.lit("; ")), f.lit("")), said)
            frame = frame.withColumn("reason", f.when(f.col("metric").isin(resting), told).otherwise(f.col("reason")))
        return frame


@contextmanager
def _said(step: Step) -> Iterator[None]:
    """Turn what Spark says of the SQL or of the values it computes into a problem.

    Raises:
        StepFailedError: the statement does not run.
    """
    from pyspark.errors import PySparkException  # noqa: PLC0415  # an extra

    try:
        yield
    except (PySparkException, SqlglotError) as error:
        raise StepFailedError(step, first_words(error)) from error
