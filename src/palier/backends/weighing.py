"""Standings of many days in one connection: what each day says of each partner, and the gates behind a move."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from palier.backends.compact import drop_lines
from palier.backends.evaluation import compute, refuse, unsound
from palier.backends.session import create_relation, rows
from palier.engine.batch import DAY
from palier.engine.compile import Compiled
from palier.engine.events import Verdict
from palier.engine.parameters import Relation
from palier.engine.plan import Plan
from palier.engine.planning import make_plan
from palier.engine.results import Gate
from palier.rulebook.model import Program

ROWS_AT_ONCE = 30_000_000
"""Rows, over all days, that are weighed together; where a day alone has more, days are weighed one by one."""

ROOM_OF_A_GATE = 20
"""Rows of facts whose room a gate takes while it is weighed: it is wide, and stands twice, to reach and to keep."""

MOST_DAYS_AT_ONCE = 40
FEW = 100
"""So many partners at most have so few figures and gates that more days fit."""
TIMES_AS_MANY = 6

Key = tuple[str, date]
"""A partner and a day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The gates of a tier that a move of a partner rests on, as they stand on a day."""

    partner_id: str
    on: date
    tier: str
    purpose: str


def weighed_metrics(program: Program, tiers: Iterable[str] | None = None) -> frozenset[str]:
    """The metrics that gates compare, of these tiers or of all, with those they are made of."""
    by_id = {tier.tier: tier for tier in program.tiers}
    pending = list(by_id if tiers is None else tiers)
    seen: set[str] = set()
    metrics: list[str] = []
    while pending:
        tier = by_id[pending.pop()]
        if tier.tier not in seen:
            seen.add(tier.tier)
            metrics += [str(leaf.metric) for leaf in tier.requires.leaves()]
            pending += [tier.includes] if tier.includes is not None else []
    return program.with_parts(metrics)


class Weighing:
    """The standings of a few days, held in a connection until the next ones replace them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        compiled: Compiled,
        fact_rows: int,
        *,
        among: AbstractSet[str] | None = None,
    ) -> None:
        self.connection = connection
        self.compiled = compiled
        self.fact_rows = fact_rows
        self.among = among
        self.plan: Plan | None = None
        self.numbers: dict[Decimal, Decimal] = {}

    def chunks(self, days: Sequence[date], *, few: bool = False) -> Iterator[tuple[date, ...]]:
        """The days in groups that are weighed together; `few` partners leave room for as many as can be."""
        times = TIMES_AS_MANY if self.among is not None and len(self.among) <= FEW else 1
        most = MOST_DAYS_AT_ONCE if few else times * ROWS_AT_ONCE // max(self.rows_a_day(), 1)
        groups = -(-len(days) // max(1, min(MOST_DAYS_AT_ONCE, most)))
        size = -(-len(days) // max(1, groups))  # groups of one size need the least room
        for start in range(0, len(days), max(1, size)):
            yield tuple(days[start : start + size])

    def rows_a_day(self) -> int:
        """The rows of facts that a day reads, and the room of the gates of all partners in such rows."""
        if self.among is not None:
            return self.fact_rows
        program = self.compiled.program
        gates = sum(1 for tier in program.tiers for _ in tier.requires.leaves())
        counted = "SELECT COUNT(DISTINCT partner_id) AS partners FROM enrolments WHERE program = $program"
        found = rows(self.connection, counted, {"program": program.program})
        partners: int = found[0]["partners"]
        return self.fact_rows + ROOM_OF_A_GATE * gates * partners

    def weigh(
        self,
        days: Sequence[date],
        metrics: frozenset[str],
        *,
        only: Iterable[Key] | None = None,
    ) -> None:
        """Compute the gates and standings of some days: of every partner, of those asked, or of the pairs named.

        Raises:
            InputProblemsError: a line has no amount, or counts on no day.
        """
        plan = make_plan(self.compiled, sorted(days), metrics=metrics)
        bears = "enrolled" in plan.bearing
        if only is not None:
            pairs = tuple(sorted(only))
            create_relation(self.connection, Relation("asked", {"partner_id": "VARCHAR", DAY: "DATE"}, pairs))
            plan = _restricted(plan, f"{_JOINED} AND a.{DAY} = e.{DAY}" if bears else _JOINED)
        elif self.among is not None:
            partners = tuple((partner,) for partner in sorted(self.among))
            create_relation(self.connection, Relation("asked", {"partner_id": "VARCHAR"}, partners))
            plan = _restricted(plan, _JOINED)
        # Lines and their types of earlier days would stand in the way of these, the other tables take their room.
        drop_lines(self.connection)
        self.connection.execute("".join(f"DROP TABLE IF EXISTS {name};" for name in _HELD))
        compute(self.connection, self.compiled, plan, release=not bears and only is None and self.among is None)
        refuse(tuple(unsound(self.connection)))
        self.plan = plan

    def day(self, alias: str) -> str:
        """The day that a row of the tables answers for, as an expression."""
        assert self.plan is not None  # noqa: S101  # nothing is asked before it is weighed
        if "enrolled" in self.plan.bearing:
            return f"{alias}.{DAY}"
        return f"DATE '{self.plan.days[0]}'"

    def verdicts(self, *, every_tier: bool) -> dict[str, list[tuple[date, Verdict]]]:
        """What each day says of each partner, by partner, in the order of days."""
        known: dict[tuple[Any, ...], Verdict] = {}
        holding = self.holding() if every_tier else {}
        found: dict[str, list[tuple[date, Verdict]]] = defaultdict(list)
        cursor = self.connection.execute(
            f"""SELECT s.partner_id, {self.day("s")} AS on_day, s.tier, s.qualified_tier, s.tier_kept, s.candidate
                FROM standings AS s ORDER BY s.partner_id, on_day"""
        )
        while batch := cursor.fetchmany(50_000):
            for partner, on, tier, qualified, kept, candidate in batch:
                reached: tuple[str, ...] = (tier,) if tier is not None else ()
                qualifying: tuple[str, ...] = (qualified,) if qualified is not None else ()
                if every_tier:
                    reached, qualifying = holding.get((partner, on), ((), ()))
                key = (reached, qualifying, kept, candidate)
                if key not in known:
                    known[key] = Verdict(*key)
                found[partner].append((on, known[key]))
        return found

    def holding(self) -> dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Every tier whose gates to reach it hold, with and without those that a form supplies, easiest first."""
        assert self.plan is not None  # noqa: S101  # nothing is asked before it is weighed
        bears = {name for name in ("nodes", "tier_groups") if name in self.plan.bearing}
        same_day = f"AND k.{DAY} = n.{DAY}" if len(bears) > 1 else ""
        found = rows(
            self.connection,
            f"""SELECT n.partner_id, {self.day("n")} AS on_day, k.tier,
                  COALESCE(BOOL_AND(n.whole_every), TRUE) AS whole,
                  COALESCE(BOOL_AND(n.qualified_every), TRUE) AS qualified
                FROM tier_groups AS k JOIN nodes AS n ON n.parent = k.node {same_day}
                WHERE k.parent IS NULL AND k.purpose = 'reach' GROUP BY ALL""",
        )
        ranks = {tier.tier: place for place, tier in enumerate(self.compiled.program.tiers)}
        found.sort(key=lambda row: ranks[row["tier"]])
        held: dict[Key, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for row in found:
            key = (row["partner_id"], row["on_day"])
            whole, qualified = held.get(key, ((), ()))
            tier = (row["tier"],)
            held[key] = whole + tier * row["whole"], qualified + tier * row["qualified"]
        return held

    def gates(self, asked: Sequence[Asked], *, supplied: bool = False) -> dict[Asked, tuple[Gate, ...]]:
        """The gates behind moves, in the order in which people read them: all, or those that a form supplies."""
        if not asked:
            return {}
        places = dict(enumerate(dict.fromkeys(asked)))
        columns = {"place": "BIGINT", "partner_id": "VARCHAR", DAY: "DATE", "tier": "VARCHAR", "purpose": "VARCHAR"}
        listed = [(place, each.partner_id, each.on, each.tier, each.purpose) for place, each in places.items()]
        create_relation(self.connection, Relation("asked_gates", columns, tuple(listed)))
        cursor = self.connection.execute(
            f"""SELECT a.place, g.partner_id, g.tier, g.purpose, g.gate, g.path, g.metric, g.operator, g.required,
                  g.value, g.held, g.weight, g.waived_by, g.supplied_by, g.missing
                FROM asked_gates AS a JOIN weighed_gates AS g
                  ON g.partner_id = a.partner_id AND g.tier = a.tier AND g.purpose = a.purpose
                  AND {self.day("g")} = a.{DAY}
                {"WHERE g.supplied_by IS NOT NULL" if supplied else ""}
                ORDER BY a.place, g.position"""
        )
        found: dict[Asked, list[Gate]] = {each: [] for each in places.values()}
        while batch := cursor.fetchmany(50_000):
            for place, *cells in batch:
                found[places[place]].append(self._gate(cells))
        return {each: tuple(gates) for each, gates in found.items()}

    def _gate(self, cells: Sequence[Any]) -> Gate:
        """A gate whose words and numbers are shared with all others: moves are many."""
        shared: list[Any] = [sys.intern(cell) if isinstance(cell, str) else self._number(cell) for cell in cells]
        return Gate(**dict(zip(_GATE_FIELDS, shared, strict=True)))

    def _number(self, cell: Any) -> Any:  # noqa: ANN401  # a cell of any type
        return self.numbers.setdefault(cell, cell) if isinstance(cell, Decimal) else cell


_HELD = ("exact_figures", "figures", "weighed_gates", "nodes", "standings")
_JOINED = "JOIN asked AS a ON a.partner_id = e.partner_id"
_GATE_FIELDS = (
    "partner_id", "tier", "purpose", "gate", "path", "metric", "operator", "required", "value", "held", "weight",
    "waived_by", "supplied_by", "missing",
)  # fmt: skip


def _restricted(plan: Plan, joined: str) -> Plan:
    """The plan for some of the enrolled partners only."""
    steps = tuple(
        replace(step, sql=f"SELECT e.* FROM ({step.sql}) AS e {joined}") if step.name == "enrolled" else step
        for step in plan.steps
    )
    return replace(plan, steps=steps)
