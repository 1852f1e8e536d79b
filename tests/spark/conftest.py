"""A real Spark cluster for the tests: one master and two workers on loopback, started here and stopped here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.spark_cluster import cluster
from pyspark.sql import SparkSession

from palier.backends.spark.session import spark_session

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DEFAULTS = {
    "spark.driver.memory": "1500m",
    "spark.executor.memory": "700m",
    "spark.executor.cores": "1",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",  # for small facts, planning again costs more than it saves
    "spark.sql.codegen.wholeStage": "false",  # same for compiling
}


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of two workers; its processes end with the tests, failed or not."""
    folder = tmp_path_factory.mktemp("cluster")
    with cluster(folder, defaults=DEFAULTS, workers=2, daemon_options=QUICK) as address:
        yield address


@pytest.fixture(scope="session")
def spark(master: str) -> Iterator[SparkSession]:
    """Spark on the cluster of the tests."""
    with spark_session(master) as session:
        session.sparkContext.setLogLevel("ERROR")
        yield session
