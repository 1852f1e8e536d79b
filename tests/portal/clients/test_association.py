"""When a customer is associated by itself, and where an access stands: the same as the rules that count (D20-22)."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

import palier
from palier.portal.clients.asked import Done
from palier.portal.clients.association import (
    Approval,
    State,
    Terms,
    automatic_on,
    is_approved,
    lapses_on,
    last_counting,
    position,
)

DAY = date(2026, 3, 1)
DAYS = st.integers(0, 40).map(lambda number: DAY + timedelta(days=number))
EMAIL = "yann@Lumiere.example"
VIEW = palier.read_program("solutions").views["automatic_associations"].text
"""The view by which the program itself counts."""


def approval(domain: str, approved_on: date, lasts: int) -> Approval:
    return Approval(domain, approved_on, approved_on + timedelta(days=lasts) if lasts else None)


APPROVALS = st.builds(
    approval, st.sampled_from(["lumiere.example", "LUMIERE.example", "mail.example"]), DAYS, st.integers(0, 20)
)


def terms(**days: date | None) -> Terms:
    return Terms(**{"email": EMAIL, "associated_on": None, "granted_on": None, "removed_on": None} | days)  # type: ignore[arg-type]


def test_association_is_from_the_later_of_access_and_approval() -> None:
    approved = [Approval("lumiere.example", date(2026, 3, 10), None)]
    assert automatic_on(EMAIL, date(2026, 3, 1), approved) == date(2026, 3, 10)
    assert automatic_on(EMAIL, date(2026, 4, 1), approved) == date(2026, 4, 1)
    assert automatic_on("yann@mail.example", date(2026, 4, 1), approved) is None


def test_a_domain_revoked_before_access_associates_nobody() -> None:
    revoked = [Approval("lumiere.example", date(2026, 3, 1), date(2026, 3, 5))]
    assert automatic_on(EMAIL, date(2026, 3, 5), revoked) is None
    assert automatic_on(EMAIL, date(2026, 3, 4), revoked) == date(2026, 3, 4)
    assert is_approved(EMAIL, revoked, date(2026, 3, 4))
    assert not is_approved(EMAIL, revoked, date(2026, 3, 5))


@settings(max_examples=40)
@given(granted_on=DAYS, approvals=st.lists(APPROVALS, max_size=3))
def test_it_is_what_the_rules_own_view_says(granted_on: date, approvals: list[Approval]) -> None:
    with duckdb.connect() as facts:
        facts.execute("CREATE TABLE client_access (access_id TEXT, user_id TEXT, associated_on DATE, granted_on DATE)")
        facts.execute("CREATE TABLE partner_users (user_id TEXT, partner_id TEXT, email TEXT)")
        facts.execute("CREATE TABLE partner_domains (partner_id TEXT, domain TEXT, approved_on DATE, revoked_on DATE)")
        facts.execute("INSERT INTO client_access VALUES ('X', 'U', NULL, ?)", [granted_on])
        facts.execute("INSERT INTO partner_users VALUES ('U', 'P', ?)", [EMAIL])
        for each in approvals:
            facts.execute(
                "INSERT INTO partner_domains VALUES ('P', ?, ?, ?)", [each.domain, each.approved_on, each.revoked_on]
            )
        found = facts.execute(VIEW).fetchall()
    expected = automatic_on(EMAIL, granted_on, approvals)
    assert found == ([] if expected is None else [("X", expected)])


@given(associated_on=st.none() | DAYS, granted_on=st.none() | DAYS, removed_on=st.none() | DAYS, on=DAYS)
def test_nothing_counts_before_access_and_association_nor_after_the_end(
    associated_on: date | None, granted_on: date | None, removed_on: date | None, on: date
) -> None:
    found = position(terms(associated_on=associated_on, granted_on=granted_on, removed_on=removed_on), [], on)
    if found.state is State.COUNTS:
        assert granted_on is not None
        assert associated_on is not None
        assert found.works_from == max(granted_on, associated_on)
        assert removed_on is None or removed_on > on
    assert (found.state is State.ENDED) == (removed_on is not None and removed_on <= on)


def test_work_before_association_never_counts() -> None:
    done = Done(qualifying={date(2026, 3, 1): 5, date(2026, 3, 10): 1, date(2026, 3, 20): 2})
    assert last_counting(done, date(2026, 3, 5), None) == date(2026, 3, 20)
    assert last_counting(done, date(2026, 3, 5), date(2026, 3, 20)) == date(2026, 3, 10)
    assert last_counting(done, date(2026, 3, 21), None) is None


def test_credit_ends_ninety_days_after_the_last_of_all() -> None:
    assert lapses_on({"X1": date(2026, 3, 1), "X2": date(2026, 3, 10)}) == date(2026, 6, 8)
    assert lapses_on({}) is None
