"""Which sales and which managed customers count for whom on a day, how much, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from engine.oracle_facts import (
    Facts,
    Row,
    begun,
    day,
    earliest,
    in_force,
    key,
    later_months,
    month_start,
    text,
    usd,
    whole,
)

QUALIFYING = frozenset({"create", "edit", "publish", "configure", "interact"})
LOGINS_UNTIL = date(2023, 2, 22)
MULTIPLIER_FROM = date(2024, 2, 27)


class NoEditionError(Exception):
    """The solutions program has no edition on the day."""


def is_2018(on: date) -> bool:
    """Whether the day falls in the edition of 2018 and not in that of points; raises when in neither."""
    if date(2018, 1, 22) <= on < date(2020, 2, 5):
        return True
    if on >= date(2022, 7, 18):
        return False
    raise NoEditionError(on)


@dataclass(frozen=True)
class Case:
    """What is asked: these facts, this day, these readings."""

    facts: Facts
    on: date
    switches: Mapping[str, str]


@dataclass(frozen=True)
class OracleLine:
    """One amount that counts from a day until a day (exclusive)."""

    source_id: str
    customer_id: str
    amount: Fraction
    counts_from: date
    counts_until: date | None


@dataclass(frozen=True)
class Credit:
    """A live sold or managed line, before it becomes MRR or points."""

    source_id: str
    customer_id: str
    usd: Fraction
    points_per_100: int
    sourced: bool
    counts_from: date
    counts_until: date | None

    def as_mrr(self) -> OracleLine:
        return OracleLine(self.source_id, self.customer_id, self.usd, self.counts_from, self.counts_until)

    def as_points(self) -> OracleLine:
        points = self.usd * self.points_per_100 / 100
        return OracleLine(self.source_id, self.customer_id, points, self.counts_from, self.counts_until)


# --- sold -------------------------------------------------------------------------------------------


def _sold_rate(case: Case, sale: Row, closed_on: date) -> int:
    first_sold_on = day(sale, "line_first_sold_on") or closed_on
    rated_on = closed_on if case.switches.get("A-04") == "deal_close" else first_sold_on
    originated = text(sale, "motion") in {"sourced", "self_service"}
    rate = 5 if originated and rated_on >= MULTIPLIER_FROM else 3
    return rate * 2 if case.facts.is_growth(key(sale, "customer_id"), closed_on) else rate


def _sold_credit(case: Case, sale: Row) -> Credit | None:
    closed_on = day(sale, "closed_on")
    assert closed_on is not None
    customer_id = key(sale, "customer_id")
    counts_from = later_months(month_start(closed_on), 1)
    counts_until = earliest(later_months(closed_on, 12), case.facts.churned_on(customer_id))
    assert counts_until is not None
    if not counts_from <= case.on < counts_until:
        return None
    return Credit(
        source_id=key(sale, "sale_id"),
        customer_id=customer_id,
        usd=usd(whole(sale, "mrr_minor") or 0, key(sale, "currency")),
        points_per_100=_sold_rate(case, sale, closed_on),
        sourced=text(sale, "motion") != "assisted",
        counts_from=counts_from,
        counts_until=counts_until,
    )


def _at_current_mrr(case: Case, live: list[tuple[date, Credit]]) -> list[Credit]:
    """C-03: each customer once, on its latest live sale, at what it pays now."""
    latest: dict[str, tuple[date, Credit]] = {}
    for closed_on, credit in live:
        other = latest.get(credit.customer_id)
        if other is None or (closed_on, credit.source_id) > (other[0], other[1].source_id):
            latest[credit.customer_id] = (closed_on, credit)
    return [
        Credit(**{**vars(credit), "usd": case.facts.mrr(credit.customer_id, case.on)}) for _, credit in latest.values()
    ]


def sold_credits(case: Case, partner_id: str) -> list[Credit]:
    if case.facts.level(partner_id, case.on) != "partner":
        return []
    live = []
    for sale in case.facts.where("sales", "partner_id", partner_id):
        credit = _sold_credit(case, sale)
        closed_on = day(sale, "closed_on")
        if credit is not None and closed_on is not None:
            live.append((closed_on, credit))
    if case.switches.get("C-03") == "current_mrr":
        return _at_current_mrr(case, live)
    return [credit for _, credit in live]


# --- managed ----------------------------------------------------------------------------------------


def _domain_rows(facts: Facts, user: Row) -> list[Row]:
    domain = (text(user, "email") or "").rpartition("@")[2].lower()
    return [
        row
        for row in facts.where("partner_domains", "partner_id", key(user, "partner_id"))
        if key(row, "domain").lower() == domain
    ]


def _associated_on(facts: Facts, user: Row, access: Row) -> date | None:
    """By hand, or else by the approved e-mail domain from the later of grant and approval (D20-22)."""
    by_hand = day(access, "associated_on")
    granted_on = day(access, "granted_on")
    if by_hand is not None or granted_on is None:
        return by_hand
    automatic = []
    for row in _domain_rows(facts, user):
        approved_on = day(row, "approved_on")
        if approved_on is not None:
            later = max(granted_on, approved_on)
            if not begun(row, "revoked_on", later):
                automatic.append(later)
    return earliest(*automatic)


def _qualifies(case: Case, activity: Row, user: Row, occurred_on: date) -> bool:
    """Whether the activity is of the right kind, done by the right person, as things stood on its own day."""
    action = text(activity, "action")
    if action not in QUALIFYING and not (action == "login" and occurred_on < LOGINS_UNTIL):
        return False
    if user.get("is_partner_employee") is not True or not begun(user, "added_on", occurred_on):
        return False
    if begun(user, "deactivated_on", occurred_on):
        return False
    if is_2018(case.on):
        domains = _domain_rows(case.facts, user)
        return any(in_force(row, occurred_on, "approved_on", "revoked_on") for row in domains)
    return True


def _access_rows(facts: Facts, user_id: str, customer_id: str) -> list[Row]:
    return [row for row in facts.where("client_access", "user_id", user_id) if text(row, "customer_id") == customer_id]


def _activity_ends(case: Case, activity: Row, user: Row, occurred_on: date) -> list[date]:
    """When this activity of the last 90 days stops counting, by each access row on which it rests and still counts."""
    facts, on = case.facts, case.on
    if not _qualifies(case, activity, user, occurred_on):
        return []
    # D-12: what happens to one user after the activity does not end it.
    lasting = case.switches.get("D-12") == "all_removed"
    ends = []
    for access in _access_rows(facts, key(activity, "user_id"), key(activity, "customer_id")):
        associated_on = _associated_on(facts, user, access)
        if associated_on is None or associated_on > occurred_on or not begun(access, "granted_on", occurred_on):
            continue
        gone = [day(access, "removed_on"), day(user, "deleted_on")]
        if any(one is not None and one <= (occurred_on if lasting else on) for one in gone):
            continue
        expires_on = occurred_on + timedelta(days=90)
        ends.append(expires_on if lasting else earliest(expires_on, *gone) or expires_on)
    return ends


def _last_user_gone_on(case: Case, partner_id: str, customer_id: str) -> tuple[bool, date | None]:
    """D-12: whether some user of the partner has access on the day, and when the last one loses it."""
    ends: list[date | None] = []
    for user in case.facts.where("partner_users", "partner_id", partner_id):
        for access in _access_rows(case.facts, key(user, "user_id"), customer_id):
            present = begun(user, "added_on", case.on) and not begun(user, "deleted_on", case.on)
            if present and in_force(access, case.on, "granted_on", "removed_on"):
                ends.append(earliest(day(access, "removed_on"), day(user, "deleted_on")))
    if None in ends:
        return True, None
    return bool(ends), max((end for end in ends if end is not None), default=None)


def _managing(case: Case, customer_id: str) -> dict[str, tuple[date, date]]:
    """Who, at level partner, manages the customer: first day that still counts, first day no longer."""
    spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
    first = case.on - timedelta(days=90)
    for activity in case.facts.where("activities", "customer_id", customer_id):
        occurred_on = day(activity, "occurred_on")
        assert occurred_on is not None
        if not first < occurred_on <= case.on:
            continue
        user = case.facts.one("partner_users", "user_id", key(activity, "user_id"))
        for end in _activity_ends(case, activity, user, occurred_on):
            spans[key(user, "partner_id")].append((occurred_on, end))
    managing = {}
    for partner_id, found in spans.items():
        until = max(end for _, end in found)
        if case.switches.get("D-12") == "all_removed":
            present, gone_on = _last_user_gone_on(case, partner_id, customer_id)
            if not present:
                continue
            until = earliest(until, gone_on) or until
        if case.facts.level(partner_id, case.on) == "partner":
            managing[partner_id] = (min(start for start, _ in found), until)
    return managing


def managed_credits(case: Case, customers: Iterable[str]) -> dict[str, list[Credit]]:
    """The managed lines of every partner on the day."""
    found: dict[str, list[Credit]] = defaultdict(list)
    for customer_id in customers:
        mrr = case.facts.mrr(customer_id, case.on)
        if mrr == 0:
            continue
        managing = _managing(case, customer_id)
        for partner_id, (counts_from, until) in managing.items():
            found[partner_id].append(
                Credit(
                    source_id=customer_id,
                    customer_id=customer_id,
                    usd=mrr / len(managing),
                    points_per_100=2 if case.facts.is_growth(customer_id, case.on) else 1,
                    sourced=False,
                    counts_from=counts_from,
                    counts_until=earliest(until, case.facts.churned_on(customer_id)),
                )
            )
    return dict(found)
