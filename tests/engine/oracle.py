"""The oracle: a slow, obvious evaluator of the solutions program, from the guides and the readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from engine.oracle_facts import Facts, Row, begun, in_force, key, later_months, month_start, text
from engine.oracle_gates import gates_held, tier_ids
from engine.oracle_lines import (
    Case,
    Credit,
    NoEditionError,
    OracleLine,
    is_2018,
    managed_credits,
    sold_credits,
)

__all__ = ["NoEditionError", "OracleLine", "Verdict", "judge"]

COUNTED_TOOLS = frozenset(
    {
        *("ads", "contacts", "contacts_report", "crm", "cta", "email", "forms", "landing_pages", "lists"),
        *("pages_report", "reports_addon", "social_monitoring", "social_publishing", "sources_report"),
        *("website_pages", "workflows"),
    }
)
"""C31-46."""
HUMAN = frozenset({"invitation", "account_review"})

Figures = dict[str, Fraction | None]


@dataclass(frozen=True)
class Verdict:
    """What the oracle says of a day, by (partner, metric), (partner, tier, purpose, gate) or partner."""

    figures: dict[tuple[str, str], Fraction | None]
    lines: dict[tuple[str, str], list[OracleLine]]
    held: dict[tuple[str, str, str, str], bool]
    tier: dict[str, str | None]
    tier_kept: dict[str, str | None]
    candidate: dict[str, str | None]


@dataclass(frozen=True)
class Portfolio:
    """The live lines of one partner on one day."""

    sold: list[Credit]
    managed: list[Credit]

    @property
    def customers(self) -> set[str]:
        return {credit.customer_id for credit in (*self.sold, *self.managed)}


def _portfolios(case: Case) -> dict[str, Portfolio]:
    """Every partner's live lines; a day of today is the day before of another, which asks for it again."""
    asked = ("portfolios", case.on, tuple(sorted(case.switches.items())))
    return case.facts.once(asked, lambda: _all_portfolios(case))


def _all_portfolios(case: Case) -> dict[str, Portfolio]:
    managed = managed_credits(case, [key(row, "customer_id") for row in case.facts.rows("customers")])
    partners = [key(row, "partner_id") for row in case.facts.rows("partners")]
    return {one: Portfolio(sold_credits(case, one), managed.get(one, [])) for one in partners}


def _median(counts: list[int]) -> Fraction | None:
    ordered = sorted(counts)
    middle = len(ordered) // 2
    if not ordered:
        return None
    if len(ordered) % 2 == 1:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)


def _app_usage_median(case: Case, customers: set[str]) -> Fraction | None:
    last_month = later_months(month_start(case.on), -1)
    return _median(
        [
            len(
                {
                    text(row, "tool")
                    for row in case.facts.where("tool_uses", "customer_id", customer_id)
                    if row.get("month") == last_month and text(row, "tool") in COUNTED_TOOLS
                }
            )
            for customer_id in customers
        ]
    )


def _customer_retention(case: Case, cohort: set[str]) -> Fraction | None:
    if not cohort:
        return None
    retained = [one for one in cohort if not case.facts.churned(one, case.on)]
    return Fraction(len(retained), len(cohort))


def _revenue_retention(case: Case, then: date, cohort: set[str]) -> Fraction | None:
    before = {one: case.facts.mrr(one, then) for one in cohort}
    total = sum(before.values(), Fraction(0))
    if total == 0:
        return None
    net = case.switches.get("A-33") == "net"
    kept = Fraction(0)
    for one, mrr_then in before.items():
        mrr_now = case.facts.mrr(one, case.on)
        kept += mrr_now if net else min(mrr_then, mrr_now)
    return kept / total


def certified_people(case: Case, partner_id: str) -> set[tuple[str, str]]:
    """The (user, code) of every certification of a person, live on the day, of users who are still there."""
    held = case.facts.once(("certifications", partner_id), lambda: _certifications(case.facts, partner_id))
    pairs = set()
    for row, user in held:
        gone = begun(user, "deactivated_on", case.on) or begun(user, "deleted_on", case.on)
        there = begun(user, "added_on", case.on) and not gone
        if there and in_force(row, case.on, "earned_on", "expires_on"):
            pairs.add((key(row, "user_id"), key(row, "code")))
    return pairs


def _certifications(facts: Facts, partner_id: str) -> list[tuple[Row, Row]]:
    """Every certification ever of a person who is a user of the partner, with that user."""
    found = []
    own_or_unsaid = [*facts.where("credentials", "partner_id", partner_id)]
    own_or_unsaid += facts.where("credentials", "partner_id", None)
    for row in own_or_unsaid:
        user_id = text(row, "user_id")
        if text(row, "kind") != "certification" or text(row, "app_id") is not None or user_id is None:
            continue
        user = facts.one("partner_users", "user_id", user_id)
        if (text(row, "partner_id") or text(user, "partner_id")) == partner_id:
            found.append((row, user))
    return found


def _figures(case: Case, portfolio: Portfolio, certified: set[tuple[str, str]]) -> Figures:
    sold_mrr = sum((credit.usd for credit in portfolio.sold), Fraction(0))
    figures: Figures = {
        "sold_mrr": sold_mrr,
        "managed_mrr": sum((credit.usd for credit in portfolio.managed), Fraction(0)),
        "app_usage_median": _app_usage_median(case, portfolio.customers),
    }
    if is_2018(case.on):
        return figures
    sold = sum((credit.as_points().amount for credit in portfolio.sold), Fraction(0))
    managed = sum((credit.as_points().amount for credit in portfolio.managed), Fraction(0))
    sourced = sum((credit.usd for credit in portfolio.sold if credit.sourced), Fraction(0))
    return figures | {
        "sold_points": sold,
        "managed_points": managed,
        "total_points": sold + managed,
        "sourced_share": sourced / sold_mrr if sold_mrr else None,
        "team_certifications": Fraction(len(certified)),
    }


def _retention(case: Case, partners: list[str]) -> dict[str, Figures]:
    """Of the customers each partner had twelve months before, by that day's rules: who and what remains."""
    then = later_months(case.on, -12)
    try:
        is_2018(then)
    except NoEditionError:
        return {one: {"customer_retention": None, "revenue_retention": None} for one in partners}
    portfolios = _portfolios(Case(case.facts, then, case.switches))
    found: dict[str, Figures] = {}
    for one in partners:
        cohort = {c for c in portfolios[one].customers if not case.facts.churned(c, then)}
        found[one] = {
            "customer_retention": _customer_retention(case, cohort),
            "revenue_retention": _revenue_retention(case, then, cohort),
        }
    return found


def _standing(case: Case, held: dict[tuple[str, str, str], bool], purpose: str) -> str | None:
    """The highest tier whose gates all hold."""
    missed = {tier for (tier, why, _), value in held.items() if why == purpose and not value}
    return next((tier for tier in reversed(tier_ids(case.on)) if tier not in missed), None)


def _candidate(held: dict[tuple[str, str, str], bool]) -> str | None:
    missed = {gate for (tier, why, gate), value in held.items() if (tier, why) == ("elite", "reach") and not value}
    return "elite" if missed and missed <= HUMAN else None


def _lines(case: Case, portfolio: Portfolio) -> dict[str, list[OracleLine]]:
    lines = {
        "sold_mrr": [credit.as_mrr() for credit in portfolio.sold],
        "managed_mrr": [credit.as_mrr() for credit in portfolio.managed],
    }
    if not is_2018(case.on):
        lines["sold_points"] = [credit.as_points() for credit in portfolio.sold]
        lines["managed_points"] = [credit.as_points() for credit in portfolio.managed]
    return lines


def judge(
    facts: Mapping[str, list[dict[str, object]]] | Facts,
    *,
    on: date,
    known_at: datetime | None = None,
    switches: Mapping[str, str] | None = None,
) -> Verdict:
    """The solutions program evaluated on a day; raises NoEditionError on a day without an edition.

    Facts are those of a moment already: `known_at` is for tables.
    """
    before_points = is_2018(on)
    case = Case(facts if isinstance(facts, Facts) else Facts(facts, known_at), on, switches or {})
    portfolios = _portfolios(case)
    enrolled = [partner_id for partner_id in portfolios if case.facts.level(partner_id, on) is not None]
    retention = {} if before_points else _retention(case, enrolled)
    verdict = Verdict({}, {}, {}, {}, {}, {})
    for one in enrolled:
        certified = certified_people(case, one)
        figures = _figures(case, portfolios[one], certified) | retention.get(one, {})
        held = gates_held(case, one, figures, certified)
        verdict.figures.update({(one, metric): value for metric, value in figures.items()})
        verdict.lines.update({(one, metric): lines for metric, lines in _lines(case, portfolios[one]).items()})
        verdict.held.update({(one, *gate): value for gate, value in held.items()})
        verdict.tier[one] = _standing(case, held, "reach")
        verdict.tier_kept[one] = _standing(case, held, "keep")
        verdict.candidate[one] = _candidate(held)
    return verdict
