"""What is taken over from the warehouse comes back as it was, and taking it over again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from palier.facts.tables import TABLES
from palier.portal.partners.facts import ADOPTS, EXPORTS
from palier.portal.partners.models import Employee


def warehouse(folder: Path, table: str) -> list[dict[str, object]]:
    found = duckdb.connect().execute(f"SELECT * FROM '{folder / 'facts' / table}.parquet'")
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def in_order(table: str, rows: list[Mapping[str, object]]) -> list[list[str]]:
    columns = [column.name for column in TABLES[table].columns]
    return sorted([str(row.get(name)) for name in columns] for row in rows)


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(ADOPTS))
def test_a_table_comes_back_as_it_was(table: str, published_folder: Path) -> None:
    rows = warehouse(published_folder, table)
    assert ADOPTS[table](rows) == len(rows) > 0
    given = list(EXPORTS[table]())
    assert all(set(row) == {column.name for column in TABLES[table].columns} for row in given)
    assert in_order(table, given) == in_order(table, list(rows))
    assert ADOPTS[table](rows) == 0


@pytest.mark.django_db
def test_an_end_before_its_start_was_never_in_force() -> None:
    from datetime import date  # noqa: PLC0415  # used here only

    row = {
        "user_id": "U1", "partner_id": "P1", "email": None, "is_partner_employee": None,
        "added_on": date(2026, 5, 2), "deactivated_on": date(2026, 5, 1), "deleted_on": None,
    }  # fmt: skip
    assert ADOPTS["partner_users"]([row]) == 1
    held = Employee.objects.get()
    assert (held.deactivated_on, held.is_partner_employee, held.email) == (held.added_on, False, "")


def test_every_table_of_the_app_goes_both_ways() -> None:
    assert set(ADOPTS) == set(EXPORTS)
