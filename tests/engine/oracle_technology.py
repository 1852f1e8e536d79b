"""The oracle of the technology program: a slow, obvious evaluator, from guide B and the readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from engine.oracle_facts import Facts, Row, begun, day, in_force, key, later_months, month_start, text, usd, whole
from engine.oracle_lines import NoEditionError

STARTS_ON = date(2026, 1, 1)
PHASED_IN_FROM = date(2027, 1, 1)
TIERS = ("partner", "rising", "leading", "premier")
ATTACHED = {"rising": 400_000, "leading": 1_000_000, "premier": 7_000_000}
"""B220: USD a month, the mean of twelve months."""
DEALS = {"rising": 1_000, "leading": 5_000, "premier": 30_000}
EARLY_INSTALLS = {"rising": 5_000, "leading": 30_000, "premier": 100_000}
"""B221: either of the two."""
REVIEWS = {"rising": 5, "leading": 5, "premier": 10}
RATING = {"rising": Fraction(7, 2), "leading": Fraction(4), "premier": Fraction(4)}
EXCEPTION = 100_000
"""B245: so much influenced-deal MRR opens Premier whatever the attached MRR."""
FORM_GATES = {
    "leading": ("technical_contact", "partnership_manager"),
    "premier": ("technical_contact", "partnership_manager", "executive_sponsor", "account_mapping"),
}
"""B228-231, as far as they are mandatory."""

Amounts = dict[tuple[str, str | None, date | None], Fraction]


@dataclass(frozen=True)
class TechnologyVerdict:
    """What the oracle says of a day, by (partner, metric) or partner."""

    figures: dict[tuple[str, str], Fraction | None]
    lines: dict[tuple[str, str], Amounts]
    tier: dict[str, str | None]
    qualified: dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """The facts, the day and the apps that each partner has listed on it."""

    facts: Facts
    on: date

    def apps(self, partner_id: str) -> set[str]:
        """B912: the partner's listed apps, together."""
        rows = self.facts.where("apps", "partner_id", partner_id)
        return {key(row, "app_id") for row in rows if in_force(row, self.on, "listed_on", "delisted_on")}

    def of_apps(self, table: str, partner_id: str) -> list[Row]:
        return [row for app in sorted(self.apps(partner_id)) for row in self.facts.where(table, "app_id", app)]


def _attached(case: Case, partner_id: str) -> Amounts:
    """A twelfth of the MRR of every customer that uses an app, for each of the last twelve complete months."""
    amounts: Amounts = defaultdict(Fraction)
    uses = {(day(row, "month"), key(row, "customer_id")) for row in case.of_apps("app_uses", partner_id)}
    for back in range(1, 13):
        month = later_months(month_start(case.on), -back)
        for used, customer_id in uses:
            if used == month and (mrr := case.facts.mrr(customer_id, month)):
                amounts[customer_id, customer_id, None] += mrr / 12
    return dict(amounts)


def _deals(case: Case, partner_id: str) -> Amounts:
    amounts: Amounts = defaultdict(Fraction)
    for row in case.facts.where("influenced_sales", "partner_id", partner_id):
        closed_on, matched_on = day(row, "closed_on"), day(row, "matched_on")
        if closed_on is None or matched_on is None:
            continue
        until = later_months(closed_on, 12)
        if max(closed_on, matched_on) <= case.on < until:
            amount = usd(whole(row, "mrr_minor") or 0, key(row, "currency"))
            amounts[key(row, "influenced_id"), text(row, "customer_id"), until] += amount
    return dict(amounts)


def _early_installs(case: Case, partner_id: str) -> Fraction:
    """Customers whose first installation of any app came 0 to 90 days after their first purchase (B274, B-14)."""
    first: dict[str, date] = {}
    for row in case.of_apps("installs", partner_id):
        installed_on = day(row, "installed_on")
        never = installed_on is None or (day(row, "uninstalled_on") or installed_on) < installed_on
        if installed_on is not None and installed_on <= case.on and not never:
            customer_id = key(row, "customer_id")
            first[customer_id] = min(installed_on, first.get(customer_id, installed_on))
    total = Fraction(0)
    for customer_id, installed_on in first.items():
        bought_on = day(case.facts.one("customers", "customer_id", customer_id), "first_purchased_on")
        early = bought_on is not None and timedelta(0) <= installed_on - bought_on <= timedelta(days=90)
        if early and case.on < later_months(installed_on, 12) and not case.facts.churned(customer_id, installed_on):
            total += case.facts.paid(customer_id, installed_on)
    return total


def _stars(case: Case, partner_id: str) -> list[int]:
    found = []
    for row in case.of_apps("reviews", partner_id):
        published_on = day(row, "published_on")
        live = published_on is not None and published_on <= case.on < later_months(published_on, 12)
        if live and not begun(row, "withdrawn_on", case.on):
            found.append(whole(row, "stars") or 0)
    return found


def _attested(case: Case, partner_id: str, code: str) -> bool:
    return any(
        text(row, "code") == code and (text(row, "value") or "").lower() != "no" and in_force(row, case.on)
        for row in case.facts.where("attestations", "partner_id", partner_id)
    )


def _certified(case: Case, partner_id: str) -> bool:
    return any(
        text(row, "kind") == "certification" and in_force(row, case.on, "earned_on", "expires_on")
        for row in case.of_apps("credentials", partner_id)
    )


def _qualifies(case: Case, partner_id: str, tier: str, figures: Mapping[str, Fraction | None]) -> bool:
    """Every mandatory gate but those that the contact form supplies (B218-254)."""
    if not case.apps(partner_id):
        return False
    if tier == "partner":
        return True
    amounts = {metric: value or Fraction(0) for metric, value in figures.items()}
    deals = amounts["influenced_deal_mrr"]
    excepted = tier == "premier" and deals >= EXCEPTION
    enough = [
        amounts["attached_mrr"] >= ATTACHED[tier] or excepted,
        deals >= DEALS[tier] or amounts["installed_90d_mrr"] >= EARLY_INSTALLS[tier],
    ]
    if case.on >= PHASED_IN_FROM:
        rating = figures["review_rating"]
        enough += [amounts["review_count"] >= REVIEWS[tier], rating is not None and rating >= RATING[tier]]
        enough += [tier != "premier" or _certified(case, partner_id)]
    return all(enough)


def _stands(case: Case, partner_id: str, tier: str) -> bool:
    return all(_attested(case, partner_id, code) for code in FORM_GATES.get(tier, ()))


def judge_technology(
    tables: Mapping[str, list[dict[str, object]]] | Facts, *, on: date, known_at: datetime | None = None
) -> TechnologyVerdict:
    """The technology program evaluated on a day; raises NoEditionError before 2026.

    Facts are those of a moment already: `known_at` is for tables.
    """
    if on < STARTS_ON:
        raise NoEditionError(on)
    case = Case(tables if isinstance(tables, Facts) else Facts(tables, known_at), on)
    verdict = TechnologyVerdict({}, {}, {}, {})
    for row in case.facts.rows("partners"):
        one = key(row, "partner_id")
        if case.facts.level(one, on, "technology") is None:
            continue
        attached, deals, stars = _attached(case, one), _deals(case, one), _stars(case, one)
        figures: dict[str, Fraction | None] = {
            "attached_mrr": sum(attached.values(), Fraction(0)),
            "influenced_deal_mrr": sum(deals.values(), Fraction(0)),
            "installed_90d_mrr": _early_installs(case, one),
            "review_count": Fraction(len(stars)),
            "review_rating": Fraction(sum(stars), len(stars)) if stars else None,
        }
        qualified = [tier for tier in TIERS if _qualifies(case, one, tier, figures)]
        standing = [tier for tier in qualified if _stands(case, one, tier)]
        verdict.figures.update({(one, metric): value for metric, value in figures.items()})
        verdict.lines.update({(one, "attached_mrr"): attached, (one, "influenced_deal_mrr"): deals})
        verdict.tier[one] = standing[-1] if standing else None
        verdict.qualified[one] = qualified[-1] if qualified else None
    return verdict
