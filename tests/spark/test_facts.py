"""Facts on Spark in all their forms: CSV, folders, versions, other types, stores; and what stops a run."""

from __future__ import annotations

import json
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
from spark.test_cases import GROUPS, IN_A_STORE, IN_FORMS, merged, unlike_written
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


def test_csv_tables_versions_folders_and_stale_tables_are_read_as_on_duckdb(
    spark: SparkSession, tmp_path: Path
) -> None:
    rows = merged(GROUPS[IN_FORMS])
    known_at, later = moment("2030-01-01T11:00"), moment("2030-01-01T11:00:01")
    own = small()
    (sale,) = own["sales"]
    sale["recorded_at"] = moment("2024-06-01T08:00")
    own["sales"] += [{**sale, "mrr_minor": 999_900, "recorded_at": known_at}, {**sale, "recorded_at": later}]
    for word, retracted_at in (("gone", known_at), ("going", later)):
        told = {**sale, "sale_id": word, "recorded_at": moment("2024-06-02T00:00")}
        own["sales"] += [told, {**told, "recorded_at": retracted_at, "retracted": True}]
    rows = {name: [*rows.get(name, ()), *own.get(name, ())] for name in {**rows, **own}}
    facts = write_facts(tmp_path / "facts", {name: rows.pop(name) for name in ("partners", "enrolments")}, form="csv")
    inside = facts / "activities"
    inside.mkdir()
    activities = rows.pop("activities")
    for number in range(3):
        write_facts(inside, {"activities": activities[number::3]}, form="parquet")
        (inside / "activities.parquet").rename(inside / f"part-{number}.parquet")
    write_facts(facts, rows, form="parquet")
    program, on, _, _ = IN_FORMS
    ends_early(facts, "activities", "sales")
    with both(spark, tmp_path, facts, program=program, on=on, known_at=known_at, stale=True) as run:
        assert unlike_written(run, IN_FORMS) == []
        sold = {line.source_id for line in run.lines() if line.partner_id == "p" and line.source_table == "sales"}
        assert sold == {sale["sale_id"], "going"}
        assert stale_tables_of(run) == {"activities", "sales"}


def ends_early(facts: Path, *tables: str) -> None:
    """Say that tables end long before the day that is asked about."""
    (facts / "manifest.json").write_text(json.dumps({"complete_until": dict.fromkeys(tables, "2020-01-01")}))


def stale_tables_of(run: palier.Run) -> set[str]:
    """The tables that the reasons of figures call stale."""
    reasons = [reason for figure in run.figures() for reason in (figure.reason or "").split("; ")]
    return {reason.split()[1] for reason in reasons if reason.startswith("stale: ")}


def test_a_store_is_read_and_written_by_its_address(spark: SparkSession, tmp_path: Path) -> None:
    program, on, _, _ = IN_A_STORE
    facts = write_facts(tmp_path / "facts", merged(GROUPS[IN_A_STORE]), form="parquet")
    ends_early(facts, "installs", "reviews")
    rulebook = palier.read_program(program)
    palier.evaluate(rulebook, facts=facts, on=on, out=tmp_path / "duckdb", stale=True).close()
    out = f"file://{tmp_path}/deep/spark"
    with evaluate_on_spark(rulebook, spark=spark, facts=f"file://{facts}", on=on, out=out, stale=True) as run:
        assert [problem.code for problem in run.problems][:3] == ["not_checked", "stale_table", "stale_table"]
        assert str(run.about["facts_digest"]).startswith("listing:")
        assert unlike_written(run, IN_A_STORE) == []
        assert stale_tables_of(run) == {"installs", "reviews"}
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
