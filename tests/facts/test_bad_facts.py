"""Broken rows: each is the good snapshot with one small change, and gives its problem and no traceback."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from support.facts import Form, write_facts
from support.good_facts import Rows, good_rows, problems_of

BAD_CELLS = list(csv.DictReader((Path(__file__).parent / "bad_cells.csv").read_text("utf-8").splitlines()))


def typed(value: str, before: object) -> object:
    """The value of a bad cell, as the type of the good one."""
    if value == "":
        return None
    return int(value) if isinstance(before, int) else value


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("bad", BAD_CELLS, ids=lambda bad: bad["sentence"])
def test_a_bad_cell_gives_its_problem(tmp_path: Path, bad: dict[str, str], form: Form) -> None:
    rows = good_rows()
    row = rows[bad["table"]][int(bad["row"]) - 1]
    row[bad["column"]] = typed(bad["value"], row.get(bad["column"]))

    write_facts(tmp_path, {bad["table"]: rows.pop(bad["table"])}, form=form)
    found = problems_of(write_facts(tmp_path, rows, form="parquet"))  # read faster than as CSV

    expected = (
        bad["severity"],
        bad["code"],
        f"{bad['table']}[{bad['row']}].{bad['column']}",
        bad["value"] or "nothing",
    )
    assert expected in [(problem.severity, problem.code, problem.place, problem.found) for problem in found]
    assert all(problem.message and problem.expected and problem.mend for problem in found)


def again(table: str, row: int = 1, **changes: object) -> Callable[[Rows], object]:
    return lambda rows: rows[table].append({**rows[table][row - 1], **changes})


def put(table: str, **changes: object) -> Callable[[Rows], object]:
    return lambda rows: rows[table][0].update(changes)


AT_TEN = {"recorded_at": "2026-01-01T10:00:00"}

BAD_ROWS = {
    "a partner twice": (
        again("partners"),
        ("duplicate_key", "partners[1].partner_id", "P1 in 2 rows"),
    ),
    "a subscription twice from one day": (
        again("subscriptions", 2),
        ("duplicate_key", "subscriptions[2].subscription_id", "S1, 2024-01-10 in 2 rows"),
    ),
    "two versions recorded at one moment": (
        lambda rows: rows.update(partners=[row | AT_TEN for row in rows["partners"] * 2]),
        ("duplicate_key", "partners[1].partner_id", "P1 in 2 rows"),
    ),
    "a tool twice in one month": (
        again("tool_uses"),
        ("duplicate_key", "tool_uses[1].customer_id", "C1, email, 2026-01-01 in 2 rows"),
    ),
    "an own subscription twice, without a product line": (
        again("own_subscriptions"),
        ("duplicate_key", "own_subscriptions[1].partner_id", "P1, , pro, 2022-07-18 in 2 rows"),
    ),
    "users of a table that is not there": (
        lambda rows: rows.pop("partner_users"),
        ("dangling_reference", "client_access[1].user_id", "U1"),
    ),
    "a reference to a row taken back": (
        again("apps", retracted=True, recorded_at="2026-01-01T10:00:00"),
        ("dangling_reference", "installs[1].app_id", "K1"),
    ),
    "subscription rows that overlap by a day": (
        put("subscriptions", effective_until="2024-01-11"),
        ("overlap", "subscriptions[2].effective_from", "2024-01-10"),
    ),
    "a subscription without an end before the next": (
        put("subscriptions", effective_until=None),
        ("overlap", "subscriptions[2].effective_from", "2024-01-10"),
    ),
    "a customer in two countries": (
        again("customer_countries", country="FR", effective_from="2025-01-01"),
        ("overlap", "customer_countries[2].effective_from", "2025-01-01"),
    ),
    "two levels at once": (
        put("enrolments", left_on=None),
        ("two_levels", "enrolments[2].enrolled_on", "2023-01-01"),
    ),
    "a retraction of nothing": (
        put("benefit_uses", retracted=True),
        ("retracts_nothing", "benefit_uses[1].retracted", "true"),
    ),
}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", BAD_ROWS)
def test_bad_rows_give_their_problem(tmp_path: Path, name: str, form: Form) -> None:
    change, expected = BAD_ROWS[name]
    rows = good_rows()
    change(rows)

    found = problems_of(write_facts(tmp_path, rows, form=form))

    assert expected in [(problem.code, problem.place, problem.found) for problem in found]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_good_snapshot_has_no_problem(tmp_path: Path, form: Form) -> None:
    assert problems_of(write_facts(tmp_path, good_rows(), form=form)) == ()
