"""Facts on Spark in all their forms: CSV, folders, versions, other types, stores; and what stops a run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import palier
from palier.backends.runs import OutputInTheWayError
from palier.backends.spark.evaluate import evaluate_on_spark
from spark.side_by_side import both, differing
from support.facts import write_facts
from support.small import sells, works, world

pytestmark = pytest.mark.xdist_group("spark")

ON = date(2024, 6, 15)


def moment(text: str) -> datetime:
    """A moment as the fact tables keep it: in UTC, without a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).replace(tzinfo=None)


def small() -> dict[str, list[dict[str, object]]]:
    rows = world(partners={"p": "partner", "q": "partner"}, customers={"c": 300_000, "d'\\${x}": 70_001, "e": 90_000})
    works(rows, "p", "c", date(2024, 6, 1))
    works(rows, "q", "c", date(2024, 6, 2))
    works(rows, "p", "e", date(2024, 5, 1), removed_on=date(2024, 6, 15))
    return sells(rows, "p", "d'\\${x}", 70_001, date(2024, 5, 15))


def test_csv_tables_versions_and_folders_are_read_as_on_duckdb(spark: SparkSession, tmp_path: Path) -> None:
    rows = small()
    facts = write_facts(tmp_path / "facts", {name: rows[name] for name in ("partners", "enrolments")}, form="csv")
    later = moment("2024-06-14T12:00")
    for sale in list(rows["sales"]):
        sale["recorded_at"] = moment("2024-06-01T08:00")
        rows["sales"].append({**sale, "mrr_minor": 999_900, "recorded_at": later})
        gone = {**sale, "sale_id": "gone", "recorded_at": moment("2024-06-02T00:00")}
        rows["sales"] += [gone, {**gone, "recorded_at": later, "retracted": True}]
    inside = facts / "activities"
    inside.mkdir()
    for number, row in enumerate(rows.pop("activities")):
        write_facts(inside, {"activities": [row]}, form="parquet")
        (inside / "activities.parquet").rename(inside / f"part-{number}.parquet")
    rest = {name: given for name, given in rows.items() if name not in {"partners", "enrolments"}}
    write_facts(facts, rest, form="parquet")
    for known_at in (moment("2024-06-14T11:00"), later):
        folder = tmp_path / str(known_at)[:13]
        both(spark, folder, facts, on=ON, known_at=known_at).close()


def test_a_store_is_read_and_written_by_its_address(spark: SparkSession, tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts", small(), form="parquet")
    rulebook = palier.read_program("solutions")
    palier.evaluate(rulebook, facts=facts, on=ON, out=tmp_path / "duckdb").close()
    out = f"file://{tmp_path}/deep/spark"
    with evaluate_on_spark(rulebook, spark=spark, facts=f"file://{facts}", on=ON, out=out) as run:
        assert [problem.code for problem in run.problems] == ["not_checked"]
        assert str(run.about["facts_digest"]).startswith("listing:")
        assert {standing.partner_id for standing in run.standings()} == {"p", "q"}
    assert differing(tmp_path / "duckdb", tmp_path / "deep" / "spark") == {}
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["spark"]


def test_what_cannot_be_read_stops_the_run_and_leaves_nothing(spark: SparkSession, tmp_path: Path) -> None:
    rows = small()
    facts = write_facts(tmp_path / "facts", rows, form="parquet")
    write_facts(tmp_path / "csv", {"partners": rows["partners"]}, form="csv")
    sales = pq.read_table(facts / "sales.parquet")
    broken = sales.set_column(sales.schema.get_field_index("mrr_minor"), "mrr_minor", pa.array([1.5]))
    pq.write_table(broken, facts / "sales.parquet")
    (tmp_path / "csv" / "partners.csv").rename(facts / "partners.csv")
    (facts / "partners.parquet").unlink()
    rulebook = palier.read_program("solutions")
    for place, codes in ((facts, {"mistyped_column"}), (f"file://{facts}", {"not_parquet"})):
        with pytest.raises(palier.InputProblemsError) as stopped:
            evaluate_on_spark(rulebook, spark=spark, facts=place, on=ON, out=tmp_path / "out")
        assert {each.code for each in stopped.value.problems if each.severity == "error"} == codes
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_an_unknown_currency_and_a_foreign_folder_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    rows = small()
    rows["subscriptions"][0]["currency"] = "CHF"
    facts = write_facts(tmp_path / "facts", rows, form="parquet")
    rulebook = palier.read_program("solutions")
    for place in (facts, f"file://{facts}"):
        with pytest.raises(palier.InputProblemsError) as stopped:
            evaluate_on_spark(rulebook, spark=spark, facts=place, on=ON, out=tmp_path / "out")
        assert "unknown_currency" in {each.code for each in stopped.value.problems}
    with pytest.raises(OutputInTheWayError):
        evaluate_on_spark(rulebook, spark=spark, facts=facts, on=ON, out=facts)


def test_stale_tables_mark_the_same_figures(spark: SparkSession, tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts", small(), form="parquet")
    (facts / "manifest.json").write_text('{"complete_until": {"activities": "2024-06-10", "sales": "2024-06-11"}}')
    rulebook = palier.read_program("solutions")
    palier.evaluate(rulebook, facts=facts, on=ON, out=tmp_path / "duckdb", stale=True).close()
    evaluate_on_spark(rulebook, spark=spark, facts=facts, on=ON, out=tmp_path / "spark", stale=True).close()
    assert differing(tmp_path / "duckdb", tmp_path / "spark") == {}
