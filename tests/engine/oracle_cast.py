"""A partner, its user, its customer and what may happen to them: words for the oracle's own tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from engine.oracle import judge

Facts = dict[str, list[dict[str, object]]]

ON = date(2024, 6, 20)
OLD = date(2015, 1, 1)


def facts_of(partners: Sequence[str] = ("p1",), level: str = "partner") -> Facts:
    """Partners with one user each, who has long had access by hand to the customer c1 in France."""
    return {
        "partners": [{"partner_id": one} for one in partners],
        "enrolments": [
            {
                "enrolment_id": one,
                "partner_id": one,
                "program": "solutions",
                "level": level,
                "enrolled_on": OLD,
            }
            for one in partners
        ],
        "partner_users": [
            {
                "user_id": f"u-{one}",
                "partner_id": one,
                "email": f"ann@{one}.example",
                "is_partner_employee": True,
                "added_on": OLD,
            }
            for one in partners
        ],
        "customers": [{"customer_id": "c1", "country": "FR"}],
        "client_access": [
            {
                "access_id": f"a-{one}",
                "user_id": f"u-{one}",
                "customer_id": "c1",
                "associated_on": OLD,
                "granted_on": OLD,
            }
            for one in partners
        ],
    }


def add(facts: Facts, table: str, **columns: object) -> Facts:
    facts.setdefault(table, []).append(columns)
    return facts


def paying(facts: Facts, minor: int = 100_000, currency: str = "USD", since: date = OLD) -> Facts:
    """The customer c1 pays so much a month: 1,000 USD unless said otherwise."""
    row = {"subscription_id": "s1", "customer_id": "c1", "mrr_minor": minor, "currency": currency}
    return add(facts, "subscriptions", **row, effective_from=since)


def does(facts: Facts, on: date = ON, partner: str = "p1", action: str = "publish") -> Facts:
    number = len(facts.get("activities", []))
    row: dict[str, object] = {"activity_id": f"x{number}", "user_id": f"u-{partner}", "customer_id": "c1"}
    return add(facts, "activities", **row, tool="blog", action=action, occurred_on=on)


def sells(facts: Facts, closed_on: date, minor: int = 100_000, currency: str = "USD", **columns: object) -> Facts:
    row: dict[str, object] = {
        "sale_id": f"d{len(facts.get('sales', []))}",
        "partner_id": "p1",
        "customer_id": "c1",
        "motion": "sourced",
        "mrr_minor": minor,
        "currency": currency,
        "closed_on": closed_on,
    }
    return add(facts, "sales", **(row | columns))


def figure(facts: Facts, metric: str, on: date = ON, *, partner: str = "p1", errata: str = "") -> Fraction | None:
    """What the oracle says of one metric, under one other reading such as `C-03=current_mrr`."""
    switches = dict([errata.split("=")]) if errata else {}
    return judge(facts, on=on, switches=switches).figures[partner, metric]


def managed(facts: Facts, on: date = ON, *, partner: str = "p1", errata: str = "") -> Fraction | None:
    return figure(facts, "managed_points", on, partner=partner, errata=errata)


def member(facts: Facts) -> Facts:
    """Onboarded, certified and paying for Pro: the gates of level partner."""
    add(facts, "attestations", attestation_id="t1", partner_id="p1", code="onboarded", effective_from=OLD)
    row = {"credential_id": "k1", "partner_id": "p1", "user_id": "u-p1", "kind": "certification"}
    add(facts, "credentials", **row, code="solutions_partner", earned_on=OLD)
    return add(facts, "own_subscriptions", partner_id="p1", edition="pro", base_price=True, effective_from=OLD)


def uses_three(facts: Facts, month: date) -> Facts:
    for tool in ("email", "forms", "lists"):
        add(facts, "tool_uses", customer_id="c1", tool=tool, month=month)
    return facts
