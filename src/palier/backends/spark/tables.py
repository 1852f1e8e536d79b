"""The fact tables of a snapshot as Spark's views: the declared columns and types, the versions that hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from palier.backends.spark.session import first_words
from palier.backends.spark.store import plain
from palier.engine.dialect import spark_literal, spark_name, spark_sql, spark_type
from palier.facts.cells import from_typed
from palier.facts.relations import holding, listed, quoted, rows_of
from palier.facts.schema import VERSION_COLUMNS, Column, Table
from palier.rulebook.problems import InputProblemsError, Problem

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_KINDS = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp_ntz": "TIMESTAMP",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}
"""What Spark calls the types of a Parquet file, in the words of the contract."""


@dataclass(frozen=True, slots=True)
class FactFiles:
    """The Parquet files of one table, as addresses."""

    table: Table
    files: Sequence[str]


def create_tables(session: SparkSession, facts: Mapping[str, FactFiles], *, known_at: datetime | None) -> None:
    """Make a view of each table, named like it, of the rows that hold; a table without files is empty.

    Raises:
        InputProblemsError: a file cannot be read, or holds another type; all tables at once.
    """
    problems: list[Problem] = []
    for each in facts.values():
        try:
            _create(session, each, known_at)
        except InputProblemsError as error:
            problems += error.problems
    if problems:
        raise InputProblemsError(problems)


def _create(session: SparkSession, facts: FactFiles, known_at: datetime | None) -> None:
    table = facts.table
    read = _read(session, facts) if facts.files else None
    found = {} if read is None else {each.name: each.dataType.simpleString() for each in read.schema.fields}
    cells = [
        f"{_cell(read, table, each, found)} AS {spark_name(each.name)}" for each in (*table.columns, *VERSION_COLUMNS)
    ]
    rows = session.sql(f"SELECT {', '.join(cells)} WHERE FALSE") if read is None else read.selectExpr(*cells)
    every = f"{table.name} as read"
    rows.createOrReplaceTempView(spark_name(every))
    held = holding(
        table,
        listed(table.column_names),
        recorded="recorded_at" in found,
        retractable="retracted" in found,
        known_at=known_at,
    )
    held_on_spark = spark_sql(held.replace(rows_of(table.name), quoted(every)))
    session.sql(held_on_spark).createOrReplaceTempView(spark_name(table.name))


def _read(session: SparkSession, facts: FactFiles) -> DataFrame:
    from pyspark.errors import PySparkException  # noqa: PLC0415  # an extra

    try:
        reader = session.read.option("mergeSchema", str(len(facts.files) > 1).lower())
        return reader.parquet(*(plain(file) for file in facts.files))
    except PySparkException as error:
        raise InputProblemsError([_unreadable(facts.table, first_words(error))]) from error


def _cell(read: DataFrame | None, table: Table, column: Column, found: Mapping[str, str]) -> str:
    """The declared column from what the files hold; a value that the declared type cannot hold stops the run."""
    name, kind = spark_name(column.name), spark_type(column.type.sql)
    null = f"CAST(NULL AS {kind})"
    if read is None or column.name not in found:
        return null
    typed = _kind(found[column.name])
    reading = None if typed is None else from_typed(column.type, typed)
    if reading is None:
        if read.filter(f"{name} IS NOT NULL").isEmpty():
            return null
        raise InputProblemsError([_mistyped(table, column, found[column.name])])
    cast = f"CAST({name} AS {kind})"
    if reading.exact is None:
        return name if typed == column.type.sql else cast
    said = spark_literal(f"{table.name}.{column.name} holds a value that is not {column.type}")
    exact = spark_sql(f"SELECT {reading.exact.replace('{c}', quoted(column.name))}").removeprefix("SELECT ")
    return f"CASE WHEN {name} IS NULL THEN NULL WHEN {exact} THEN {cast} ELSE RAISE_ERROR({said}) END"


def _kind(found: str) -> str | None:
    decimal = re.fullmatch(r"decimal\((\d+),(\d+)\)", found)
    return _KINDS.get(found) if decimal is None else f"DECIMAL({decimal[1]},{decimal[2]})"


def _unreadable(table: Table, said: str) -> Problem:
    return Problem(
        severity="error",
        code="unreadable_file",
        message=f"The files of the table {table.name} cannot be read together: {said}",
        table=table.name,
        found=said,
        expected="whole Parquet files whose columns have the same types",
        mend="Export the files again, all alike.",
    )


def _mistyped(table: Table, column: Column, found: str) -> Problem:
    return Problem(
        severity="error",
        code="mistyped_column",
        message=f"The column {column.name} of {table.name} has the type {found}, which is not {column.type}.",
        table=table.name,
        column=column.name,
        found=found,
        expected=f"{column.type} ({column.type.sql})",
        mend=f"Export {column.name} as {column.type.sql}.",
    )
