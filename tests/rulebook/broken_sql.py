"""Rulebooks whose SQL writes, reads elsewhere, names what is not declared, or is not exact."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import Broken, Edit, broken, swap, whole

_SOLD = "metrics/sold_points.sql"
_VISITS = "views/visits.sql"
_HEAD = "-- Customers that a partner's employee worked for.\n"


def _instead(sql: str) -> Edit:
    """The view of visits with this text and no other."""
    return whole(_VISITS, f"{_HEAD}{sql}\n")


def _selecting(column: str) -> Edit:
    """The view of visits with another expression for its last column."""
    return swap("COUNT(*) AS visits\n", f"\n  @@{column} AS visits\n", file=_VISITS)


def _reading(relation: str) -> Edit:
    return _instead(f"SELECT x.partner_id, x.customer_id, x.visited_on, x.visits\nFROM @@{relation} AS x")


_WRITES = (
    "INSERT INTO sales SELECT * FROM sales",
    "UPDATE sales SET mrr_minor = 0",
    "DELETE FROM sales",
    "CREATE TABLE visits AS SELECT 1 AS visits",
    "CREATE MACRO two() AS 2",
    "DROP TABLE sales",
    "ALTER TABLE sales DROP COLUMN currency",
    "COPY sales TO 'sales.csv'",
    "COPY (SELECT 1 AS a) TO 'a.parquet'",
    "ATTACH 'other.duckdb' AS other",
    "PRAGMA database_list",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '1TB'",
    "CALL pragma_version()",
    "VALUES (1)",
    "DESCRIBE sales",
)

_OUTSIDE = (
    "read_parquet('other.parquet')",
    "read_csv('/etc/passwd')",
    "read_text('/etc/passwd')",
    "glob('*')",
    "duckdb_settings()",
    "query('SELECT 1')",
    "generate_series(1, 10)",
)

_UNKNOWN = (
    "'other.parquet'",
    "'https://example.org/x.csv'",
    "information_schema.tables",
    "main.sales",
    "palier_rows.sales",
    "sqlite_master",
    "visit",
    "VISITS_OF_OTHERS",
)

_FUNCTIONS = (
    "MEDIAN(a.occurred_on)",
    "GETENV('HOME')",
    "RANDOM()",
    "NOW()",
    "CURRENT_DATE",
    "AVG(1)",
    "LIST(a.action)",
    "MD5(a.action)",
    "DATE_TRUNC('month', a.occurred_on)",
    "NULLIF(1, 2)",
    "2 ** 3",
    "QUERY_TABLE('sales')",
)

_REFUSED = (
    "COUNT(*) / 2",
    "COUNT(*) // 2",
    "COUNT(*) % 2",
    "MAX(a.occurred_on) + INTERVAL 1 MONTH",
    "DATE_DIFF('month', MIN(a.occurred_on), MAX(a.occurred_on))",
)

SQL: tuple[Broken, ...] = (
    *(broken(f"SQL that is not a SELECT: {sql}", "not_a_select", _instead("@@" + sql)) for sql in _WRITES),
    *(broken(f"SQL that reads {name}", "reads_outside", _reading(name)) for name in _OUTSIDE),
    *(broken(f"SQL that reads {name}", "unknown_table", _reading(name)) for name in _UNKNOWN),
    *(broken(f"SQL that calls {call}", "unknown_function", _selecting(call)) for call in _FUNCTIONS),
    *(broken(f"SQL that computes {what}", "refused_sql", _selecting(what)) for what in _REFUSED),
    broken("an empty SQL file", "not_one_select", whole(_VISITS, "@@")),
    broken("two statements", "not_one_select", swap("-- Customers", "@@-- Customers", file=_VISITS), swap("a.customer_id\n", "a.customer_id;\nDROP TABLE sales\n", file=_VISITS)),
    broken("SQL with a slip", "bad_sql", swap("FROM activities AS a", "@@FORM activities AS a", file=_VISITS)),
    *(broken(f"SQL that reads {what}", "not_a_select", _reading(f"({what} sales)")) for what in ("SUMMARIZE", "DESCRIBE")),
    broken("SQL with an open quote", "bad_sql", _instead("SELECT\n  @@'one AS partner_id")),
    broken("SQL with an open comment", "bad_sql", _instead("SELECT\n  1 AS partner_id\n@@/* FROM activities\n\n")),
    broken("SQL nested without end", "too_deep", whole(_VISITS, "@@" + _HEAD + "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " AS visits")),
    broken("a query without end", "refused_sql", _instead("@@WITH RECURSIVE n AS (SELECT 1 AS visits UNION ALL SELECT n.visits + 1 FROM n)\nSELECT n.visits FROM n")),
    broken("a WITH that reads itself", "name_taken", _instead("@@WITH n AS (SELECT 1 AS visits UNION ALL SELECT n.visits + 1 FROM n)\nSELECT n.visits FROM n")),
    broken("a WITH that hides facts", "name_taken", _instead("@@WITH sales AS (SELECT s.sale_id FROM sales AS s)\nSELECT s.sale_id FROM sales AS s")),
    broken("a star", "star", _instead("@@SELECT * FROM sales AS s")),
    broken("a LIMIT", "refused_sql", _instead("SELECT s.sale_id FROM sales AS s ORDER BY s.sale_id\n@@LIMIT 1")),
    broken("FETCH FIRST", "refused_sql", _instead("@@SELECT s.sale_id FROM sales AS s FETCH FIRST 1 ROW ONLY")),
    broken("a sample", "refused_sql", _instead("@@SELECT s.sale_id FROM sales AS s USING SAMPLE 10%")),
    broken("DISTINCT ON", "refused_sql", _instead("@@SELECT DISTINCT ON (s.partner_id) s.sale_id FROM sales AS s")),
    broken("rows numbered in no order", "refused_sql", _instead("SELECT\n  @@ROW_NUMBER() OVER (PARTITION BY s.partner_id) AS visits\nFROM sales AS s")),
    broken("rows numbered in a named order that is none", "refused_sql", _instead("SELECT\n  @@ROW_NUMBER() OVER w AS visits\nFROM sales AS s\nWINDOW w AS (PARTITION BY s.partner_id)")),
    broken("a sum up to each row in no order", "refused_sql", _instead("SELECT\n  @@SUM(s.mrr_minor) OVER (PARTITION BY s.partner_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visits\nFROM sales AS s")),
    broken("a sum up to each row in a named order that is none", "refused_sql", _instead("SELECT SUM(s.mrr_minor) OVER w AS visits\nFROM sales AS s\n@@WINDOW w AS (PARTITION BY s.partner_id ROWS 1 PRECEDING)")),
    broken("an ASOF join", "refused_sql", _instead("SELECT s.sale_id FROM sales AS s\n@@ASOF JOIN payments AS p ON p.paid_on >= s.closed_on")),
    broken("a natural join", "refused_sql", _instead("SELECT s.sale_id FROM sales AS s\n@@NATURAL JOIN customers AS c")),
    broken("rows written in SQL", "refused_sql", _instead("SELECT x.visits\nFROM (@@VALUES (1)) AS x(visits)")),
    broken("a cast to DOUBLE", "inexact_type", _selecting("CAST(COUNT(*) AS DOUBLE)")),
    broken("a decimal number", "inexact_number", _selecting("COUNT(*) * 0.5")),
    broken("an undeclared column", "unknown_column", swap("a.customer_id, MAX", "\n  @@a.client_id, MAX", file=_VISITS)),
    broken("an undeclared column without its table", "unknown_column", _instead("SELECT\n  @@client_id AS customer_id\nFROM activities AS a")),
    broken("an undeclared column under USING", "unknown_column", _instead("SELECT s.sale_id FROM sales AS s\n@@JOIN customers AS c USING (client_id)")),
    broken("a column of a relation out of reach", "unknown_column", _instead("WITH n AS (SELECT\n@@s.sale_id FROM customers AS c)\nSELECT n.sale_id FROM n JOIN sales AS s ON s.sale_id = n.sale_id")),
    broken("an undeclared parameter", "unknown_parameter", swap("$visit_from", "@@$visits_from", file=_VISITS)),
    broken("an output without a name", "unnamed_column", _instead("@@SELECT a.user_id || 'x' FROM activities AS a")),
    broken("an output named twice", "unnamed_column", _instead("@@SELECT a.user_id, a.customer_id AS user_id FROM activities AS a")),
    broken("an output named in quotes", "unnamed_column", _instead('@@SELECT a.user_id AS "a b" FROM activities AS a')),
    broken("a union of unlike queries", "uneven_union", _instead("SELECT a.user_id FROM activities AS a\nUNION ALL\n@@SELECT u.user_id, u.partner_id FROM partner_users AS u")),
    broken("one name for two relations", "name_taken", _instead("@@SELECT a.user_id FROM activities AS a JOIN activities AS a ON TRUE")),
    broken("no sentence", "no_sentence", swap(_HEAD[:3] + "Customers that a partner's employee worked for in the last ninety days, with the latest day.\n", "@@", file=_VISITS)),
    broken("views in a circle", "view_circle", swap("JOIN partner_users AS p", "JOIN live_customers AS l ON l.customer_id = a.customer_id\nJOIN partner_users AS p", file=_VISITS), at=("views/live_customers.sql", 1)),
    broken("a line without a column", "missing_line_column", swap("-- Each live", "@@-- Each live", file=_SOLD), swap("  r.clause,\n", "", file=_SOLD)),
    broken("a line with a column too many", "unknown_line_column", swap("-- Each live", "@@-- Each live", file=_SOLD), swap("  r.clause,\n", "  r.clause,\n  c.name AS customer_name,\n", file=_SOLD)),
    broken("a ratio whose lines do not say which part they are", "missing_line_column", swap("-- Of the", "@@-- Of the", file="metrics/kept_customers.sql"), swap("  'denominator' AS part,\n", "", file="metrics/kept_customers.sql"), swap("  'numerator' AS part,\n", "", file="metrics/kept_customers.sql")),
    broken("a view with the name of facts", "name_taken", whole("views/sales.sql", "@@-- Sales.\nSELECT c.name FROM customers AS c\n")),
)  # fmt: skip
"""Each is refused before anything runs."""

ODD_SQL: tuple[Broken, ...] = (
    broken("a ratio with an unknown part", "bad_part", swap("'numerator' AS part", "@@'nominator' AS part", file="metrics/kept_customers.sql")),
    broken("a ratio of one part", "bad_part", swap("'denominator' AS part", "@@'numerator' AS part", file="metrics/kept_customers.sql")),
    broken("a clause that no source has", "unknown_citation", swap("'A2' AS clause", "@@'A99' AS clause", file="metrics/visit_points.sql")),
    broken("a window that is not declared", "unknown_word", swap("JOIN spans AS w ON w.span = 'visit'", "@@JOIN spans AS w ON w.span = 'visits'", file="metrics/visit_points.sql")),
    broken("a unit that is not declared", "unknown_word", swap("u.unit = 'points' AND", "@@u.unit = 'pionts' AND", file="metrics/visit_points.sql")),
    broken("a territory that is not declared", "unknown_word", swap("t.territory = 'nordic'", "@@t.territory = 'baltic'", file=_SOLD)),
    broken("a motion that facts never have", "unknown_word", swap("WHERE s.closed_on >= $sold_from\n  AND s.closed_on <=", "WHERE s.closed_on >= $sold_from\n  AND @@s.motion <> 'source'\n  AND s.closed_on <=", file=_SOLD)),
    *(
        broken(f"SQL that compares {said}", code, swap("WHERE s.closed_on >= $sold_from\n  AND s.closed_on <=", f"WHERE s.closed_on >= $sold_from\n  AND @@{condition}\n  AND s.closed_on <=", file=_SOLD))
        for said, code, condition in (
            ("a number with a word", "unlike_kinds", "s.mrr_minor <> 'five'"),
            ("a number with words of a list", "unlike_kinds", "s.mrr_minor IN ('5', 'five')"),
            ("a day with a word", "unlike_kinds", "s.closed_on > 'tomorrow'"),
            ("a day with one that is none", "unlike_kinds", "s.closed_on BETWEEN '2022-01-01' AND '2022-02-31'"),
            ("a day of a choice with one that is none", "unlike_kinds", "CASE s.closed_on WHEN '2022-02-31' THEN 1 ELSE 0 END = 1"),
            ("a text with a number", "unlike_kinds", "s.sale_id <> s.mrr_minor"),
            ("a text with a whole number", "unlike_kinds", "s.sale_id = 5"),
            ("a day with a date that is none", "bad_literal", "s.closed_on > DATE '2022-02-31'"),
        )
    ),
    broken("lines of nobody", "null_column", swap("  s.partner_id,\n", "  @@CAST(NULL AS VARCHAR) AS partner_id,\n", file=_SOLD)),
    broken("lines of no amount", "null_column", swap("  s.mrr_minor * u.grains * h.grains * r.rate AS grains,\n", "  @@NULL AS grains,\n", file=_SOLD)),
    broken("a view's day compared with a word", "unlike_kinds", swap("FROM visits AS v\n", "FROM visits AS v\nJOIN customers AS c ON c.customer_id = v.customer_id AND @@v.visited_on > 'long ago'\n", file="views/live_customers.sql")),
    broken("a view with the name of a relation of the engine", "name_taken", whole("views/lines.sql", "@@-- Lines.\nSELECT c.name FROM customers AS c\n")),
    broken("a view that nothing reads", "unused", whole("views/names.sql", "@@-- Names.\nSELECT c.name FROM customers AS c\n")),
    broken("a view that recalls itself", "view_circle", swap("customers_before: {", "@@customers_before: {"), swap("FROM visits AS v\n", "FROM visits AS v\nJOIN customers_before AS b ON b.customer_id = v.customer_id\n", file="views/live_customers.sql")),
)  # fmt: skip
"""Read well, and are wrong all the same."""
