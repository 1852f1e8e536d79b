from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

import palier
from palier.backends.commissions import CommissionRun, commission_statements
from palier.engine.statements import Statement, StatementLine
from support import cases as support
from support.cases import Facts
from support.facts import write_facts
from support.groups import grouped, own, parameters

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
_KEYS = {"case", "cite", "quote", "month", "known_at", "switches", "background", "facts", "expect"}
_EXPECT = {"lines", "statements", "nothing", "warnings", "problem"}
_STATEMENT = {
    "id": "statement_id",
    "payments": "payments_minor",
    "refunds": "refunds_minor",
    "adjustments": "adjustments_minor",
    "issued": "issued_minor",
    "carried": "carried_minor",
    "total": "total_minor",
    "payable": "payable_minor",
    "balance": "balance_minor",
}
_LINE = {
    "payment": "payment_id",
    "amount": "amount_minor",
    "index": "term_index",
    "months": "term_months",
    "due": "due_minor",
    "issued": "issued_minor",
    "corrects": "corrects_payment_id",
    "corrects_statement": "corrects_statement_id",
    "corrects_line": "corrects_line_no",
    "rated_on": "payment_usd_rated_on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionCase:
    file: Path
    sentence: str
    cites: tuple[str, ...]
    quotes: tuple[str, ...]
    month: date
    known_at: datetime | None
    switches: Mapping[str, str]
    facts: Facts
    expect: Mapping[str, Any]

    @property
    def program(self) -> Path:
        return self.file.parents[2]

    @property
    def name(self) -> str:
        return f"{self.program.name}/{self.file.stem}: {self.sentence}"


def read_commission_cases(file: Path) -> Iterator[CommissionCase]:
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=support._Yaml12Loader)  # noqa: S506, SLF001
    for number, raw in enumerate(document["cases"], start=1):
        place = f"{file}: case {number}"
        support._refuse_unknown(raw, frozenset(_KEYS), place)  # noqa: SLF001
        support._refuse_unknown(raw["expect"], frozenset(_EXPECT), place)  # noqa: SLF001
        backgrounds = [document["backgrounds"][name] for name in support._texts(raw.get("background", []))]  # noqa: SLF001
        yield CommissionCase(
            file=file,
            sentence=raw["case"],
            cites=support._texts(raw["cite"]),  # noqa: SLF001
            quotes=support._texts(raw["quote"]),  # noqa: SLF001
            month=date.fromisoformat(f"{raw['month']}-01"),
            known_at=support._utc(raw.get("known_at")),  # noqa: SLF001
            switches=raw.get("switches", {}),
            facts=support._merged([*backgrounds, raw.get("facts", {})], place),  # noqa: SLF001
            expect=raw["expect"],
        )


CASES = tuple(
    case for file in sorted(PROGRAMS.glob("*/cases/commissions/*.yaml")) for case in read_commission_cases(file)
)


@cache
def rulebook_of(program: Path, switches: tuple[tuple[str, str], ...]) -> palier.Rulebook:
    return palier.read_program(program, switches=dict(switches))


def question(case: CommissionCase) -> Hashable | None:
    """What cases that share a run have in common; problems and warnings are about a folder as a whole.

    The number of an issued statement holds its partner's identifier, so that it takes no other.
    """
    if case.expect.keys() & {"problem", "warnings"} or "statement_lines" in case.facts:
        return None
    return case.program, tuple(sorted(case.switches.items())), case.month, case.known_at


GROUPS = grouped(CASES, question, kind="commissions")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run says about one case."""

    statements: list[Statement]
    lines: list[StatementLine]
    problems: tuple[palier.Problem, ...]


def computed(case: CommissionCase, facts: Facts, folder: Path) -> CommissionRun:
    write_facts(folder, facts)
    rulebook = rulebook_of(case.program, tuple(sorted(case.switches.items())))
    return commission_statements(rulebook, facts=folder, month=case.month, known_at=case.known_at)


@cache
def told(group: str) -> Answers:
    """What the one run of a group says about all of its cases."""
    found = next(each for each in GROUPS.values() if each.name == group)
    with TemporaryDirectory() as folder, computed(found.cases[0], found.facts(), Path(folder)) as run:
        return Answers(run.statements(), run.lines(), run.problems)


def answers(case: CommissionCase) -> Answers:
    group = GROUPS[case.name]
    mark, every = group.mark(case), told(group.name)
    return Answers(own(every.statements, mark), own(every.lines, mark), every.problems)


def line_value(line: StatementLine, name: str) -> object:
    if name in {"rate", "exact"}:
        value: Fraction | None = getattr(line, name)
        return value
    return getattr(line, _LINE.get(name, name))


def wanted_value(name: str, value: object) -> object:
    return Fraction(str(value)) if name in {"rate", "exact"} else value


def check_lines(expected: list[dict[str, object]], found: list[StatementLine]) -> None:
    assert sorted(str(line["payment"]) for line in expected) == sorted(str(line.payment_id) for line in found)
    by_payment = {line.payment_id: line for line in found}
    for line in expected:
        given = by_payment[str(line["payment"])]
        assert {name: line_value(given, name) for name in line} == {
            name: wanted_value(name, value) for name, value in line.items()
        }


@pytest.mark.parametrize("case", parameters(GROUPS, CASES))
def test_a_worked_commission_comes_out_as_written(case: CommissionCase, tmp_path: Path) -> None:
    if "problem" in case.expect:
        with pytest.raises(palier.InputProblemsError) as stopped:
            computed(case, case.facts, tmp_path)
        codes = {problem.code for problem in stopped.value.problems if problem.severity == "error"}
        assert codes == {case.expect["problem"]}
        return
    run = answers(case)
    statements: dict[str, Statement] = {each.partner_id: each for each in run.statements}
    for partner in case.expect.get("nothing", ()):
        assert partner not in statements
    for partner, expected in case.expect.get("lines", {}).items():
        check_lines(expected, [line for line in run.lines if line.partner_id == partner])
    for partner, expected in case.expect.get("statements", {}).items():
        given = {name: getattr(statements[partner], _STATEMENT.get(name, name)) for name in expected}
        assert given == expected
    assert set(case.expect.get("warnings", ())) <= {problem.code for problem in run.problems}


def test_commissions_are_worked_through_by_at_least_45_cases() -> None:
    assert len(CASES) >= 45


def test_no_two_commission_cases_say_the_same_sentence() -> None:
    sentences = Counter(case.sentence for case in CASES)
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_commission_case_cites_a_line_and_quotes_it() -> None:
    for case in CASES:
        assert all(cite[:1] in "ABCDE" and cite[1:].isdigit() for cite in case.cites), case.name
        assert case.cites, case.name
        assert case.quotes, case.name
        assert all(case.quotes), case.name
