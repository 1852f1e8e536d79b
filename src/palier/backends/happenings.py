"""What the facts say happened to each partner of a program: membership, breaches, forms and decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

from palier.backends.session import StepFailedError, rows
from palier.engine.compile import Compiled
from palier.engine.events import Decided, order
from palier.engine.membership import Period, merged
from palier.engine.plan import Step

TABLES = frozenset({"contact_forms", "tier_decisions"})
"""The fact tables that moves are made from, besides those of the standings."""

_MEMBERS = """
SELECT e.partner_id, e.enrolled_on AS effective_from, e.left_on AS effective_until
FROM enrolments AS e WHERE e.program = $program
"""
_ENROLLED = "SELECT DISTINCT partner_id FROM enrolments WHERE program = $program"
_PERIODS = """
SELECT CAST(p.partner_id AS VARCHAR) AS partner_id, CAST(p.effective_from AS DATE) AS effective_from,
  CAST(p.effective_until AS DATE) AS effective_until
FROM ({sql}) AS p
"""
_LEFT = "SELECT DISTINCT partner_id, left_on FROM enrolments WHERE program = $program AND left_on IS NOT NULL"
_FORMS = "SELECT DISTINCT partner_id, filed_at FROM contact_forms WHERE program = $program ORDER BY ALL"
_DECISIONS = """
SELECT decision_id, partner_id, tier, kind, reason, effective_on
FROM tier_decisions WHERE program = $program ORDER BY effective_on, decision_id
"""


@dataclass(slots=True)
class Happenings:
    """What happened to one partner; periods of membership are merged, each breach stands by itself."""

    member: tuple[Period, ...] = ()
    suspended: tuple[Period, ...] = ()
    left_on: set[date] = field(default_factory=set)
    filed_at: list[datetime] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)

    @property
    def opening(self) -> Decided | None:
        """The latest opening decision: what happened before it is not replayed."""
        return max((each for each in self.decisions if each.kind == "opening"), key=order, default=None)

    def begins_on(self, first: date) -> date:
        """The first day replayed, `first` where there is no opening decision."""
        return first if self.opening is None else self.opening.on

    def may_move_on(self, day: date) -> bool:
        """Whether it takes part on the day: by the facts or, since an opening decision, whatever the facts say."""
        opening = self.opening
        if opening is not None and opening.on <= day:
            return True
        return any(start <= day and (end is None or day < end) for start, end in self.member)


def happenings(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    *,
    among: Container[str] | None = None,
    decided_until: date | None = None,
) -> dict[str, Happenings]:
    """What happened to each partner, or some of them, that takes part in the program, or was decided upon.

    Args:
        connection: where the facts are open.
        compiled: the program.
        among: some partners only.
        decided_until: leave out the decisions of later days.

    Raises:
        StepFailedError: a view of the calendar gives no periods, such as a text for a day.
    """
    calendar = compiled.program.calendar
    members = None if calendar is None else calendar.members
    suspensions = None if calendar is None else calendar.suspensions
    found: dict[str, Happenings] = defaultdict(Happenings)
    for partner, periods in _periods(connection, compiled, members).items():
        found[partner].member = merged(periods)
    for row in _rows(connection, compiled, _DECISIONS):
        decided = Decided(row["effective_on"], row["kind"], row["tier"], row["decision_id"], row["reason"])
        if decided_until is not None and decided.on > decided_until:
            continue
        found[row["partner_id"]].decisions.append(decided)
    known = {partner: each for partner, each in sorted(found.items()) if among is None or partner in among}
    for row in _rows(connection, compiled, _LEFT, known):
        known[row["partner_id"]].left_on.add(row["left_on"])
    for row in _rows(connection, compiled, _FORMS, known):
        known[row["partner_id"]].filed_at.append(row["filed_at"])
    breaches = {} if suspensions is None else _periods(connection, compiled, suspensions)
    for partner in known.keys() & breaches.keys():
        known[partner].suspended = tuple(each for period in breaches[partner] for each in merged([period]))
    return known


def is_enrolled(connection: duckdb.DuckDBPyConnection, compiled: Compiled, partner_id: str) -> bool:
    """Whether a partner is ever enrolled in the program, though it may take part on no day."""
    return any(row["partner_id"] == partner_id for row in _rows(connection, compiled, _ENROLLED))


def _rows(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, sql: str, known: Container[str] | None = None
) -> list[dict[str, Any]]:
    found = rows(connection, sql, {"program": compiled.program.program})
    return [row for row in found if known is None or row["partner_id"] in known]


def _periods(connection: duckdb.DuckDBPyConnection, compiled: Compiled, view: str | None) -> dict[str, list[Period]]:
    sql, values, file = _MEMBERS, {"program": compiled.program.program}, "engine"
    if view is not None:
        proven = compiled.views[view]
        sql, file = proven.tree.sql(dialect="duckdb", comments=False), proven.file
        values = {name: values[name] for name in proven.parameters}
    by_partner: dict[str, list[Period]] = defaultdict(list)
    try:
        found = rows(connection, _PERIODS.format(sql=sql), values or None)
    except duckdb.Error as error:
        raise StepFailedError(Step(view or "members", sql, values, file), str(error).partition("\n")[0]) from error
    for row in found:
        by_partner[row["partner_id"]].append((row["effective_from"], row["effective_until"]))
    return by_partner
