"""A program's moves replayed over facts: the standings of every recalibration day, then what the calendar does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from palier.backends.evaluation import Progress, open_facts, refuse
from palier.backends.happenings import TABLES, Happenings, happenings, is_enrolled
from palier.backends.reading import run_check
from palier.backends.runs import PartnerNotFoundError
from palier.backends.session import connect
from palier.backends.weighing import Asked, Key, Weighing, weighed_metrics
from palier.engine.compile import compile_rulebook
from palier.engine.events import Breach, Departed, Entered, Event, Filed, Recalibrated, Verdict, order
from palier.engine.membership import appears_on, period_views
from palier.engine.moves import History, Move, gates_behind, holdings_of
from palier.engine.readiness import decided_tiers
from palier.engine.recalibration import Recalibration, recalibration
from palier.engine.replaying import Course, Replayer
from palier.engine.results import Gate
from palier.rulebook.problems import PalierError
from palier.rulebook.read import Rulebook


class NoDayError(PalierError):
    """Raised when a history's last day lies before its first."""

    def __init__(self, since: date, until: date) -> None:
        super().__init__(f"a history from {since} until {until} has no day: choose a later --until")


def replay(
    rulebook: Rulebook,
    *,
    facts: Path,
    until: date,
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: str | None = None,
    among: AbstractSet[str] | None = None,
    decided_until: date | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> History:
    """Every move of a program from `since` to `until`, both included, and what partners hold meanwhile.

    The replay itself begins with each partner's first enrolment, or its latest opening decision, whatever is asked.

    Args:
        rulebook: the program; it needs a calendar.
        facts: the folder of fact tables.
        until: the last day told.
        since: the first day told; the beginning if absent.
        known_at: ignore rows recorded later (UTC, without a zone).
        partner_id: one partner only; then the days on which it kept its tier are told too.
        among: some partners only.
        decided_until: leave out the decisions of later days: the history as it was before an opening decision.
        stale: compute though a table ends before what the last day needs.
        progress: told the name of each stage, and each group of days weighed.

    Raises:
        NoDayError: `until` lies before `since`.
        NoCalendarError: the program has no calendar.
        InputProblemsError: structural problems of rulebook or facts.
        FactsNotFoundError: there is no such folder.
        PartnerNotFoundError: the partner was never enrolled in the program, nor decided upon.
    """
    if since is not None and until < since:
        raise NoDayError(since, until)
    compiled = compile_rulebook(rulebook)
    rules = recalibration(compiled.program)
    refuse(tuple(period_views(compiled)))
    among = among if partner_id is None else {partner_id}
    connection = connect()
    try:
        if progress is not None:
            progress("check")
        snapshot, problems = open_facts(
            connection, compiled, facts, on=until, known_at=known_at, stale=stale, also=TABLES
        )
        refuse((*problems, *run_check(connection, decided_tiers(compiled))))
        found = happenings(connection, compiled, among=among, decided_until=decided_until)
        if partner_id is not None and partner_id not in found and not is_enrolled(connection, compiled, partner_id):
            raise PartnerNotFoundError(partner_id, compiled.program.program, until)
        weighing = Weighing(connection, compiled, sum(snapshot.rows.values()), among=among)
        told = _Replaying(weighing, rules, found, since or date.min, until, tell_kept=partner_id is not None)
        return replace(told.history(progress), problems=problems)
    finally:
        connection.close()


@dataclass(slots=True)
class _Partner:
    """One partner on its way through the replay: what is still to happen, and where it stands."""

    replayer: Replayer
    events: list[Event]
    course: Course = field(default_factory=Course)
    done: int = 0

    def until(self, day: date) -> list[Event]:
        """The next events that happen by the day."""
        start = self.done
        while self.done < len(self.events) and self.events[self.done].on <= day:
            self.done += 1
        return self.events[start : self.done]


class _Replaying:
    """One replay: the facts that happened, the days weighed, and the gates kept for later moves."""

    def __init__(
        self,
        weighing: Weighing,
        rules: Recalibration,
        found: Mapping[str, Happenings],
        since: date,
        until: date,
        *,
        tell_kept: bool,
    ) -> None:
        self.weighing = weighing
        self.tell_kept = tell_kept
        self.compiled = weighing.compiled
        self.rules = rules
        self.found = found
        self.since = since
        self.until = until
        self.entry_gates: dict[Key, tuple[Gate, ...]] = {}
        self.filed_gates: dict[Key, tuple[Gate, ...]] = {}
        self.notice_gates: dict[tuple[str, str | None], tuple[Gate, ...]] = {}

    def history(self, progress: Progress | None) -> History:
        partners = self.partners()
        first = min((each.events[0].on for each in partners.values() if each.events), default=self.until)
        days = [
            day
            for day in self.rules.days(first, self.until)
            if any(each.may_move_on(day) for each in self.found.values())
        ]
        metrics = weighed_metrics(self.compiled.program)
        every_tier = self.rules.calendar.most_steps_up is not None
        moves: list[Move] = []
        for group in self.weighing.chunks(days):
            if progress is not None:
                progress(" ".join(dict.fromkeys((str(group[0]), str(group[-1])))))
            self.weighing.weigh(group, metrics)
            verdicts = self.weighing.verdicts(every_tier=every_tier)
            moves += self.told(self.played(partners, verdicts, group[-1]))
        moves += self.told(self.played(partners, {}, self.until))
        moves.sort(key=lambda move: (move.on, move.partner_id))
        holdings = holdings_of(moves)
        return History(
            moves=tuple(move for move in moves if move.on >= self.since),
            holdings=tuple(
                each for each in holdings if each.effective_until is None or each.effective_until > self.since
            ),
            openings={partner: each.opening.on for partner, each in self.found.items() if each.opening is not None},
        )

    # ---- what happens

    def partners(self) -> dict[str, _Partner]:
        """Every partner with its events in order: those before an opening decision are forgotten."""
        bases, filings = self.bases(), self.filings()
        partners: dict[str, _Partner] = {}
        for partner, each in self.found.items():
            opening = each.opening
            events = [*self.events(partner, each, bases, filings)]
            if opening is not None:
                events = [event for event in events if event.on >= opening.on and event != opening]
                events = [event for event in events if getattr(event, "kind", None) != "opening"]
                events += [opening, *self.under_way(each, opening.on)]
            published = [event.on for event in events if getattr(event, "kind", None) == "published"]
            ledger = (min(published), max(published)) if published else None
            replayer = Replayer(partner, self.rules, self.compiled.rulebook.digest, ledger, tell_kept=self.tell_kept)
            partners[partner] = _Partner(replayer, sorted(events, key=order))
        return partners

    def events(
        self,
        partner: str,
        each: Happenings,
        bases: Mapping[Key, str | None],
        filings: Mapping[Key, frozenset[str]],
    ) -> Iterator[Event]:
        for period in each.member:
            on = appears_on(self.compiled.program, period)
            if on is not None:
                yield Entered(on, bases.get((partner, on)))
            if period[1] is not None:
                reason = "enrolment_over" if period[1] in each.left_on else "membership_over"
                yield Departed(period[1], reason)
        for number, (start, end) in enumerate(each.suspended):
            yield Breach(start, begins=True, number=number)
            if end is not None:
                yield Breach(end, begins=False, number=number)
        for filed_on in {self.rules.filed_on(moment) for moment in each.filed_at}:
            yield Filed(filed_on, filings.get((partner, filed_on), frozenset()))
        yield from each.decisions

    def under_way(self, each: Happenings, on: date) -> Iterator[Event]:
        """What had begun before an opening decision and still goes on: what restored the partner had ended the rest."""
        said = [event for event in each.decisions if event.on < on and event.kind in ("suspended", "restored")]
        last = max(said, key=order, default=None)
        if last is not None and last.kind == "suspended":
            yield replace(last, on=on)
        lifted = max((event.on for event in said if event.kind == "restored"), default=date.min)
        for number, (start, end) in enumerate(each.suspended):
            if lifted <= start < on and (end is None or on < end):
                yield Breach(on, begins=True, number=number)
        if any(self.rules.filed_on(moment) < on for moment in each.filed_at):
            yield Filed(on, frozenset())

    # ---- base tiers and forms, at the partners and days that need them only

    def bases(self) -> dict[Key, str | None]:
        """The base tier of each partner on each day on which it enters: the highest whose gates hold."""
        base = self.rules.calendar.base_tiers
        program = self.compiled.program
        asked = [
            (partner, on)
            for partner, each in self.found.items()
            for period in each.member
            if (on := appears_on(program, period)) is not None and each.begins_on(on) <= on <= self.until
        ]
        given: dict[Key, str | None] = {}
        for pairs in self.weighed(asked if base else [], weighed_metrics(program, base)):
            holding = self.weighing.holding()
            given |= {
                pair: next((tier for tier in reversed(holding.get(pair, ((), ()))[0]) if tier in base), None)
                for pair in pairs
            }
            wanted = [Asked(*pair, tier, "reach") for pair in pairs if (tier := given[pair]) is not None]
            told = [each for each in wanted if each.on >= self.since]
            gates = self.weighing.gates(told)
            self.entry_gates |= {(each.partner_id, each.on): found for each, found in gates.items()}
        return given

    def filings(self) -> dict[Key, frozenset[str]]:
        """The tiers that each form supplies with what they need, by partner and day of filing."""
        form, program = self.rules.calendar.form, self.compiled.program
        if form is None:
            return {}
        supplied = {
            str(leaf.metric)
            for tier in program.tiers
            for leaf in tier.requires.leaves()
            if leaf.supplied_by is not None
        }
        asked = [
            (partner, on)
            for partner, each in self.found.items()
            for on in {self.rules.filed_on(moment) for moment in each.filed_at}
            if each.begins_on(on) <= on <= self.until and program.edition(on) is not None
        ]
        given: dict[Key, frozenset[str]] = {}
        for pairs in self.weighed(asked, program.with_parts(supplied)):
            wanted = [Asked(*pair, tier, "reach") for pair in pairs for tier in form.tiers]
            passed: dict[Asked, frozenset[str]] = {}
            for each, mine in self.weighing.gates(wanted, supplied=True).items():
                passed[each] = frozenset(gate.path for gate in mine if gate.held or gate.waived_by is not None)
                key = (each.partner_id, each.on)
                self.filed_gates[key] = self.filed_gates.get(key, ()) + mine
            given |= {
                pair: frozenset(
                    tier
                    for tier in form.tiers
                    if self.rules.supplied(tier, pair[1], passed[Asked(*pair, tier, "reach")])
                )
                for pair in pairs
            }
        return given

    def weighed(self, asked: Iterable[Key], metrics: frozenset[str]) -> Iterator[list[Key]]:
        """Weigh some partners on some days, in groups of days."""
        by_day: dict[date, list[Key]] = {}
        for pair in sorted(set(asked), key=lambda pair: (pair[1], pair[0])):
            by_day.setdefault(pair[1], []).append(pair)
        for days in self.weighing.chunks(list(by_day), few=True):
            pairs = [pair for day in days for pair in by_day[day]]
            self.weighing.weigh(days, metrics, only=pairs)
            yield pairs

    # ---- moves

    def played(
        self, partners: Mapping[str, _Partner], verdicts: Mapping[str, list[tuple[date, Verdict]]], until: date
    ) -> list[Move]:
        """The moves of every partner up to a day, which they are played to."""
        moves: list[Move] = []
        for partner, each in partners.items():
            events = each.until(until)
            weighed = verdicts.get(partner, ())
            if weighed:
                events = sorted([*events, *(Recalibrated(on, verdict) for on, verdict in weighed)], key=order)
            if events or each.course.awaited is not None:
                each.course, made = each.replayer.play(each.course, events, until=until)
                moves += made
        return moves

    def told(self, moves: Sequence[Move]) -> list[Move]:
        """The moves with the gates behind them, as the days just weighed have them."""
        behind = {
            place: Asked(move.partner_id, move.on, *asked)
            for place, move in enumerate(moves)
            if (move.on >= self.since or move.kind == "awaiting_form") and (asked := gates_behind(move, self.rules))
        }
        gates = self.weighing.gates(list(behind.values())) if behind else {}
        told = []
        for place, move in enumerate(moves):
            found = gates.get(behind[place], ()) if place in behind else self.gates_before(move)
            if move.kind == "awaiting_form":
                self.notice_gates[move.partner_id, move.about] = found
            told.append(replace(move, gates=found))
        return told

    def gates_before(self, move: Move) -> tuple[Gate, ...]:
        """The gates of moves on other days: those of an entry, or of a notice with what a form supplied since."""
        if move.kind in ("joined", "returned"):
            return self.entry_gates.get((move.partner_id, move.on), ())
        if move.kind not in ("activated", "lapsed"):
            return ()
        tier = move.tier_after if move.kind == "activated" else move.about
        noticed = self.notice_gates.get((move.partner_id, tier), ())
        filed = {gate.path: gate for gate in self.filed_gates.get((move.partner_id, move.on), ()) if gate.tier == tier}
        return tuple(filed.get(gate.path, gate) for gate in noticed)
