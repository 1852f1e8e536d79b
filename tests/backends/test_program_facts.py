"""Facts that are sound and do not fit the program they are checked for: who is enrolled, which tiers are decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from palier.backends.evaluate import evaluate
from palier.backends.evaluation import check_facts_folder
from palier.engine.compile import compile_rulebook
from palier.rulebook.problems import Problem
from palier.rulebook.read import read_program
from rulebook.broken import BASE
from support.facts import write_facts
from support.small import Rows

LANTERN = read_program(BASE)


def enrolled_in(*programs: str) -> Rows:
    return {
        "partners": [{"partner_id": "p1"}],
        "enrolments": [
            {"enrolment_id": f"e{n}", "partner_id": "p1", "program": program, "level": "partner"}
            | {"enrolled_on": date(2021, 1, 1)}
            for n, program in enumerate(programs)
        ],
    }


def problems_for_lantern(folder: Path, rows: Rows) -> tuple[Problem, ...]:
    return check_facts_folder(write_facts(folder, rows), compiled=compile_rulebook(LANTERN))[0]


def test_enrolments_that_all_name_other_programs_are_told(tmp_path: Path) -> None:
    (told,) = problems_for_lantern(tmp_path, enrolled_in("Lantern", "beacon"))
    assert (told.severity, told.code, told.place) == ("warning", "nobody_enrolled", "enrolments.program")
    assert (told.found, told.expected) == ("Lantern, beacon", "lantern")
    with evaluate(LANTERN, facts=tmp_path, on=date(2022, 6, 1)) as run:
        assert run.problems == (told,)


@pytest.mark.parametrize("programs", [("lantern",), ("lantern", "beacon"), ()])
def test_a_program_with_enrolments_and_facts_without_any_are_no_problem(
    tmp_path: Path, programs: tuple[str, ...]
) -> None:
    assert problems_for_lantern(tmp_path, enrolled_in(*programs)) == ()


def test_a_decision_for_a_tier_that_is_none_is_told_with_its_row(tmp_path: Path) -> None:
    decided = [("lantern", "gold"), ("beacon", "brass"), ("lantern", None), ("lantern", "brass")]
    rows = enrolled_in("lantern")
    rows["tier_decisions"] = [
        {"decision_id": f"d{n}", "partner_id": "p1", "program": program, "tier": tier, "kind": "override"}
        | {"effective_on": date(2022, 1, 1)}
        for n, (program, tier) in enumerate(decided)
    ]
    (told,) = problems_for_lantern(tmp_path, rows)
    assert (told.severity, told.code, told.place, told.found) == (
        "error",
        "unknown_tier",
        "tier_decisions[4].tier",
        "brass",
    )
    assert told.expected == "bronze, silver, gold"


def test_uses_of_no_benefit_are_told_and_stop_nothing(tmp_path: Path) -> None:
    used = ["account_mapping", "acount_mapping", "champion"]
    rows = enrolled_in("technology")
    rows["benefit_uses"] = [
        {"use_id": f"u{n}", "partner_id": "p1", "benefit": name, "used_on": date(2026, 3, 1)}
        for n, name in enumerate(used)
    ]
    technology = compile_rulebook(read_program("technology"))
    (told,) = check_facts_folder(write_facts(tmp_path, rows), compiled=technology)[0]
    assert (told.severity, told.code, told.place) == ("warning", "unknown_benefit", "benefit_uses.benefit")
    assert (told.found, told.mend) == ("acount_mapping", "did you mean account_mapping?")


def test_what_does_not_fit_the_program_is_told_beside_what_is_wrong(tmp_path: Path) -> None:
    rows = enrolled_in("beacon")
    rows["partners"][0]["country"] = "Atlantis"
    assert [each.code for each in problems_for_lantern(tmp_path, rows)] == ["unknown_country", "nobody_enrolled"]
    (tmp_path / "enrolments.csv").write_text("enrolment_id\ne1\n", encoding="utf-8")
    found, _ = check_facts_folder(tmp_path, compiled=compile_rulebook(LANTERN))
    assert {each.code for each in found} == {"unknown_country", "missing_column"}
