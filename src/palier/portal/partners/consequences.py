"""What a change of somebody's user does to managed credit, customer by customer, before it is made (D42-55)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from palier.portal.partners.asked import TeamWork, Worked
from palier.portal.partners.models import Employee

Act = Literal["tag", "untag", "deactivate", "reactivate", "delete"]
ACTS: tuple[Act, ...] = ("tag", "untag", "deactivate", "reactivate", "delete")
Fate = Literal["at_once", "runs_out", "carried", "begins"]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What becomes of a customer's managed credit: its points today, and the first day without them, if known."""

    customer_id: str
    customer: str
    points: Fraction
    fate: Fate
    until: date | None


def counting(team: Iterable[Employee]) -> frozenset[str]:
    """The people whose work counts: tagged and not deleted; a deactivated person's past work still does (D53-54)."""
    return frozenset(each.user_id for each in team if each.is_partner_employee and each.deleted_on is None)


def consequences(act: Act, employee: Employee, team: Collection[Employee], work: TeamWork) -> list[Consequence]:
    """What an act does to every customer where the person worked in the last 90 days, the most points first."""
    others = counting(team) - {employee.user_id}
    carried: dict[str, date] = {}
    for each in work.worked:
        if each.user_id in others:
            carried[each.customer_id] = max(each.until, carried.get(each.customer_id, each.until))
    own = [each for each in work.worked if each.user_id == employee.user_id]
    counts = employee.is_partner_employee
    found = [_consequence(act, each, carried.get(each.customer_id), work) for each in own if counts or act == "tag"]
    return sorted(found, key=lambda each: (-each.points, each.customer, each.customer_id))


def _consequence(act: Act, own: Worked, carried: date | None, work: TeamWork) -> Consequence:
    fate, until = _fate(act, own.until, carried)
    return Consequence(
        customer_id=own.customer_id,
        customer=work.customers.get(own.customer_id) or own.customer_id,
        points=work.points.get(own.customer_id, Fraction(0)),
        fate=fate,
        until=until,
    )


def _fate(act: Act, own: date, carried: date | None) -> tuple[Fate, date | None]:
    if act == "tag":
        return ("carried", max(own, carried)) if carried is not None else ("begins", own)
    if act in ("untag", "delete"):
        return ("carried", carried) if carried is not None else ("at_once", None)
    if carried is not None and carried >= own:
        return "carried", carried
    return "runs_out", own


def lost_together(before: Collection[Employee], after: Collection[Employee], work: TeamWork) -> list[Consequence]:
    """What a whole file does to the credit of customers whose work counts today, the most points first (D42-55).

    People who carry a customer for each other are seen together: it ends at once where nobody who counts is left, and
    runs out where all who are left are deactivated. Customers that somebody goes on working for are not named.
    """
    counted = _carrying(work, counting(before))
    left = _carrying(work, counting(after))
    working = [each for each in before if each.deactivated_on is None]
    still = [each for each in after if each.deactivated_on is None]
    active, active_after = _carrying(work, counting(working)), _carrying(work, counting(still))
    found = []
    for customer_id in counted:
        fate: Fate | None = None
        if customer_id not in left:
            fate = "at_once"
        elif customer_id in active and customer_id not in active_after:
            fate = "runs_out"
        if fate is not None:
            found.append(
                Consequence(
                    customer_id=customer_id,
                    customer=work.customers.get(customer_id) or customer_id,
                    points=work.points.get(customer_id, Fraction(0)),
                    fate=fate,
                    until=left.get(customer_id),
                )
            )
    return sorted(found, key=lambda each: (-each.points, each.customer, each.customer_id))


def _carrying(work: TeamWork, people: frozenset[str]) -> dict[str, date]:
    """Until when the work of some people counts, by customer."""
    found: dict[str, date] = {}
    for each in work.worked:
        if each.user_id in people:
            found[each.customer_id] = max(each.until, found.get(each.customer_id, each.until))
    return found


def points_at_stake(found: Sequence[Consequence]) -> Fraction:
    """The points that end at once."""
    return sum((each.points for each in found if each.fate == "at_once"), Fraction(0))
