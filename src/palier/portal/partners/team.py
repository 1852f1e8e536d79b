"""A partner's people as its team page shows them: whose work counts, whose does not, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from palier.portal.partners.asked import Reach, TeamWork, Worked
from palier.portal.partners.models import Employee
from palier.portal.partners.queries import domain_of

Standing = Literal["counts", "runs_out", "untagged", "idle", "idle_elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team: how it stands with the credit of their work, until when, and the customers they reach.

    `customers` are those where they worked; `reach` those with whom they are associated, None while nobody can say.
    """

    employee: Employee
    standing: Standing
    customers: int
    last_on: date | None
    until: date | None
    on_approved_domain: bool
    reach: Reach | None = None

    @property
    def counts(self) -> bool:
        """Whether some of their work counts today."""
        return self.standing in ("counts", "runs_out")


def people(
    team: Collection[Employee],
    approved: frozenset[str],
    work: TeamWork | None,
    reach: Mapping[str, Reach] | None = None,
) -> list[Person]:
    """The team, those first whose credit is about to end or does not count."""
    worked: dict[str, list[Worked]] = defaultdict(list)
    for each in work.worked if work is not None else ():
        worked[each.user_id].append(each)
    found = [
        _person(
            each,
            approved,
            worked[each.user_id],
            None if reach is None else reach.get(each.user_id, Reach()),
            known=work is not None,
        )
        for each in team
    ]
    return sorted(found, key=lambda each: (not each.counts, str(each.employee).casefold(), each.employee.user_id))


def _person(
    employee: Employee, approved: frozenset[str], worked: Iterable[Worked], reach: Reach | None, *, known: bool
) -> Person:
    made = list(worked)
    on_domain = domain_of(employee.email) in approved
    standing: Standing
    if not employee.is_partner_employee:
        standing = "untagged"
    elif made:
        standing = "counts" if employee.deactivated_on is None else "runs_out"
    elif not known:
        standing = "unknown"
    else:
        standing = "idle" if on_domain else "idle_elsewhere"
    return Person(
        employee=employee,
        standing=standing,
        customers=len(made),
        last_on=max((each.last_on for each in made), default=None),
        until=max((each.until for each in made), default=None),
        on_approved_domain=on_domain,
        reach=reach,
    )
