"""Benefits of many generated partners at once, against the cells of `benefits.yaml` read as plain YAML."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

import palier
from engine.histories_benefits import DAYS, generate_benefits
from engine.histories_world import Rows
from engine.oracle_benefits import Judged, Matrix
from engine.oracle_facts import Facts, in_force
from palier.backends.benefits import benefits
from palier.backends.history import replay
from palier.engine.benefits import Entitlement, entitlements
from palier.engine.moves import History
from palier.engine.quotas import Use
from support.facts import write_facts

RULES = {name: palier.read_program(name) for name in DAYS}
MATRIX = {name: Matrix(rules.folder) for name, rules in RULES.items()}
PARTNERS = 300
World = tuple[str, Path, Rows, History]


@pytest.fixture(scope="module", params=sorted(DAYS))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One folder of facts for each program, with what its partners hold."""
    program: str = request.param
    matrix = MATRIX[program]
    quotas = [
        each.get("way", name)
        for name, row in matrix.granted.items()
        for each in (row, *row.get("also", ()))
        if each.get("times") or name == "advisory_board"
    ]
    rows = generate_benefits(program, count=PARTNERS, tiers=matrix.ladder(DAYS[program][0]), quotas=quotas)
    folder = write_facts(tmp_path_factory.mktemp(program), rows, form="parquet")
    return program, folder, rows, replay(RULES[program], facts=folder, until=DAYS[program][-1])


def judged(told: Entitlement) -> Judged:
    quota = None if told.quota is None else (told.quota.used, told.quota.left, told.quota.due)
    need = told.need
    return Judged(
        strength=told.strength,
        reason=told.reason,
        way=None if told.way is None or told.reason != "granted" else told.way.way,
        quota=quota,
        season=None if told.season is None else told.season.is_open,
        usable=told.usable,
        need=None if need is None else (need.tier, need.strength, min(len(way) for way in need.missing)),
    )


def uses_of(rows: Rows) -> dict[str, list[tuple[str, date, int]]]:
    found: dict[str, list[tuple[str, date, int]]] = defaultdict(list)
    for row in rows["benefit_uses"]:
        used_on, quantity = row["used_on"], row["quantity"]
        assert isinstance(used_on, date)
        found[str(row["partner_id"])].append(
            (str(row["benefit"]), used_on, quantity if isinstance(quantity, int) else 1)
        )
    return found


def test_every_benefit_of_every_partner_is_what_the_cells_say(world: World) -> None:
    program, folder, rows, history = world
    uses = uses_of(rows)
    reached: Counter[str] = Counter()
    wrong: list[str] = []
    for on in DAYS[program]:
        with palier.evaluate(RULES[program], facts=folder, on=on) as run:
            figures: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
            for figure in run.figures():
                figures[figure.partner_id][figure.metric] = figure.value
        for partner, own in figures.items():
            holding = history.holding_on(partner, on)
            tier, state = (None, "active") if holding is None else (holding.tier, holding.state)
            wanted = MATRIX[program].judge(tier, own, uses[partner], on, state=state)
            given = [Use(*use) for use in uses[partner]]
            rules = RULES[program].program
            for told in entitlements(rules, tier, own, given, on, state=state):
                reached.update((told.reason, told.strength, f"way {told.way.way if told.way else None}"))
                reached.update(["used up"] if told.quota is not None and told.quota.left == 0 else [])
                if judged(told) != wanted[told.benefit]:
                    wrong.append(f"{on} {partner} {tier} {told.benefit}: {judged(told)} is not {wanted[told.benefit]}")
        reached["partners"] += len(figures)
    assert wrong == []
    assert reached["partners"] >= 2 * PARTNERS
    own_reason = {"solutions": "conditions", "technology": "used up"}[program]
    assert all(reached[reason] >= 10 for reason in ("granted", "tier", "suspended", own_reason)), reached


def test_the_figures_that_conditions_compare_are_what_the_rows_say(world: World) -> None:
    program, folder, rows, _ = world
    facts = Facts(rows, None)
    accredited = {"crm_accreditations": ("crm_implementation",), "migration_accreditations": ("data_migration",)}
    attested = {
        "onboarded": "onboarded",
        "confidentiality_trainings": "confidentiality_training",
        "co_sell_contacts": "co_sell_contact",
        "account_mappings": "account_mapping",
        "reliable_experiences": "reliable_experience",
        "accelerator_conditions": "accelerator_conditions",
    }
    seen: Counter[tuple[str, bool]] = Counter()
    for on in DAYS[program][1:3]:
        with palier.evaluate(RULES[program], facts=folder, on=on) as run:
            found = [(each.partner_id, each.metric, each.value) for each in run.figures()]
        for partner, metric, value in found:
            if metric in accredited:
                held = any(
                    row["kind"] == "accreditation" and row["code"] in accredited[metric] and row.get("app_id") is None
                    and in_force(row, on, "earned_on", "expires_on")
                    for row in facts.where("credentials", "partner_id", partner)
                )  # fmt: skip
            elif metric in attested:
                held = any(
                    row["code"] == attested[metric] and str(row.get("value")).lower() != "no" and in_force(row, on)
                    for row in facts.where("attestations", "partner_id", partner)
                )
            else:
                continue
            assert (value is not None and value >= 1) is held, (on, partner, metric)
            seen[metric, held] += 1
    assert min(seen.values()) >= 5, seen
    assert len(seen) >= 8


def test_one_partner_asked_alone_is_the_same(world: World) -> None:
    program, folder, rows, history = world
    on = DAYS[program][2]
    partner = next(
        each.partner_id for each in history.holdings if each.state == "active" and each.effective_until is None
    )
    with palier.evaluate(RULES[program], facts=folder, on=on) as run:
        figures = {each.metric: each.value for each in run.figures(partner_id=partner)}
    alone = benefits(RULES[program], facts=folder, on=on, partner_id=partner)
    wanted = MATRIX[program].judge(alone.tier, figures, uses_of(rows)[partner], on, state=alone.state)
    assert {each.benefit: judged(each) for each in alone.entitlements} == wanted
