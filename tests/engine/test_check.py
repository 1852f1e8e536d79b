"""The check on shipped programs: clean as they are, and telling once ERRATA.yaml no longer settles what it settles."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from palier.engine.check import check_program
from palier.engine.compile import compile_rulebook
from palier.engine.parameters import ENGINE_RELATIONS
from palier.engine.planning import make_plan
from palier.engine.program_checks import ENGINE_NAMES
from palier.rulebook.problems import Problem
from palier.rulebook.read import ProgramNotFoundError, programs_folder, read_program, shipped_programs
from rulebook.broken import BASE, swap

SOLUTIONS = programs_folder() / "solutions"


@pytest.fixture
def solutions(tmp_path: Path) -> Path:
    """A copy of the solutions program to break."""
    return shutil.copytree(SOLUTIONS, tmp_path / "solutions")


def replace(folder: Path, file: str, old: str, new: str) -> int:
    """Replace text that stands once; the line on which it stood."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return 1 + text.partition(old)[0].count("\n")


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str | None, int | None]]:
    return [(problem.code, problem.file, problem.line) for problem in problems]


@pytest.mark.parametrize("program", shipped_programs())
def test_a_shipped_program_is_clean(program: str) -> None:
    assert check_program(program) == ()


def test_without_its_errata_the_solutions_program_shows_the_two_dates_of_one_change(solutions: Path) -> None:
    (solutions / "ERRATA.yaml").unlink()
    found = [problem for problem in check_program(solutions) if problem.severity == "error"]
    assert {problem.code for problem in found} == {"contradiction"}
    found = [problem for problem in found if problem.file == "program.yaml"]  # tests of the parts see to theirs
    lines = (solutions / "program.yaml").read_text(encoding="utf-8").splitlines()
    assert {(problem.file, problem.line) for problem in found} == {
        ("program.yaml", number) for number, line in enumerate(lines, start=1) if "dated_by" in line
    }
    assert all("A73" in problem.message and "A130" in problem.message for problem in found)


def test_without_its_errata_the_technology_program_shows_where_table_and_text_disagree(tmp_path: Path) -> None:
    folder = shutil.copytree(programs_folder() / "technology", tmp_path / "technology")
    (folder / "ERRATA.yaml").unlink()
    found = [problem for problem in check_program(folder) if problem.code == "contradiction"]
    assert Counter(problem.found for problem in found if "weight" in problem.message) == {
        "B231 states preferred, B358 states mandatory": 1,  # B-05
        "B228 states preferred, B319 states mandatory": 2,  # B-06, for Partner and for Rising
        "B226 states preferred, B295 states mandatory": 1,  # B-07
    }


def test_an_erratum_settles_what_it_names_and_nothing_else(solutions: Path) -> None:
    replace(solutions, "ERRATA.yaml", "    - tiers.platinum.requires.all.total_points_goal\n", "")
    assert [problem.code for problem in check_program(solutions)] == ["contradiction"] * 2


def test_two_citations_of_one_total_that_state_two_totals(solutions: Path) -> None:
    (solutions / "ERRATA.yaml").unlink()
    line = replace(
        solutions,
        "program.yaml",
        "{value: 2020, cite: {A126: 2020}}, 2024",
        "{value: 2020, cite: {A126: 2020, A132: 2990}}, 2024",
    )
    assert ("contradiction", "program.yaml", line) in told(check_program(solutions))  # fmt: skip


def test_a_rate_without_its_row(solutions: Path) -> None:
    row = "      - {motion: assisted, market: growth, rate: {2022-07-18: {value: 6, cite: [A69, A143]}}}\n"
    replace(solutions, "program.yaml", row, "")
    (gap,) = check_program(solutions)
    assert (gap.code, gap.expected) == ("gap_in_table", "(assisted, growth)")


def test_a_currency_without_an_iso_code(solutions: Path) -> None:
    line = replace(solutions, "program.yaml", "    GBP: {", "    UKP: {")
    assert told(check_program(solutions)) == [("unknown_currency", "program.yaml", line)]


def test_totals_that_were_swapped(solutions: Path) -> None:
    line = replace(
        solutions, "program.yaml", "{value: 645, cite: {A127: 645}}, 2024", "{value: 2645, cite: {A127: 2645}}, 2024"
    )
    assert line  # fmt: skip
    codes = {problem.code for problem in check_program(solutions)}
    assert codes == {"tier_easier_than_below"}


def test_both_readings_of_one_file_are_proven(solutions: Path) -> None:
    replace(solutions, "views/sold--current_mrr.sql", "JOIN spans AS w", "JOIN span AS w")
    assert [(each.code, each.file) for each in check_program(solutions)] == [
        ("unknown_table", "views/sold--current_mrr.sql")
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "data_migration_tier: {2020-01-01: {value: platinum, cite: {A1: platinum, A2: diamond}}}",
        "co_sell: {2020-01-01: {value: preferred, cite: {A1: preferred, A2: mandatory}}}",
        "rebate_from: {2020-01-01: {value: 50000, cite: {A1: 50000, A2: 100000}}}",
    ],
    ids=["a tier, as in A-01", "a duty, as in B-05", "a band, as in B-18"],
)
def test_lines_that_state_different_values_for_one_cell(cell: str, tmp_path: Path) -> None:
    folder = shutil.copytree(BASE, tmp_path / "lantern")
    line = replace(folder, "program.yaml", "values:\n", f"values:\n  {cell}\n") + 1
    assert ("contradiction", "program.yaml", line) in told(check_program(folder))
    erratum = f"L-03: {{wording: w, problem: p, reading: r, settles: [values.{cell.partition(':')[0]}]}}\n"
    replace(folder, "ERRATA.yaml", "L-01:\n", f"{erratum}L-01:\n")
    assert {code for code, *_ in told(check_program(folder))} == {"unused"}


def test_everything_at_once_sorted_and_said_once(tmp_path: Path) -> None:
    folder = shutil.copytree(BASE, tmp_path / "lantern")
    for edit in (
        swap("Europe/Paris", "Europe/Pariss"),
        swap("gate: kept, metric: kept_customers, phased", "gate: kept, metric: kept_customer, phased"),
        swap("COUNT(*) AS visits", "MEDIAN(1) AS visits", file="views/visits.sql"),
        swap("'A2' AS clause", "'A99' AS clause", file="metrics/visit_points.sql"),
        swap("cite: [A4, B1]", "cite: [A4, B9]", file="ERRATA.yaml"),
        swap('  gold: "Or"\n', "", file="texts/fr.yaml"),
    ):
        assert edit.old is not None
        replace(folder, edit.file, edit.old, str(edit.new))
    problems = check_program(folder)
    codes = ["unknown_citation", "unknown_citation", "unknown_time_zone", "unknown_metric", "missing_text"]
    assert [problem.code for problem in problems] == [*codes, "unknown_function"]
    assert len(set(problems)) == len(problems)


def test_no_line_that_is_missing_or_cut_makes_the_check_raise(tmp_path: Path) -> None:
    folder = shutil.copytree(BASE, tmp_path / "lantern")
    chance = random.Random(7)  # noqa: S311  # a fixed draw of breakages
    for file in ("program.yaml", "ERRATA.yaml", "metrics/kept_customers.sql", "views/visits.sql"):
        text = (folder / file).read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        for _ in range(6):
            place = chance.randrange(len(lines))
            (folder / file).write_text("".join([*lines[:place], *lines[place + 1 :]]), encoding="utf-8")
            check_program(folder)
            (folder / file).write_text(text[: chance.randrange(len(text))], encoding="utf-8")
            check_program(folder)
        (folder / file).write_text(text, encoding="utf-8")
    assert check_program(folder) == ()


def test_a_program_that_is_not_there_is_a_wrong_call() -> None:
    with pytest.raises(ProgramNotFoundError):
        check_program("no_such_program")


@pytest.mark.parametrize(("program", "on"), [("solutions", date(2024, 9, 1)), ("starter", date(2025, 6, 1))])
def test_the_names_of_the_engine_are_all_known(program: str, on: date) -> None:
    compiled = compile_rulebook(read_program(program))
    plan = make_plan(compiled, [on])
    made = {relation.name for relation in plan.relations} | {step.name for step in plan.steps}
    own = {*compiled.views, *compiled.program.tables, *ENGINE_RELATIONS}
    assert {name for name in made if name.partition("@")[0] not in own} <= ENGINE_NAMES
