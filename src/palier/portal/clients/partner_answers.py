"""What pages of partners ask of clients: at how many customers the work of each of their people can count (D28)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import cast

from palier.portal.clients.association import State, Terms, position
from palier.portal.clients.meaning import meant
from palier.portal.clients.queries import approvals_of, living, served_by
from palier.portal.partners import asked
from palier.portal.partners.asked import Reach
from palier.portal.partners.models import Employee


def answer_partners() -> None:
    """Answer the questions of the app of partners from now on."""
    asked.REACH.fill(reach)
    asked.MEANT.fill(meant)


def reach(partner_id: object, on: object) -> Mapping[str, Reach]:
    """The customers of each person of a partner on a day, by user_id: associated, let in only, or asked."""
    partner, day = str(partner_id), cast("date", on)
    emails = dict(Employee.objects.filter(partner_id=partner).values_list("user_id", "email"))
    approvals = approvals_of([partner])[partner]
    found: dict[str, dict[str, State]] = defaultdict(dict)
    rows = served_by(partner).filter(living(day)).order_by("pk")
    for user_id, customer_id, associated_on, granted_on, removed_on in rows.values_list(
        "user_id", "customer_id", "associated_on", "granted_on", "removed_on"
    ):
        terms = Terms(
            email=emails.get(user_id, ""), associated_on=associated_on, granted_on=granted_on, removed_on=removed_on
        )
        state = position(terms, approvals, day).state
        if found[user_id].get(customer_id) is not State.COUNTS:
            found[user_id][customer_id] = state
    return {user_id: _counted(states) for user_id, states in found.items()}


def _counted(states: Mapping[str, State]) -> Reach:
    counts = Counter(states.values())
    return Reach(counts[State.COUNTS], counts[State.APART], counts[State.WAITING])
