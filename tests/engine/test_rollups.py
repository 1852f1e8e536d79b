from __future__ import annotations

import pytest

from palier.engine.rollups import Bound, Rollup, columns_read, refusal, rollup_of, through_rollup
from palier.facts.tables import TABLES

WORK = "activities"
GROUPED = "SELECT a.user_id, {} FROM activities AS a {} GROUP BY a.user_id"
ROLLUP = Rollup(WORK, ("user_id", "customer_id"), ("action", "occurred_on"), ("occurred_on",))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.user_id FROM activities AS a",
        "SELECT COUNT(*) AS n FROM activities AS a",
        "SELECT DISTINCT a.user_id FROM activities AS a GROUP BY a.user_id",
        "SELECT user_id, COUNT(*) AS n FROM activities GROUP BY user_id",
        GROUPED.format("COUNT(*) AS n", "JOIN activities AS b ON b.tool = a.tool"),
        GROUPED.format("SUM(1) AS n", ""),
        GROUPED.format("COUNT(a.tool) AS n", ""),
        GROUPED.format("COUNT(*) FILTER (WHERE a.tool = 'x') AS n", ""),
        GROUPED.format("ROW_NUMBER() OVER (ORDER BY a.user_id) AS n", ""),
        GROUPED.format("COUNT(*) AS n", "LEFT JOIN partner_users AS u ON u.user_id = a.user_id"),
        GROUPED.format("COUNT(*) AS n", "JOIN partner_users AS u USING (user_id)"),
        GROUPED.format("COUNT(*) AS n", "WHERE EXISTS (SELECT 1 AS x FROM apps AS c WHERE c.app_id = a.tool)"),
        GROUPED.format("COUNT(*) AS n", "WHERE a.user_id IN (SELECT c.user_id FROM client_access AS c)"),
    ],
)  # fmt: skip
def test_what_could_tell_equal_rows_apart_is_refused(sql: str) -> None:
    assert refusal(sql, WORK) is not None


@pytest.mark.parametrize("aggregate", ["COUNT(*)", "MIN(a.occurred_on)", "MAX(a.action)", "COUNT(DISTINCT a.action)"])
def test_what_only_counts_equal_rows_is_proven(aggregate: str) -> None:
    assert refusal(GROUPED.format(f"{aggregate} AS n", ""), WORK) is None


def test_a_table_read_with_its_key_has_no_rollup() -> None:
    assert rollup_of(TABLES[WORK], frozenset(TABLES[WORK].column_names)) is None
    assert rollup_of(TABLES[WORK], frozenset(ROLLUP.columns)) == ROLLUP
    assert rollup_of(TABLES["tool_uses"], frozenset({"customer_id", "tool", "month"})) is None


def test_a_join_by_all_identifiers_compares_one_number() -> None:
    sql = (
        "SELECT w.period, COUNT(*) AS n FROM activities AS a JOIN work AS w ON w.user_id = a.user_id "
        "AND w.customer_id = a.customer_id WHERE a.occurred_on >= $activity_from AND $on_day >= a.occurred_on "
        "GROUP BY w.period"
    )
    rewritten = through_rollup(sql, ROLLUP, rows="R", keys="K")
    assert "w.palier_key = a.palier_key" in rewritten.sql
    assert "user_id" not in rewritten.sql.replace("by K user_id customer_id", "")
    assert rewritten.bounds == (Bound("occurred_on", ">=", "activity_from"), Bound("occurred_on", "<=", "on_day"))
    assert [source for source, _ in rewritten.keyed.values()] == ["work"]


def test_an_identifier_that_serves_anything_else_is_spelled_out() -> None:
    sql = GROUPED.format("COUNT(*) AS n", "JOIN work AS w ON w.user_id = a.user_id AND w.customer_id = a.customer_id")
    rewritten = through_rollup(sql, ROLLUP, rows="R", keys="K")
    assert rewritten.keyed == {}
    assert 'JOIN "K" AS k' in rewritten.sql
    assert columns_read(sql, WORK) == {"user_id", "customer_id"}


def test_a_count_of_other_rows_stays() -> None:
    sql = (
        "WITH c AS (SELECT s.customer_id, COUNT(*) AS n FROM sales AS s GROUP BY s.customer_id) "
        "SELECT c.n, COUNT(*) AS m FROM activities AS a JOIN c ON c.customer_id = a.customer_id "
        "WHERE a.user_id = 'u' GROUP BY c.n"
    )
    rewritten = through_rollup(sql, ROLLUP, rows="R", keys="K").sql
    assert "SELECT s.customer_id, COUNT(*) AS n FROM sales" in rewritten
    assert "CAST(SUM(a.palier_rows) AS BIGINT) AS m" in rewritten
