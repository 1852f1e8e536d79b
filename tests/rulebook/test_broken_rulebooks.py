"""Every broken rulebook gives its problem with file and line, and nothing raises."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from palier.engine.check import check_program
from palier.engine.compile import compile_rulebook
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import read_program
from rulebook.broken import BASE, PROGRAM, Broken, broken, swap, whole
from rulebook.broken_benefits import BENEFITS, BROKEN_BENEFITS, with_benefits
from rulebook.broken_calendar import CALENDARS, with_calendar
from rulebook.broken_commissions import COMMISSIONS
from rulebook.broken_files import MISTYPED, NAMELESS, UNREAD, UNREADABLE
from rulebook.broken_rules import CITED, LADDERS, RULES
from rulebook.broken_sql import ODD_SQL, SQL

CASES = (
    *UNREADABLE,
    *UNREAD,
    *MISTYPED,
    *RULES,
    *LADDERS,
    *CITED,
    *SQL,
    *ODD_SQL,
    *BROKEN_BENEFITS,
    *COMMISSIONS,
    *CALENDARS,
    *NAMELESS,
)
"""Kinds of fault, each a list that reads as one."""


def test_the_good_rulebook_has_no_problem() -> None:
    assert check_program(BASE) == ()


def test_the_good_rulebook_with_benefits_has_no_problem(tmp_path: Path) -> None:
    broken("good", "none", *with_benefits(), at=("benefits.yaml", 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()


def test_one_quota_for_a_tier_and_one_for_the_others_is_no_problem(tmp_path: Path) -> None:
    others = BENEFITS.replace("    also:\n", "      - {per: year, at_most: {2021-01-01: 1}}\n    also:\n")
    broken("good", "none", *with_benefits(others), at=("benefits.yaml", 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()


def test_the_good_rulebook_with_a_calendar_has_no_problem(tmp_path: Path) -> None:
    broken("good", "none", *with_calendar(), at=("program.yaml", 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()


def test_sql_may_begin_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    broken("good", "none", at=("views/visits.sql", 1)).build(tmp_path / "lantern")
    written = tmp_path / "lantern" / "views" / "visits.sql"
    written.write_text(written.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert check_program(tmp_path / "lantern") == ()


def test_a_program_of_another_ending_is_told_how_it_should_be_called(tmp_path: Path) -> None:
    (tmp_path / "program.yml").write_text("program: lantern\n", encoding="utf-8")
    (told,) = check_program(tmp_path)
    assert (told.code, told.place, told.mend) == ("missing_file", "program.yaml:1", "rename program.yml")


def test_files_that_hold_no_rules_are_left_alone(tmp_path: Path) -> None:
    files = (
        "README.md",
        "LICENSE",
        "agreement.md",
        ".hidden.yaml",
        ".git/config.yaml",
        "cases/deep/er.yaml",
        "notes.txt",
    )
    notes = (whole(file, "a: note\n") for file in files)
    broken("good", "none", *notes, at=(PROGRAM, 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()


def test_a_ratio_may_be_more_than_one(tmp_path: Path) -> None:
    grown = swap("{2021-01-01: {value: 0.85,", "{2021-01-01: {value: 1.1,")
    broken("good", "none", grown, at=(PROGRAM, 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()


def test_there_are_at_least_75_broken_rulebooks_each_with_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 75


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_rulebook_gives_its_problem(case: Broken, tmp_path: Path) -> None:
    file, line = case.build(tmp_path / "lantern")
    started = time.monotonic()
    problems = check_program(tmp_path / "lantern")
    assert time.monotonic() - started < 20
    found = [(problem.code, problem.file, problem.line) for problem in problems]
    assert (case.code, file, line) in found, "\n".join(f"{each.place} {each.code} {each.message}" for each in problems)
    assert all(problem.message and problem.file and problem.line and problem.mend for problem in problems)
    assert not [
        problem for problem in problems if problem.expected and problem.message.endswith(f": {problem.expected}")
    ]
    assert found == sorted(found, key=lambda each: (each[1] or "", each[2] or 0))


@pytest.mark.parametrize("case", [*UNREADABLE, *MISTYPED, *SQL], ids=lambda case: case.name)
def test_nothing_of_a_rulebook_that_cannot_be_read_is_run(case: Broken, tmp_path: Path) -> None:
    case.build(tmp_path / "lantern")
    with pytest.raises(InputProblemsError) as refused:
        compile_rulebook(read_program(tmp_path / "lantern"))
    assert case.code in {problem.code for problem in refused.value.problems}
