"""Lines held in little room are the lines that each metric makes by itself, whatever the facts and joins are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

import palier
from palier.backends.compact import HeldLines
from palier.backends.evaluation import compute, evaluate_day, open_facts
from palier.backends.sampling import write_sample
from palier.backends.session import connect
from palier.engine.compile import Compiled, compile_rulebook
from palier.engine.plan import Plan
from palier.engine.planning import make_plan
from support.facts import write_facts

ON = date(2026, 6, 15)
Rows = Mapping[str, list[dict[str, object]]]
Found = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, partners=25, seed=5, until=ON)
    return folder


def by_themselves(compiled: Compiled, facts: Path, on: date) -> Found:
    """The lines that the plan's own steps make, one metric after the other, each as it is written."""
    connection = connect()
    with connection:
        open_facts(connection, compiled, facts, on=on, known_at=None, stale=True)
        compute(connection, compiled, make_plan(compiled, [on]))
        return connection.execute("SELECT * FROM lines ORDER BY ALL").fetchall()


@contextmanager
def held(compiled: Compiled, facts: Path, on: date) -> Iterator[tuple[HeldLines, Found, Found]]:
    """Lines held in little room, as they are read and as they are written."""
    evaluation = evaluate_day(compiled, facts, on=on, stale=True)
    with evaluation.connection as connection:
        assert evaluation.lines is not None
        files = " UNION ALL ".join(f"FROM ({select})" for select in evaluation.lines.files().values())
        read, written = (
            connection.execute(f"SELECT * FROM ({lines}) ORDER BY ALL").fetchall()
            for lines in (evaluation.lines.select(), files)
        )
        yield evaluation.lines, read, written


@pytest.mark.parametrize(
    ("program", "on"),
    [
        ("solutions", date(2025, 1, 15)),
        ("solutions", ON),
        ("technology", ON),
    ],
)
def test_every_line_of_a_program(program: str, on: date, sample: Path) -> None:
    compiled = compile_rulebook(palier.read_program(program))
    expected = by_themselves(compiled, sample, on)
    with held(compiled, sample, on) as (lines, read, written):
        assert lines.made
        assert expected
        assert read == expected
        assert written == expected


LIVE = """-- Sales that count on the day.
SELECT s.sale_id, s.partner_id, s.customer_id, s.mrr_minor, s.currency, s.motion, s.closed_on
FROM sales AS s
WHERE s.closed_on <= $on_day
"""
LINE = """
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  {grains} AS grains,
  s.closed_on AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A2' AS clause{more}
FROM live AS s
{joins}
"""
OPEN = {
    "sales": "-- Each sale counts one.\nSELECT s.partner_id," + LINE.format(grains="1", more="", joins=""),
    "sourced": "-- Each sourced sale counts one.\nSELECT s.partner_id,"
    + LINE.format(grains="1", more=",\n  s.motion", joins="WHERE s.motion = 'sourced'"),
    "listed": "-- Each sale to a listed customer counts one.\nSELECT s.partner_id,"
    + LINE.format(grains="1", more="", joins="JOIN customers AS c ON c.customer_id = s.customer_id"),
    "revenue": "-- Each sale counts its revenue by the table.\nSELECT s.partner_id,"
    + LINE.format(
        grains="s.mrr_minor * u.grains",
        more=",\n  s.mrr_minor AS amount_minor,\n  s.currency,\n  u.unit_minor",
        joins="LEFT JOIN currency_units AS u ON u.unit = 'usd' AND u.currency = s.currency",
    ),
}
TWICE = OPEN | {
    "installed": "-- Each app that a customer installed counts one for each sale to it.\nSELECT s.partner_id,"
    + LINE.format(grains="1", more="", joins="JOIN installs AS i ON i.customer_id = s.customer_id")
}


def program(folder: Path, metrics: Mapping[str, str]) -> Compiled:
    """The starter program with the view and metrics of this module."""
    shutil.copytree(palier.read_program("starter").folder, folder)
    (folder / "views").mkdir()
    (folder / "views" / "live.sql").write_text(LIVE)
    shutil.rmtree(folder / "cases")
    listed = ""
    for name, text in metrics.items():
        (folder / "metrics" / f"{name}.sql").write_text(text)
        unit = "usd" if name == "revenue" else "count"
        listed += f"  {name}: {{kind: sum, unit: {unit}, headline: false, cite: [A2]}}\n"
    text = (folder / "program.yaml").read_text()
    text = text.replace("units:\n  usd", "units:\n  count: {decimals: 0}\n  usd", 1)
    (folder / "program.yaml").write_text(text.replace("\ntiers:", f"{listed}\ntiers:", 1))
    return compile_rulebook(palier.read_program(folder))


def facts(folder: Path, **changed: object) -> Path:
    """Three sales, one of them to a customer with two apps installed, and one of a partner that is not enrolled."""
    sale = {"motion": "sourced", "mrr_minor": 100, "currency": "USD", "closed_on": date(2026, 2, 2), "kind": "new"}
    rows: Rows = {
        "partners": [{"partner_id": partner} for partner in ("p1", "p2", "p3")],
        "enrolments": [
            {
                "enrolment_id": partner,
                "partner_id": partner,
                "program": "starter",
                "level": "partner",
                "enrolled_on": date(2025, 1, 1),
            }
            for partner in ("p1", "p2")
        ],
        "customers": [{"customer_id": "c1", "country": "FR"}, {"customer_id": "c2", "country": "FR"}],
        "apps": [{"app_id": "a1", "partner_id": "p3"}, {"app_id": "a2", "partner_id": "p3"}],
        "installs": [
            {"install_id": app, "app_id": app, "customer_id": "c1", "installed_on": date(2026, 1, 1)}
            for app in ("a1", "a2")
        ],
        "sales": [
            {**sale, "sale_id": "s1", "partner_id": "p1", "customer_id": "c1"},
            {**sale, "sale_id": "s2", "partner_id": "p1", "customer_id": "c2", "motion": "assisted", **changed},
            {**sale, "sale_id": "s3", "partner_id": "p2", "customer_id": "c2"},
            {**sale, "sale_id": "s4", "partner_id": "p3", "customer_id": "c2"},
        ],
    }
    return write_facts(folder, rows)


def same(compiled: Compiled, folder: Path) -> tuple[HeldLines, Found]:
    expected = by_themselves(compiled, folder, ON)
    with held(compiled, folder, ON) as (lines, read, written):
        assert read == expected
        assert written == expected
        return lines, expected


def test_metrics_over_one_view_are_made_together(tmp_path: Path) -> None:
    lines, found = same(program(tmp_path / "program", OPEN), facts(tmp_path / "facts"))
    assert lines.made == set(OPEN)
    counted = {name: sum(1 for row in found if row[1] == name) for name in OPEN}
    assert counted == {"sales": 3, "sourced": 2, "listed": 3, "revenue": 3}


def test_a_join_that_finds_two_rows_makes_each_metric_by_itself(tmp_path: Path) -> None:
    lines, found = same(program(tmp_path / "program", TWICE), facts(tmp_path / "facts"))
    assert not lines.made
    assert sum(1 for row in found if row[1] == "installed") == 2


def test_a_word_that_only_the_facts_hold(tmp_path: Path) -> None:
    sourced = OPEN["sourced"].replace("s.motion\n", "s.customer_id AS motion\n")
    lines, found = same(program(tmp_path / "program", OPEN | {"sourced": sourced}), facts(tmp_path / "facts"))
    assert lines.made == set(OPEN)
    assert {row[12] for row in found if row[1] == "sourced"} == {"c1", "c2"}


def test_a_number_that_is_not_small(tmp_path: Path) -> None:
    large = OPEN["revenue"].replace("u.unit_minor", "s.mrr_minor AS rate")
    folder = facts(tmp_path / "facts", mrr_minor=7_000_000_000)
    lines, found = same(program(tmp_path / "program", OPEN | {"revenue": large}), folder)
    assert lines.made == set(OPEN)
    assert 7_000_000_000 in {row[14] for row in found}


def test_a_day_without_lines(tmp_path: Path) -> None:
    compiled = program(tmp_path / "program", OPEN)
    folder = write_facts(tmp_path / "facts", {})
    (folder / "manifest.json").write_text("{}")
    with held(compiled, folder, ON) as (_, read, written):
        assert read == written == []


def test_many_days_make_each_metric_by_itself(tmp_path: Path) -> None:
    compiled = program(tmp_path / "program", OPEN)
    plans: list[Plan] = [make_plan(compiled, days) for days in ([ON], [date(2026, 6, 14), ON])]
    assert [len(plan.together) for plan in plans] == [1, 0]


def test_very_many_lines_are_written_partner_by_partner(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = palier.read_program("solutions")
    with palier.evaluate(program, facts=sample, on=ON, out=tmp_path / "one"):
        pass
    monkeypatch.setattr("palier.backends.compact.ROWS_A_FILE", 300)
    with palier.evaluate(program, facts=sample, on=ON, out=tmp_path / "run"):
        pass
    files = sorted((tmp_path / "run" / "lines").glob("*.parquet"))
    assert len(files) > 2
    assert not (tmp_path / "run" / "lines.parquet").exists()
    with palier.open_run(tmp_path / "one") as one, palier.open_run(tmp_path / "run") as many:
        assert many.lines() == one.lines()
        partner = one.lines()[0].partner_id
        assert many.line_counts(partner_id=partner) == one.line_counts(partner_id=partner) != {}
    listed = ", ".join(f"'{path}'" for path in files)
    read = f"read_parquet([{listed}], filename = true)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT MIN(partner_id), MAX(partner_id) FROM {read} GROUP BY filename ORDER BY filename"
        ).fetchall()
    ends = [end for pair in found for end in pair]
    assert ends == sorted(ends)
    assert all(last < first for (_, last), (first, _) in pairwise(found))
