"""The oracle of moves: one partner after another, one day after another, from the readings and guides B and C."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from engine.oracle import judge
from engine.oracle_facts import Facts, Row, key, text
from engine.oracle_partner import EDITIONS, POINTS_FROM, Partner, Program, calendar, demotes, has_rules, promotes
from engine.oracle_technology import FORM_GATES, judge_technology

Tables = Mapping[str, list[dict[str, object]]]

LADDER: dict[Program, tuple[str | None, ...]] = {
    "solutions": (None, "provider", "partner", "silver", "gold", "platinum", "diamond", "elite"),
    "technology": (None, "partner", "rising", "leading", "premier"),
}
BASE = ("partner", "provider")
"""What a partner may have on its first day (A51, B142), the higher first; the ladder of 2018 has neither."""
FORM_DAYS = 14
"""B166, B920: two weeks."""


@dataclass(frozen=True)
class OracleMove:
    """One move; `computed` is what the rules alone give where the vendor's ledger says what happened."""

    partner_id: str
    on: date
    kind: str
    before: str | None
    after: str | None
    state: str
    deadline: date | None = None
    computed: str | None = None


@dataclass(frozen=True)
class OracleHolding:
    """What a partner holds from a day until a day."""

    partner_id: str
    tier: str | None
    state: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Standing:
    """The highest tier with all its gates, the highest without those that the form supplies, the highest kept."""

    reached: str | None = None
    qualified: str | None = None
    kept: str | None = None
    candidate: str | None = None


class Standings:
    """Every partner's standing on any day, by the oracles of figures and tiers."""

    def __init__(self, facts: Facts, program: Program) -> None:
        self._facts = facts
        self._program = program
        self._found: dict[date, dict[str, Standing]] = {}

    def of(self, partner_id: str, on: date) -> Standing:
        if on not in self._found:
            self._found[on] = self._solutions(on) if self._program == "solutions" else self._technology(on)
        return self._found[on].get(partner_id, Standing())

    def _solutions(self, on: date) -> dict[str, Standing]:
        said = judge(self._facts, on=on)
        return {one: Standing(tier, tier, said.tier_kept[one], said.candidate[one]) for one, tier in said.tier.items()}

    def _technology(self, on: date) -> dict[str, Standing]:
        said = judge_technology(self._facts, on=on)
        return {one: Standing(tier, said.qualified[one], tier) for one, tier in said.tier.items()}


@dataclass(frozen=True)
class Awaited:
    """A tier that waits for the form, and the last day on which the form may be filed."""

    tier: str
    deadline: date
    form_filed: bool = False


@dataclass
class Replay:
    """One partner's course: what it holds, and how it came to it."""

    partner: Partner
    standings: Standings
    moves: list[OracleMove] = field(default_factory=list)
    tier: str | None = None
    computed: str | None = None
    first: date = date.min
    inside: bool = False
    took_part: bool = False
    came_before: bool = False
    suspended_by_decision: bool = False
    lifted: frozenset[str] = frozenset()
    breach: bool = False
    awaited: Awaited | None = None
    candidate: str | None = None
    differing: tuple[str | None, ...] = ()
    """The tier that the rules gave last and nothing has published, or nothing."""

    @property
    def program(self) -> Program:
        return self.partner.program

    @property
    def suspended(self) -> bool:
        return self.suspended_by_decision or self.breach

    def rank(self, tier: str | None) -> int:
        return LADDER[self.program].index(tier)

    def tell(self, on: date, kind: str, after: str | None, **more: date | str | None) -> None:
        state = "left" if not self.inside else "suspended" if self.suspended else "active"
        move = OracleMove(self.partner.partner_id, on, kind, self.tier, after, state)
        self.moves.append(replace(move, **more))  # type: ignore[arg-type]
        self.tier = after

    def until(self, last: date) -> list[OracleMove]:
        openings = self.partner.decided_days("opening")
        self.first = openings[-1] if openings else date.min
        recalibrations = calendar(self.program, last)
        days = self.partner.days() | {since for since, _ in EDITIONS[self.program]} | set(recalibrations)
        days |= {on + timedelta(days=FORM_DAYS + 1) for on in recalibrations}
        for on in sorted(one for one in days if self.first <= one <= last):
            self.live(on, opened=bool(openings) and on == self.first)
        return self.moves

    def live(self, on: date, *, opened: bool) -> None:
        """One day, in the order in which its events count; a lapse came with the end of the day before."""
        self._lapse(on)
        if opened:
            self._open(on)
        self._leave_or_enter(on)
        self._suspend_or_restore(on)
        self.computed = self.tier
        self._file(on)
        if self.inside and promotes(self.program, on) and not opened:
            self._recalibrate(on)
        published = self.partner.decided(on, "published")
        if not published:
            self._differ(on)
        for row in published:
            self._publish(on, row)
        for row in self.partner.decided(on, "override"):
            self._decide(on, "overridden", row)

    # --- entering, leaving, suspension ------------------------------------------------------------

    def _open(self, on: date) -> None:
        """The vendor's list says who is in the program and at which tier, whatever the facts say of it (M-01)."""
        self.inside = self.came_before = True
        self.took_part = self.partner.takes_part(on - timedelta(days=1))
        self.tell(on, "opening", text(self.partner.decided(on, "opening")[-1], "tier"))
        for earlier in sorted(self.partner.decided_days("suspended") + self.partner.decided_days("restored")):
            for row in self.partner.decided(earlier, "suspended", "restored") if earlier < on else ():
                self._hear(earlier, row)
        if self.suspended_by_decision:
            self.tell(on, "suspended", self.tier)

    def _leave_or_enter(self, on: date) -> None:
        took_part, self.took_part = self.took_part, self.partner.takes_part(on)
        if self.inside and took_part and not self.took_part:
            self.inside = False
            self.awaited = self.candidate = None
            self.differing = ()
            self.tell(on, "left", None)
        elif self.took_part and not self.inside and has_rules(self.program, on):
            self.inside = True
            self.tell(on, "returned" if self.came_before else "joined", self._base(on))
            self.came_before = True
            if self.suspended:
                self.tell(on, "suspended", self.tier)

    def _base(self, on: date) -> str | None:
        if self.program == "solutions" and on < POINTS_FROM:
            return None
        reached = self.standings.of(self.partner.partner_id, on).reached
        return next(
            (tier for tier in BASE if tier in LADDER[self.program] and self.rank(tier) <= self.rank(reached)), None
        )

    def _suspend_or_restore(self, on: date) -> None:
        """A breach suspends while it lasts, a decision until the vendor restores; both outlast an absence (B-29)."""
        for row in self.partner.decided(on, "suspended", "restored"):
            self._hear(on, row)
            self.tell(on, key(row, "kind"), self.tier)
        before = self.suspended
        self.breach = bool(self.partner.breaches(on) - self.lifted)
        if self.inside and self.suspended != before:
            self.tell(on, "suspended" if self.suspended else "restored", self.tier)

    def _hear(self, on: date, row: Row) -> None:
        self.suspended_by_decision = text(row, "kind") == "suspended"
        if not self.suspended_by_decision:
            self.lifted |= self.partner.breaches(on - timedelta(days=1))
            self.breach = False

    # --- the contact form -------------------------------------------------------------------------

    def _file(self, on: date) -> None:
        """A form in time that names the contacts activates the tier, once the partner is not suspended."""
        awaited = self.awaited
        if awaited is None:
            return
        if on in self.partner.filings() and self.partner.supplies(awaited.tier, on):
            awaited = self.awaited = replace(awaited, form_filed=True)
        if awaited.form_filed and not self.suspended:
            self.awaited = None
            self._give(on, "activated", awaited.tier, deadline=awaited.deadline)

    def _lapse(self, on: date) -> None:
        if self.awaited is not None and on > self.awaited.deadline:
            deadline, self.awaited = self.awaited.deadline, None
            self.tell(on, "lapsed", self.tier, deadline=deadline)

    # --- the calendar and the vendor --------------------------------------------------------------

    def _recalibrate(self, on: date) -> None:
        """What the calendar makes of the day; nothing of whoever is not enrolled, since nothing is known of it."""
        if self.suspended or not self.partner.is_enrolled(on):
            return
        standing = self.standings.of(self.partner.partner_id, on) if self.took_part else Standing()
        if self.rank(standing.qualified) > self.rank(self.computed):
            self._rise(on, standing)
        elif demotes(self.program, on) and self.rank(standing.kept) < self.rank(self.computed):
            self._give(on, "demoted", standing.kept)
        candidate = standing.candidate
        if candidate is not None and self.rank(candidate) <= self.rank(self.computed):
            candidate = None
        if candidate is not None and self.candidate is None:
            self.tell(on, "candidate", self.tier)
        self.candidate = candidate

    def _rise(self, on: date, standing: Standing) -> None:
        """To the highest qualified tier; one that needs the form is given at once only if a form supplies it."""
        tier = standing.qualified
        assert tier is not None
        waits = self.program == "technology" and tier in FORM_GATES
        on_file = any(filed_on <= on for filed_on in self.partner.filings())
        if waits and not (on_file and standing.reached == tier):
            self.awaited = Awaited(tier, on + timedelta(days=FORM_DAYS))
            self.tell(on, "awaiting_form", self.tier, deadline=self.awaited.deadline)
        else:
            self._give(on, "promoted", tier)

    def _give(self, on: date, kind: str, tier: str | None, *, deadline: date | None = None) -> None:
        """What the rules give; between published decisions it is only what the ledger differs from."""
        self.computed = tier
        if not self._in_ledger(on):
            self.tell(on, kind, tier, deadline=deadline)

    def _in_ledger(self, on: date) -> bool:
        published = [one for one in self.partner.decided_days("published") if one >= self.first]
        return bool(published) and published[0] <= on <= published[-1]

    def _differ(self, on: date) -> None:
        """Between published decisions nothing moves; what the rules would have given is told when it begins."""
        if self.computed != self.tier:
            if self.differing != (self.computed,):
                self.tell(on, "differs", self.tier, computed=self.computed)
            self.differing = (self.computed,)
        elif promotes(self.program, on):
            self.differing = ()

    def _publish(self, on: date, row: Row) -> None:
        """Against what the rules gave on the day, or before it and since the last day of the calendar."""
        computed = self.computed
        if self.differing and computed == self.tier and not promotes(self.program, on):
            (computed,) = self.differing
        self._decide(on, "published", row)
        self.moves[-1] = replace(self.moves[-1], computed=computed if self.inside else None)

    def _decide(self, on: date, kind: str, row: Row) -> None:
        """The vendor's word; outside the program it changes nothing."""
        if self.inside:
            self.differing = ()
            if self.awaited is not None and self.rank(text(row, "tier")) >= self.rank(self.awaited.tier):
                self.awaited = None
        self.tell(on, kind, text(row, "tier") if self.inside else None)


def holdings(moves: list[OracleMove]) -> list[OracleHolding]:
    """What each partner holds at the end of a day, from that day until it holds something else."""
    at_end: dict[tuple[str, date], tuple[str | None, str]] = {
        (move.partner_id, move.on): (move.after, move.state) for move in moves
    }
    held: dict[str, list[OracleHolding]] = defaultdict(list)
    for (partner_id, on), (tier, state) in sorted(at_end.items(), key=lambda item: item[0]):
        mine = held[partner_id]
        if mine and (mine[-1].tier, mine[-1].state) == (tier, state):
            continue
        if mine:
            mine[-1] = replace(mine[-1], until=on)
        mine.append(OracleHolding(partner_id, tier, state, on, None))
    return [each for partner_id in sorted(held) for each in held[partner_id]]


def replayed(tables: Tables, *, program: Program, until: date, known_at: datetime | None = None) -> list[OracleMove]:
    """Every move of every partner until a day, in the order of partners and days."""
    facts = Facts(tables, known_at)
    standings = Standings(facts, program)
    moves: list[OracleMove] = []
    for partner_id in sorted(key(row, "partner_id") for row in facts.rows("partners")):
        moves += Replay(Partner(partner_id, program, facts), standings).until(until)
    return moves
