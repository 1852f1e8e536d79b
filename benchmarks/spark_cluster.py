"""A real Spark cluster on loopback, for tests and measurements: one master and workers, started and stopped here."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
PATIENCE = 240


@contextlib.contextmanager
def cluster(
    folder: Path, *, defaults: Mapping[str, str], workers: int = 2, memory: str = "700m", daemon_options: str = ""
) -> Iterator[str]:
    """A cluster of workers with one core each, and the address of its master; Spark is told of it by environment.

    Its processes end with the context, whatever happens.

    Raises:
        TimeoutError: the master does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = {"spark.driver.host": HOST, "spark.driver.bindAddress": HOST, "spark.ui.enabled": "false", **defaults}
    text = "".join(f"{name} {value}\n" for name, value in lines.items())
    (folder / "spark-defaults.conf").write_text(text, encoding="utf-8")
    told = {
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": daemon_options,
        "PYSPARK_PYTHON": sys.executable,
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        with contextlib.ExitStack() as running:
            port = _free_port()
            address = f"spark://{HOST}:{port}"
            running.enter_context(_daemon(folder, "master", "master.Master", "--host", HOST, "--port", str(port)))
            _wait_for(port)
            for number in range(1, workers + 1):
                sized = ("--cores", "1", "--memory", memory, "--work-dir", str(folder / f"work-{number}"))
                worker = ("worker.Worker", "--host", HOST, *sized, address)
                running.enter_context(_daemon(folder, f"worker-{number}", *worker))
            yield address
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def _daemon(folder: Path, name: str, daemon: str, *given: str) -> Iterator[None]:
    """One process of Spark's own cluster, its talk kept in a file, ended whatever happens."""
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), f"org.apache.spark.deploy.{daemon}"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([*command, "--webui-port", "0", *given], stdout=log, stderr=log)
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
    message = f"no Spark master answered on port {port} within {PATIENCE} seconds"
    raise TimeoutError(message)
