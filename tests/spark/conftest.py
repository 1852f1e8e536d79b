"""A real Spark cluster for the tests: one master and two workers on loopback, started here and stopped here."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession

from palier.backends.spark.session import spark_session

HOST = "127.0.0.1"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DEFAULTS = {
    "spark.driver.memory": "1500m",
    "spark.executor.memory": "700m",
    "spark.executor.cores": "1",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.ui.enabled": "false",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",  # small facts: planning again costs more than it saves
    "spark.sql.codegen.wholeStage": "false",
}
PATIENCE = 240


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of two workers; its processes end with the tests, failed or not."""
    folder = tmp_path_factory.mktemp("cluster")
    defaults = folder / "spark-defaults.conf"
    defaults.write_text("".join(f"{name} {value}\n" for name, value in DEFAULTS.items()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as running:
        for name, value in {
            "SPARK_CONF_DIR": str(folder),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_LOCAL_DIRS": str(folder / "scratch"),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK,
            "SPARK_WORKER_OPTS": "-Dspark.worker.ui.retainedExecutors=2",
            "PYSPARK_PYTHON": sys.executable,
        }.items():
            patch.setenv(name, value)
        port = _free_port()
        address = f"spark://{HOST}:{port}"
        running.enter_context(_daemon(folder, "master", "master.Master", "--host", HOST, "--port", str(port)))
        _wait_for(port)
        for number in (1, 2):
            sized = ("--cores", "1", "--memory", "700m", "--work-dir", str(folder / f"work-{number}"))
            running.enter_context(_daemon(folder, f"worker-{number}", "worker.Worker", "--host", HOST, *sized, address))
        yield address


@pytest.fixture(scope="session")
def spark(master: str) -> Iterator[SparkSession]:
    """Spark on the cluster of the tests."""
    with spark_session(master) as session:
        session.sparkContext.setLogLevel("ERROR")
        yield session


@contextlib.contextmanager
def _daemon(folder: Path, name: str, daemon: str, *given: str) -> Iterator[None]:
    """One process of Spark's own cluster, its talk kept in a file, ended whatever happens."""
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), f"org.apache.spark.deploy.{daemon}"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--webui-port", "0", *given], stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.2)
    message = f"no Spark master answered on port {port} within {PATIENCE} seconds (pid {os.getpid()})"
    raise TimeoutError(message)
