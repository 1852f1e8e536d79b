"""The oracle's tiers against the guides' own sentences, and the generated histories' promises."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from engine.histories import DAYS, generate, moments
from engine.histories_coverage import coverage
from engine.oracle import NoEditionError, judge
from engine.oracle_cast import OLD, ON, Facts, add, does, facts_of, figure, member, paying, sells, uses_three

# --- tiers ------------------------------------------------------------------------------------------


def standing_at(sold_cents: int, managed_cents: int, on: date) -> Facts:
    """A member in every respect, with one sale at 5 points and a managed customer at 1 point."""
    facts = member(sells(does(paying(facts_of(), managed_cents), on), date(2024, 2, 28), sold_cents))
    return uses_three(facts, date(2024, 6 if on.month == 7 else 5, 1))


@pytest.mark.parametrize(
    ("sold_cents", "managed_cents", "tier"),
    [
        (226_000, 1_300_000, "gold"),  # 113 + 130 = 243
        (225_999, 1_400_000, "partner"),  # sold just under 113
        (410_000, 380_000, "gold"),  # 205 + 38 = 243
        (500_000, 379_999, "partner"),  # managed just under 38
        (226_000, 1_299_999, "partner"),  # total just under 243
        (540_000, 3_750_000, "platinum"),  # 270 + 375 = 645
        (1_140_000, 14_500_000, "diamond"),  # 570 + 1450 = 2020
    ],
)
def test_a124_a128_three_minimums(sold_cents: int, managed_cents: int, tier: str) -> None:
    assert judge(standing_at(sold_cents, managed_cents, ON), on=ON).tier["p1"] == tier


def test_a130_a02_the_higher_total_is_to_reach_from_july_2024_and_to_keep_from_january_2025() -> None:
    before, after = date(2024, 7, 14), date(2024, 7, 15)
    facts = standing_at(226_000, 1_300_000, before)
    does(facts, date(2024, 12, 1))
    uses_three(facts, date(2024, 12, 1))
    assert judge(facts, on=before).tier["p1"] == "gold"
    verdict = judge(facts, on=after)
    assert (verdict.tier["p1"], verdict.tier_kept["p1"]) == ("partner", "gold")
    assert judge(facts, on=after, switches={"A-02": "january_2025"}).tier["p1"] == "gold"
    assert judge(facts, on=date(2025, 1, 14)).tier_kept["p1"] == "gold"
    assert judge(facts, on=date(2025, 1, 15)).tier_kept["p1"] == "partner"


def test_a140_a_median_under_3_misses_gold() -> None:
    facts = standing_at(226_000, 1_300_000, ON)
    facts["tool_uses"].pop()
    verdict = judge(facts, on=ON)
    assert verdict.tier["p1"] == "partner"
    missed = [key for key, held in verdict.held.items() if not held and key[1:3] == ("gold", "reach")]
    assert missed == [("p1", "gold", "reach", "app_usage")]


@pytest.mark.parametrize(
    ("columns", "tier"),
    [
        ({"edition": "starter", "base_price": True}, "provider"),
        ({"edition": "pro", "seats": 4}, "partner"),
        ({"edition": "pro", "seats": 3}, "provider"),
        ({"edition": "pro"}, "provider"),
        ({"edition": "pro", "base_price": False, "seats": 4}, "partner"),
        ({"edition": "enterprise", "base_price": True}, "partner"),
        ({"edition": "pro", "base_price": True, "effective_until": ON}, None),
    ],
)
def test_a139_own_subscription(columns: dict[str, object], tier: str | None) -> None:
    facts = member(facts_of())
    facts["own_subscriptions"] = [{"partner_id": "p1", "effective_from": OLD} | columns]
    assert judge(facts, on=ON).tier["p1"] == tier


def test_a_provider_never_stands_higher() -> None:
    assert judge(member(facts_of(level="provider")), on=ON).tier["p1"] == "provider"


def test_an_attestation_of_no_is_no_unless_another_says_yes() -> None:
    facts = member(facts_of())
    facts["attestations"][0]["value"] = "No"
    assert judge(facts, on=ON).tier["p1"] == "provider"
    add(facts, "attestations", attestation_id="t2", partner_id="p1", code="onboarded", effective_from=ON)
    assert judge(facts, on=ON).tier["p1"] == "partner"


def elite_but_for_people() -> Facts:
    """2,000 sold and 3,950 managed points, 100 certifications and one customer of a year ago that stayed."""
    facts = standing_at(4_000_000, 39_500_000, ON)
    sells(facts, date(2023, 5, 31), 100)
    for number in range(99):
        row = {
            "credential_id": f"more{number}",
            "partner_id": "p1",
            "user_id": "u-p1",
            "kind": "certification",
        }
        add(facts, "credentials", **row, code=f"code{number}", earned_on=OLD)
    return facts


def test_a164_elite_is_by_invitation_after_a_review() -> None:
    facts = elite_but_for_people()
    verdict = judge(facts, on=ON)
    assert (verdict.tier["p1"], verdict.candidate["p1"]) == ("diamond", "elite")
    add(facts, "attestations", attestation_id="i", partner_id="p1", code="elite_invited", effective_from=OLD)
    assert judge(facts, on=ON).candidate["p1"] == "elite"
    row = {"attestation_id": "r", "partner_id": "p1", "code": "account_review_passed"}
    add(facts, "attestations", **row, effective_from=ON)
    verdict = judge(facts, on=ON)
    assert (verdict.tier["p1"], verdict.candidate["p1"]) == ("elite", None)
    facts["credentials"].pop()
    verdict = judge(facts, on=ON)
    assert (verdict.tier["p1"], verdict.candidate["p1"]) == ("diamond", None)


# --- 2018, days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sold_cents", "managed_cents", "tier"),
    [
        (112_500, 112_500, "silver"),
        (112_499, 112_500, None),
        (112_500, 112_499, None),
        (210_000, 600_000, "gold"),
        (375_000, 2_000_000, "platinum"),
        (1_000_000, 5_000_000, "diamond"),
        (999_999, 5_000_000, "platinum"),
    ],
)
def test_c17_c20_the_tiers_of_2018(sold_cents: int, managed_cents: int, tier: str | None) -> None:
    on = date(2018, 6, 15)
    facts = does(paying(facts_of(), managed_cents), on, action="login")
    member(uses_three(sells(facts, date(2018, 1, 31), sold_cents), date(2018, 5, 1)))
    add(facts, "partner_domains", partner_id="p1", domain="p1.example", approved_on=OLD)
    verdict = judge(facts, on=on)
    assert verdict.tier["p1"] == tier
    assert ("p1", "sold_points") not in verdict.figures


def test_c57_in_2018_the_address_must_be_on_the_partners_domain() -> None:
    on = date(2018, 6, 15)
    facts = does(paying(facts_of()), on)
    assert figure(facts, "managed_mrr", on) == 0
    add(facts, "partner_domains", partner_id="p1", domain="p1.example", approved_on=on)
    assert figure(facts, "managed_mrr", on) == 1000
    facts["partner_domains"][0] |= {"approved_on": OLD, "revoked_on": on}
    assert figure(facts, "managed_mrr", on) == 0


@pytest.mark.parametrize("on", [date(2018, 1, 21), date(2020, 2, 5), date(2022, 7, 17)])
def test_a_day_without_an_edition_is_refused(on: date) -> None:
    with pytest.raises(NoEditionError):
        judge(facts_of(), on=on)


# --- the histories ----------------------------------------------------------------------------------


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_lines_add_up_to_their_figure_in_generated_histories(on: date) -> None:
    facts = generate(7, count=12, on=on)
    for known_at in (None, *moments(on)):
        verdict = judge(facts, on=on, known_at=known_at)
        for key, lines in verdict.lines.items():
            assert sum((line.amount for line in lines), Fraction(0)) == verdict.figures[key]
            assert all(line.counts_from <= on for line in lines)
            assert all(line.counts_until is None or on < line.counts_until for line in lines)


def test_the_same_seed_gives_the_same_histories() -> None:
    assert generate(3, count=5, on=ON) == generate(3, count=5, on=ON)
    assert generate(3, count=5, on=ON) != generate(4, count=5, on=ON)


def test_generated_histories_reach_every_tier_and_leave_elite_candidates() -> None:
    counts = coverage(seed=1, count=60, days=(date(2018, 6, 15), date(2024, 7, 15), date(2026, 11, 20)))
    tiers = ("None", "silver", "provider", "partner", "gold", "platinum", "diamond", "elite")
    assert [tier for tier in tiers if not counts[f"tier {tier}"]] == []
    assert counts["candidate elite"] > 0
