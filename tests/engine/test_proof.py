"""The proof refuses what is not read-only, declared and exact, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from palier.engine.compile import examine_sql
from palier.engine.proof import ProvenSql, prove
from palier.rulebook.problems import Problem
from palier.rulebook.read import SqlText, programs_folder, read_program, shipped_programs

SCHEMA = {
    "sales": frozenset({"sale_id", "partner_id", "customer_id", "mrr_minor", "closed_on", "motion"}),
    "customers": frozenset({"customer_id", "name", "country"}),
    "rates": frozenset({"motion", "rate", "effective_from", "effective_until"}),
}
PARAMETERS = frozenset({"on_day", "sold_from"})

SHAPES = {
    "one column": "SELECT s.sale_id FROM sales AS s",
    "no qualifier": "SELECT sale_id FROM sales",
    "a table's own name": "SELECT sales.sale_id FROM sales",
    "no relation": "SELECT 1 AS one",
    "quoted names": 'SELECT "s"."sale_id" FROM "sales" AS "s"',
    "a WITH": "WITH live AS (SELECT s.sale_id FROM sales AS s) SELECT l.sale_id FROM live AS l",
    "a WITH that reads a WITH": "WITH a AS (SELECT sale_id FROM sales), b AS (SELECT a.sale_id FROM a) "
    "SELECT b.sale_id FROM b JOIN a ON a.sale_id = b.sale_id",
    "a WITH inside of a query": "SELECT d.id FROM (WITH a AS (SELECT 1 AS id) SELECT a.id FROM a) AS d",
    "a derived table": "SELECT d.id FROM (SELECT s.sale_id AS id FROM sales AS s) AS d",
    "subqueries in subqueries": "SELECT d.id FROM (SELECT e.id FROM (SELECT sale_id AS id FROM sales) AS e) AS d",
    "UNION ALL": "SELECT sale_id FROM sales UNION ALL SELECT customer_id FROM customers",
    "UNION of three": "SELECT sale_id FROM sales UNION SELECT name FROM customers UNION SELECT motion FROM rates",
    "EXCEPT": "SELECT customer_id FROM sales EXCEPT SELECT customer_id FROM customers",
    "INTERSECT": "SELECT customer_id FROM sales INTERSECT SELECT customer_id FROM customers",
    "a union in order": "SELECT sale_id FROM sales UNION SELECT name FROM customers ORDER BY sale_id",
    "a union in brackets": "(SELECT sale_id FROM sales) UNION ALL (SELECT name FROM customers)",
    "EXISTS": "SELECT s.sale_id FROM sales AS s WHERE EXISTS "
    "(SELECT 1 FROM customers AS c WHERE c.customer_id = s.customer_id)",
    "NOT EXISTS": "SELECT s.sale_id FROM sales AS s WHERE NOT EXISTS "
    "(SELECT 1 FROM customers AS c WHERE c.customer_id = s.customer_id)",
    "IN with a subquery": "SELECT s.sale_id FROM sales AS s WHERE s.customer_id IN "
    "(SELECT c.customer_id FROM customers AS c WHERE c.name = s.sale_id)",
    "a subquery two levels in": "SELECT s.sale_id FROM sales AS s WHERE EXISTS (SELECT 1 FROM customers AS c WHERE "
    "EXISTS (SELECT 1 FROM rates AS r WHERE r.motion = s.motion AND c.name = r.motion))",
    "a union in a subquery": "SELECT s.sale_id FROM sales AS s WHERE s.customer_id IN "
    "(SELECT c.name FROM customers AS c WHERE c.name = s.motion UNION SELECT r.motion FROM rates AS r)",
    "a scalar subquery": "SELECT (SELECT MAX(r.rate) FROM rates AS r WHERE r.motion = s.motion) AS n FROM sales AS s",
    "ROW_NUMBER": "SELECT s.sale_id, ROW_NUMBER() OVER (PARTITION BY s.partner_id ORDER BY s.closed_on DESC) AS n "
    "FROM sales AS s",
    "a sum over a window": "SELECT SUM(s.mrr_minor) OVER (PARTITION BY s.partner_id ORDER BY s.closed_on "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far FROM sales AS s",
    "a named window": "SELECT ROW_NUMBER() OVER w AS n FROM sales AS s WINDOW w AS (ORDER BY s.sale_id)",
    "QUALIFY": "SELECT sale_id FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY closed_on) = 1",
    "QUALIFY by alias": "SELECT sale_id, ROW_NUMBER() OVER (ORDER BY closed_on) AS n FROM sales QUALIFY n = 1",
    "CASE": "SELECT CASE WHEN s.motion IS NULL THEN 'none' ELSE s.motion END AS motion FROM sales AS s",
    "CASE of a value": "SELECT CASE s.motion WHEN 'sourced' THEN 5 ELSE 3 END AS rate FROM sales AS s",
    "a difference of days": "SELECT DATE_DIFF('day', s.closed_on, $on_day) AS days FROM sales AS s",
    "a set of bits": "SELECT BIT_COUNT(BIT_OR(s.mrr_minor) & 7) AS n FROM sales AS s",
    "GROUP BY and HAVING": "SELECT s.motion, COUNT(*) AS n FROM sales AS s GROUP BY s.motion HAVING COUNT(*) > 1",
    "GROUP BY an alias": "SELECT LOWER(s.motion) AS kind, COUNT(*) AS n FROM sales AS s GROUP BY kind",
    "HAVING an alias": "SELECT s.partner_id, COUNT(*) AS n FROM sales AS s GROUP BY s.partner_id HAVING n > 1",
    "ORDER BY an alias": "SELECT s.sale_id AS id FROM sales AS s ORDER BY id",
    "COUNT DISTINCT": "SELECT COUNT(DISTINCT s.customer_id) AS n FROM sales AS s",
    "FILTER": "SELECT SUM(s.mrr_minor) FILTER (WHERE s.closed_on < $on_day) AS n FROM sales AS s",
    "DISTINCT": "SELECT DISTINCT s.partner_id FROM sales AS s",
    "LEFT JOIN": "SELECT s.sale_id, r.rate FROM sales AS s LEFT JOIN rates AS r ON r.motion = s.motion "
    "AND (r.effective_from IS NULL OR r.effective_from <= s.closed_on)",
    "a join to oneself": "SELECT a.sale_id FROM sales AS a JOIN sales AS b ON b.customer_id = a.customer_id",
    "CROSS JOIN": "SELECT s.sale_id, c.name FROM sales AS s CROSS JOIN customers AS c",
    "USING": "SELECT s.sale_id FROM sales AS s JOIN customers AS c USING (customer_id)",
    "ANTI JOIN": "SELECT s.sale_id FROM sales AS s ANTI JOIN customers AS c ON c.customer_id = s.customer_id",
    "parameters": "SELECT s.sale_id FROM sales AS s WHERE s.closed_on BETWEEN $sold_from AND $on_day",
    "a parameter as a column": "SELECT $on_day AS on_day FROM sales AS s",
    "a date": "SELECT s.sale_id FROM sales AS s WHERE s.closed_on >= DATE '2024-02-27'",
    "days added": "SELECT s.closed_on + 1 AS next_on FROM sales AS s",
    "whole arithmetic": "SELECT -(s.mrr_minor - 2) * 3 + 1 AS n FROM sales AS s",
    "functions": "SELECT ABS(1) AS a, COALESCE(s.motion, 'x') AS b, GREATEST(1, 2) AS c, LEAST(1, 2) AS d, "
    "LOWER(s.motion) AS e, UPPER(s.motion) AS f, TRIM(s.motion) AS g, SPLIT_PART(s.motion, '-', 1) AS h, "
    "MIN(1) OVER () AS i, MAX(1) OVER () AS j FROM sales AS s",
    "a sum up to each row": "SELECT SUM(s.mrr_minor) OVER (ORDER BY s.closed_on ROWS 1 PRECEDING) AS n FROM sales AS s",
    "a sum in a named order": "SELECT SUM(s.mrr_minor) OVER (w ROWS 1 PRECEDING) AS n FROM sales AS s "
    "WINDOW w AS (PARTITION BY s.partner_id ORDER BY s.closed_on)",
    "words": "SELECT s.motion || '-' || s.sale_id AS id FROM sales AS s WHERE s.motion LIKE 'so%'",
    "casts": "SELECT CAST(NULL AS VARCHAR) AS a, CAST(NULL AS DATE) AS b, CAST(s.mrr_minor AS DECIMAL(38,0)) AS c, "
    "s.mrr_minor::BIGINT AS d, CAST(TRUE AS BOOLEAN) AS e FROM sales AS s",
    "comments": "SELECT s.sale_id -- the sale\nFROM sales AS s /* all */",
    "a semicolon": "SELECT s.sale_id FROM sales AS s;",
}

UNREACHABLE = {
    "an output as its own source": "SELECT nope AS nope FROM sales AS s",
    "an output in WHERE": "SELECT s.sale_id AS id FROM sales AS s WHERE id = 'x'",
    "a column of the query around a derived table": "SELECT d.id FROM sales AS s, (SELECT s.sale_id AS id) AS d",
    "a column of a WITH that is not read": "WITH a AS (SELECT sale_id AS x FROM sales) SELECT s.x FROM sales AS s",
    "a column of an inner query": "SELECT c.name FROM sales AS s WHERE EXISTS (SELECT 1 FROM customers AS c)",
    "a column dropped on the way": "SELECT d.motion FROM (SELECT s.sale_id FROM sales AS s) AS d",
    "a column in a window": "SELECT ROW_NUMBER() OVER (ORDER BY s.opened_on) AS n FROM sales AS s",
    "a column in a join": "SELECT s.sale_id FROM sales AS s JOIN customers AS c ON c.id = s.customer_id",
    "a column of a column": "SELECT s.motion.kind FROM sales AS s",
    "another case": "SELECT S.sale_id FROM sales AS s",
}


def proof(sql: str) -> tuple[ProvenSql | None, tuple[Problem, ...]]:
    return prove(SqlText("metrics/x.sql", f"-- What it counts.\n{sql}"), SCHEMA, PARAMETERS)


@pytest.mark.parametrize("sql", SHAPES.values(), ids=SHAPES)
def test_a_select_over_what_is_declared_is_proven(sql: str) -> None:
    proven, problems = proof(sql)
    assert problems == ()
    assert proven is not None
    assert proven.columns == tuple(select.output_name for select in proven.tree.selects)
    assert sqlglot.parse_one(proven.tree.sql(dialect="spark"), dialect="spark")


@pytest.mark.parametrize("sql", UNREACHABLE.values(), ids=UNREACHABLE)
def test_a_column_out_of_reach_is_refused(sql: str) -> None:
    proven, problems = proof(sql)
    assert proven is None
    assert {problem.code for problem in problems} == {"unknown_column"}


def test_what_is_proven_says_what_it_reads_and_binds() -> None:
    proven, _ = proof(
        "WITH live AS (SELECT s.sale_id, s.motion FROM sales AS s WHERE s.closed_on >= $sold_from)\n"
        "SELECT l.sale_id, r.rate AS points FROM live AS l JOIN rates AS r ON r.motion = l.motion"
    )
    assert proven is not None
    assert proven.reads == {"sales", "rates"}
    assert proven.parameters == {"sold_from"}
    assert proven.columns == ("sale_id", "points")
    assert proven.sentence == "What it counts."


def test_lines_are_those_of_the_file() -> None:
    _, problems = proof(
        "SELECT\n  CASE WHEN s.motion IS NULL\n    THEN 'x'\n    ELSE 'y'\n  END AS kind,\n"
        "  (s.mrr_minor IS NULL\n  OR s.closed_on IS NULL) AS empty,\n  s.nope,\n  'é' AS accent,\n"
        "  s.nope_either\nFROM sales AS s"
    )
    assert [problem.line for problem in problems] == [9, 11]


def test_all_problems_of_a_file_at_once() -> None:
    _, problems = proof("SELECT *\nFROM sale AS s\nWHERE MEDIAN(1) > 1.5\n  AND $day > 1 / 2")
    assert [(problem.code, problem.line) for problem in sorted(problems, key=lambda each: each.line or 0)] == [
        ("star", 2),
        ("unknown_table", 3),
        ("unknown_function", 4),
        ("inexact_number", 4),
        ("refused_sql", 5),
        ("unknown_parameter", 5),
    ]


def test_a_missing_sentence_is_a_problem() -> None:
    _, problems = prove(SqlText("metrics/x.sql", "SELECT s.sale_id FROM sales AS s"), SCHEMA, PARAMETERS)
    assert [problem.code for problem in problems] == ["no_sentence"]


@pytest.mark.parametrize("text", ["", "-- nothing", ";", "SELECT", "SELECT FROM sales", "\x00", "SELECT 1 AS a" * 3000])
def test_text_that_is_no_query_is_a_problem(text: str) -> None:
    proven, problems = prove(SqlText("metrics/x.sql", text), SCHEMA, PARAMETERS)
    assert proven is None
    assert problems


@pytest.mark.parametrize("program", shipped_programs())
def test_every_shipped_query_is_proven_in_every_reading(program: str) -> None:
    rulebook = read_program(program)
    readings = [(name, reading) for name, erratum in rulebook.errata.items() for reading in erratum.switch]
    files: set[str] = set()
    for switches in ({}, *({name: reading} for name, reading in readings)):
        compiled, problems = examine_sql(read_program(program, switches=switches))
        assert problems == ()
        files |= {proven.file for proven in (*compiled.metrics.values(), *compiled.views.values())}
    folder: Path = programs_folder() / program
    assert files == {path.relative_to(folder).as_posix() for path in folder.glob("[mv]*/*.sql")}
