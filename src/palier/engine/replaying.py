"""One partner's history, event by event: standings, forms and decisions in, moves and where it stands out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from palier.engine.events import Breach, Decided, Departed, Entered, Event, Filed, Recalibrated, Verdict
from palier.engine.moves import Move, MoveKind, State
from palier.engine.recalibration import Recalibration

_SETTLED = ("promoted", "demoted", "activated")
"""The moves that a published ledger replaces."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A tier that waits for its form: since when, until the end of which day, and whether the form has come."""

    tier: str
    notice_on: date
    deadline: date
    filed: bool = False
    supplied: bool = False


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A tier, or none, that the rules gave between published decisions: the ledger says otherwise, or nothing yet."""

    tier: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """Where a partner stands in its history after some events."""

    tier: str | None = None
    member: bool = False
    came_before: bool = False
    suspended: bool = False
    breaches: frozenset[int] = frozenset()
    """Those that go on and were not lifted by a decision."""
    form_on_file: bool = False
    opened_on: date | None = None
    awaited: Awaited | None = None
    candidate: str | None = None
    unpublished: Unpublished | None = None
    """What the rules gave last, until a decision or the next day of the calendar."""

    @property
    def state(self) -> State:
        """Its state."""
        if not self.member:
            return "left"
        return "suspended" if self.suspended or self.breaches else "active"


@dataclass(frozen=True, slots=True)
class Replayer:
    """Plays one partner's events: its calendar, its ledger of published moves, and whether days without a move count.

    `ledger` is the span from the first published decision to the last; in it the calendar's own moves only differ.
    """

    partner_id: str
    rules: Recalibration
    rulebook: str
    ledger: tuple[date, date] | None = None
    tell_kept: bool = False

    def play(self, course: Course, events: Iterable[Event], *, until: date) -> tuple[Course, tuple[Move, ...]]:
        """The course after events in their order, up to the end of a day, with the moves they make."""
        moves: list[Move] = []
        for on, group in groupby(events, key=lambda event: event.on):
            course = self._lapse(course, on, moves)
            course = self._day(course, on, tuple(group), moves)
        return self._lapse(course, until, moves), tuple(moves)

    def _day(self, course: Course, on: date, events: tuple[Event, ...], moves: list[Move]) -> Course:
        """One day: what the calendar makes of it, then what the ledger and the overrides say about it."""
        made: list[Move] = []
        after = course
        published, overrides = None, []
        for event in events:
            if not isinstance(event, Decided):
                after = self._step(after, event, made)
            elif event.kind == "published" and after.member:
                published = event
            elif event.kind in ("published", "override"):
                overrides.append(event)
            else:
                after = self._decide(after, event, made)
        after = self._ledger(after, on, published, made)
        for override in overrides:
            after = self._decide(after, override, made)
        moves += made
        return after

    def _step(self, course: Course, event: Event, moves: list[Move]) -> Course:
        match event:
            case Entered():
                return self._enter(course, event, moves)
            case Departed():
                return self._depart(course, event, moves)
            case Breach():
                return self._breach(course, event, moves)
            case Filed():
                return self._file(course, event, moves)
            case Recalibrated():
                return self._recalibrate(course, event.on, event.verdict, moves)
        return course

    # ---- who takes part

    def _enter(self, course: Course, event: Entered, moves: list[Move]) -> Course:
        if course.member:
            return course
        after = replace(course, member=True, tier=event.tier, opened_on=None)
        kind: MoveKind = "returned" if course.came_before else "joined"
        moves.append(self._move(kind, event.on, course, after, "first_day" if kind == "joined" else "back"))
        if after.state == "suspended":
            moves.append(self._move("suspended", event.on, after, after, "breach" if after.breaches else "decision"))
        return replace(after, came_before=True)

    def _depart(self, course: Course, event: Departed, moves: list[Move]) -> Course:
        if not course.member:
            return course
        after = Course(
            came_before=True,
            suspended=course.suspended,
            breaches=course.breaches,
            form_on_file=course.form_on_file,
        )
        moves.append(self._move("left", event.on, course, after, event.reason))
        return after

    def _breach(self, course: Course, event: Breach, moves: list[Move]) -> Course:
        mine = frozenset({event.number})
        after = replace(course, breaches=course.breaches | mine if event.begins else course.breaches - mine)
        if not course.member or after.state == course.state:
            return after
        if event.begins:
            moves.append(self._move("suspended", event.on, course, after, "breach"))
            return after
        moves.append(self._move("restored", event.on, course, after, "breach_over"))
        return self._activate(after, event.on, moves)

    # ---- forms

    def _file(self, course: Course, event: Filed, moves: list[Move]) -> Course:
        after = replace(course, form_on_file=True)
        if after.awaited is None:
            return after
        supplied = after.awaited.supplied or after.awaited.tier in event.tiers
        return self._activate(
            replace(after, awaited=replace(after.awaited, filed=True, supplied=supplied)), event.on, moves
        )

    def _activate(self, course: Course, on: date, moves: list[Move]) -> Course:
        """Give the awaited tier once its form supplies what it needs; a suspension holds it back."""
        awaited = course.awaited
        if awaited is None or not awaited.supplied or course.state != "active":
            return course
        after = replace(course, tier=awaited.tier, awaited=None)
        moves.append(self._move("activated", on, course, after, "form_filed", deadline=awaited.deadline))
        return after

    def _lapse(self, course: Course, on: date, moves: list[Move]) -> Course:
        """Let an awaited tier go whose last day to file is over by the day."""
        awaited = course.awaited
        if awaited is None or on <= awaited.deadline:
            return course
        after = replace(course, awaited=None)
        reason = "form_held_back" if awaited.supplied else "form_incomplete" if awaited.filed else "no_form"
        day = awaited.deadline + timedelta(days=1)
        moves.append(self._move("lapsed", day, course, after, reason, about=awaited.tier, deadline=awaited.deadline))
        return after

    # ---- the calendar

    def _recalibrate(self, course: Course, on: date, verdict: Verdict, moves: list[Move]) -> Course:
        if not course.member or course.opened_on == on:
            return course
        after = course
        if self.rules.promotes_on(on) and course.state == "active":
            after = self._promote(course, on, verdict, moves)
        if after.awaited is None and after.tier == course.tier and self.rules.demotes_on(on):
            after = self._demote(after, on, verdict, moves)
        if self.rules.promotes_on(on) and course.state == "active":
            after = self._stand(after, on, verdict, moves)
        if self.tell_kept and after.tier == course.tier and after.awaited == course.awaited:
            moves.append(self._move("kept", on, course, after, self._why_kept(after, verdict)))
        return after

    def _promote(self, course: Course, on: date, verdict: Verdict, moves: list[Move]) -> Course:
        rank, waits = self.rules.ranks, self.rules.calendar.waits
        low, high = rank[course.tier], self.rules.highest_step(course.tier, on)
        tiers = {*verdict.reached, *(tier for tier in verdict.qualified if waits(tier))}
        target = max((tier for tier in tiers if low < rank[tier] <= high), key=lambda tier: rank[tier], default=None)
        awaited = course.awaited
        if target is None or (awaited is not None and rank[target] <= rank[awaited.tier]):
            return course  # what is awaited was frozen at its notice
        if not waits(target) or (course.form_on_file and target in verdict.reached):
            after = replace(course, tier=target, awaited=None)
            reason = "form_on_file" if waits(target) else "reached"
            moves.append(self._move("promoted", on, course, after, reason))
            return after
        deadline = self.rules.last_day_to_file(on)
        after = replace(course, awaited=Awaited(target, on, deadline))
        moves.append(self._move("awaiting_form", on, course, after, "form_asked", about=target, deadline=deadline))
        return after

    def _demote(self, course: Course, on: date, verdict: Verdict, moves: list[Move]) -> Course:
        rank = self.rules.ranks
        if rank[verdict.kept] >= rank[course.tier]:
            return course
        if course.state == "suspended" and not self.rules.suspended_falls_on(on):
            return course
        after = replace(course, tier=self.rules.fallen(course.tier, verdict.kept, on))
        moves.append(self._move("demoted", on, course, after, "not_kept"))
        return after

    def _stand(self, course: Course, on: date, verdict: Verdict, moves: list[Move]) -> Course:
        """Say once when a partner begins to stand as a candidate for a tier above its own."""
        rank = self.rules.ranks
        candidate = verdict.candidate if rank[verdict.candidate] > rank[course.tier] else None
        after = replace(course, candidate=candidate)
        if candidate is not None and candidate != course.candidate:
            moves.append(self._move("candidate", on, course, after, "human_gates", about=candidate))
        return after

    def _why_kept(self, course: Course, verdict: Verdict) -> str:
        rank = self.rules.ranks
        falls = rank[verdict.kept] < rank[course.tier]
        if course.awaited is not None:
            return "form_asked"
        if course.state == "suspended":
            return "suspended"
        return "no_demotion_yet" if falls else "holds"

    # ---- decisions

    def _decide(self, course: Course, event: Decided, moves: list[Move]) -> Course:
        if event.kind == "opening":
            after = replace(course, tier=event.tier, member=True, came_before=True, opened_on=event.on)
            moves.append(self._told("opening", event, course, after))
        elif event.kind in ("suspended", "restored"):
            suspended = event.kind == "suspended"
            after = replace(course, suspended=suspended, breaches=course.breaches if suspended else frozenset())
            reason = "decision" if course.member else "not_a_member"  # then it holds from the return on
            moves.append(self._told("suspended" if suspended else "restored", event, course, after, reason))
            after = self._activate(after, event.on, moves)
        elif not course.member:
            after = course
            kind: MoveKind = "overridden" if event.kind == "override" else "published"
            moves.append(self._told(kind, event, course, after, "not_a_member"))
        else:
            after = replace(course, tier=event.tier, awaited=self._still_awaited(course, event.tier), unpublished=None)
            moves.append(self._told("overridden", event, course, after))
        return after

    def _ledger(self, computed: Course, on: date, published: Decided | None, moves: list[Move]) -> Course:
        """Let the published ledger say what happened; where the rules alone say otherwise, tell the difference."""
        settled = [move for move in moves if move.kind in _SETTLED]
        if not settled and (self.rules.promotes_on(on) or self.rules.demotes_on(on)):
            computed = replace(computed, unpublished=None)  # the day weighed what is held, and left it
        if published is not None:
            return self._publish(computed, published, settled, moves)
        if self.ledger is None or not settled or not self.ledger[0] <= on <= self.ledger[1]:
            return computed
        moves[:] = self._unsettled(moves, held=settled[0].tier_before)
        after = replace(computed, tier=settled[0].tier_before, unpublished=Unpublished(computed.tier))
        if after.unpublished != computed.unpublished:
            moves.append(self._move("differs", on, after, after, "not_published", computed=computed.tier))
        return after

    def _publish(self, computed: Course, event: Decided, settled: list[Move], moves: list[Move]) -> Course:
        held, given = computed.tier, computed.tier
        if settled:
            held = settled[0].tier_before
        elif computed.unpublished is not None:
            given = computed.unpublished.tier
        moves[:] = self._unsettled([move for move in moves if move.kind != "kept"], held=held)
        after = replace(computed, tier=event.tier, awaited=self._still_awaited(computed, event.tier), unpublished=None)
        reason = "as_computed" if given == event.tier else "not_as_computed"
        told = self._told("published", event, replace(computed, tier=held), after, reason)
        moves.append(replace(told, computed_tier=given))
        return after

    def _unsettled(self, moves: list[Move], *, held: str | None) -> list[Move]:
        """The day's other moves; who became a candidate became it at the tier held, not at the one computed."""
        others = [move for move in moves if move.kind not in _SETTLED]
        return [replace(one, tier_before=held, tier_after=held) if one.kind == "candidate" else one for one in others]

    def _still_awaited(self, course: Course, tier: str | None) -> Awaited | None:
        """The awaited tier, unless the tier decided is as high."""
        if course.awaited is None or self.rules.ranks[tier] >= self.rules.ranks[course.awaited.tier]:
            return None
        return course.awaited

    # ---- moves

    def _told(self, kind: MoveKind, event: Decided, before: Course, after: Course, reason: str = "decision") -> Move:
        made = self._move(kind, event.on, before, after, reason)
        return replace(made, decision_id=event.decision_id, said=event.said)

    def _move(
        self,
        kind: MoveKind,
        on: date,
        before: Course,
        after: Course,
        reason: str,
        *,
        about: str | None = None,
        deadline: date | None = None,
        computed: str | None = None,
    ) -> Move:
        return Move(
            partner_id=self.partner_id,
            program=self.rules.program.program,
            on=on,
            kind=kind,
            tier_before=before.tier,
            tier_after=after.tier,
            state=after.state,
            reason=reason,
            rulebook=self.rulebook,
            about=about,
            computed_tier=computed,
            deadline=deadline,
        )
