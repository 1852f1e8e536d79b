"""The work of a partner's people as the current run saw it: who worked where, until when it counts (D31-33)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from palier.backends.names import names
from palier.backends.opened import opened
from palier.backends.session import rows
from palier.portal.partners.asked import TeamWork, Worked
from palier.portal.standings.permissions import PROGRAM
from palier.portal.standings.queries import STRIP, Published, lines_of, published
from palier.rulebook.dated import Dated

METRIC = "managed_points"
TABLES = {"activities", "client_access", "partner_domains", "partner_users"}
_WORK = """
WITH team AS (
  SELECT * FROM partner_users
  WHERE partner_id = $partner_id AND added_on <= $on AND (deleted_on IS NULL OR deleted_on > $on)
),
accesses AS (
  SELECT
    t.user_id, a.customer_id, t.deactivated_on,
    GREATEST(
      t.added_on, a.granted_on, COALESCE(a.associated_on, MIN(GREATEST(a.granted_on, d.approved_on)))
    ) AS works_from
  FROM client_access AS a
  JOIN team AS t ON t.user_id = a.user_id
  LEFT JOIN partner_domains AS d
    ON d.partner_id = t.partner_id AND LOWER(d.domain) = LOWER(SPLIT_PART(t.email, '@', 2))
    AND (d.revoked_on IS NULL OR GREATEST(a.granted_on, d.approved_on) < d.revoked_on)
  WHERE a.granted_on IS NOT NULL AND (a.removed_on IS NULL OR a.removed_on > $on)
    AND (a.associated_on IS NOT NULL OR d.domain IS NOT NULL)
  GROUP BY a.access_id, t.user_id, a.customer_id, t.deactivated_on, t.added_on, a.granted_on, a.associated_on
)
SELECT w.user_id, w.customer_id, MAX(a.occurred_on) AS last_on
FROM activities AS a
JOIN accesses AS w ON w.user_id = a.user_id AND w.customer_id = a.customer_id
WHERE a.occurred_on > $since AND a.occurred_on <= $on
  AND a.user_id IN (SELECT user_id FROM team)
  AND a.occurred_on >= w.works_from AND (w.deactivated_on IS NULL OR a.occurred_on < w.deactivated_on)
  AND ($every OR list_contains($actions, a.action))
GROUP BY w.user_id, w.customer_id
ORDER BY w.user_id, w.customer_id
"""


def team_work(partner_id: object) -> TeamWork | None:
    """The work of a partner's people in the last 90 days of the current run; None before the first run."""
    found = published(PROGRAM)
    if found is None:
        return None
    on, partner = found.run.as_of, str(partner_id)
    points: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines_of(found, partner, metric=METRIC):
        if line.customer_id is not None:
            points[line.customer_id] += line.amount
    actions = _qualifying(found)
    worked = _worked(
        found.run.facts,
        {
            "partner_id": partner, "on": on, "since": on - STRIP,
            "every": actions is None, "actions": actions or [],
        },
    )  # fmt: skip
    known = names(found.run.facts, partners=[], customers={each.customer_id for each in worked})
    return TeamWork(as_of=on, worked=worked, customers=known, points=points)


def _qualifying(found: Published) -> list[str] | None:
    """The actions that count on the run's day; None where the rules name none, and every action does."""
    table = found.rulebook.program.tables.get("qualifying_actions")
    if table is None:
        return None
    cells = [(str(row["action"]), row[table.column]) for row in table.rows]
    return sorted(action for action, cell in cells if isinstance(cell, Dated) and cell.at(found.run.as_of))


def _worked(facts: Path, asked: dict[str, Any]) -> tuple[Worked, ...]:
    with opened(facts, TABLES) as connection:
        return tuple(
            Worked(row["user_id"], row["customer_id"], row["last_on"], _until(row["last_on"]))
            for row in rows(connection, _WORK, asked)
        )


def _until(last_on: date) -> date:
    return last_on + timedelta(days=STRIP.days)
