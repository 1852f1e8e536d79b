"""Benefits by themselves: condition trees, quotas, seasons, working days, discounts, and laws of entitlements."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import palier
from palier.engine.benefit_words import BenefitWords
from palier.engine.benefits import Entitlement, entitlements, known, season
from palier.engine.check import check_program
from palier.engine.conditions import Figures, conditions, missing
from palier.engine.discounts import quote
from palier.engine.quotas import Use, period_of, quota
from palier.engine.words import Language, Words
from palier.engine.working_days import UnknownHolidaysError, is_working_day, working_day_after
from palier.rulebook.benefits import STRENGTHS, Applications, Discounts, Times
from palier.rulebook.gates import GateNode

ON = date(2026, 9, 10)
LAW = settings(deadline=None, max_examples=50)
SOLUTIONS = palier.read_program("solutions")
TECHNOLOGY = palier.read_program("technology")
REPAIRED = palier.read_program("technology", switches={"B-18": "repaired"})


def gate(name: str, at_least: int, **more: object) -> dict[str, object]:
    return {"gate": name, "metric": name, "at_least": {"2026-01-01": at_least}, **more}


def tree(node: dict[str, object]) -> GateNode:
    return GateNode.model_validate(node, strict=False)


def names(ways: tuple[tuple[object, ...], ...]) -> list[list[str]]:
    return [[each.gate for each in way] for way in ways]  # type: ignore[attr-defined]


def discounts_of(rulebook: palier.Rulebook) -> Discounts:
    assert rulebook.program.benefits is not None
    found = rulebook.program.benefits.granted["sponsorship_discounts"].discounts
    assert found is not None
    return found


# ---- conditions


def test_no_tree_asks_nothing() -> None:
    assert missing(None, {}, ON) == ((),)
    assert conditions(None, {}, ON) == ()


def test_alternatives_within_conditions_are_told_apart() -> None:
    asked = tree({"all": [gate("a", 1), {"any": [gate("b", 1), {"all": [gate("c", 1), gate("d", 1)]}]}]})
    assert names(missing(asked, {}, ON)) == [["a", "b"], ["a", "c", "d"]]
    assert names(missing(asked, {"a": Fraction(1), "c": Fraction(1)}, ON)) == [["b"], ["d"]]
    assert missing(asked, {"a": Fraction(1), "b": Fraction(1)}, ON) == ((),)


@pytest.mark.parametrize(
    ("operator", "value", "held"),
    [
        ("at_least", Fraction(17, 20), True),
        ("at_least", Fraction(17, 20) - Fraction(1, 10**30), False),
        ("more_than", Fraction(17, 20), False),
        ("more_than", Fraction(17, 20) + Fraction(1, 10**30), True),
        ("at_most", Fraction(17, 20), True),
        ("at_most", Fraction(17, 20) + Fraction(1, 10**30), False),
        ("less_than", Fraction(17, 20), False),
        ("less_than", None, False),
    ],
)
def test_a_condition_compares_exactly(operator: str, value: Fraction | None, *, held: bool) -> None:
    asked = tree({"gate": "kept", "metric": "kept", operator: {"2026-01-01": Decimal("0.85")}})
    (each,) = conditions(asked, {"kept": value}, ON)
    assert each.held is held
    assert (missing(asked, {"kept": value}, ON) == ((),)) is held


def test_what_is_preferred_phased_in_or_waived_does_not_block() -> None:
    asked = tree(
        {
            "all": [
                gate("liked", 1, weight="preferred"),
                gate("later", 1, phased_in_from=date(2027, 1, 1)),
                gate("gone", 1, effective_until=date(2026, 9, 10)),
                gate("excused", 1, waived_by="excuse"),
                gate("excuse", 1, weight="preferred"),
            ]
        }
    )
    assert missing(asked, {"excuse": Fraction(1)}, ON) == ((),)
    assert names(missing(asked, {}, ON)) == [["excused"]]
    assert names(missing(asked, {}, date(2027, 1, 1))) == [["later", "excused"]]
    assert [each.gate for each in conditions(asked, {}, ON)] == ["liked", "later", "excused", "excuse"]


# ---- quotas and seasons


@pytest.mark.parametrize(
    ("per", "on", "first", "until"),
    [
        ("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1)),
        ("quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 4, 1)),
        ("quarter", date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1)),
        ("half_year", date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1)),
        ("half_year", date(2026, 12, 31), date(2026, 7, 1), date(2027, 1, 1)),
        ("year", date(2026, 12, 31), date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_the_calendars(per: str, on: date, first: date, until: date) -> None:
    assert period_of(per, on) == (first, until)  # type: ignore[arg-type]


@LAW
@given(
    on=st.dates(date(2020, 1, 1), date(2032, 12, 31)), per=st.sampled_from(["month", "quarter", "half_year", "year"])
)
def test_a_day_lies_in_its_period_and_the_next_begins_where_it_ends(on: date, per: str) -> None:
    first, until = period_of(per, on)  # type: ignore[arg-type]
    assert first <= on < until
    assert period_of(per, until)[0] == until  # type: ignore[arg-type]
    assert period_of(per, first - timedelta(days=1))[1] == first  # type: ignore[arg-type]


def test_an_empty_quantity_is_one_and_zero_is_none() -> None:
    fifteen = Times.model_validate({"per": "year", "at_most": {"2026-01-01": 15}}, strict=False)
    uses = [
        Use("x", date(2026, 1, 1)),
        Use("x", ON, 0),
        Use("x", ON, 2),
        Use("y", ON, 9),
        Use("x", date(2025, 12, 31), 9),
    ]
    told = quota([fifteen], "premier", "x", uses, ON)
    assert told is not None
    assert (told.used, told.left, told.due) == (3, 12, None)


def test_a_quota_of_other_tiers_is_none() -> None:
    told = Times.model_validate({"tiers": ["premier"], "per": "year", "at_most": {"2026-01-01": 15}}, strict=False)
    assert quota([told], "leading", "x", [], ON) is None


@pytest.mark.parametrize(
    ("months", "on", "is_open", "opens", "closes"),
    [
        ([1, 2, 3], date(2026, 2, 10), True, date(2026, 1, 1), date(2026, 4, 1)),
        ([1, 2, 3], date(2026, 4, 1), False, date(2027, 1, 1), date(2027, 4, 1)),
        ([3, 10], date(2026, 4, 1), False, date(2026, 10, 1), date(2026, 11, 1)),
        ([11, 12, 1], date(2027, 1, 31), True, date(2026, 11, 1), date(2027, 2, 1)),
        ([12], date(2026, 12, 31), True, date(2026, 12, 1), date(2027, 1, 1)),
        (list(range(1, 13)), date(2026, 9, 10), True, date(2026, 9, 1), date(2027, 9, 1)),
    ],
)
def test_a_season_is_the_one_that_runs_or_comes(
    months: list[int], on: date, *, is_open: bool, opens: date, closes: date
) -> None:
    told = season(Applications(months=months), on)
    assert (told.is_open, told.opens_on, told.closes_on) == (is_open, opens, closes)


# ---- working days


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2026, 5, 14), date(2026, 7, 14), date(2026, 11, 21)])
def test_holidays_and_weekends_are_no_working_days_in_france(day: date) -> None:
    assert not is_working_day(day, "FR")


def test_the_day_of_the_request_does_not_count() -> None:
    assert working_day_after(date(2026, 11, 23), 1, "FR") == date(2026, 11, 24)
    assert working_day_after(date(2026, 11, 20), 1, "FR") == date(2026, 11, 23)


def test_a_country_without_known_holidays_is_refused() -> None:
    with pytest.raises(UnknownHolidaysError, match="'XX'"):
        working_day_after(ON, 1, "XX")


# ---- discounts


@LAW
@given(value=st.integers(0, 20_000_000), tier=st.sampled_from(["rising", "leading", "premier"]))
def test_the_repair_never_gives_less_and_fills_every_gap(value: int, tier: str) -> None:
    literal = quote(discounts_of(TECHNOLOGY), tier, value, ON)
    repaired = quote(discounts_of(REPAIRED), tier, value, ON)
    assert repaired.basis_points >= literal.basis_points
    assert repaired.basis_points > 0
    assert literal.needs_confirmation is (literal.basis_points == 0)
    assert repaired.needs_confirmation is literal.needs_confirmation
    assert repaired.exact == Fraction(value * repaired.basis_points, 10_000)
    assert abs(repaired.exact - repaired.discount_minor) <= Fraction(1, 2)


@LAW
@given(value=st.integers(0, 20_000_000), more=st.integers(0, 20_000_000))
def test_the_repair_rises_with_tier_and_value(value: int, more: int) -> None:
    rates = [quote(discounts_of(REPAIRED), tier, value, ON).basis_points for tier in ("rising", "leading", "premier")]
    assert rates == sorted(rates)
    dearer = quote(discounts_of(REPAIRED), "premier", value + more, ON)
    assert dearer.basis_points >= rates[-1]


# ---- entitlements

LADDERS = {
    "solutions": (SOLUTIONS, ("provider", "partner", "gold", "platinum", "diamond", "elite")),
    "technology": (TECHNOLOGY, ("partner", "rising", "leading", "premier")),
}
METRICS = {
    "solutions": ("accreditations", "crm_accreditations", "migration_accreditations", "customer_retention",
                  "sourced_share", "software_certifications", "implementation_certifications", "onboarded",
                  "partner_certifications", "confidentiality_trainings"),
    "technology": ("co_sell_contacts", "account_mappings", "reliable_experiences", "accelerator_conditions"),
}  # fmt: skip


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, str, Figures, date]:
    program = draw(st.sampled_from(sorted(LADDERS)))
    tier = draw(st.sampled_from(LADDERS[program][1]))
    figures = {name: draw(st.sampled_from([None, Fraction(0), Fraction(1)])) for name in METRICS[program]}
    first = date(2022, 7, 18) if program == "solutions" else date(2026, 1, 1)
    return program, tier, figures, draw(st.dates(first, date(2027, 12, 31)))


def told(program: str, tier: str | None, figures: Figures, on: date) -> dict[str, Entitlement]:
    return {each.benefit: each for each in entitlements(LADDERS[program][0].program, tier, figures, [], on)}


def worth(entitlement: Entitlement) -> int:
    return STRENGTHS.index(entitlement.strength)


@LAW
@given(asked())
def test_a_higher_tier_never_has_less(given_: tuple[str, str, Figures, date]) -> None:
    program, tier, figures, on = given_
    ladder = LADDERS[program][1]
    here = told(program, tier, figures, on)
    for higher in ladder[ladder.index(tier) :]:
        there = told(program, higher, figures, on)
        assert [name for name in here if worth(there[name]) < worth(here[name])] == []


@LAW
@given(asked())
def test_who_gets_what_is_needed_has_what_was_promised(given_: tuple[str, str, Figures, date]) -> None:
    program, tier, figures, on = given_
    for name, each in told(program, tier, figures, on).items():
        if each.need is None:
            continue
        for way in each.need.missing:
            supplied = {**figures, **{met.metric: Fraction(met.required) for met in way}}
            got = told(program, each.need.tier, supplied, on)[name]
            assert worth(got) >= STRENGTHS.index(each.need.strength), name


@LAW
@given(asked())
def test_suspension_takes_everything_and_needs_nothing_else(given_: tuple[str, str, Figures, date]) -> None:
    program, tier, figures, on = given_
    rules = LADDERS[program][0].program
    suspended = entitlements(rules, tier, figures, [], on, state="suspended")
    assert {each.strength for each in suspended} == {"none"}
    assert {each.need for each in suspended} == {None}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "only with a tier of the program"), ("fr", "seulement avec un niveau du programme")]
)
def test_who_left_is_told_what_to_reach_as_who_never_joined_is(language: Language, said: str) -> None:
    left = entitlements(TECHNOLOGY.program, None, {}, [], ON, state="left")
    assert left == entitlements(TECHNOLOGY.program, None, {}, [], ON)
    manager = next(each for each in left if each.benefit == "partner_manager")
    assert manager.need is not None
    assert manager.need.tier == "leading"
    assert TECHNOLOGY.program.benefits is not None
    words = BenefitWords(Words(TECHNOLOGY, language))
    assert words.reason(TECHNOLOGY.program.benefits.granted["partner_manager"], manager) == said


def test_before_benefits_are_known_nothing_is_answered() -> None:
    assert not known(SOLUTIONS.program, date(2022, 7, 17))
    assert entitlements(SOLUTIONS.program, "gold", {}, [], date(2018, 6, 1)) == ()
    assert known(SOLUTIONS.program, date(2022, 7, 18))
    assert not known(TECHNOLOGY.program, date(2025, 12, 31))


def test_a_program_without_benefits_says_nothing() -> None:
    starter = palier.read_program("starter")
    assert not known(starter.program, ON)
    assert entitlements(starter.program, None, {}, [], ON) == ()


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("solutions", ["data_migration_tool.tiers.platinum", "slack_group.tiers.provider", "lead_matching.also.0"]),
        ("technology", ["premier has 5 % and 10 %", "leading has 0 %, and rising below it 3 %", "site_visits"]),
    ],
)
def test_without_its_errata_a_program_contradicts_itself(program: str, found: list[str], tmp_path: Path) -> None:
    copytree(palier.read_program(program).folder, tmp_path / program)
    (tmp_path / program / "ERRATA.yaml").unlink()
    told_ = [each for each in check_program(tmp_path / program) if each.code == "contradiction"]
    for words in found:
        assert [each for each in told_ if words in each.message and each.file == "benefits.yaml"], words
