"""What a proven statement says when it runs is told by the check, by file, and no fault hides another."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import palier
from palier.backends.trial import check_and_try, try_sql
from palier.engine.check import check_program
from palier.rulebook.read import program_folder


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


def test_a_program_that_is_not_sound_is_not_run(tmp_path: Path) -> None:
    unknown = {"views/partners_on_day.sql": ("DISTINCT e.partner_id", "DISTINCT e.nobody AS partner_id")}
    folder = altered(tmp_path / "mine", {**FAULTS, **unknown})
    assert "sql_failed" not in {problem.code for problem in check_and_try(folder)}
