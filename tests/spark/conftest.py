"""Spark for the tests: inside one process, and as a cluster of one master and two workers on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.spark_cluster import cluster
from pyspark.sql import SparkSession

from palier.backends.spark.session import spark_session
from spark.side_by_side import LONG

QUICK = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:MetaspaceSize=256m "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
DEFAULTS = {
    "spark.driver.memory": "1500m",
    "spark.executor.memory": "700m",
    "spark.executor.cores": "1",
    "spark.driver.extraJavaOptions": f"{QUICK} -Xmn400m",
    "spark.executor.extraJavaOptions": f"{QUICK} -Xmn300m",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.locality.wait": "0s",
    # What pays on many rows costs more than the few of a test are worth:
    "spark.buffer.pageSize": "512k",  # cleared for each join, sort and sum, else 32 MB
    "spark.sql.adaptive.enabled": "false",  # planning again between stages
    "spark.sql.codegen.factoryMode": "FALLBACK" if LONG else "NO_CODEGEN",  # compiling
    "spark.sql.codegen.wholeStage": "false",  # same
    "spark.sql.lightweightPlanChangeValidation": "false",  # Spark's proof of its own rules
    "spark.sql.parquet.columnarReaderBatchSize": "256",
    "spark.sql.ui.explainMode": "simple",
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spark on this machine starts with the settings of the tests."""
    folder = tmp_path_factory.mktemp("settings")
    lines = "".join(f"{name} {value}\n" for name, value in DEFAULTS.items())
    (folder / "spark-defaults.conf").write_text(lines, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_CONF_DIR", str(folder))
        environment.setenv("SPARK_LOCAL_DIRS", str(folder))
        yield


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of the cluster keep what they are asked to do: `work-1` and `work-2`."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="session")
def master(workplace: Path) -> Iterator[str]:
    """The address of a cluster of two workers; its processes end with the tests, failed or not."""
    with cluster(workplace, defaults=DEFAULTS, workers=2, daemon_options=QUICK) as address:
        yield address


@pytest.fixture(scope="session")
def spark(request: pytest.FixtureRequest) -> Iterator[SparkSession]:
    """Spark in one process with two threads; in the long proof, on the cluster."""
    request.getfixturevalue("settings")
    with spark_session(request.getfixturevalue("master") if LONG else "local[2]") as session:
        session.sparkContext.setLogLevel("ERROR")
        yield session
