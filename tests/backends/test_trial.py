"""What a proven statement says when it runs is told by the check, by file, and no fault hides another."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import palier
from palier.backends.history import replay
from palier.backends.session import StepFailedError, connect, create_relation, run
from palier.backends.trial import check_and_try, try_sql
from palier.engine.check import check_program
from palier.engine.parameters import Relation
from palier.engine.plan import Step
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import program_folder
from rulebook.broken import broken, swap
from rulebook.broken_calendar import with_calendar
from support.facts import write_facts
from support.small import Rows


def altered(folder: Path, files: Mapping[str, tuple[str, str]]) -> Path:
    """The solutions program with a text of some files replaced."""
    shutil.copytree(program_folder("solutions"), folder)
    for name, (found, instead) in files.items():
        path = folder / name
        text = path.read_text()
        assert text.count(found) == 1
        path.write_text(text.replace(found, instead))
    return folder


@pytest.mark.parametrize("program", ["solutions", "technology", "starter"])
def test_a_shipped_program_runs(program: str) -> None:
    assert try_sql(palier.read_program(program)) == ()


SOLD = "metrics/sold_points.sql"
FAULTS = {
    "views/live_certifications.sql": (
        "WHERE c.kind = 'certification'",
        "WHERE c.kind = 'certification' AND c.earned_on > 5",
    ),
    "views/tools_used.sql": ("COUNT(*) AS tools", "SUM(u.tool) AS tools"),
    "views/sold--current_mrr.sql": (
        "s.closed_on >= $sold_from\n    AND",
        "s.closed_on >= $sold_from + s.currency\n    AND",
    ),
}


def test_types_that_do_not_fit_are_told_by_file_in_every_reading(tmp_path: Path) -> None:
    folder = altered(tmp_path / "mine", FAULTS)
    assert check_program(folder) == ()
    problems = check_and_try(folder)
    assert {problem.file for problem in problems} == set(FAULTS)
    assert len(problems) == len(FAULTS)
    for problem in problems:
        assert (problem.code, problem.severity) == ("sql_failed", "error")
        assert problem.line
        assert problem.mend


KINDS = {
    "true or false for an amount": ("s.mrr_minor * u.grains * h.grains * r.rate AS", "TRUE AS", "grains"),
    "text for an amount": ("s.mrr_minor * u.grains * h.grains * r.rate AS", "'x' AS", "grains"),
    "a day for an amount": ("s.mrr_minor * u.grains * h.grains * r.rate AS", "s.closed_on AS", "grains"),
    "text for a day": ("s.closed_on AS counts_from", "'2026-01-01' AS counts_from", "counts_from"),
    "a number for a partner": ("  s.partner_id,", "  s.mrr_minor AS partner_id,", "partner_id"),
    "text for an amount in minor units": ("s.mrr_minor AS amount_minor", "s.motion AS amount_minor", "amount_minor"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_column_of_lines_that_is_of_another_kind_is_told_by_file(tmp_path: Path, name: str) -> None:
    old, new, column = KINDS[name]
    file, line = broken(name, "", swap(old, f"@@{new}", file=SOLD)).build(tmp_path / "lantern")
    (told,) = check_and_try(tmp_path / "lantern")
    assert (told.code, told.severity, told.file, told.line) == ("mistyped_column", "error", file, line)
    assert column in told.message
    assert told.found != told.expected
    assert told.mend


def members(column: str) -> str:
    return (
        "-- Who takes part.\n"
        f"SELECT e.partner_id, e.{column} AS effective_from, e.left_on AS effective_until FROM enrolments AS e\n"
    )


def test_periods_of_the_calendar_that_are_no_days_are_told_by_file(tmp_path: Path) -> None:
    edits = with_calendar(members=members("level"))
    broken("text", "mistyped_column", *edits, at=("views/members.sql", 2)).build(tmp_path / "lantern")
    (told,) = check_and_try(tmp_path / "lantern")
    assert (told.code, told.file, told.line) == ("mistyped_column", "views/members.sql", 2)
    assert (told.found, told.expected) == ("text", "a day (DATE)")


def test_a_history_of_periods_that_are_no_days_is_a_problem(tmp_path: Path) -> None:
    edits = with_calendar(members=members("level"))
    broken("text", "mistyped_column", *edits, at=("views/members.sql", 2)).build(tmp_path / "lantern")
    enrolled = {"enrolment_id": "e1", "partner_id": "p1", "program": "lantern", "level": "partner"}
    rows: Rows = {"partners": [{"partner_id": "p1"}], "enrolments": [{**enrolled, "enrolled_on": date(2021, 1, 1)}]}
    facts = write_facts(tmp_path / "facts", rows)
    with pytest.raises(InputProblemsError) as refused:
        replay(palier.read_program(tmp_path / "lantern"), facts=facts, until=date(2022, 6, 1))
    (told,) = refused.value.problems
    assert (told.code, told.file) == ("sql_failed", "views/members.sql")


def test_a_good_program_with_a_calendar_runs(tmp_path: Path) -> None:
    broken("good", "none", *with_calendar(), at=("program.yaml", 1)).build(tmp_path / "lantern")
    assert check_and_try(tmp_path / "lantern") == ()


MENDS = {
    "a column that is not grouped": ("SELECT 'a' AS a, n.n, SUM(n.n) AS s FROM n", "GROUP BY"),
    "a number that outgrows its type": ("SELECT n.n * n.n AS s FROM n", "DECIMAL(38,0)"),
    "a word read as a number": ("SELECT CAST(n.word AS BIGINT) AS s FROM n", "not what it is read as"),
    "a subquery of two rows": ("SELECT (SELECT m.n FROM n AS m) AS s FROM n", "one row"),
    "a sum of words": ("SELECT SUM(n.word) AS s FROM n", "types of the columns"),
}


@pytest.mark.parametrize("name", MENDS)
def test_what_mends_a_statement_fits_what_is_wrong_with_it(name: str) -> None:
    sql, mend = MENDS[name]
    numbers = Relation("n", {"n": "BIGINT", "word": "VARCHAR"}, ((9 * 10**18, "x"), (1, "y")))
    with connect() as connection:
        create_relation(connection, numbers)
        with pytest.raises(StepFailedError) as refused:
            run(connection, Step("s", sql, {}, "views/s.sql"))
    (told,) = refused.value.problems
    assert mend in str(told.mend)


def test_a_program_that_is_not_sound_is_not_run(tmp_path: Path) -> None:
    unknown = {"views/partners_on_day.sql": ("DISTINCT e.partner_id", "DISTINCT e.nobody AS partner_id")}
    folder = altered(tmp_path / "mine", {**FAULTS, **unknown})
    assert "sql_failed" not in {problem.code for problem in check_and_try(folder)}
