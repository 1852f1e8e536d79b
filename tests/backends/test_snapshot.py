from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from palier.backends.files import FactsNotFoundError, facts_digest
from palier.backends.snapshot import Snapshot, check_snapshot, open_snapshot
from palier.facts.tables import TABLES, Column, ColumnType, Table, TableRedeclaredError
from support.facts import Form, write_facts
from support.good_facts import good_rows


def opened(folder: Path, **asked: object) -> tuple[duckdb.DuckDBPyConnection, Snapshot]:
    connection = duckdb.connect()
    return connection, open_snapshot(connection, folder, **asked)  # type: ignore[arg-type]


def rows_in(folder: Path, table: str, **asked: object) -> list[tuple[object, ...]]:
    connection, _ = opened(folder, **asked)
    with connection:
        return connection.execute(f'FROM "{table}" ORDER BY ALL').fetchall()


FORMS = pytest.mark.parametrize("form", ["csv", "parquet"])


class TestViews:
    @pytest.mark.parametrize("name", TABLES)
    def test_every_table_is_a_view_of_the_declared_columns(self, tmp_path: Path, name: str) -> None:
        connection, _ = opened(tmp_path)
        described = connection.execute(f'DESCRIBE "{name}"').fetchall()
        assert [(column, kind) for column, kind, *_ in described] == [
            (column.name, column.type.sql) for column in TABLES[name].columns
        ]

    @pytest.mark.parametrize("name", TABLES)
    def test_csv_and_parquet_read_alike(self, tmp_path: Path, name: str) -> None:
        rows = good_rows()
        from_csv = rows_in(write_facts(tmp_path / "csv", rows), name)
        from_parquet = rows_in(write_facts(tmp_path / "parquet", rows, form="parquet"), name)
        assert from_csv == from_parquet
        assert len(from_csv) == len(rows[name])

    def test_only_the_asked_tables_are_opened(self, tmp_path: Path) -> None:
        connection, snapshot = opened(write_facts(tmp_path, good_rows()), tables=["sales"])
        assert set(snapshot.tables) == {"sales"}
        assert check_snapshot(connection, snapshot) == ()

    def test_a_program_may_declare_a_table_of_its_own(self, tmp_path: Path) -> None:
        column = Column("visit_id", ColumnType.TEXT, "The visit.", required=True)
        visits = Table("visits", "One row is a visit.", (column,), ("visit_id",))
        write_facts(tmp_path, {"visits": [{"visit_id": "V1"}]}, extra_tables=[visits])
        assert rows_in(tmp_path, "visits", extra_tables=[visits]) == [("V1",)]

    def test_a_program_may_not_redeclare_a_table(self, tmp_path: Path) -> None:
        with pytest.raises(TableRedeclaredError, match="sales"):
            opened(tmp_path, extra_tables=[TABLES["sales"]])

    def test_a_folder_that_is_not_there_is_a_wrong_call(self, tmp_path: Path) -> None:
        with pytest.raises(FactsNotFoundError, match="nowhere"):
            opened(tmp_path / "nowhere")

    def test_a_folder_may_have_any_name(self, tmp_path: Path) -> None:
        folder = write_facts(tmp_path / "l'été [2026]*", good_rows(), form="parquet")
        assert len(rows_in(folder, "activities")) == 30

    def test_undeclared_columns_are_free(self, tmp_path: Path) -> None:
        header = "\ufeffnote,use_id,partner_id,Note,benefit,used_on,quantity\r\n"
        row = 'x,B1,P1,"y\n",badge,2024-08-01,\r\n'
        (tmp_path / "benefit_uses.csv").write_text(header + row, encoding="utf-8")
        assert rows_in(tmp_path, "benefit_uses") == [("B1", "P1", "badge", date(2024, 8, 1), None)]

    def test_the_rows_of_the_files_are_counted(self, tmp_path: Path) -> None:
        for form in ("csv", "parquet"):
            folder = write_facts(tmp_path / form, good_rows(), form=form)
            _, snapshot = opened(folder)
            assert snapshot.rows["activities"] == 30
            assert snapshot.rows["enrolments"] == 2


def at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC).replace(tzinfo=None)


def partner(name: str, hour: int | None, *, retracted: bool | None = None) -> dict[str, object]:
    recorded_at = None if hour is None else at(hour)
    return {"partner_id": "P1", "name": name, "recorded_at": recorded_at, "retracted": retracted}


class TestVersions:
    VERSIONS = (
        partner("second", 11),
        partner("always", None),
        partner("first", 10, retracted=False),
        partner("fourth", 13),
        partner("third", 12, retracted=True),
    )

    @FORMS
    @pytest.mark.parametrize(
        ("known_at", "names"),
        [
            (None, ["fourth"]),
            (at(9), ["always"]),
            (at(10), ["first"]),
            (at(11), ["second"]),
            (at(12), []),
            (at(13), ["fourth"]),
            (datetime(2026, 1, 1, 12, 59, tzinfo=timezone(timedelta(hours=2))), ["first"]),
        ],
    )
    def test_the_latest_known_version_holds(
        self,
        tmp_path: Path,
        form: Form,
        known_at: datetime | None,
        names: list[str],
    ) -> None:
        folder = write_facts(tmp_path, {"partners": self.VERSIONS}, form=form)
        assert [row[1] for row in rows_in(folder, "partners", known_at=known_at)] == names

    @FORMS
    def test_versions_are_no_problem(self, tmp_path: Path, form: Form) -> None:
        connection, snapshot = opened(write_facts(tmp_path, {"partners": self.VERSIONS}, form=form))
        assert check_snapshot(connection, snapshot) == ()

    @FORMS
    def test_a_bad_version_that_no_longer_holds_is_no_problem(self, tmp_path: Path, form: Form) -> None:
        versions = [partner("a", 10) | {"country": "XX"}, partner("a", 11) | {"country": "FR"}]
        folder = write_facts(tmp_path, {"partners": versions}, form=form)
        connection, snapshot = opened(folder)
        assert check_snapshot(connection, snapshot) == ()
        connection, snapshot = opened(folder, known_at=at(10))
        assert [problem.code for problem in check_snapshot(connection, snapshot)] == ["unknown_country"]

    @FORMS
    def test_retracted_alone_takes_the_row_away(self, tmp_path: Path, form: Form) -> None:
        rows: list[dict[str, object]] = [{"partner_id": "P1"}, {"partner_id": "P2", "retracted": True}]
        folder = write_facts(tmp_path, {"partners": rows}, form=form)
        assert [row[0] for row in rows_in(folder, "partners")] == ["P1"]

    @pytest.mark.parametrize(
        "written",
        [
            "2026-01-01T10:00:00Z",
            "2026-01-01 10:00",
            "2026-01-01T12:00:00+02:00",
            "2026-01-01T12:00:00.000+02",
            "2026-01-01T04:30:00-0530",
        ],
    )
    def test_moments_in_csv_are_brought_to_utc(self, tmp_path: Path, written: str) -> None:
        form = {"form_id": "F", "partner_id": "P", "program": "x", "filed_at": written}
        folder = write_facts(tmp_path, {"contact_forms": [form]})
        assert rows_in(folder, "contact_forms") == [("F", "P", "x", at(10))]

    def test_without_versions_a_view_is_a_plain_projection(self, tmp_path: Path) -> None:
        connection, _ = opened(write_facts(tmp_path, good_rows(), form="parquet"))
        plan = connection.execute(
            "EXPLAIN SELECT user_id FROM activities WHERE occurred_on > DATE '2026-01-20'",
        ).fetchall()[0][1]
        assert "WINDOW" not in plan
        assert "Filters" in plan
        assert "activity_id" not in plan


def write_sales(folder: Path, name: str = "sales.parquet", **odd: pa.Array) -> Path:
    """One sale in the declared types, but for the columns given."""
    texts = ("sale_id", "partner_id", "customer_id", "product_line", "kind", "motion", "currency")
    columns: dict[str, pa.Array] = {column: pa.array(["x"], pa.string()) for column in texts}
    columns["mrr_minor"] = pa.array([5], pa.int64())
    columns["closed_on"] = pa.array([date(2026, 1, 2)], pa.date32())
    columns["line_first_sold_on"] = pa.array([None], pa.date32())
    columns["upmarket"] = pa.array([True])
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    pq.write_table(pa.table({**columns, **odd}), path)
    return folder


DAY = date(2026, 1, 2)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)


class TestParquetTypes:
    @pytest.mark.parametrize(
        ("column", "array", "expected"),
        [
            ("mrr_minor", pa.array([5], pa.int8()), 5),
            ("mrr_minor", pa.array([5], pa.uint32()), 5),
            ("mrr_minor", pa.array([5], pa.uint64()), 5),
            ("mrr_minor", pa.array([Decimal(5)], pa.decimal128(38, 0)), 5),
            ("closed_on", pa.array([DAY], pa.date64()), DAY),
            ("closed_on", pa.array([MIDNIGHT], pa.timestamp("ms")), DAY),
            ("closed_on", pa.array([MIDNIGHT], pa.timestamp("ns")), DAY),
            ("sale_id", pa.array(["x"], pa.large_string()), "x"),
            ("sale_id", pa.array(["x"]).dictionary_encode(), "x"),
            ("product_line", pa.array([None], pa.null()), None),
            ("product_line", pa.array([None], pa.int32()), None),
            ("upmarket", pa.array([None], pa.float64()), None),
        ],
        ids=str,
    )
    def test_types_that_lose_nothing_are_read(
        self, tmp_path: Path, column: str, array: pa.Array, expected: object
    ) -> None:
        folder = write_sales(tmp_path, **{column: array})
        connection, snapshot = opened(folder)
        assert connection.execute(f"SELECT {column} FROM sales").fetchall() == [(expected,)]
        assert snapshot.problems == ()

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    @pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
    def test_moments_of_any_unit_and_zone_are_in_utc(self, tmp_path: Path, unit: str, zone: str | None) -> None:
        filed = NOON if zone else NOON.replace(tzinfo=None)
        forms = {
            "form_id": pa.array(["F"]),
            "partner_id": pa.array(["P"]),
            "program": pa.array(["x"]),
            "filed_at": pa.array([filed], pa.timestamp(unit, zone)),
        }
        pq.write_table(pa.table(forms), tmp_path / "contact_forms.parquet")
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        open_snapshot(connection, tmp_path)
        assert connection.execute("SELECT filed_at FROM contact_forms").fetchone() == (NOON.replace(tzinfo=None),)

    @pytest.mark.parametrize(
        ("column", "array", "found"),
        [
            ("mrr_minor", pa.array([5.0], pa.float64()), "DOUBLE"),
            ("mrr_minor", pa.array(["5"]), "VARCHAR"),
            ("mrr_minor", pa.array([Decimal("5.00")], pa.decimal128(18, 2)), "DECIMAL(18,2)"),
            ("closed_on", pa.array(["2026-01-02"]), "VARCHAR"),
            ("sale_id", pa.array([7], pa.int64()), "BIGINT"),
            ("upmarket", pa.array([1], pa.int8()), "TINYINT"),
        ],
        ids=str,
    )
    def test_other_types_are_a_problem(self, tmp_path: Path, column: str, array: pa.Array, found: str) -> None:
        _, snapshot = opened(write_sales(tmp_path, **{column: array}))
        assert [(p.severity, p.code, p.table, p.column, p.found) for p in snapshot.problems] == [
            ("error", "mistyped_column", "sales", column, found)
        ]

    @pytest.mark.parametrize(
        ("column", "array", "found"),
        [
            ("closed_on", pa.array([NOON.replace(tzinfo=None)], pa.timestamp("us")), "2026-01-02 12:00:00"),
            ("mrr_minor", pa.array([2**63], pa.uint64()), "9223372036854775808"),
        ],
        ids=str,
    )
    def test_cells_that_would_lose_something_are_a_problem(
        self, tmp_path: Path, column: str, array: pa.Array, found: str
    ) -> None:
        _, snapshot = opened(write_sales(tmp_path, **{column: array}))
        assert [(p.code, p.place, p.found) for p in snapshot.problems] == [
            ("mistyped_cell", f"sales[1].{column}", found)
        ]

    def test_files_of_a_folder_may_differ_in_order_and_type(self, tmp_path: Path) -> None:
        write_sales(tmp_path, "sales/a.parquet", note=pa.array(["free"]))
        write_sales(tmp_path, "sales/b.parquet", mrr_minor=pa.array([7], pa.int16()))
        shuffled = pq.read_table(tmp_path / "sales/a.parquet")
        pq.write_table(shuffled.select(shuffled.column_names[::-1]), tmp_path / "sales/c.parquet")
        (tmp_path / "sales/_SUCCESS").touch()
        connection, snapshot = opened(tmp_path)
        assert snapshot.problems == ()
        assert snapshot.rows["sales"] == 3
        assert connection.execute("SELECT mrr_minor, currency FROM sales ORDER BY ALL").fetchall() == [
            (5, "x"),
            (5, "x"),
            (7, "x"),
        ]

    def test_a_column_missing_in_one_file_of_a_folder_is_a_problem(self, tmp_path: Path) -> None:
        write_sales(tmp_path, "sales/a.parquet")
        whole = pq.read_table(tmp_path / "sales/a.parquet")
        pq.write_table(whole.drop_columns(["motion"]), tmp_path / "sales/b.parquet")
        _, snapshot = opened(tmp_path)
        assert [(p.code, p.column) for p in snapshot.problems] == [("missing_column", "motion")]
        assert "in 1 of its 2 files, the first of them b.parquet" in snapshot.problems[0].message

    def test_a_row_is_found_in_its_file(self, tmp_path: Path) -> None:
        write_sales(tmp_path, "sales/a.parquet")
        write_sales(tmp_path, "sales/b.parquet", sale_id=pa.array(["y"]), kind=pa.array(["gift"]))
        connection, snapshot = opened(tmp_path)
        found = [p for p in check_snapshot(connection, snapshot) if p.column == "kind" and p.found == "gift"]
        assert [(p.row, p.message.endswith("(in b.parquet)")) for p in found] == [(1, True)]


class TestDigest:
    def test_it_is_the_same_for_the_same_content_at_another_place(self, tmp_path: Path) -> None:
        first = write_facts(tmp_path / "a", good_rows())
        second = write_facts(tmp_path / "b", good_rows())
        (second / ".hidden").write_text("x")
        assert facts_digest(first) == facts_digest(second)

    def test_it_differs_with_a_name_or_a_byte(self, tmp_path: Path) -> None:
        folder = write_facts(tmp_path, good_rows())
        digests = [facts_digest(folder)]
        (folder / "sales.csv").rename(folder / "sale.csv")
        digests.append(facts_digest(folder))
        (folder / "apps.csv").write_text("app_id\n")
        digests.append(facts_digest(folder))
        assert len(set(digests)) == 3

    def test_the_manifest_says_until_when_tables_are_complete(self, tmp_path: Path) -> None:
        (tmp_path / "manifest.json").write_text('{"complete_until": {"activities": "2026-11-20"}, "sample": {}}')
        _, snapshot = opened(tmp_path)
        assert snapshot.complete_until == {"activities": date(2026, 11, 20)}
        assert snapshot.problems == ()
