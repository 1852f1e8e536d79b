"""Which managed credit a file of people ends, partner by partner, before anybody takes it in (D42-55)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.portal.partners.asked import TEAM_WORK
from palier.portal.partners.consequences import Consequence, lost_together, points_at_stake
from palier.portal.partners.models import Company, Employee, ImportedRow
from palier.portal.partners.queries import team_of
from palier.portal.partners.sheets import TRUE

MOST = 20
"""How many partners are looked at for one page."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What a partner loses by a file: each customer with its points, and the sum of those that end at once."""

    partner_id: str
    partner: str
    as_of: date
    found: tuple[Consequence, ...]
    at_once: Fraction


@dataclass(frozen=True, slots=True)
class Stakes:
    """What all partners of a file lose; `unknown` partners have no run, `more` were too many to look at."""

    partners: tuple[Stake, ...]
    unknown: int
    more: int


def stakes(rows: Iterable[ImportedRow], *, partner_id: str) -> Stakes:
    """What rows that change people do to the managed credit of their partners.

    Args:
        rows: the changed rows of people.
        partner_id: whose team it is; empty where rows name their partner.
    """
    changed: dict[str, list[ImportedRow]] = defaultdict(list)
    for each in rows:
        changed[partner_id or str(each.after["partner_id"])].append(each)
    wanted = sorted(changed)
    names = dict(Company.objects.filter(partner_id__in=wanted[:MOST]).values_list("partner_id", "name"))
    found, unknown = [], 0
    for one in wanted[:MOST]:
        work = TEAM_WORK.ask(one, otherwise=None)
        if work is None:
            unknown += 1
            continue
        team = list(team_of(one))
        lost = lost_together(team, [_after(each, changed[one]) for each in team], work)
        if lost:
            found.append(Stake(one, names.get(one) or one, work.as_of, tuple(lost), points_at_stake(lost)))
    return Stakes(tuple(found), unknown, max(0, len(wanted) - MOST))


def _after(employee: Employee, rows: list[ImportedRow]) -> Employee:
    """The person as the file leaves them; nothing is written."""
    row = next((each.after for each in rows if _is_about(each.after, employee)), None)
    if row is None:
        return employee
    made = copy(employee)
    made.is_partner_employee = row["is_partner_employee"] == TRUE
    for name in ("deactivated_on", "deleted_on"):
        if name in row:
            setattr(made, name, date.fromisoformat(row[name]) if row[name] else None)
    return made


def _is_about(row: Mapping[str, str], employee: Employee) -> bool:
    if "user_id" in row:
        return row["user_id"] == employee.user_id
    return row["email"].casefold() == employee.email.casefold()
