"""Laws that hold for all facts: they say what a figure is, whatever the program."""

from __future__ import annotations

import os
import random
import shutil
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import palier
from engine.histories import DAYS, generate
from palier.backends.evaluation import compute, open_facts
from palier.backends.session import connect, rows
from palier.engine.compile import compile_rulebook
from palier.engine.explain import recomputed
from palier.engine.planning import make_plan
from palier.rulebook.read import program_folder
from support.facts import Form, write_facts
from support.groups import marked, own

ON = date(2026, 11, 20)
SOLUTIONS = palier.read_program("solutions")
WHOLE = bool(os.environ.get("PALIER_WHOLE"))
EXAMPLES, ALONE = (6, 6) if WHOLE else (3, 4)
"""In how many sets of facts a law is asked, and of how many histories of each alone; PALIER_WHOLE asks more."""
COUNT = 150 // EXAMPLES
"""The histories of a set."""
SLOW = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def answers(folder: Path, on: date = ON) -> dict[str, list[Any]]:
    with palier.evaluate(SOLUTIONS, facts=folder, on=on) as run:
        return {"figures": run.figures(), "standings": run.standings(), "lines": run.lines(), "gates": run.gates()}


def placed(folder: Path, name: str, facts: dict[str, list[dict[str, object]]], form: Form = "parquet") -> Path:
    target = folder / name
    target.mkdir(exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    return write_facts(target, facts, form=form)


@SLOW
@given(seed=st.integers(1, 10_000), day=st.sampled_from(DAYS))
def test_a_figure_is_the_sum_of_its_lines_and_of_nothing_else(seed: int, day: date, tmp_path: Path) -> None:
    found = answers(placed(tmp_path, "facts", generate(seed, count=COUNT, on=day)), day)
    kinds = SOLUTIONS.program.metrics
    lines_of: dict[tuple[str, str], list[palier.Line]] = defaultdict(list)
    for line in found["lines"]:
        lines_of[line.partner_id, line.metric].append(line)
    for figure in found["figures"]:
        lines = tuple(lines_of[figure.partner_id, figure.metric])
        if figure.reason == "no_edition":
            assert figure.value is None
        else:
            assert recomputed(kinds[figure.metric].kind, lines) == figure.value
        assert lines or figure.reason is not None
        for line in lines:
            assert line.counts_from is None or line.counts_from <= day
            assert line.counts_until is None or line.counts_until > day


@SLOW
@given(seed=st.integers(1, 10_000))
def test_the_order_of_rows_and_the_form_of_files_are_irrelevant(seed: int, tmp_path: Path) -> None:
    facts = generate(seed, count=COUNT, on=ON)
    shuffled = {table: random.Random(seed).sample(rows_, len(rows_)) for table, rows_ in facts.items()}  # noqa: S311
    first = answers(placed(tmp_path, "one", facts))
    forms: tuple[Form, ...] = ("csv", "parquet")
    for form in forms:
        again = answers(placed(tmp_path, form, shuffled, form))
        assert [kind for kind in first if again[kind] != first[kind]] == []  # naming the kind, not every cell


@SLOW
@given(seed=st.integers(1, 10_000))
def test_each_partner_alone_stands_where_it_stands_among_all(seed: int, tmp_path: Path) -> None:
    """Alone means with the partners that share its customers: a history, here."""
    together = generate(seed, count=ALONE, on=ON)
    found = {each.partner_id: each for each in answers(placed(tmp_path, "all", together))["standings"]}
    for history in range(ALONE):
        prefix = f"h{history}-"
        mine = {
            table: [row for row in rows_ if any(str(value).startswith(prefix) for value in row.values())]
            for table, rows_ in together.items()
        }
        for standing in answers(placed(tmp_path, "own", mine))["standings"]:
            assert standing == found[standing.partner_id]


def test_equal_shares_make_one_whole(tmp_path: Path) -> None:
    """One customer for each number of sharers, from 1 to 20, all in one set of facts."""
    facts: dict[str, list[dict[str, object]]] = defaultdict(list)
    for sharers in range(1, 21):
        for table, rows_ in marked(shared_customer(sharers), f"{sharers:02}-").items():
            facts[table] += rows_
    found = answers(placed(tmp_path, "facts", facts))
    for sharers in range(1, 21):
        mine = own(found["figures"], f"{sharers:02}-")
        points = [figure.value for figure in mine if figure.metric == "managed_points"]
        assert points == [Fraction(10, sharers)] * sharers
        assert sum(points, Fraction(0)) == 10


def test_a_share_that_the_denominator_cannot_hold_is_a_problem(tmp_path: Path) -> None:
    folder = placed(tmp_path, "facts", shared_customer(21))
    with pytest.raises(palier.InputProblemsError) as refused:
        palier.evaluate(SOLUTIONS, facts=folder, on=ON)
    assert {problem.code for problem in refused.value.problems if problem.severity == "error"} == {"no_value"}


def test_lines_that_end_before_they_begin_are_a_problem(tmp_path: Path) -> None:
    shutil.copytree(program_folder("starter"), tmp_path / "mine")
    (sql,) = (tmp_path / "mine" / "metrics").glob("*.sql")
    text = sql.read_text()
    assert "w.ends_on AS counts_until" in text
    sql.write_text(text.replace("w.ends_on AS counts_until", "s.closed_on AS counts_until"))
    mine = palier.read_program(tmp_path / "mine")
    facts = generate(7, count=60, on=ON)
    facts["sales"] = [sale for sale in facts["sales"] if sale["currency"] == "USD"]
    facts["enrolments"] = [enrolment | {"program": "starter"} for enrolment in facts["enrolments"]]
    folder = placed(tmp_path, "facts", facts)
    with pytest.raises(palier.InputProblemsError) as refused:
        palier.evaluate(mine, facts=folder, on=ON)
    (problem,) = (each for each in refused.value.problems if each.severity == "error")
    assert (problem.code, problem.table) == ("never_counts", "sales")
    assert "lines end before they begin, " in problem.message


@pytest.mark.parametrize("metric", ["sold", "managed"])
def test_more_of_a_metric_never_lowers_a_tier(metric: str, tmp_path: Path) -> None:
    rank = [tier.tier for tier in SOLUTIONS.program.tiers]
    facts = generate(7, count=60, on=ON)
    before = {each.partner_id: each.tier for each in answers(placed(tmp_path, "before", facts))["standings"]}
    table = {"sold": "sales", "managed": "subscriptions"}[metric]
    richer = {**facts, table: [{**row, "mrr_minor": int(str(row["mrr_minor"])) * 2} for row in facts[table]]}
    after = {each.partner_id: each.tier for each in answers(placed(tmp_path, "after", richer))["standings"]}
    undefined_share = {"elite"}  # revenue retention is a ratio: twice as much then and now is the same ratio
    for partner, tier in before.items():
        if tier is not None and tier not in undefined_share:
            now = after[partner]
            assert now is not None
            assert rank.index(now) >= rank.index(tier)


def test_many_days_at_once_are_each_day_alone(tmp_path: Path) -> None:
    folder = placed(tmp_path, "facts", generate(11, count=30, on=ON))
    compiled = compile_rulebook(SOLUTIONS)
    days = [date(2023, 7, 18) + timedelta(days=31 * step) for step in range(40)]
    connection = connect()
    open_facts(connection, compiled, folder, on=ON, known_at=None, stale=False)
    compute(connection, compiled, make_plan(compiled, days))
    for day in days[:: 5 if WHOLE else 8]:
        alone = answers(folder, day)
        at_once = rows(connection, "SELECT * FROM figures WHERE palier_day = $day", {"day": day})
        assert {(row["partner_id"], row["metric"], row["grains"], row["denominator"]) for row in at_once} == {
            (each.partner_id, each.metric, each.grains, each.denominator) for each in alone["figures"]
        }
        stood = rows(connection, "SELECT * FROM standings WHERE palier_day = $day", {"day": day})
        assert {(row["partner_id"], row["tier"], row["tier_kept"], tuple(row["missing"])) for row in stood} == {
            (each.partner_id, each.tier, each.tier_kept, each.missing) for each in alone["standings"]
        }
    connection.close()


def shared_customer(sharers: int) -> dict[str, list[dict[str, object]]]:
    """One customer of 1,000 USD, managed by several partners (D7, D9)."""
    partners = [f"p{number}" for number in range(sharers)]
    return {
        "partners": [{"partner_id": partner} for partner in partners],
        "enrolments": [
            {
                "enrolment_id": f"e-{p}",
                "partner_id": p,
                "program": "solutions",
                "level": "partner",
                "enrolled_on": date(2022, 7, 18),
            }
            for p in partners
        ],
        "partner_users": [
            {"user_id": f"u-{p}", "partner_id": p, "is_partner_employee": True, "added_on": date(2022, 7, 18)}
            for p in partners
        ],
        "customers": [{"customer_id": "c", "country": "FR"}],
        "subscriptions": [
            {
                "subscription_id": "s",
                "customer_id": "c",
                "edition": "pro",
                "mrr_minor": 100_000,
                "currency": "USD",
                "effective_from": date(2023, 1, 1),
            }
        ],
        "client_access": [
            {
                "access_id": f"a-{p}",
                "user_id": f"u-{p}",
                "customer_id": "c",
                "associated_on": date(2023, 1, 1),
                "granted_on": date(2023, 1, 1),
            }
            for p in partners
        ],
        "activities": [
            {
                "activity_id": f"x-{p}",
                "user_id": f"u-{p}",
                "customer_id": "c",
                "tool": "crm",
                "action": "edit",
                "occurred_on": date(2026, 11, 1),
            }
            for p in partners
        ],
    }
