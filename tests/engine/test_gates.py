"""How gates combine: nested groups, weights, waivers, human acts and forms, each against figures known by hand."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

import palier
from palier.engine.compile import compile_rulebook
from palier.engine.standings import (
    choices_relation,
    gates_relation,
    groups_relation,
    ladder_relation,
    tiers_relation,
)
from palier.rulebook.gates import blocking, gate_tree
from support.facts import write_facts

ON = date(2026, 6, 15)
PROGRAMS = ("solutions", "technology", "starter")
TREES = {
    # sold is exactly 1,000 for p1 and 0 for p2
    "all of nothing missed": ("{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}}]}", "p1"),
    "just over is not at least": ("{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000.01}}]}", ""),
    "more than is not at least": ("{all: [{gate: a, metric: sold_revenue, more_than: {2025-01-01: 1000}}]}", ""),
    "at most": ("{all: [{gate: a, metric: sold_revenue, at_most: {2025-01-01: 0}}]}", "p2"),
    "less than": ("{all: [{gate: a, metric: sold_revenue, less_than: {2025-01-01: 1000}}]}", "p2"),
    "any of two": (
        "{any: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 9000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 1000}}]}",
        "p1",
    ),
    "any inside all inside any": (
        "{any: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 9000}}, {all: ["
        "{gate: b, metric: sold_revenue, at_least: {2025-01-01: 1}},"
        " {any: [{gate: c, metric: sold_revenue, at_least: {2025-01-01: 5000}},"
        " {gate: d, metric: sold_revenue, at_most: {2025-01-01: 1000}}]}]}]}",
        "p1",
    ),
    "a preferred gate never blocks": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, weight: preferred}]}",
        "p1",
    ),
    "a preferred gate does not open an any": (
        "{all: [{gate: c, metric: sold_revenue, at_least: {2025-01-01: 1}}, {any: ["
        "{gate: a, metric: sold_revenue, at_least: {2025-01-01: 9000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 1}, weight: preferred}]}]}",
        "",
    ),
    "phased in later, not blocking yet": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, phased_in_from: 2026-06-16}]}",
        "p1",
    ),
    "phased in today, blocking": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, phased_in_from: 2026-06-15}]}",
        "",
    ),
    "waived by another gate": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 9000}, waived_by: b},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 1000}}]}",
        "p1",
    ),
    "a waiver that does not hold waives nothing": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 9000}, waived_by: b},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 8000}, weight: preferred}]}",
        "",
    ),
    "a gate that ended is not asked": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, effective_until: 2026-06-15}]}",
        "p1",
    ),
    "a gate that starts today is asked": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, effective_from: 2026-06-15}]}",
        "",
    ),
    "to keep is not to reach": (
        "{all: [{gate: a, metric: sold_revenue, at_least: {reach: {2025-01-01: 9000}, keep: {2025-01-01: 1000}}}]}",
        "",
    ),
}


def standings(folder: Path, tree: str) -> dict[str, palier.Standing]:
    program = folder / "program"
    shutil.copytree(palier.read_program("starter").folder, program)
    text = (program / "program.yaml").read_text()
    head = text[: text.index("tiers:")]
    (program / "program.yaml").write_text(f"{head}tiers:\n  - tier: gold\n    requires: {tree}\n")
    rows: dict[str, list[dict[str, object]]] = {
        "partners": [{"partner_id": "p1"}, {"partner_id": "p2"}],
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
        "customers": [{"customer_id": "c"}],
        "sales": [
            {
                "sale_id": "s",
                "partner_id": "p1",
                "customer_id": "c",
                "kind": "new",
                "motion": "sourced",
                "mrr_minor": 100_000,
                "currency": "USD",
                "closed_on": date(2026, 2, 2),
            }
        ],
    }
    facts = folder / "facts"
    facts.mkdir()
    write_facts(facts, rows)
    with palier.evaluate(palier.read_program(program), facts=facts, on=ON) as run:
        return {each.partner_id: each for each in run.standings()}


@pytest.mark.parametrize(("tree", "standing"), TREES.values(), ids=TREES)
def test_gates_combine(tree: str, standing: str, tmp_path: Path) -> None:
    found = standings(tmp_path, tree)
    assert [partner for partner, each in found.items() if each.tier == "gold"] == standing.split()


def test_keeping_has_its_own_threshold(tmp_path: Path) -> None:
    found = standings(tmp_path, TREES["to keep is not to reach"][0])
    assert (found["p1"].tier, found["p1"].tier_kept) == (None, "gold")


def test_only_a_human_act_missing_makes_a_candidate(tmp_path: Path) -> None:
    tree = (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, human: true}]}"
    )
    found = standings(tmp_path, tree)
    assert {partner: (each.tier, each.candidate) for partner, each in found.items()} == {
        "p1": (None, "gold"),
        "p2": (None, None),
    }
    assert found["p1"].missing == ("b",)


def test_what_a_form_supplies_is_left_out_of_qualifying(tmp_path: Path) -> None:
    tree = (
        "{all: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 9000}, supplied_by: contact_form}]}"
    )
    found = standings(tmp_path, tree)
    assert {partner: (each.tier, each.qualified_tier) for partner, each in found.items()} == {
        "p1": (None, "gold"),
        "p2": (None, None),
    }


CHOICES = {
    # p1 sold exactly 1,000: what is missed, and what another leg of a choice excuses
    "a choice that is made": (
        "{all: [{gate: n, metric: sold_revenue, at_least: {2025-01-01: 9000}}, {any: ["
        "{gate: a, metric: sold_revenue, at_least: {2025-01-01: 8000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 1000}}]}]}",
        ("n",),
    ),
    "a choice still to be made": (
        "{any: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 8000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 2000}}]}",
        ("a", "b"),
    ),
    "a group under a choice that is made": (
        "{all: [{gate: n, metric: sold_revenue, at_least: {2025-01-01: 9000}}, {any: ["
        "{gate: a, metric: sold_revenue, at_least: {2025-01-01: 1000}}, {all: ["
        "{gate: b, metric: sold_revenue, at_least: {2025-01-01: 1}},"
        " {gate: c, metric: sold_revenue, at_least: {2025-01-01: 5000}}]}]}]}",
        ("n",),
    ),
    "a choice made under one that is not": (
        "{any: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 8000}}, {all: ["
        "{gate: b, metric: sold_revenue, at_least: {2025-01-01: 7000}}, {any: ["
        "{gate: c, metric: sold_revenue, at_least: {2025-01-01: 6000}},"
        " {gate: d, metric: sold_revenue, at_least: {2025-01-01: 1000}}]}]}]}",
        ("a", "b"),
    ),
    "a preferred leg makes no choice": (
        "{any: [{gate: a, metric: sold_revenue, at_least: {2025-01-01: 8000}},"
        " {gate: b, metric: sold_revenue, at_least: {2025-01-01: 1}, weight: preferred}]}",
        ("a",),
    ),
}


@pytest.mark.parametrize("words", CHOICES)
def test_only_what_keeps_a_partner_from_its_next_tier_is_missing(words: str, tmp_path: Path) -> None:
    tree, missing = CHOICES[words]
    assert standings(tmp_path, tree)["p1"].missing == missing
    program = palier.read_program(tmp_path / "program").program
    [gold] = program.tiers
    passed = frozenset(
        placed.path
        for placed in gate_tree((gold,), gold, ON)
        if placed.node.gate is not None and placed.node.threshold.of("reach").at(ON) <= 1000
    )
    paths = blocking(gate_tree((gold,), gold, ON), ON, passed)
    assert tuple(each.node.gate for each in gate_tree((gold,), gold, ON) if each.path in paths) == missing


@pytest.mark.parametrize("name", PROGRAMS)
def test_tiers_and_gates_made_once_for_days_of_the_same_rules_are_those_of_each_day(name: str) -> None:
    compiled = compile_rulebook(palier.read_program(name))
    makers = {
        "tiers": tiers_relation,
        "tier_gates": gates_relation,
        "tier_groups": groups_relation,
        "tier_choices": choices_relation,
    }
    days = [day + timedelta(days=step) for day in compiled.tier_days for step in (-1, 0, 1, 40)]
    for day in [date(2017, 1, 1), *days, date(2030, 1, 1)]:
        assert [
            kind for kind, make in makers.items() if ladder_relation(compiled, day, kind) != make(compiled, day)
        ] == []
