"""One small snapshot without any problem, which tests of bad facts change in one place."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import duckdb

from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.rulebook.problems import Problem

Row = dict[str, object]
Rows = dict[str, list[Row]]

_GOOD: Rows = {
    "partners": [
        {"partner_id": "P1", "name": "Ardoise", "country": "FR", "payment_currency": "EUR"},
        {"partner_id": "P2", "name": "Béryl, Frères", "country": "BR", "payment_currency": "USD"},
    ],
    "enrolments": [
        {
            "enrolment_id": "E1",
            "partner_id": "P1",
            "program": "solutions",
            "level": "provider",
            "enrolled_on": "2022-07-18",
            "left_on": "2023-01-01",
        },
        {
            "enrolment_id": "E2",
            "partner_id": "P1",
            "program": "solutions",
            "level": "partner",
            "enrolled_on": "2023-01-01",
        },
    ],
    "partner_domains": [
        {
            "partner_id": "P1",
            "domain": "ardoise.example",
            "approved_on": "2022-08-01",
            "revoked_on": "2026-08-01",
        }
    ],
    "partner_users": [
        {
            "user_id": "U1",
            "partner_id": "P1",
            "email": "ada@ardoise.example",
            "is_partner_employee": True,
            "added_on": "2022-08-01",
            "deactivated_on": "2026-10-01",
            "deleted_on": "2026-11-01",
        }
    ],
    "customers": [
        {
            "customer_id": "C1",
            "name": 'Maison "Lune"',
            "domain": "lune.example",
            "country": "FR",
            "first_purchased_on": "2023-01-10",
            "churned_on": "2026-09-01",
        },
        {"customer_id": "C2", "name": "Ōsaka", "first_purchased_on": "2024-02-29"},
    ],
    "subscriptions": [
        {
            "subscription_id": "S1",
            "customer_id": "C1",
            "product_line": "marketing",
            "edition": "pro",
            "mrr_minor": 50000,
            "currency": "EUR",
            "effective_from": "2023-01-10",
            "effective_until": "2024-01-10",
        },
        {
            "subscription_id": "S1",
            "customer_id": "C1",
            "edition": "enterprise",
            "mrr_minor": 90000,
            "currency": "EUR",
            "effective_from": "2024-01-10",
        },
    ],
    "sales": [
        {
            "sale_id": "A1",
            "partner_id": "P1",
            "customer_id": "C1",
            "product_line": "marketing",
            "kind": "new",
            "motion": "sourced",
            "mrr_minor": 50000,
            "currency": "EUR",
            "closed_on": "2023-01-10",
            "line_first_sold_on": "2023-01-10",
            "upmarket": False,
        }
    ],
    "client_access": [
        {
            "access_id": "X1",
            "user_id": "U1",
            "customer_id": "C1",
            "associated_on": "2023-02-01",
            "granted_on": "2023-02-01",
            "removed_on": "2026-02-01",
        }
    ],
    "activities": [
        {
            "activity_id": f"T{day}",
            "user_id": "U1",
            "customer_id": "C1",
            "tool": "email",
            "action": "publish",
            "occurred_on": f"2026-01-{day:02}",
        }
        for day in range(1, 31)
    ],
    "tool_uses": [{"customer_id": "C1", "tool": "email", "month": "2026-01-01"}],
    "apps": [{"app_id": "K1", "partner_id": "P2", "name": "Lien", "listed_on": "2025-01-01", "delisted_on": None}],
    "credentials": [
        {
            "credential_id": "D1",
            "partner_id": "P1",
            "user_id": "U1",
            "kind": "certification",
            "code": "solutions_partner",
            "earned_on": "2022-09-01",
            "expires_on": "2026-09-01",
        },
        {
            "credential_id": "D2",
            "partner_id": "P2",
            "app_id": "K1",
            "kind": "certification",
            "code": "app",
            "earned_on": "2025-09-01",
        },
    ],
    "attestations": [{"attestation_id": "H1", "partner_id": "P1", "code": "onboarded", "effective_from": "2022-09-01"}],
    "own_subscriptions": [
        {"partner_id": "P1", "edition": "pro", "base_price": True, "seats": 4, "effective_from": "2022-07-18"}
    ],
    "installs": [{"install_id": "I1", "app_id": "K1", "customer_id": "C2", "installed_on": "2025-02-01"}],
    "app_uses": [{"app_id": "K1", "customer_id": "C2", "month": "2025-03-01"}],
    "influenced_sales": [
        {
            "influenced_id": "F1",
            "partner_id": "P2",
            "customer_id": "C2",
            "role": "supported",
            "mrr_minor": 12000,
            "currency": "JPY",
            "closed_on": "2025-05-05",
        }
    ],
    "reviews": [{"review_id": "R1", "app_id": "K1", "customer_id": "C2", "stars": 5, "published_on": "2025-06-01"}],
    "payments": [
        {
            "payment_id": "Y1",
            "customer_id": "C1",
            "sale_id": "A1",
            "period_month": "2023-02-01",
            "net_minor": 50000,
            "currency": "EUR",
            "paid_on": "2023-02-05",
        },
        {
            "payment_id": "Y2",
            "customer_id": "C1",
            "sale_id": "A1",
            "period_month": "2023-02-01",
            "net_minor": -1000,
            "currency": "EUR",
            "paid_on": "2023-03-05",
            "corrects_payment_id": "Y1",
        },
    ],
    "market_rates": [{"currency": "EUR", "rated_on": "2023-01-31", "usd_rate": "1.0835"}],
    "customer_countries": [{"customer_id": "C2", "country": "JP", "effective_from": "2024-02-29"}],
    "contact_forms": [
        {"form_id": "O1", "partner_id": "P2", "program": "technology", "filed_at": "2026-04-20T09:30:00"}
    ],
    "tier_decisions": [
        {
            "decision_id": "N1",
            "partner_id": "P1",
            "program": "solutions",
            "tier": "gold",
            "kind": "published",
            "reason": "list of July",
            "effective_on": "2024-07-15",
        }
    ],
    "statement_lines": [
        {
            "statement_id": "M1",
            "line_no": 1,
            "partner_id": "P1",
            "month": "2023-02-01",
            "payment_id": "Y1",
            "amount_minor": 10000,
            "currency": "EUR",
        }
    ],
    "benefit_uses": [{"use_id": "B1", "partner_id": "P1", "benefit": "badge", "used_on": "2024-08-01"}],
}


def good_rows() -> Rows:
    """A fresh copy of the rows, one list for each table of the contract."""
    return deepcopy(_GOOD)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Every problem of the snapshot in `folder`."""
    with duckdb.connect() as connection:
        return check_snapshot(connection, open_snapshot(connection, folder))
