"""A program's calendar as the engine asks it: which days count, how far a move may go, how long a form may take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from palier.engine.calendar import days_between
from palier.rulebook.calendar import Calendar
from palier.rulebook.gates import PlacedGate, gate_tree, verdicts
from palier.rulebook.model import Program
from palier.rulebook.problems import InputProblemsError, Problem


class NoCalendarError(InputProblemsError):
    """Raised when a program without a calendar is asked for its moves."""

    def __init__(self, program: str) -> None:
        problem = Problem(
            severity="error",
            code="no_calendar",
            message=f"{program} has no calendar: when its standings become moves is not said",
            file="program.yaml",
            expected="calendar: with the days of promotion and demotion",
            mend="add `calendar` to program.yaml (docs/moves.md)",
        )
        super().__init__([problem])


@dataclass(frozen=True)
class Recalibration:
    """What a program's calendar says about a day, and its ladder about a tier's place."""

    program: Program
    calendar: Calendar

    @cached_property
    def ranks(self) -> Mapping[str | None, int]:
        """Every tier's place on the ladder, whenever it is in force; no tier is below all."""
        return {None: -1, **{tier.tier: place for place, tier in enumerate(self.program.tiers)}}

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """The recalibration days from `first` to `last`, both included."""
        return tuple(day for day in days_between(first, last) if self.promotes_on(day) or self.demotes_on(day))

    def promotes_on(self, on: date) -> bool:
        """Whether partners may rise on the day."""
        return self.calendar.promotion.returns_on(on) and self.program.edition(on) is not None

    def demotes_on(self, on: date) -> bool:
        """Whether partners may fall on the day."""
        return self.calendar.demotion.returns_on(on) and self.program.edition(on) is not None

    def tiers_on(self, on: date) -> tuple[str, ...]:
        """The ladder of the day, the easiest first."""
        return tuple(tier.tier for tier in self.program.tiers if tier.in_force(on))

    def highest_step(self, held: str | None, on: date) -> int:
        """The rank of the highest tier that a promotion may climb to."""
        ladder = self.tiers_on(on)
        if self.calendar.most_steps_up is None:
            return self.ranks[ladder[-1]] if ladder else -1
        above = [tier for tier in ladder if self.ranks[tier] > self.ranks[held]]
        allowed = above[: self.calendar.most_steps_up.at(on)]
        return self.ranks[allowed[-1]] if allowed else -1

    def fallen(self, held: str | None, kept: str | None, on: date) -> str | None:
        """The tier that a partner falls to that keeps `kept`: no further than the calendar lets it."""
        if self.calendar.most_steps_down is None:
            return kept
        below: list[str | None] = [None, *(tier for tier in self.tiers_on(on) if self.ranks[tier] < self.ranks[held])]
        furthest = below[max(0, len(below) - self.calendar.most_steps_down.at(on))]
        return max(kept, furthest, key=lambda tier: self.ranks[tier])

    def suspended_falls_on(self, on: date) -> bool:
        """Whether a suspended partner is demoted on the day as any other."""
        return self.calendar.suspended_may_fall is not None and self.calendar.suspended_may_fall.at(on)

    def last_day_to_file(self, notice_on: date) -> date:
        """The last day on which the form may be filed after a notice, that whole day in the program's time zone."""
        assert self.calendar.form is not None  # noqa: S101  # only tiers that wait for a form are given notice
        return notice_on + timedelta(days=self.calendar.form.days.at(notice_on))

    def filed_on(self, filed_at: datetime) -> date:
        """The day, in the program's time zone, of a moment in UTC."""
        return filed_at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.program.time_zone)).date()

    def gates_of(self, tier: str, on: date) -> Sequence[PlacedGate]:
        """A tier's tree of gates on a day, made once: partners that file on one day are many."""
        if (tier, on) not in self._trees:
            ladder = tuple(self.program.tiers)
            self._trees[tier, on] = gate_tree(ladder, next(each for each in ladder if each.tier == tier), on)
        return self._trees[tier, on]

    @cached_property
    def _trees(self) -> dict[tuple[str, date], Sequence[PlacedGate]]:
        return {}

    def supplied(self, tier: str, on: date, passed: Iterable[str]) -> bool:
        """Whether a form supplies what a tier needs: its own gates as they stand, all others taken as held.

        Args:
            tier: the tier that waits for the form.
            on: the day of filing.
            passed: the paths of the gates that hold, or are waived, on that day.
        """
        holding = frozenset(passed)
        return self.passes(tier, on, lambda gate: gate.node.supplied_by is None or gate.path in holding)

    def passes(self, tier: str, on: date, lets: Callable[[PlacedGate], bool]) -> bool:
        """Whether a tier's tree of gates lets a partner through on a day, given what each mandatory gate says."""
        return verdicts(self.gates_of(tier, on), on, lets).get("all", True)


def recalibration(program: Program) -> Recalibration:
    """The calendar of a program.

    Raises:
        NoCalendarError: it has none.
    """
    if program.calendar is None:
        raise NoCalendarError(program.program)
    return Recalibration(program, program.calendar)
