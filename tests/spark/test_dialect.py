"""The same words, the same values: what both engines compute from texts that they would read differently."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from pyspark.sql import SparkSession
from sqlglot.errors import UnsupportedError

from palier.backends.spark.session import exact_session
from palier.engine.dialect import relation_sql, spark_sql, spark_type
from palier.engine.parameters import Relation

VALUES = {"day": date(2024, 2, 29), "text": "a'b\\n\"${env:HOME} \\u0041", "yes": True, "much": 10**30}
EXPRESSIONS = (
    "$day",
    "$text",
    "$yes",
    "CAST($much AS DECIMAL(38,0)) * 3",
    "CAST(CAST(2.5 AS DECIMAL(9,2)) AS BIGINT)",
    "CAST(CAST(-2.5 AS DECIMAL(9,2)) AS INTEGER)",
    "CAST(TRUE AS BIGINT)",
    "CAST(7 AS DECIMAL)",
    "CAST(-7 AS HUGEINT) // CAST(2 AS HUGEINT)",
    "CAST(100000000000000000001 AS HUGEINT) // CAST(7 AS HUGEINT)",
    "CAST(-7 AS HUGEINT) % CAST(2 AS HUGEINT)",
    "CAST(1 AS DECIMAL(38,10)) - COALESCE(CAST(NULL AS DECIMAL(38,10)), 0)",
    "CAST(12345678901234567890 AS DECIMAL(38,0)) * CAST(0.0000000001 AS DECIMAL(10,10))",
    "GREATEST(CAST(NULL AS DATE), $day)",
    "LEAST(CAST(NULL AS BIGINT), 3, 2)",
    "LOWER('\u0130STANBUL \u039f\u0394\u039f\u03a3 \u00c9')",
    "TRIM('\u00a0\u2003 x \u3000')",
    "SPLIT_PART('someone@example.com', '@', 2)",
    "SPLIT_PART('nothing', '@', 2)",
    "SPLIT_PART(CAST(NULL AS VARCHAR), '@', 2)",
    "'Z' < 'a'",
    "'\u00e9' > 'z'",
    "DATEDIFF('day', $day, CAST('2025-03-01' AS DATE))",
    "(SELECT LIST(t.x ORDER BY t.y) FROM "
    "(SELECT 'b' AS x, 2 AS y UNION ALL SELECT 'a', 3 UNION ALL SELECT 'c', 1) AS t)",
    "(SELECT BOOL_AND(t.x) FROM (SELECT CAST(NULL AS BOOLEAN) AS x UNION ALL SELECT TRUE) AS t)",
    "(SELECT BIT_COUNT(BIT_OR(t.x)) FROM (SELECT CAST(5 AS BIGINT) AS x UNION ALL SELECT 8) AS t)",
    "(SELECT COUNT(DISTINCT t.x) FROM (SELECT CAST(NULL AS BIGINT) AS x UNION ALL SELECT 1 UNION ALL SELECT 1) AS t)",
    "(SELECT MAX(t.n) FROM (SELECT t.x, ROW_NUMBER() OVER (ORDER BY t.x) AS n FROM "
    "(SELECT CAST(NULL AS BIGINT) AS x UNION ALL SELECT 1) AS t) AS t WHERE t.x IS NULL)",
    "(SELECT MAX(t.n) FROM (SELECT t.x, ROW_NUMBER() OVER (ORDER BY t.x DESC) AS n FROM "
    "(SELECT CAST(NULL AS BIGINT) AS x UNION ALL SELECT 1) AS t) AS t WHERE t.x IS NULL)",
)


FOLDED = ("ConstantFolding", "ConvertToLocalRelation")
"""What computes constants while a query is planned: no row would be."""


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
@pytest.mark.xdist_group("spark")
def test_both_engines_compute_the_same_values(spark: SparkSession, *, compiled: bool) -> None:
    sql = f"SELECT {', '.join(f'{each} AS c{place}' for place, each in enumerate(EXPRESSIONS))}"
    used = {name: value for name, value in VALUES.items() if f"${name}" in sql}
    wanted = duckdb.connect().execute(sql, used).fetchall()[0]
    session = exact_session(spark)
    session.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
    session.conf.set("spark.sql.codegen.wholeStage", str(compiled).lower())
    excluded = ",".join(f"org.apache.spark.sql.catalyst.optimizer.{rule}" for rule in FOLDED)
    session.conf.set("spark.sql.optimizer.excludedRules", excluded)
    found = session.sql(spark_sql(sql, used)).collect()[0]
    assert {text: found[place] for place, text in enumerate(EXPRESSIONS)} == dict(zip(EXPRESSIONS, wanted, strict=True))


@pytest.mark.xdist_group("spark")
def test_an_overflow_is_an_error_and_never_a_null(spark: SparkSession) -> None:
    session = exact_session(spark)
    for text in (
        "SELECT CAST($much AS DECIMAL(38,0)) * CAST($much AS DECIMAL(38,0)) AS x",
        "SELECT CAST($much AS BIGINT) AS x",
        "SELECT CAST('no' AS BIGINT) AS x",
    ):
        with pytest.raises(Exception, match=r"(?i)overflow|out_of_range|cast_invalid|malformed"):
            session.sql(spark_sql(text, {"much": 10**30})).collect()


@pytest.mark.xdist_group("spark")
def test_the_cells_of_a_relation_keep_their_types_and_letters(spark: SparkSession) -> None:
    columns = {
        "word": "VARCHAR",
        "grains": "DECIMAL(38,0)",
        "month": "DATE",
        "held": "BOOLEAN",
        "rate": "DECIMAL(38,10)",
    }
    rows = (("'; DROP \\' ${x} \\", 10**37, date(2024, 2, 29), True, Decimal("1E-10")), (None,) * 5)
    session = exact_session(spark)
    frame = session.sql(relation_sql(Relation("odd", columns, rows)))
    assert [tuple(row) for row in frame.collect()] == [tuple(row) for row in rows]
    assert [kind for _, kind in frame.dtypes] == ["string", "decimal(38,0)", "date", "boolean", "decimal(38,10)"]
    assert session.sql(relation_sql(Relation("none", columns, ()))).dtypes == frame.dtypes


def test_what_spark_would_compute_otherwise_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="write LOWER"):
        spark_sql("SELECT UPPER(t.x) AS x FROM t")


def test_types_keep_the_digits_that_duckdb_gives_them() -> None:
    assert spark_type("HUGEINT") == "DECIMAL(38, 0)"
    assert (
        spark_sql("SELECT CAST(t.x AS DECIMAL) AS x FROM t") == "SELECT CAST(`t`.`x` AS DECIMAL(18, 3)) AS `x` FROM `t`"
    )
