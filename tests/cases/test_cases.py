from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import palier
from palier.engine.compile import own_tables
from support.cases import Case, ExpectedLine, Facts, read_cases
from support.facts import write_facts
from support.groups import grouped, own, parameters

ROOT = Path(__file__).resolve().parents[2]
CASES = (*read_cases(ROOT / "programs"), *read_cases(ROOT / "docs" / "examples"))


@cache
def rulebook_of(program: Path, switches: tuple[tuple[str, str], ...]) -> palier.Rulebook:
    return palier.read_program(program, switches=dict(switches))


def question(case: Case) -> Hashable | None:
    """What cases that share an evaluation have in common; problems and warnings are about a folder as a whole."""
    if case.expect.problem is not None or case.expect.warnings:
        return None
    return case.program, tuple(sorted(case.switches.items())), case.on, case.known_at


GROUPS = grouped(CASES, question, kind="cases")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run says about one case."""

    figures: list[palier.Figure]
    standings: list[palier.Standing]
    gates: list[palier.Gate]
    lines: list[palier.Line]
    problems: tuple[palier.Problem, ...] = ()


def evaluated(case: Case, facts: Facts, folder: Path) -> palier.Run:
    rulebook = rulebook_of(case.program, tuple(sorted(case.switches.items())))
    write_facts(folder, facts, form="csv", extra_tables=own_tables(rulebook.program))
    return palier.evaluate(rulebook, facts=folder, on=case.on, known_at=case.known_at)


@cache
def told(group: str) -> Answers:
    """What the one run of a group says about all of its cases."""
    found = next(each for each in GROUPS.values() if each.name == group)
    with TemporaryDirectory() as folder, closing(evaluated(found.cases[0], found.facts(), Path(folder))) as run:
        return Answers(run.figures(), run.standings(), run.gates(), run.lines(), run.problems)


def answers(case: Case) -> Answers:
    group = GROUPS[case.name]
    mark, every = group.mark(case), told(group.name)
    figures, standings, gates = own(every.figures, mark), own(every.standings, mark), own(every.gates, mark)
    return Answers(figures, standings, gates, own(every.lines, mark), every.problems)


def figures_of(case: Case, run: Answers) -> dict[tuple[str, str], Fraction | None]:
    asked = {(partner, metric) for partner, by in case.expect.figures.items() for metric in by}
    found = {(figure.partner_id, figure.metric): figure.value for figure in run.figures}
    return {key: found[key] for key in asked if key in found}


def lines_differ(expected: tuple[ExpectedLine, ...], found: list[palier.Line]) -> str | None:
    wanted = sorted(expected, key=lambda line: (line.source_id, line.amount))
    given = sorted(found, key=lambda line: (line.source_id, line.amount))
    if [line.source_id for line in wanted] != [line.source_id for line in given]:
        return f"expected {wanted}, found {given}"
    for want, give in zip(wanted, given, strict=True):
        same = (
            want.amount == give.amount
            and want.counts_from in (None, give.counts_from)
            and want.counts_until in (None, give.counts_until)
        )
        if not same:
            return f"expected {want}, found {give}"
    return None


def missed_gates(run: Answers, *, partner: str, tier: str, purpose: str) -> frozenset[str]:
    gates = [gate for gate in run.gates if (gate.partner_id, gate.tier, gate.purpose) == (partner, tier, purpose)]
    assert gates, f"no gate of {tier} to {purpose} was evaluated for {partner}"
    return frozenset(gate.gate for gate in gates if not gate.held)


def check_lines(case: Case, run: Answers) -> None:
    for partner, by in case.expect.lines.items():
        for metric, expected in by.items():
            found = [line for line in run.lines if (line.partner_id, line.metric) == (partner, metric)]
            assert lines_differ(expected, found) is None, f"the lines of {metric} of {partner}"


def check_standings(case: Case, run: Answers) -> None:
    standings = {standing.partner_id: standing for standing in run.standings}
    for name in ("tier", "tier_kept", "qualified_tier", "candidate"):
        expected = getattr(case.expect, name)
        assert {partner: getattr(standings[partner], name) for partner in expected} == expected, name


def check_gates(case: Case, run: Answers) -> None:
    for purpose, expected in (("reach", case.expect.missed), ("keep", case.expect.missed_keep)):
        for partner, by in expected.items():
            found = {tier: missed_gates(run, partner=partner, tier=tier, purpose=purpose) for tier in by}
            assert found == by, f"the gates that {partner} misses to {purpose}"
    for partner, waived in case.expect.waived.items():
        given = {tier: {gate.gate for gate in to_reach(run, partner, tier) if gate.waived_by} for tier in waived}
        assert given == waived, f"the gates waived for {partner}"
    for partner, weights in case.expect.weights.items():
        weighed = {tier: {gate.gate: gate.weight for gate in to_reach(run, partner, tier)} for tier in weights}
        asked = {tier: {gate: weighed[tier][gate] for gate in by} for tier, by in weights.items()}
        assert asked == weights, f"the weights of the gates of {partner}"


def to_reach(run: Answers, partner: str, tier: str) -> list[palier.Gate]:
    return [gate for gate in run.gates if (gate.partner_id, gate.tier, gate.purpose) == (partner, tier, "reach")]


@pytest.mark.parametrize("case", parameters(GROUPS, CASES))
def test_a_worked_case_comes_out_as_written(case: Case, tmp_path: Path) -> None:
    if case.expect.problem is not None:
        with pytest.raises(palier.InputProblemsError) as stopped:
            evaluated(case, case.facts, tmp_path)
        codes = {problem.code for problem in stopped.value.problems if problem.severity == "error"}
        assert codes == {case.expect.problem}
        return
    run = answers(case)
    expected = {(partner, metric): value for partner, by in case.expect.figures.items() for metric, value in by.items()}
    assert figures_of(case, run) == expected
    check_lines(case, run)
    check_standings(case, run)
    check_gates(case, run)
    warnings = {problem.code for problem in run.problems if problem.severity == "warning"}
    assert case.expect.warnings <= warnings


@pytest.mark.parametrize(("program", "least"), [("solutions", 80), ("technology", 70)])
def test_a_program_is_worked_through_by_many_cases(program: str, least: int) -> None:
    assert sum(case.program.name == program for case in CASES) >= least


def test_no_two_cases_of_a_program_say_the_same_sentence() -> None:
    sentences = Counter((case.program.name, case.sentence) for case in CASES)
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_case_cites_a_line_and_quotes_it() -> None:
    assert list(uncited(CASES)) == []


def uncited(cases: tuple[Case, ...]) -> Iterator[str]:
    for case in cases:
        cited = all(cite[:1] in "ABCDE" and cite[1:].isdigit() for cite in case.cites)
        if not (case.cites and cited and case.quotes and all(case.quotes)):
            yield case.name
