"""Which gates of which tiers a partner holds, to reach a tier and to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from engine.oracle_facts import in_force, text, whole
from engine.oracle_lines import Case, is_2018

MINIMUMS = {"gold": (113, 38), "platinum": (270, 150), "diamond": (570, 550), "elite": (1_950, 1_700)}
"""A124-127: points sold, points managed."""
TOTALS_TO_MID_2024 = {"gold": 243, "platinum": 645, "diamond": 2_020, "elite": 5_950}
TOTALS_SINCE = {"gold": 300, "platinum": 875, "diamond": 2_990, "elite": 8_600}
MRR_2018 = {
    "silver": (1_125, 1_125),
    "gold": (2_100, 6_000),
    "platinum": (3_750, 20_000),
    "diamond": (10_000, 50_000),
}
"""C17-20: USD sold, USD managed."""

Held = dict[tuple[str, str, str], bool]
Figures = Mapping[str, Fraction | None]


def tier_ids(on: date) -> tuple[str, ...]:
    """The ladder on the day, the lowest tier first."""
    if is_2018(on):
        return ("silver", "gold", "platinum", "diamond")
    return ("provider", "partner", "gold", "platinum", "diamond", "elite")


def _total_goal(case: Case, tier: str, purpose: str) -> int:
    """A-02: the higher totals count to reach a tier from July 2024, to keep one from January 2025."""
    since = date(2025, 1, 15)
    if purpose == "reach" and case.switches.get("A-02") != "january_2025":
        since = date(2024, 7, 15)
    return (TOTALS_SINCE if case.on >= since else TOTALS_TO_MID_2024)[tier]


def _attested(case: Case, partner_id: str, code: str) -> bool:
    return any(
        (text(row, "value") or "").lower() != "no"
        for row in case.facts.where("attestations", "partner_id", partner_id)
        if text(row, "code") == code and in_force(row, case.on)
    )


def _own_subscriptions(case: Case, partner_id: str, *, pro: bool) -> bool:
    """Any product; or one that is Pro or higher, at its base price or with at least 4 seats (A139, A-25)."""
    for row in case.facts.where("own_subscriptions", "partner_id", partner_id):
        if not in_force(row, case.on):
            continue
        if not pro:
            return True
        seats = whole(row, "seats")
        paid = row.get("base_price") is True or (seats is not None and seats >= 4)
        if text(row, "edition") in {"pro", "enterprise"} and paid:
            return True
    return False


def _at_least(value: Fraction | None, minimum: Fraction | int) -> bool:
    return value is not None and value >= minimum


def _more_than(value: Fraction | None, limit: Fraction | int) -> bool:
    return value is not None and value > limit


def _gates_2018(figures: Figures, *, certified: bool) -> Held:
    held: Held = {}
    for tier, (sold, managed) in MRR_2018.items():
        for purpose in ("reach", "keep"):
            held[tier, purpose, "sold_mrr_minimum"] = _at_least(figures["sold_mrr"], sold)
            held[tier, purpose, "managed_mrr_minimum"] = _at_least(figures["managed_mrr"], managed)
            held[tier, purpose, "partner_certification"] = certified
            held[tier, purpose, "app_usage"] = _at_least(figures["app_usage_median"], 3)
    return held


def _gates_of_partners(case: Case, partner_id: str, *, certified: bool) -> dict[str, bool]:
    return {
        "level_partner": case.facts.level(partner_id, case.on) == "partner",
        "onboarded": _attested(case, partner_id, "onboarded"),
        "partner_certification": certified,
        "own_pro_subscription": _own_subscriptions(case, partner_id, pro=True),
    }


def _gates_of_points(case: Case, tier: str, purpose: str, figures: Figures) -> dict[str, bool]:
    sold, managed = MINIMUMS[tier]
    return {
        "sold_points_minimum": _at_least(figures["sold_points"], sold),
        "managed_points_minimum": _at_least(figures["managed_points"], managed),
        "total_points_goal": _at_least(figures["total_points"], _total_goal(case, tier, purpose)),
        "app_usage": _at_least(figures["app_usage_median"], 3),
    }


def _gates_of_elite(case: Case, partner_id: str, figures: Figures) -> dict[str, bool]:
    return {
        "invitation": _attested(case, partner_id, "elite_invited"),
        "account_review": _attested(case, partner_id, "account_review_passed"),
        "customer_retention": _at_least(figures["customer_retention"], Fraction(85, 100)),
        "revenue_retention": _more_than(figures["revenue_retention"], Fraction(85, 100)),
        "team_certifications": _at_least(figures["team_certifications"], 100),
    }


def gates_held(case: Case, partner_id: str, figures: Figures, people: set[tuple[str, str]]) -> Held:
    """Every gate of every tier, its own and those it inherits, by (tier, purpose, gate)."""
    certified = any(code == "solutions_partner" for _, code in people)
    if is_2018(case.on):
        return _gates_2018(figures, certified=certified)
    held: Held = {}
    gates_of_all = _gates_of_partners(case, partner_id, certified=certified)
    for purpose in ("reach", "keep"):
        held["provider", purpose, "own_subscription"] = _own_subscriptions(case, partner_id, pro=False)
        for tier in tier_ids(case.on)[1:]:
            gates = dict(gates_of_all)
            if tier in MINIMUMS:
                gates |= _gates_of_points(case, tier, purpose, figures)
            if tier == "elite":
                gates |= _gates_of_elite(case, partner_id, figures)
            held |= {(tier, purpose, gate): value for gate, value in gates.items()}
    return held
