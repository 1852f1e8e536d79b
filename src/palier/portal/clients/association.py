"""When a customer counts as associated with a partner's user, and where an access stands on a day (D20-22, D51)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from palier.portal.clients.asked import WINDOW, Done


class State(Enum):
    """Where an access stands on a day."""

    WAITING = "waiting"
    APART = "apart"
    COUNTS = "counts"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Approval:
    """An e-mail domain of a partner, approved from a day until a day."""

    domain: str
    approved_on: date
    revoked_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The days of one access, and the address of its user."""

    email: str
    associated_on: date | None
    granted_on: date | None
    removed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an access stands: since when it is associated, whether by hand, from which day work counts."""

    state: State
    associated_on: date | None
    by_hand: bool
    works_from: date | None


def domain_of(email: str) -> str:
    """The domain of an address, in lower case."""
    return email.partition("@")[2].lower()


def is_approved(email: str, approvals: Iterable[Approval], on: date) -> bool:
    """Whether an address is on a domain that is approved on a day (D21)."""
    return any(
        each.domain.lower() == domain_of(email)
        and each.approved_on <= on
        and (each.revoked_on is None or on < each.revoked_on)
        for each in approvals
    )


def automatic_on(email: str, granted_on: date, approvals: Iterable[Approval]) -> date | None:
    """The day on which the approved domain associates by itself: the later of access and approval; None if never."""
    days = (
        (max(granted_on, each.approved_on), each.revoked_on)
        for each in approvals
        if each.domain.lower() == domain_of(email)
    )
    return min((day for day, revoked_on in days if revoked_on is None or day < revoked_on), default=None)


def position(terms: Terms, approvals: Iterable[Approval], on: date) -> Position:
    """Where an access stands on a day."""
    by_hand = terms.associated_on is not None
    associated_on = terms.associated_on
    if associated_on is None and terms.granted_on is not None:
        associated_on = automatic_on(terms.email, terms.granted_on, approvals)
    works_from = None
    if associated_on is not None and terms.granted_on is not None:
        works_from = max(associated_on, terms.granted_on)
    if terms.removed_on is not None and terms.removed_on <= on:
        state = State.ENDED
    elif terms.granted_on is None:
        state = State.WAITING
    elif works_from is None:
        state = State.APART
    else:
        state = State.COUNTS
    return Position(state=state, associated_on=associated_on, by_hand=by_hand, works_from=works_from)


def last_counting(done: Done, works_from: date, works_until: date | None) -> date | None:
    """The last day of qualifying work within the days in which it counts; None without any."""
    days = (day for day in done.qualifying if day >= works_from and (works_until is None or day < works_until))
    return max(days, default=None)


def lapses_on(lasts: Mapping[str, date]) -> date | None:
    """The day on which the credit ends if nobody works any more: ninety days after the last of all (D33, D53)."""
    return None if not lasts else max(lasts.values()) + WINDOW
