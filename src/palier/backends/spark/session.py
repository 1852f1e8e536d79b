"""A Spark session whose SQL is exact: what it must not guess, round or leave null."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from palier.rulebook.problems import PalierError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*]"
MASTER_VARIABLE = "PALIER_SPARK_MASTER"

EXACT: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",  # an overflow or a bad cast is an error, never a null
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # 38 digits stay 38 digits
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.variable.substitute": "false",  # "${...}" in a fact or a rulebook is text
}
"""What the results rest on; how fast and where Spark runs is left to its own configuration."""

_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class SparkUnavailableError(PalierError):
    """Raised when Spark cannot be started: it or Java is not installed, or the master does not answer."""


def master_of(given: str | None) -> str:
    """The master asked for, else the environment's, else this machine."""
    return given or os.environ.get(MASTER_VARIABLE) or LOCAL


@contextmanager
def spark_session(master: str) -> Iterator[SparkSession]:
    """Spark on a master, stopped afterwards; anything else comes from Spark's own configuration files.

    Raises:
        SparkUnavailableError: pyspark or Java is missing, or the master does not answer.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415  # an extra: only who asks for Spark needs it
        from pyspark.sql import SparkSession  # noqa: PLC0415  # same
    except ImportError as error:
        message = "--backend spark needs pyspark: install palier[spark]"
        raise SparkUnavailableError(message) from error
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        message = "--backend spark needs Java 17: install it, or set JAVA_HOME"
        raise SparkUnavailableError(message)
    builder = SparkSession.builder.appName("palier").master(master).config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        for name, value in {**_LOOPBACK, "spark.ui.enabled": "false"}.items():
            builder = builder.config(name, value)
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it repeats each error, with its whole plan
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        if not isinstance(error, PySparkException) and not type(error).__module__.startswith("py4j"):
            raise
        message = f"Spark did not start on {master}: {first_words(error)}"
        raise SparkUnavailableError(message) from error
    try:
        yield spark
    finally:
        spark.stop()


def exact_session(spark: SparkSession) -> SparkSession:
    """A session of its own on the same cluster, with its own views and exact SQL."""
    session = spark.newSession()
    for name, value in EXACT.items():
        session.conf.set(name, value)
    return session


def first_words(error: BaseException) -> str:
    """The first line of what Spark said."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
