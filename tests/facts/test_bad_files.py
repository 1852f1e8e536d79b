"""Broken files: each is the good snapshot with one small change, and gives its problem and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.rulebook.problems import Severity
from support.facts import write_facts
from support.good_facts import good_rows, problems_of


@dataclass(frozen=True)
class BadFiles:
    """A change to the files of the good snapshot in CSV, and the problem expected of it."""

    name: str
    change: Callable[[Path], object]
    code: str
    table: str | None
    column: str | None = None
    found: str | None = None
    row: int | None = None
    severity: Severity = "error"


def cell(table: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def write(name: str, content: str | bytes) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def dangling(folder: Path) -> None:
    (folder / "sales.csv").unlink()
    (folder / "sales.csv").symlink_to(folder / "gone.csv")


BAD_FILES = [
    BadFiles(
        "a day of no calendar",
        cell("sales", "2023-01-10", "2023-02-30"),
        "mistyped_cell",
        "sales",
        "closed_on",
        "2023-02-30",
        1,
    ),
    BadFiles(
        "a day the French way",
        cell("sales", "2023-01-10", "10/01/2023"),
        "mistyped_cell",
        "sales",
        "closed_on",
        "10/01/2023",
        1,
    ),
    BadFiles(
        "an amount with decimals",
        cell("sales", ",50000,", ",500.00,"),
        "mistyped_cell",
        "sales",
        "mrr_minor",
        "500.00",
        1,
    ),
    BadFiles(
        "an amount in words",
        cell("payments", ",-1000,", ",refund,"),
        "mistyped_cell",
        "payments",
        "net_minor",
        "refund",
        2,
    ),
    BadFiles(
        "an amount too long",
        cell("sales", ",50000,", ",99999999999999999999,"),
        "mistyped_cell",
        "sales",
        "mrr_minor",
        "99999999999999999999",
        1,
    ),
    BadFiles(
        "a boolean in French",
        cell("own_subscriptions", "true", "oui"),
        "mistyped_cell",
        "own_subscriptions",
        "base_price",
        "oui",
        1,
    ),
    BadFiles(
        "a rate with a comma",
        cell("market_rates", "1.0835", '"1,0835"'),
        "mistyped_cell",
        "market_rates",
        "usd_rate",
        "1,0835",
        1,
    ),
    BadFiles("no column", cell("sales", "motion", "motive"), "missing_column", "sales", "motion", "no such column"),
    BadFiles(
        "a column twice",
        cell("sales", "upmarket", "motion"),
        "repeated_column",
        "sales",
        "motion",
        "2 columns motion",
    ),
    BadFiles("an empty file", write("sales.csv", ""), "unreadable_file", "sales", None, "sales.csv"),
    BadFiles(
        "semicolons",
        write("partners.csv", "partner_id;name;country;payment_currency\nP1;Ardoise;FR;EUR\n"),
        "wrong_separator",
        "partners",
        None,
        "semicolons",
    ),
    BadFiles(
        "tabs",
        write("partners.csv", '"partner_id"\t"name"\t"country"\nP1\tArdoise\tFR\n'),
        "wrong_separator",
        "partners",
        None,
        "tabs",
    ),
    BadFiles(
        "Latin letters",
        write("partners.csv", "partner_id,name,country,payment_currency\nP1,Béryl,FR,EUR\n".encode("latin-1")),
        "not-utf8",
        "partners",
        None,
        "bytes that are no text in UTF-8",
        1,
    ),
    BadFiles(
        "two bytes for a letter",
        write("partners.csv", "partner_id,name,country,payment_currency\nP1,Beryl,FR,EUR\n".encode("utf-16-le")),
        "not-utf8",
        "partners",
        None,
        "bytes that are no text in UTF-8",
    ),
    BadFiles(
        "a mark for Excel",
        write("partners.csv", "sep=;\npartner_id;name;country;payment_currency\n"),
        "unreadable_file",
        "partners",
        None,
        "partners.csv",
    ),
    BadFiles(
        "a column in capitals",
        cell("sales", "motion", "MOTION"),
        "missing_column",
        "sales",
        "motion",
        "MOTION",
    ),
    BadFiles(
        "the column of what is taken back, in other letters",
        write("contact_forms.csv", "form_id,partner_id,program,filed_at,Retracted\n"),
        "missing_column",
        "contact_forms",
        "retracted",
        "Retracted",
    ),
    BadFiles(
        "a row with too many cells",
        cell("partners", "P1,Ardoise", "P1,Ardoise,SARL"),
        "bad_row",
        "partners",
        None,
        "has more cells than the header",
        1,
    ),
    BadFiles(
        "a row with too few cells",
        cell("partners", "P1,Ardoise,", "P1,"),
        "bad_row",
        "partners",
        None,
        "has fewer cells than the header",
        1,
    ),
    BadFiles(
        "a quote never closed",
        cell("market_rates", "EUR,", '"EUR,'),
        "bad_row",
        "market_rates",
        None,
        "has a quote that is not closed or not alone",
        1,
    ),
    BadFiles(
        "a row of three megabytes",
        cell("market_rates", "EUR,", f"{'E' * 3_000_000},"),
        "bad_row",
        "market_rates",
        None,
        "is longer than 2 MB, as after a quote that is not closed",
        1,
    ),
    BadFiles(
        "a table in two forms",
        write("sales.parquet", b"PAR1"),
        "two_forms",
        "sales",
        None,
        "sales.parquet and sales.csv",
    ),
    BadFiles(
        "a broken Parquet file",
        write("sales.parquet", b"PAR1"),
        "unreadable_file",
        "sales",
        None,
        "sales.parquet",
    ),
    BadFiles(
        "a broken file in a folder",
        write("sales/part-0.parquet", b"no" * 99),
        "unreadable_file",
        "sales",
        None,
        "part-0.parquet",
    ),
    BadFiles(
        "a folder without Parquet",
        write("sales/part-0.csv", "sale_id\n"),
        "empty_folder",
        "sales",
        None,
        "no file",
    ),
    BadFiles(
        "a folder for each month",
        write("app_uses/month=2026-01/part-0.parquet", b"PAR1"),
        "unknown_file",
        "app_uses",
        found="app_uses/month=2026-01",
    ),
    BadFiles(
        "a manifest in capitals",
        write("Manifest.json", "{}"),
        "unknown_file",
        None,
        found="Manifest.json",
    ),
    BadFiles(
        "a manifest that says a day twice",
        write("manifest.json", '{"complete_until": {"sales": "2026-01-20", "sales": "2026-12-31"}}'),
        "bad_manifest",
        None,
        found="sales more than once",
    ),
    BadFiles(
        "a manifest of brackets",
        write("manifest.json", "[" * 100_000),
        "bad_manifest",
        None,
        found="too many brackets",
    ),
    BadFiles(
        "a manifest whose link leads nowhere",
        lambda folder: (folder / "manifest.json").symlink_to(folder / "gone.json"),
        "bad_manifest",
        None,
        found="No such file or directory",
    ),
    BadFiles(
        "a stray file",
        write("Sale.csv", "sale_id\n"),
        "unknown_file",
        None,
        None,
        "Sale.csv",
        severity="warning",
    ),
    BadFiles(
        "a manifest that is no JSON",
        write("manifest.json", "{"),
        "bad_manifest",
        None,
        None,
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    BadFiles("a manifest that is a list", write("manifest.json", "[]"), "bad_manifest", None, None, "[]"),
    BadFiles(
        "a manifest without days",
        write("manifest.json", '{"complete_until": "2026-11-20"}'),
        "bad_manifest",
        None,
        None,
        '{"complete_until": "2026-11-20"}',
    ),
    BadFiles(
        "a manifest with a slip in its key",
        write("manifest.json", '{"complete": {"sales": "2026-01-20"}}'),
        "bad_manifest",
        None,
        None,
        "complete",
    ),
    BadFiles(
        "a manifest with a key that nothing reads",
        write("manifest.json", '{"by": "me"}'),
        "bad_manifest",
        None,
        None,
        "by",
        severity="warning",
    ),
    BadFiles(
        "lines that end in two ways",
        write("partners.csv", "partner_id,name,country,payment_currency\r\nP1,Ardoise,FR,EUR\r\nP2,Brique,FR,EUR\n"),
        "mixed_line_ends",
        "partners",
        None,
        "lines that end in CR LF and in LF",
        2,
    ),
    BadFiles(
        "a manifest with an impossible day",
        write("manifest.json", '{"complete_until": {"sales": "2026-11-31"}}'),
        "bad_manifest",
        "sales",
        "complete_until",
        "2026-11-31",
    ),
    BadFiles(
        "a table whose link leads nowhere",
        dangling,
        "unreadable_file",
        "sales",
        found="sales.csv",
    ),
    BadFiles(
        "a table in upper case",
        lambda folder: (folder / "sales.csv").rename(folder / "Sales.CSV"),
        "unknown_file",
        "sales",
        found="Sales.CSV",
    ),
    BadFiles(
        "a table that is packed",
        lambda folder: (folder / "sales.csv").rename(folder / "sales.csv.gz"),
        "unknown_file",
        "sales",
        found="sales.csv.gz",
    ),
    BadFiles(
        "a manifest about no table",
        write("manifest.json", '{"complete_until": {"sale": "2026-11-20"}}'),
        "unknown_table",
        "sale",
        None,
        "sale",
        severity="warning",
    ),
    BadFiles(
        "a row after the day stated",
        write("manifest.json", '{"complete_until": {"sales": "2023-01-09"}}'),
        "after_complete",
        "sales",
        "closed_on",
        "2023-01-10",
        1,
        "warning",
    ),
]


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_bad_files_give_their_problem(tmp_path: Path, bad: BadFiles) -> None:
    bad.change(write_facts(tmp_path, good_rows()))

    found = problems_of(tmp_path)

    expected = (bad.severity, bad.code, bad.table, bad.column, bad.found, bad.row)
    assert expected in [(p.severity, p.code, p.table, p.column, p.found, p.row) for p in found]


def test_columns_that_nothing_reads_may_stand_twice(tmp_path: Path) -> None:
    folder = write_facts(tmp_path, good_rows())
    before = problems_of(folder)
    path = folder / "market_rates.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{header},,,note,note", *(f"{row},,,a,b" for row in rows)]), encoding="utf-8")

    assert problems_of(folder) == before


def test_a_manifest_may_begin_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    folder = write_facts(tmp_path, good_rows())
    (folder / "manifest.json").write_text('{"complete_until": {"sales": "2026-01-20"}}', encoding="utf-8-sig")
    with duckdb.connect() as connection:
        assert open_snapshot(connection, folder).complete_until == {"sales": date(2026, 1, 20)}


def test_versions_in_capitals_are_told_of_parquet_too(tmp_path: Path) -> None:
    folder = write_facts(tmp_path, good_rows())
    with duckdb.connect() as connection:
        rows = f"SELECT *, TRUE AS \"RETRACTED\" FROM read_csv('{folder}/apps.csv', all_varchar = true)"
        connection.execute(f"COPY ({rows}) TO '{folder}/apps.parquet'")
    (folder / "apps.csv").unlink()

    found = [(p.code, p.found) for p in problems_of(folder) if p.column == "retracted"]

    assert found == [("missing_column", "RETRACTED")]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    rows = good_rows()
    rows["sales"][0]["motion"] = "inbound"
    rows["reviews"][0]["stars"] = 6
    rows["customers"][0]["country"] = None
    folder = write_facts(tmp_path, rows)
    cell("contact_forms", "2026-04-20T", "2026-04-31T")(folder)
    cell("payments", "corrects_payment_id", "corrects")(folder)
    write("stray.txt", "?")(folder)

    found = {problem.code for problem in problems_of(folder)}

    assert found >= {
        "unknown_value",
        "out_of_range",
        "no_country",
        "mistyped_cell",
        "missing_column",
        "unknown_file",
    }


def test_a_cell_that_cannot_be_read_is_not_called_empty_too(tmp_path: Path) -> None:
    rows = good_rows()
    rows["sales"].append({**rows["sales"][0], "sale_id": "A2", "mrr_minor": None})
    folder = write_facts(tmp_path, rows)
    cell("sales", ",50000,", ",much,")(folder)

    found = [(p.code, p.row) for p in problems_of(folder) if p.column == "mrr_minor"]

    assert found == [("mistyped_cell", 1), ("missing_value", 2)]


def test_twenty_rows_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = good_rows()
    for row in rows["activities"]:
        row["customer_id"] = "C9"

    found = [p for p in problems_of(write_facts(tmp_path, rows)) if p.code == "dangling_reference"]

    assert [p.row for p in found] == [*range(1, 21), None]
    assert found[-1].found == "10 more"


def test_what_rests_on_a_row_that_is_taken_back_is_told_so(tmp_path: Path) -> None:
    rows = good_rows()
    taken = {**rows["sales"][0], "recorded_at": "2026-11-01T00:00:00", "retracted": True}
    rows["sales"] = [*({**row, "recorded_at": None, "retracted": None} for row in rows["sales"]), taken]

    found = [p for p in problems_of(write_facts(tmp_path, rows)) if p.code == "dangling_reference"]

    assert {p.column for p in found} == {"sale_id"}
    assert all("where sales takes it back, take this row back, too" in str(p.mend) for p in found)


def test_rows_are_numbered_as_in_the_file_even_after_a_bad_one(tmp_path: Path) -> None:
    rows = good_rows()
    rows["activities"][9]["action"] = "dance"
    folder = write_facts(tmp_path, rows)
    cell("activities", "T2,", "T2,,")(folder)
    cell("activities", "T5,U1,", "T5,")(folder)

    found = [(p.code, p.row) for p in problems_of(folder) if p.table == "activities"]

    assert found == [("bad_row", 2), ("bad_row", 5), ("unknown_action", 10)]


def test_a_large_table_is_left_to_facts_check(tmp_path: Path) -> None:
    rows = good_rows()
    rows["activities"][0]["customer_id"] = "C9"
    rows["sales"][0]["partner_id"] = "P9"
    folder = write_facts(tmp_path, rows)
    with duckdb.connect() as connection:
        found = check_snapshot(connection, open_snapshot(connection, folder), row_limit=29)

    assert [(p.severity, p.code, p.table) for p in found] == [
        ("error", "dangling_reference", "sales"),
        ("warning", "not_checked", "activities"),
    ]


def test_a_table_delivered_twice_is_told_by_a_few_keys_and_a_count(tmp_path: Path) -> None:
    partners = [{"partner_id": f"P{number}"} for number in range(10_050)] * 2
    found = problems_of(write_facts(tmp_path, {"partners": partners}))

    assert {problem.code for problem in found} == {"duplicate_key"}
    assert [problem.found for problem in found][19:] == [found[19].found, "10,030 more"]


@pytest.mark.parametrize("day", ["12026-01-01", "0044-03-15 (BC)", "infinity", "-infinity"])
def test_a_day_that_only_parquet_can_say_is_no_day(tmp_path: Path, day: str) -> None:
    write_facts(tmp_path, good_rows(), form="parquet")
    with duckdb.connect() as connection:
        path = tmp_path / "sales.parquet"
        connection.execute(f"CREATE TABLE sales AS SELECT * REPLACE (DATE '{day}' AS closed_on) FROM '{path}'")
        connection.execute(f"COPY sales TO '{path}'")
    assert ("impossible_date", "sales", "closed_on") in {(p.code, p.table, p.column) for p in problems_of(tmp_path)}
