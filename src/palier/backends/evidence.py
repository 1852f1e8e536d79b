"""What stands behind a line: the row of the facts that it comes from, and the days on which a partner worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from palier.backends.opened import opened
from palier.backends.session import rows
from palier.facts.relations import quoted
from palier.facts.tables import TABLES

_WORKED = """
SELECT a.customer_id, a.occurred_on, COUNT(*) AS activities
FROM activities AS a
WHERE a.occurred_on > $since AND a.occurred_on <= $until
  AND ($every OR list_contains($actions, a.action))
  AND a.user_id IN (SELECT u.user_id FROM partner_users AS u WHERE u.partner_id = $partner_id)
GROUP BY a.customer_id, a.occurred_on
"""

_DONE = """
SELECT a.user_id, a.action, a.occurred_on, COUNT(*) AS activities
FROM activities AS a
WHERE a.occurred_on > $since AND a.occurred_on <= $until AND a.customer_id = $customer_id
GROUP BY a.user_id, a.action, a.occurred_on
"""
_RENEWALS = """
WITH lasts AS (
  SELECT s.customer_id, s.subscription_id, MAX(s.effective_until) AS ends_on, BOOL_OR(s.effective_until IS NULL) AS open
  FROM subscriptions AS s
  WHERE s.customer_id IN (SELECT UNNEST(CAST($customers AS VARCHAR[])))
    AND (s.effective_until IS NULL OR s.effective_until > $on)
  GROUP BY s.customer_id, s.subscription_id
)
SELECT l.customer_id, l.ends_on, s.product_line, s.edition, s.mrr_minor, s.currency
FROM lasts AS l
JOIN subscriptions AS s ON s.subscription_id = l.subscription_id AND s.effective_until = l.ends_on
WHERE NOT l.open
ORDER BY l.customer_id, l.ends_on, s.subscription_id
"""

_PAYING = """
SELECT DISTINCT s.customer_id
FROM subscriptions AS s
WHERE s.customer_id IN (SELECT UNNEST(CAST($customers AS VARCHAR[]))) AND s.mrr_minor > 0
  AND s.effective_from <= $on AND (s.effective_until IS NULL OR s.effective_until > $on)
"""
_USED = """
SELECT DISTINCT u.customer_id, u.month
FROM app_uses AS u
WHERE u.month >= $since AND u.month < $until AND u.app_id IN (
  SELECT a.app_id FROM apps AS a
  WHERE a.partner_id = $partner_id AND a.listed_on <= $listed_on
    AND (a.delisted_on IS NULL OR a.delisted_on > $listed_on)
)
"""


def source_rows(facts: Path, table: str, source_id: str, *, partner_id: str) -> list[dict[str, Any]]:
    """The rows of a fact table that have the identifier, the newest first; of a partner's table only its own.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    if table not in TABLES:
        return []
    declared = TABLES[table]
    key = next((name for name in declared.key if name != "partner_id"), "partner_id")
    asked = {"id": source_id}
    owned = "TRUE"
    if "partner_id" in declared.column_names:
        owned = "partner_id = $partner_id"
        asked["partner_id"] = partner_id
    newest = f"ORDER BY {quoted(declared.dated_by)} DESC" if declared.dated_by else ""
    with opened(facts, {table}) as connection:
        select = f"SELECT * FROM {quoted(table)} WHERE {quoted(key)} = $id AND {owned} {newest}"
        return rows(connection, select, asked)


def worked_days(
    facts: Path, partner_id: str, *, since: date, until: date, actions: Collection[str] | None
) -> Mapping[str, Mapping[date, int]]:
    """How often a partner's own users worked for each customer on each day after `since`, up to `until`.

    Without `actions`, every action is work.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    asked = {
        "partner_id": partner_id, "since": since, "until": until,
        "every": actions is None, "actions": sorted(actions or ()),
    }  # fmt: skip
    found: dict[str, dict[date, int]] = defaultdict(dict)
    with opened(facts, {"activities", "partner_users"}) as connection:
        for row in rows(connection, _WORKED, asked):
            found[row["customer_id"]][row["occurred_on"]] = row["activities"]
    return found


def used_months(
    facts: Path, partner_id: str, *, since: date, until: date, listed_on: date
) -> Mapping[str, frozenset[date]]:
    """The months from `since` until `until` in which each customer used an app of a partner that is listed on a day.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    asked = {"partner_id": partner_id, "since": since, "until": until, "listed_on": listed_on}
    found: dict[str, set[date]] = defaultdict(set)
    with opened(facts, {"app_uses", "apps"}) as connection:
        for row in rows(connection, _USED, asked):
            found[row["customer_id"]].add(row["month"])
    return {customer_id: frozenset(months) for customer_id, months in found.items()}


def paying(facts: Path, customers: Collection[str], *, on: date) -> frozenset[str]:
    """Which of some customers have a subscription in force on a day that they pay for.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    with opened(facts, {"subscriptions"}) as connection:
        found = rows(connection, _PAYING, {"customers": sorted(customers), "on": on})
    return frozenset(row["customer_id"] for row in found)


def done_at(facts: Path, customer_id: str, *, since: date, until: date) -> list[dict[str, Any]]:
    """How often each user did what in a customer's account on each day after `since`, up to `until`.

    A row says user_id, action, occurred_on and the number of activities.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    with opened(facts, {"activities"}) as connection:
        return rows(connection, _DONE, {"customer_id": customer_id, "since": since, "until": until})


def renewals(facts: Path, customers: Collection[str], *, on: date) -> Mapping[str, list[dict[str, Any]]]:
    """The subscriptions of some customers that are in force or to come and end on a known day after `on`, by customer.

    A change of price is no end: a subscription's successive rows share its id, and its last row says when it ends.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with opened(facts, {"subscriptions"}) as connection:
        for row in rows(connection, _RENEWALS, {"customers": sorted(customers), "on": on}):
            found[row["customer_id"]].append(row)
    return found
