"""The forecast is the evaluation of the coming days, exact to the day, with the fact behind each change."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import palier
import palier.backends.forecast as backend
from engine.histories import generate
from palier.backends.forecast import HorizonError, forecast
from palier.backends.runs import PartnerNotFoundError
from palier.engine.forecast import Change, Forecast
from palier.engine.foretold import cause_sentence, change_sentences, lapse_sentence
from palier.engine.plan import Assumption, Vantage
from palier.engine.words import Words
from palier.facts.tables import TABLES
from palier.rulebook.read import Rulebook
from support import summit
from support.facts import write_facts
from support.small import Rows, sells, works, world
from support.summit import written

ON = date(2026, 11, 20)
SOLUTIONS = palier.read_program("solutions")
EVERY, CHANGES_FOR = (25, 120) if os.environ.get("PALIER_WHOLE") else (80, 60)
"""Each how-manieth of 400 days of a forecast is compared with its evaluation, and for how many days each change."""


def foretold(
    folder: Path,
    rows: Rows,
    *,
    partner: str = "p1",
    assume: Assumption = "idle",
    vantage: Vantage = "partner",
    on: date = ON,
    until: date = date(2027, 11, 20),
) -> Forecast:
    write_facts(folder, rows, form="parquet")
    return forecast(
        SOLUTIONS,
        facts=folder,
        on=on,
        until=until,
        partner_id=partner,
        assume=assume,
        vantage=vantage,
    )


def moves_of(told: Forecast, metric: str) -> dict[date, tuple[Fraction | None, Fraction | None]]:
    return {
        change.on: (figure.before, figure.after)
        for change in told.changes
        for figure in change.figures
        if figure.metric == metric
    }


def because(change: Change, metric: str) -> set[str | None]:
    return {cause.because for cause in change.causes if cause.metric == metric}


def test_managed_credit_lapses_ninety_days_after_the_last_activity_when_idle(tmp_path: Path) -> None:
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1))
    told = foretold(tmp_path, rows)
    assert moves_of(told, "managed_points") == {date(2027, 1, 30): (Fraction(10), Fraction(0))}
    lapse = told.next_lapse
    assert lapse is not None
    assert lapse.on == date(2027, 1, 30)
    assert because(lapse, "managed_points") == {"window:activity"}


def test_managed_credit_goes_on_when_work_continues_until_a_known_removal(tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner"}, customers={"c1": 100_000, "c2": 50_000})
    works(rows, "p1", "c1", date(2026, 11, 1))
    works(rows, "p1", "c2", date(2026, 11, 1), removed_on=date(2027, 3, 1))
    told = foretold(tmp_path, rows, assume="continuing")
    assert moves_of(told, "managed_points") == {date(2027, 3, 1): (Fraction(15), Fraction(10))}
    assert because(told.changes[0], "managed_points") == {"client_access.removed_on"}


def test_a_partner_sees_other_shares_held_constant_and_the_vendor_does_not(tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner", "p2": "partner"}, customers={"c1": 100_000})
    works(rows, "p1", "c1", date(2026, 11, 15))
    works(rows, "p2", "c1", date(2026, 10, 1))
    mine = moves_of(foretold(tmp_path, rows), "managed_points")
    assert mine == {date(2027, 2, 13): (Fraction(5), Fraction(0))}
    whole = moves_of(foretold(tmp_path, rows, vantage="vendor"), "managed_points")
    assert whole == {
        date(2026, 12, 30): (Fraction(5), Fraction(10)),
        date(2027, 2, 13): (Fraction(10), Fraction(0)),
    }


@pytest.mark.parametrize("assume", ["continuing", "idle"])
def test_a_sale_starts_and_ends_on_its_own_days(assume: Assumption, tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner"}, customers={"c1": 1, "c2": 1})
    sells(rows, "p1", "c1", 20_000, date(2026, 11, 10))
    sells(rows, "p1", "c2", 10_000, date(2026, 2, 28))
    told = foretold(tmp_path, rows, assume=assume)
    assert moves_of(told, "sold_points") == {
        date(2026, 12, 1): (Fraction(5), Fraction(15)),
        date(2027, 2, 28): (Fraction(15), Fraction(10)),
        date(2027, 11, 10): (Fraction(10), Fraction(0)),
    }
    by_day = {change.on: change for change in told.changes}
    assert because(by_day[date(2027, 2, 28)], "sold_points") == {"window:sold"}


def test_a_known_churn_is_named(tmp_path: Path) -> None:
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 15))
    rows["customers"][0]["churned_on"] = date(2026, 12, 24)
    told = foretold(tmp_path, rows, assume="continuing")
    assert because(told.changes[0], "managed_points") == {"customers.churned_on"}
    assert told.changes[0].on == date(2026, 12, 24)


@pytest.mark.parametrize("vantage", ["partner", "vendor"])
def test_the_day_on_which_the_partner_leaves_is_told(vantage: Vantage, tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner"}, customers={"c1": 100_000, "c2": 1})
    works(rows, "p1", "c1", date(2026, 11, 1))
    sells(rows, "p1", "c2", 20_000, date(2026, 2, 28))
    own = {"partner_id": "p1", "product_line": "crm", "edition": "pro", "base_price": True}
    rows["own_subscriptions"] = [own | {"effective_from": date(2022, 7, 18)}]
    (enrolment,) = rows["enrolments"]
    enrolment["left_on"] = date(2027, 1, 12)
    told = foretold(tmp_path, rows, assume="continuing", vantage=vantage)
    assert [change.on for change in told.changes] == [date(2027, 1, 12)]
    (gone,) = told.changes
    assert gone.tier == ("provider", None)
    assert moves_of(told, "managed_points") == {gone.on: (Fraction(10), None)}
    assert moves_of(told, "sold_points") == {gone.on: (Fraction(10), None)}
    assert {cause.because for cause in gone.causes} == {"enrolments.left_on"}
    assert told.next_lapse == gone


@pytest.mark.parametrize("column", ["deactivated_on", "deleted_on"])
def test_the_end_of_a_user_is_what_ends_its_certification(column: str, tmp_path: Path) -> None:
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1))
    passed = {"credential_id": "k1", "partner_id": "p1", "user_id": "u-p1", "code": "solutions_partner"}
    rows["credentials"] = [passed | {"kind": "certification", "earned_on": date(2022, 7, 18)}]
    for user in rows["partner_users"]:
        user[column] = date(2027, 1, 12)
    told = foretold(tmp_path, rows, assume="continuing")
    by_day = {change.on: change for change in told.changes}
    assert because(by_day[date(2027, 1, 12)], "partner_certifications") == {f"partner_users.{column}"}
    if column == "deleted_on":
        assert because(by_day[date(2027, 1, 12)], "managed_points") == {"partner_users.deleted_on"}


def test_a_change_of_rules_is_a_cause_of_its_own(tmp_path: Path) -> None:
    rows = gold_of_243()
    told = foretold(tmp_path, rows, assume="continuing", on=date(2024, 7, 1), until=date(2024, 7, 31))
    (change,) = told.changes
    assert change.on == date(2024, 7, 15)
    assert change.tier == ("gold", "partner")
    assert change.tier_kept == ("gold", "gold")
    goal = next(each for each in change.gates if (each.tier, each.purpose) == ("gold", "reach"))
    assert (goal.required_before, goal.required_after) == (Fraction(243), Fraction(300))
    assert not goal.held_after
    _, why = change_sentences(Words(SOLUTIONS, "fr"), change)
    assert any("300" in sentence and "243" in sentence for sentence in why)


def test_what_begins_after_the_day_asked_is_not_known(tmp_path: Path) -> None:
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1))
    later = works(
        works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1)),
        "p1",
        "c1",
        date(2026, 12, 20),
    )
    later["client_access"].pop()
    later["activities"][-1]["activity_id"] = "later"
    sells(later, "p1", "c1", 90_000, date(2027, 1, 5))
    (tmp_path / "now").mkdir()
    (tmp_path / "later").mkdir()
    assert foretold(tmp_path / "later", later) == foretold(tmp_path / "now", rows)


def test_the_vendors_idle_forecast_is_the_evaluation_of_each_later_day(tmp_path: Path) -> None:
    """With steady subscriptions nothing but dated ends happens, so both must agree on every figure of credit."""
    on = date(2025, 6, 20)
    facts = steady(generate(31, count=12, on=on), on)
    write_facts(tmp_path, facts, form="parquet")
    rulebook = SOLUTIONS
    with palier.evaluate(rulebook, facts=tmp_path, on=on) as today:
        largest = max({line.partner_id for line in today.lines()}, key=lambda p: len(today.lines(partner_id=p)))
    told = foretold(
        tmp_path, facts, partner=largest, vantage="vendor", on=on, until=on + timedelta(days=400), assume="idle"
    )
    figures = dict(told.figures)
    compared = [name for name in figures if name != "app_usage_median"]
    changes = {change.on: change for change in told.changes}
    for offset in range(1, 401):
        day = on + timedelta(days=offset)
        if day in changes:
            figures.update({each.metric: each.after for each in changes[day].figures})
        if offset % EVERY == 0 or (day in changes and offset < CHANGES_FOR):
            with palier.evaluate(rulebook, facts=tmp_path, on=day) as run:
                then = {each.metric: each.value for each in run.figures(partner_id=largest)}
            if then:
                assert {name: figures[name] for name in compared} == {name: then[name] for name in compared}, day


def test_a_client_of_a_large_program_is_known_by_the_access_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where work is too large a table to look through, access tells who the customers are, however many rows it has."""
    monkeypatch.setattr(backend, "CHECKED_ROWS", 0)
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1))
    told = foretold(tmp_path, rows)
    assert moves_of(told, "managed_points") == {date(2027, 1, 30): (Fraction(10), Fraction(0))}


@pytest.mark.parametrize(("seed", "assume"), [(31, "continuing"), (32, "idle")])
def test_a_partners_forecast_reads_what_concerns_it_and_equals_that_from_all_facts(
    seed: int, assume: Assumption, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts about other customers, and how many days are evaluated at once, make no difference."""
    on = date(2025, 6, 20)
    facts = generate(seed, count=12, on=on)
    write_facts(tmp_path, facts, form="parquet")
    rulebook = SOLUTIONS
    with palier.evaluate(rulebook, facts=tmp_path, on=on) as today:
        lines = today.lines()
    partners = sorted({line.partner_id for line in lines})[:2]
    until = on + timedelta(days=60)
    told = {
        each: forecast(rulebook, facts=tmp_path, on=on, until=until, partner_id=each, assume=assume)
        for each in partners
    }
    assert any(each.changes for each in told.values())
    monkeypatch.setattr(backend, "nearby", lambda _table: None)
    monkeypatch.setattr(backend, "CUSTOMER_DAYS_AT_ONCE", 0)
    monkeypatch.setattr(backend, "LEAST_AT_ONCE", 17)
    for each in partners:
        whole = forecast(rulebook, facts=tmp_path, on=on, until=until, partner_id=each, assume=assume)
        assert whole == told[each]


def test_a_wrong_call_is_an_error_of_its_own(tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner"}, customers={"c1": 1})
    with pytest.raises(HorizonError):
        foretold(tmp_path, rows, until=ON)
    with pytest.raises(PartnerNotFoundError):
        foretold(tmp_path, rows, partner="p9")


@pytest.mark.parametrize(("language", "day"), [("en", "30 January 2027"), ("fr", "30 janvier 2027")])
def test_the_next_lapse_is_one_sentence(language: str, day: str, tmp_path: Path) -> None:
    rows = works(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", date(2026, 11, 1))
    told = foretold(tmp_path, rows)
    assert told.next_lapse is not None
    words = Words(SOLUTIONS, "fr" if language == "fr" else "en")
    assert lapse_sentence(words, told.next_lapse, told.credits).startswith(day)


def test_all_figures_measured_on_another_day_are_named(tmp_path: Path) -> None:
    """Sold until 10 January 2026, so of the cohort of a year ago until 10 January 2027: both retentions rest on it."""
    rows = sells(world(partners={"p1": "partner"}, customers={"c1": 100_000}), "p1", "c1", 20_000, date(2025, 1, 10))
    change = next(each for each in foretold(tmp_path, rows).changes if each.on == date(2027, 1, 10))
    _, why = change_sentences(Words(SOLUTIONS, "en"), change)
    told = {f"{name} retention: the day of measurement or comparison moves on" for name in ("Customer", "Revenue")}
    assert told == set(why)
    customers = next(each for each in change.causes if each.metric == "customer_retention")
    beside = cause_sentence(Words(SOLUTIONS, "en"), customers, beside="customer_retention")
    assert beside == "the day of measurement or comparison moves on", "its figure is named beside it"


def certified(identifier: str, expires_on: date) -> dict[str, object]:
    """A person's certification."""
    return {
        "credential_id": identifier,
        "partner_id": "p1",
        "user_id": f"u-{identifier}",
        "kind": "certification",
        "code": "summit",
        "earned_on": date(2026, 1, 5),
        "expires_on": expires_on,
    }


def summit_forecast(folder: Path, rows: Rows, rulebook: Rulebook, until: date) -> Forecast:
    """What comes after 1 June 2026 in Summit."""
    facts = written(folder, rows, rulebook)
    return forecast(rulebook, facts=facts, on=summit.ON, until=until, partner_id="p1")


def test_the_cause_of_a_lapse_is_that_of_the_credit_lost(tmp_path: Path) -> None:
    """A certificate that is worth one point is one certified person as well, which is no credit."""
    one_point = summit.edited("values.points_of_a_person={2026-01-01: 1}")
    rows = summit.partner(
        partner_users=[{"user_id": f"u-{each}", "partner_id": "p1", "added_on": summit.ON} for each in ("k1", "k2")],
        credentials=[certified("k1", date(2026, 9, 1)), certified("k2", date(2026, 9, 1))],
    )
    told = summit_forecast(tmp_path, rows, one_point, date(2026, 10, 1))
    assert told.next_lapse is not None
    said = lapse_sentence(Words(one_point, "en"), told.next_lapse, told.credits)
    assert said.endswith("(certification k1 ends: it expires; certification k2 ends: it expires)")


def test_a_line_that_says_when_it_counts_need_not_say_the_day_of_its_fact(tmp_path: Path) -> None:
    """`fact_on` is optional: a window is over on the day until which the line counts."""
    silent = tmp_path / "silent"
    shutil.copytree(summit.FOLDER, silent)
    for file in silent.glob("metrics/*.sql"):
        file.write_text(re.sub(r",\s+[a-z_.]+ AS fact_on", "", file.read_text()))
    survey = {"survey_id": "v1", "partner_id": "p1", "customer_id": "c1", "score": 9, "answered_on": date(2026, 2, 1)}
    rows = summit.partner(sales=[summit.sale(1, 100_000, "EUR")], surveys=[survey])
    said = [
        [
            (change.on, change_sentences(Words(rulebook, "en"), change))
            for change in summit_forecast(tmp_path / name, rows, rulebook, date(2027, 3, 1)).changes
        ]
        for name, rulebook in (("said", summit.SUMMIT), ("unsaid", palier.read_program(silent)))
    ]
    assert said[0] == said[1]
    why = {sentence for _, (_, because) in said[0] for sentence in because}
    assert {"sale s1 ends: its time is over (year)", "surveys v1 ends: its time is over (year)"} <= why


def gold_of_243() -> Rows:
    """A partner at exactly 243 points on 1 July 2024, every other gate of Gold held."""
    rows = world(partners={"p1": "partner"}, customers={"c1": 3_800_00, "c2": 1})
    works(rows, "p1", "c1", date(2024, 6, 30))
    sells(rows, "p1", "c2", 4_100_00, date(2024, 5, 2))
    rows["credentials"] = [
        {
            "credential_id": "k1",
            "partner_id": "p1",
            "user_id": "u-p1",
            "kind": "certification",
            "code": "solutions_partner",
            "earned_on": date(2023, 1, 1),
        }
    ]
    rows["attestations"] = [
        {"attestation_id": "t1", "partner_id": "p1", "code": "onboarded", "effective_from": date(2023, 1, 1)}
    ]
    rows["own_subscriptions"] = [
        {
            "partner_id": "p1",
            "product_line": "crm",
            "edition": "pro",
            "base_price": True,
            "effective_from": date(2023, 1, 1),
        }
    ]
    rows["tool_uses"] = [
        {"customer_id": customer, "tool": tool, "month": date(2024, month, 1)}
        for customer in ("c1", "c2")
        for tool in ("crm", "email", "forms")
        for month in (5, 6)
    ]
    return rows


def steady(facts: dict[str, list[dict[str, object]]], on: date) -> dict[str, list[dict[str, object]]]:
    """The facts that had begun by the day, without versions, with subscriptions and countries that never change."""
    kept: dict[str, list[dict[str, object]]] = {}
    for name, rows in facts.items():
        column = TABLES[name].dated_by
        begun = [row for row in rows if column is None or row.get(column) is None or str(row[column]) <= str(on)]
        kept[name] = [row for row in begun if row.get("recorded_at") is None and not row.get("retracted")]
    first: dict[object, dict[str, object]] = {}
    for row in kept.get("subscriptions", []):
        first.setdefault(row["customer_id"], {**row, "effective_from": date(2020, 1, 1), "effective_until": None})
    kept["subscriptions"] = list(first.values())
    kept["customer_countries"] = []
    return kept
