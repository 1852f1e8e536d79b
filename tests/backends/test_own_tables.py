"""A program's own tables are declared wherever its facts are opened: none of their files is an odd one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from palier.backends.benefits import benefits
from palier.backends.commissions import commission_statements
from palier.backends.evaluate import evaluate
from palier.backends.shadow import shadow
from palier.engine.compile import own_tables
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook, read_program
from rulebook.broken import broken, whole
from rulebook.broken_benefits import with_benefits
from support.facts import write_facts
from support.small import Rows

ON = date(2022, 6, 1)
COMMISSIONS = (
    "kinds:\n  sale:\n    motions: [sourced]\n"
    "    levels: {partner: {percent: {2020-01-01: 20}, months: {2020-01-01: 12}}}\n"
)


@pytest.fixture
def lantern(tmp_path: Path) -> Rulebook:
    edits = (*with_benefits(), whole("commissions.yaml", COMMISSIONS))
    broken("good", "none", *edits, at=("program.yaml", 1)).build(tmp_path / "lantern")
    return read_program(tmp_path / "lantern")


@pytest.fixture
def facts(lantern: Rulebook, tmp_path: Path) -> Path:
    rows: Rows = {
        "partners": [{"partner_id": "p1", "payment_currency": "EUR"}],
        "enrolments": [
            {"enrolment_id": "e1", "partner_id": "p1", "program": "lantern", "level": "partner"}
            | {"enrolled_on": date(2021, 1, 1)}
        ],
        "trainings": [{"training_id": "t1", "partner_id": "p1", "hours": 30, "held_on": date(2022, 5, 1)}],
        "tier_decisions": [
            {"decision_id": "d1", "partner_id": "p1", "program": "lantern", "tier": None, "kind": "published"}
            | {"effective_on": date(2022, 1, 15)}
        ],
    }
    return write_facts(tmp_path / "facts", rows, extra_tables=own_tables(lantern.program))


def told(rulebook: Rulebook, facts: Path, command: str) -> tuple[Problem, ...]:
    if command == "benefits":
        return benefits(rulebook, facts=facts, on=ON, partner_id="p1").problems
    if command == "shadow":
        return shadow(rulebook, facts=facts, on=ON).problems
    if command == "commissions":
        with commission_statements(rulebook, facts=facts, month=ON) as run:
            return run.problems
    with evaluate(rulebook, facts=facts, on=ON) as run:
        return run.problems


@pytest.mark.parametrize("command", ["evaluate", "benefits", "shadow", "commissions"])
def test_a_declared_table_is_read_without_a_warning(lantern: Rulebook, facts: Path, command: str) -> None:
    assert told(lantern, facts, command) == ()
