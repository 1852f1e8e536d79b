"""A goal's amounts are the smallest: exactly so much closes the gate, one minor unit (or one fact) less does not."""

from __future__ import annotations

import itertools
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

import palier
from backends.test_forecast import gold_of_243
from palier.backends.goal import goal
from palier.backends.runs import PartnerNotFoundError
from palier.engine.goal import Goal, Missing, UnknownTierError
from palier.engine.goal_words import heading, missing_sentences, plan_sentence
from palier.engine.words import Words
from palier.rulebook.edits import parse_edits
from palier.rulebook.read import Rulebook, read_program
from support.facts import write_facts
from support.small import Rows, sells, works, world

ON = date(2024, 7, 1)
SOLUTIONS = read_program("solutions")
_FOLDERS = itertools.count()


_AIMED: dict[tuple[str, str, str, date], Goal] = {}


def aimed(folder: Path, rows: Rows, tier: str, *, rulebook: Rulebook = SOLUTIONS, on: date = ON) -> Goal:
    """What is missing; the same question about the same rows is asked once."""
    known = (repr(rows), tier, rulebook.digest, on)
    if known not in _AIMED:
        _AIMED[known] = _aimed(folder, rows, tier, rulebook, on)
    return _AIMED[known]


def _aimed(folder: Path, rows: Rows, tier: str, rulebook: Rulebook, on: date) -> Goal:
    facts = write_facts(folder / str(next(_FOLDERS)), rows, form="parquet")
    with palier.evaluate(rulebook, facts=facts, on=on) as run:
        return goal(rulebook, run, partner_id="p1", tier=tier)


def missing(told: Goal, gate: str) -> Missing:
    return next(each for each in told.missing if each.gate == gate)


def is_missing(told: Goal, gate: str) -> bool:
    return any(each.gate == gate for each in told.missing)


def sold(rows: Rows, minor: int, currency: str, *, motion: str = "sourced", country: str = "FR") -> Rows:
    """One more sale to a new customer in a country, that counts on the day."""
    number = f"new{next(_FOLDERS)}"
    rows = {**rows, "customers": [*rows["customers"], {"customer_id": number, "country": country}]}
    rows["sales"] = [*rows["sales"]]
    sells(rows, "p1", number, minor, date(2024, 6, 30))
    rows["sales"][-1] |= {"currency": currency, "motion": motion}
    return rows


def managed(rows: Rows, minor: int, currency: str, *, country: str = "FR") -> Rows:
    """One more customer in a country, managed by the partner alone."""
    number = f"new{next(_FOLDERS)}"
    rows = {name: [*table] for name, table in rows.items()}
    rows["customers"].append({"customer_id": number, "country": country})
    rows["subscriptions"].append(
        {
            **rows["subscriptions"][0],
            "subscription_id": f"s-{number}",
            "customer_id": number,
            "mrr_minor": minor,
            "currency": currency,
        }
    )
    return works(rows, "p1", number, date(2024, 6, 30))


@pytest.mark.parametrize("currency", ["EUR", "COP"])
@pytest.mark.parametrize(("motion", "country", "market"), [("sourced", "FR", "other"), ("assisted", "BR", "growth")])
def test_sold_points_are_closed_by_exactly_the_amount(
    tmp_path: Path, currency: str, motion: str, country: str, market: str
) -> None:
    rows = gold_of_243()
    way = next(
        each
        for each in missing(aimed(tmp_path, rows, "platinum"), "sold_points_minimum").ways
        if each.keys == {"motion": motion, "market": market}
    )
    enough = sold(rows, way.minor[currency], currency, motion=motion, country=country)
    assert not is_missing(aimed(tmp_path, enough, "platinum"), "sold_points_minimum")
    less = sold(rows, way.minor[currency] - 1, currency, motion=motion, country=country)
    assert is_missing(aimed(tmp_path, less, "platinum"), "sold_points_minimum")


def test_the_amounts_are_those_of_a_calculation_by_hand(tmp_path: Path) -> None:
    """A127: 270 points sold; 205 stand. 65 points are 1,300 USD, or 975 EUR (A143, A146), half in growth markets."""
    told = missing(aimed(tmp_path, gold_of_243(), "platinum"), "sold_points_minimum")
    assert told.short == 65
    found = {tuple(way.keys.values()): (way.rate, way.minor["USD"], way.minor["EUR"]) for way in told.ways}
    assert found == {
        ("sourced", "other"): (5, 130_000, 97_500),
        ("sourced", "growth"): (10, 65_000, 48_750),
        ("assisted", "other"): (3, 216_667, 162_500),
        ("assisted", "growth"): (6, 108_334, 81_250),
    }
    assert {(way.counts_from, way.counts_until) for way in told.ways} == {(date(2024, 8, 1), date(2025, 7, 1))}


@pytest.mark.parametrize(
    ("currency", "country", "market"), [("EUR", "FR", "other"), ("JPY", "JP", "other"), ("COP", "CO", "growth")]
)
def test_managed_points_are_closed_by_exactly_the_amount(
    tmp_path: Path, currency: str, country: str, market: str
) -> None:
    rows = gold_of_243()
    told = missing(aimed(tmp_path, rows, "platinum"), "managed_points_minimum")
    (way,) = [each for each in told.ways if each.keys == {"market": market}]
    assert (way.counts_from, way.counts_until) == (date(2024, 7, 1), date(2024, 9, 29))
    enough = managed(rows, way.minor[currency], currency, country=country)
    assert not is_missing(aimed(tmp_path, enough, "platinum"), "managed_points_minimum")
    less = managed(rows, way.minor[currency] - 1, currency, country=country)
    assert is_missing(aimed(tmp_path, less, "platinum"), "managed_points_minimum")


@pytest.mark.parametrize(("market", "country", "currency"), [("other", "FR", "EUR"), ("growth", "BR", "ZAR")])
def test_a_plan_closes_all_gates_of_money_together_and_no_less_does(
    tmp_path: Path, market: str, country: str, currency: str
) -> None:
    rows = gold_of_243()
    told = aimed(tmp_path, rows, "platinum")
    (plan,) = [each for each in told.plans if each.keys == {"market": market}]
    assert set(plan.gates) == {"sold_points_minimum", "managed_points_minimum", "total_points_goal"}
    amounts = {step.metric: step.minor[currency] for step in plan.steps}

    def closed(sale: int, work: int) -> bool:
        more = managed(sold(rows, sale, currency, country=country), work, currency, country=country)
        return not {each.gate for each in aimed(tmp_path, more, "platinum").missing} & set(plan.gates)

    assert closed(amounts["sold_points"], amounts["managed_points"])
    assert not closed(amounts["sold_points"] - 1, amounts["managed_points"])
    assert not closed(amounts["sold_points"], amounts["managed_points"] - 1)


def test_a_total_names_the_ways_of_its_parts(tmp_path: Path) -> None:
    """A134: 300 in all; 243 stand. 57 points are 1,140 USD sold or 5,700 USD managed outside growth markets."""
    told = aimed(tmp_path, gold_of_243(), "gold", on=date(2024, 7, 15))
    (gate,) = told.missing
    found = {(way.metric, *way.keys.values()): way.minor["USD"] for way in gate.ways}
    assert found["sold_points", "sourced", "other"] == 114_000
    assert found["managed_points", "other"] == 570_000
    assert told.plans == (), "one gate needs no plan"


def test_a_tier_that_is_reached_misses_nothing(tmp_path: Path) -> None:
    told = aimed(tmp_path, gold_of_243(), "gold")
    assert (told.reached, told.missing, told.stands) == (True, (), "gold")


def used(rows: Rows, tools: dict[str, int]) -> Rows:
    """Customers with a live sale, each using so many counted tools in the month that counts."""
    rows = {
        **rows,
        "tool_uses": [],
        "customers": [],
        "sales": [],
        "subscriptions": [],
        "activities": [],
        "client_access": [],
    }
    names = [each["tool"] for each in SOLUTIONS.program.tables["counted_tools"].rows]
    for customer, count in tools.items():
        rows["customers"].append({"customer_id": customer, "country": "FR"})
        sells(rows, "p1", customer, 100, date(2024, 5, 2))
        rows["tool_uses"] += [
            {"customer_id": customer, "tool": str(tool), "month": date(2024, 6, 1)} for tool in names[:count]
        ]
    return rows


@pytest.mark.parametrize(
    ("tools", "count"),
    [
        ((0, 2, 2, 5), 2),
        ((0, 0, 0), 2),
        ((0, 1, 1, 4, 9), 1),
        ((1, 1, 1, 1), 3),
    ],
)
def test_the_median_names_the_fewest_customers(tools: tuple[int, ...], count: int, tmp_path: Path) -> None:
    """Every choice of fewer customers raised to the requirement fails, one of that many succeeds."""
    portfolio = {f"k{n}": tool for n, tool in enumerate(tools)}
    told = missing(aimed(tmp_path, used(gold_of_243(), portfolio), "gold"), "app_usage")
    assert (told.means, told.count, told.level) == ("customers", count, 3)
    below = [customer for customer, tool in portfolio.items() if tool < 3]

    def median(raised: tuple[str, ...]) -> Fraction:
        values = sorted(3 if customer in raised else tool for customer, tool in portfolio.items())
        return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2)

    assert max(median(raised) for raised in itertools.combinations(below, count)) >= 3
    assert max(median(raised) for raised in itertools.combinations(below, count - 1)) < 3
    lifted = {**portfolio, **dict.fromkeys(sorted(below, key=lambda each: -portfolio[each])[:count], 3)}
    assert not is_missing(aimed(tmp_path, used(gold_of_243(), lifted), "gold"), "app_usage")


def test_no_customer_at_all_needs_one(tmp_path: Path) -> None:
    told = missing(aimed(tmp_path, used(gold_of_243(), {}), "gold"), "app_usage")
    assert (told.value, told.means, told.count, told.level) == (None, "customers", 1, 3)


def test_counts_and_human_acts(tmp_path: Path) -> None:
    told = aimed(tmp_path, gold_of_243(), "elite")
    certifications = missing(told, "team_certifications")
    assert (certifications.means, certifications.count) == ("count", 99)
    assert missing(told, "invitation").means == "human"
    bare = aimed(tmp_path, world(partners={"p1": "provider"}, customers={}), "gold")
    assert (missing(bare, "onboarded").means, missing(bare, "onboarded").count) == ("count", 1)


def retained(lost: int, kept: int, *, mrr: int = 10_000, now: int = 10_000) -> Rows:
    """Customers sold a year ago: some lost since, others paying a part of what they paid."""
    rows = gold_of_243()
    for n in range(lost + kept):
        customer = f"y{n}"
        rows["customers"].append(
            {"customer_id": customer, "country": "FR", "churned_on": date(2024, 3, 1) if n < lost else None}
        )
        base = {**rows["subscriptions"][0], "customer_id": customer, "mrr_minor": mrr}
        rows["subscriptions"] += [
            {**base, "subscription_id": f"{customer}a", "effective_until": date(2024, 2, 1)},
            {**base, "subscription_id": f"{customer}b", "effective_from": date(2024, 2, 1), "mrr_minor": now},
        ]
        sells(rows, "p1", customer, 100, date(2023, 5, 2))
    return rows


def back(rows: Rows, count: int) -> Rows:
    """So many of the lost customers never left."""
    lost = [each["customer_id"] for each in rows["customers"] if each.get("churned_on")][:count]
    customers = [{**each, "churned_on": None} if each["customer_id"] in lost else each for each in rows["customers"]]
    return {**rows, "customers": customers}


def test_customers_lost_must_come_back(tmp_path: Path) -> None:
    """A164: at least 85 %. Of 20 customers of a year ago 16 stay: one more makes exactly 17 of 20."""
    rows = retained(4, 16)
    told = missing(aimed(tmp_path, rows, "elite"), "customer_retention")
    assert (told.value, told.means, told.count) == (Fraction(16, 20), "count", 1)
    assert not is_missing(aimed(tmp_path, back(rows, 1), "elite"), "customer_retention")
    rows = retained(5, 15)
    assert missing(aimed(tmp_path, rows, "elite"), "customer_retention").count == 2
    assert is_missing(aimed(tmp_path, back(rows, 1), "elite"), "customer_retention")


@pytest.mark.parametrize("currency", ["EUR"])
def test_revenue_must_exceed_and_not_only_meet(currency: str, tmp_path: Path) -> None:
    """A164: more than 85 %. 20 customers of 100 USD pay 80 each: 100 USD more are 85 %, one cent more is enough."""
    rows = retained(0, 20, now=8_000)
    told = missing(aimed(tmp_path, rows, "elite"), "revenue_retention")
    (way,) = told.ways
    assert (told.value, way.minor["USD"], way.minor["EUR"]) == (Fraction(4, 5), 10_001, 7_501)

    def paid(minor: int) -> Rows:
        spread = [minor // 10 + (minor % 10 if n == 0 else 0) for n in range(10)]
        more = [
            {**rows["subscriptions"][0], "subscription_id": f"z{n}", "customer_id": f"y{n}", "mrr_minor": each,
             "currency": currency, "effective_from": date(2024, 2, 1)}
            for n, each in enumerate(spread)
        ]  # fmt: skip
        return {**rows, "subscriptions": [*rows["subscriptions"], *more]}

    assert not is_missing(aimed(tmp_path, paid(way.minor[currency]), "elite"), "revenue_retention")
    assert is_missing(aimed(tmp_path, paid(way.minor[currency] - 1), "elite"), "revenue_retention")


def test_a_share_grows_above_and_below_the_line(tmp_path: Path) -> None:
    """20 % sourced asked by a gate: of 10,000 USD sold by others' hand, 2,500 sourced USD make 2,500 of 12,500."""
    rulebook = read_program(
        "solutions",
        edits=parse_edits(
            [
                "tiers.gold.requires.all.app_usage={gate: app_usage, metric: sourced_share, "
                "effective_from: 2022-07-18, at_least: {2022-07-18: 0.2}}"
            ]
        ),
    )
    rows = gold_of_243()
    rows["sales"][0] |= {"motion": "assisted", "mrr_minor": 10_000_00}
    told = missing(aimed(tmp_path, rows, "gold", rulebook=rulebook), "app_usage")
    (way,) = told.ways
    assert way.minor["USD"] == 2_500_00
    assert not is_missing(aimed(tmp_path, sold(rows, 2_500_00, "USD"), "gold", rulebook=rulebook), "app_usage")
    assert is_missing(aimed(tmp_path, sold(rows, 2_499_99, "USD"), "gold", rulebook=rulebook), "app_usage")


def test_more_than_asks_one_unit_more(tmp_path: Path) -> None:
    edit = (
        "tiers.platinum.requires.all.sold_points_minimum={gate: sold_points_minimum, metric: sold_points, "
        "effective_from: 2022-07-18, more_than: {2022-07-18: 270}}"
    )
    rulebook = read_program("solutions", edits=parse_edits([edit]))
    rows = gold_of_243()
    way = missing(aimed(tmp_path, rows, "platinum", rulebook=rulebook), "sold_points_minimum").ways[0]
    assert way.minor["EUR"] == 97_501
    enough = sold(rows, 97_501, "EUR")
    assert not is_missing(aimed(tmp_path, enough, "platinum", rulebook=rulebook), "sold_points_minimum")
    assert is_missing(aimed(tmp_path, sold(rows, 97_500, "EUR"), "platinum", rulebook=rulebook), "sold_points_minimum")


def test_of_a_choice_one_gate_is_enough_and_says_so(tmp_path: Path) -> None:
    edit = (
        "tiers.gold.requires.all.app_usage={effective_from: 2022-07-18, any: ["
        "{gate: app_usage, metric: app_usage_median, at_least: {2022-07-18: 4}}, "
        "{gate: team, metric: team_certifications, at_least: {2022-07-18: 3}}]}"
    )
    rulebook = read_program("solutions", edits=parse_edits([edit]))
    told = aimed(tmp_path, gold_of_243(), "gold", rulebook=rulebook)
    assert {each.gate: (each.choice is not None, each.count) for each in told.missing} == {
        "app_usage": (True, 2),
        "team": (True, 2),
    }
    assert "one of these is enough" in missing_sentences(Words(rulebook, "en"), told.missing[0], ["EUR"])


def test_the_2018_minimums_are_money(tmp_path: Path) -> None:
    """C17: Silver asks 1,125 USD sold and 1,125 USD managed; amounts count as they are."""
    on = date(2018, 6, 15)
    rows = world(partners={"p1": "partner"}, customers={})
    rows["enrolments"][0]["enrolled_on"] = date(2018, 1, 22)
    told = aimed(tmp_path, rows, "silver", on=on)
    way = missing(told, "sold_mrr_minimum").ways[0]
    assert (way.minor["USD"], way.minor["EUR"], way.minor["JPY"]) == (112_500, 84_375, 135_000)
    (plan,) = told.plans
    assert {step.metric: step.minor["USD"] for step in plan.steps} == {"sold_mrr": 112_500, "managed_mrr": 112_500}


def test_wrong_calls_have_errors_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(UnknownTierError):
        aimed(tmp_path, gold_of_243(), "silver")
    rows = gold_of_243()
    rows["enrolments"][0]["left_on"] = date(2024, 6, 1)
    with pytest.raises(PartnerNotFoundError):
        aimed(tmp_path, rows, "gold")


@pytest.mark.parametrize(
    ("language", "way", "together"),
    [
        ("en", "sourced sales of EUR 975.00 or USD 1,300.00 MRR outside growth markets", "Together: sourced sales of"),
        (
            "fr",
            "ventes initiées de 975,00\u202fEUR ou 1\u202f300,00\u202fUSD de MRR hors marchés en croissance",
            "Ensemble\u202f: ventes",
        ),
    ],
)
def test_a_partner_reads_what_to_sell(language: str, way: str, together: str, tmp_path: Path) -> None:
    told = aimed(tmp_path, gold_of_243(), "platinum")
    words = Words(SOLUTIONS, "fr" if language == "fr" else "en")
    told_of = [each.replace("\xa0", " ") for each in missing_sentences(words, told.missing[0], ["EUR", "USD"])]
    assert way in told_of
    assert plan_sentence(words, told.plans[0], ["EUR"]).startswith(together)
    assert "Platinum" in heading(words, told)
