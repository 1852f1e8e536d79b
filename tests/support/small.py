"""Small worlds in a few words: partners that manage and sell to a handful of customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Rows = dict[str, list[dict[str, object]]]
SINCE = date(2022, 7, 18)


def world(*, partners: Mapping[str, str], customers: Mapping[str, int]) -> Rows:
    """Partners by id with their level, customers by id with their monthly MRR in cents of USD."""
    return {
        "partners": [{"partner_id": partner} for partner in partners],
        "enrolments": [
            {
                "enrolment_id": f"e-{partner}",
                "partner_id": partner,
                "program": "solutions",
                "level": level,
                "enrolled_on": SINCE,
            }
            for partner, level in partners.items()
        ],
        "partner_users": [
            {"user_id": f"u-{partner}", "partner_id": partner, "is_partner_employee": True, "added_on": SINCE}
            for partner in partners
        ],
        "customers": [{"customer_id": customer, "country": "FR"} for customer in customers],
        "subscriptions": [
            {
                "subscription_id": f"s-{customer}",
                "customer_id": customer,
                "edition": "pro",
                "mrr_minor": mrr,
                "currency": "USD",
                "effective_from": SINCE,
            }
            for customer, mrr in customers.items()
        ],
        "client_access": [],
        "activities": [],
        "sales": [],
    }


def works(rows: Rows, partner: str, customer: str, last_on: date, *, removed_on: date | None = None) -> Rows:
    """Let a partner's user work on a customer's account, the last time on a day."""
    rows["client_access"].append(
        {
            "access_id": f"a-{partner}-{customer}",
            "user_id": f"u-{partner}",
            "customer_id": customer,
            "associated_on": SINCE,
            "granted_on": SINCE,
            "removed_on": removed_on,
        }
    )
    rows["activities"].append(
        {
            "activity_id": f"x-{partner}-{customer}",
            "user_id": f"u-{partner}",
            "customer_id": customer,
            "tool": "crm",
            "action": "edit",
            "occurred_on": last_on,
        }
    )
    return rows


def sells(rows: Rows, partner: str, customer: str, mrr_minor: int, closed_on: date) -> Rows:
    """Let a partner close a sourced sale."""
    rows["sales"].append(
        {
            "sale_id": f"d-{partner}-{customer}-{closed_on}",
            "partner_id": partner,
            "customer_id": customer,
            "kind": "new",
            "motion": "sourced",
            "mrr_minor": mrr_minor,
            "currency": "USD",
            "closed_on": closed_on,
        }
    )
    return rows
