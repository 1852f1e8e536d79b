from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from palier.backends.files import facts_digest
from palier.backends.sampling import (
    SampleCount,
    SampleFolderTakenError,
    SampleTooEarlyError,
    write_sample,
)
from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.facts.tables import TABLES

UNTIL = date(2026, 11, 20)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleCount]:
    folder = tmp_path_factory.mktemp("sample") / "facts"
    return folder, write_sample(folder, partners=20, seed=1, activities=20_000)


@pytest.fixture
def facts(sample: tuple[Path, SampleCount]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    open_snapshot(connection, sample[0])
    return connection


def values(facts: duckdb.DuckDBPyConnection, query: str) -> set[object]:
    return {row[0] for row in facts.execute(query).fetchall()}


def test_a_sample_has_no_error_and_few_warnings(sample: tuple[Path, SampleCount]) -> None:
    with duckdb.connect() as connection:
        problems = check_snapshot(connection, open_snapshot(connection, sample[0]))
    assert {(problem.severity, problem.code) for problem in problems} <= {("warning", "no_country")}
    assert len(problems) < 20


def test_every_table_has_rows_and_they_are_counted(sample: tuple[Path, SampleCount]) -> None:
    folder, count = sample
    with duckdb.connect() as connection:
        snapshot = open_snapshot(connection, folder)
    assert count.rows == snapshot.rows
    assert all(count.rows[table] > 0 for table in TABLES)
    assert count.rows["partners"] == 20
    assert count.rows["customers"] == 2_000
    assert count.rows["activities"] == pytest.approx(20_000, rel=0.02)


def test_the_same_seed_gives_the_same_bytes(sample: tuple[Path, SampleCount], tmp_path: Path) -> None:
    write_sample(tmp_path / "again", partners=20, seed=1, activities=20_000)
    assert facts_digest(tmp_path / "again") == facts_digest(sample[0])


def test_another_seed_gives_another_sample(sample: tuple[Path, SampleCount], tmp_path: Path) -> None:
    write_sample(tmp_path / "other", partners=20, seed=2, activities=20_000)
    assert facts_digest(tmp_path / "other") != facts_digest(sample[0])


def test_a_sample_has_as_many_customers_as_are_asked_for(tmp_path: Path) -> None:
    counted = write_sample(tmp_path / "sample", partners=10, seed=1, customers=120, activities=500)
    assert counted.rows["customers"] == 120


def test_an_older_sample_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    steps: list[str] = []
    for partners in (3, 2):
        write_sample(tmp_path / "facts", partners=partners, seed=1, activities=100, progress=steps.append)
    with duckdb.connect() as connection:
        assert open_snapshot(connection, tmp_path / "facts").rows["partners"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["facts"]
    assert "partners: 3 rows." in steps


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear partner")
    with pytest.raises(SampleFolderTakenError, match="not empty"):
        write_sample(tmp_path, partners=2, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_day_without_enough_history_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(SampleTooEarlyError, match="2023-12-31"):
        write_sample(tmp_path / "facts", partners=2, seed=1, until=date(2023, 12, 31))


def test_a_sample_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "facts", partners=2, seed=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("until", [date(2026, 11, 1), date(2027, 2, 28), date(2024, 2, 29)])
def test_nothing_happens_after_the_last_day(tmp_path: Path, until: date) -> None:
    write_sample(tmp_path / "facts", partners=5, seed=3, until=until, activities=2_000)
    with duckdb.connect() as connection:
        snapshot = open_snapshot(connection, tmp_path / "facts")
        problems = check_snapshot(connection, snapshot)
        (matched,) = connection.execute("SELECT max(matched_on) FROM influenced_sales").fetchone() or (None,)
    assert {problem.code for problem in problems} <= {"no_country"}
    assert matched is not None
    assert until - timedelta(days=60) < matched <= until
    assert set(snapshot.complete_until.values()) == {until}


def test_activities_stand_in_the_order_of_their_days(facts: duckdb.DuckDBPyConnection) -> None:
    days = facts.execute("SELECT occurred_on FROM activities").fetchall()
    assert days == sorted(days)
    assert days[-1][0] <= UNTIL


def test_the_nine_currencies_and_both_markets_occur(facts: duckdb.DuckDBPyConnection) -> None:
    currencies = {"USD", "AUD", "COP", "EUR", "GBP", "SGD", "JPY", "ZAR", "CAD"}
    assert values(facts, "SELECT currency FROM sales") == currencies
    assert values(facts, "SELECT currency FROM market_rates") == currencies
    assert {"FR", "US", "BR", "CO", "ZA"} <= values(facts, "SELECT country FROM customers")


def test_some_customers_are_shared(facts: duckdb.DuckDBPyConnection) -> None:
    who = "FROM client_access JOIN partner_users USING (user_id)"
    sharers = values(facts, f"SELECT count(DISTINCT partner_id) {who} GROUP BY customer_id")
    assert {1, 2, 3, 4} < sharers


def test_ends_lie_ahead(facts: duckdb.DuckDBPyConnection) -> None:
    soon = "BETWEEN DATE '2026-11-21' AND DATE '2027-01-20'"
    for ends in (
        f"SELECT expires_on FROM credentials WHERE expires_on {soon}",
        f"SELECT churned_on FROM customers WHERE churned_on {soon}",
        f"SELECT closed_on FROM sales WHERE closed_on + INTERVAL 12 MONTH {soon}",
        f"SELECT max(occurred_on) AS last FROM activities GROUP BY customer_id HAVING last + 90 {soon}",
    ):
        assert values(facts, ends)


def test_all_levels_and_kinds_occur(facts: duckdb.DuckDBPyConnection) -> None:
    assert values(facts, "SELECT level FROM enrolments") == {"provider", "partner", "member"}
    assert values(facts, "SELECT motion FROM sales") == {"sourced", "assisted", "self_service"}
    assert values(facts, "SELECT kind FROM sales") == {"new", "cross_sell", "upsell"}
    assert {"view", "login", "publish"} <= values(facts, "SELECT action FROM activities")
    assert values(facts, "SELECT associated_on IS NULL FROM client_access") == {True, False}
    assert values(facts, "SELECT removed_on IS NULL FROM client_access") == {True, False}
    assert values(facts, "SELECT net_minor < 0 FROM payments") == {True, False}
