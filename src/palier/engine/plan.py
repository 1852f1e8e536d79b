"""What to run for a day, or for many days at once: relations, then statements in order, as bound static SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from palier.engine.parameters import Relation
from palier.rulebook.problems import InputProblemsError, Problem

if TYPE_CHECKING:
    from palier.engine.compile import Compiled  # a plan is run without loading what parses SQL
    from palier.engine.together import Together  # same

Assumption = Literal["continuing", "idle"]
Vantage = Literal["partner", "vendor"]
Stage = Literal["views", "lines", "figures", "standings"]


class NoEditionError(InputProblemsError):
    """Raised when the day asked about lies in no edition of the program."""

    def __init__(self, program: str, on: date, editions: str) -> None:
        problem = Problem(
            severity="error",
            code="no_edition",
            message=f"{program} has no rules on {on}; its editions are {editions}",
            file="program.yaml",
            found=str(on),
            expected=editions,
            mend="ask about a day inside an edition, or add one",
        )
        super().__init__([problem])


@dataclass(frozen=True, slots=True)
class Carried:
    """A forecast's standpoint: the day it is made, what is assumed after it, and through whose eyes."""

    as_of: date
    assume: Assumption
    vantage: Vantage

    def keeps(self, compiled: Compiled, view: str) -> bool:
        """Whether a view's rows of the day asked stand for later days."""
        declared = compiled.program.views.get(view)
        if declared is None:
            return False
        if declared.shared and self.vantage == "partner":
            return True
        return declared.carried in ("always", self.assume)


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: the relation it makes or feeds, its SQL and its bound values, and the file it comes from.

    One that `repeats` feeds lines with rows that stand there already: it may wait until the lines are written.
    `metric` is whose lines it feeds.
    """

    name: str
    sql: str
    parameters: Mapping[str, Any]
    file: str
    stage: Stage = "views"
    feeds: bool = False
    reads: frozenset[str] = frozenset()
    repeats: bool = False
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to run, in order; `days` is one day, or the days of a batch.

    `repeated` are the totals whose lines are those of their parts: part, total. `together` are the metrics whose
    lines may be made in one statement, with that statement: it stands for their own steps.
    """

    days: tuple[date, ...]
    relations: tuple[Relation, ...]
    steps: tuple[Step, ...]
    bearing: frozenset[str]
    repeated: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[Together, Step], ...] = ()

    def only(self, views: AbstractSet[str]) -> Plan:
        """The same plan as far as these views: what they rest on is run, no line or figure is made."""
        wanted = set(views)
        steps = [step for step in self.steps if step.stage == "views"]
        for step in reversed(steps):
            if step.name in wanted:
                wanted |= step.reads
        return replace(self, steps=tuple(step for step in steps if step.name in wanted), together=())

    def spent(self) -> dict[int, tuple[str, ...]]:
        """By the place of a step, the views that no later step reads: their room can be given back."""
        views = {step.name for step in self.steps if step.stage == "views"} - {"enrolled"}
        last = {name: place for place, step in enumerate(self.steps) for name in step.reads & views}
        spent: dict[int, list[str]] = {}
        for name, place in last.items():
            spent.setdefault(place, []).append(name)
        return {place: tuple(names) for place, names in spent.items()}


def same_or_by_day(days: Sequence[date], made: Callable[[date], Relation], day_column: str) -> tuple[Relation, bool]:
    """A relation that is the same on all days as it is, else its rows of every day with that day in front.

    Returns:
        The relation, and whether it carries the day column.
    """
    by_day = [made(day) for day in days]
    first = by_day[0]
    if all(each.rows == first.rows for each in by_day):
        return first, False
    rows = tuple((day, *row) for day, each in zip(days, by_day, strict=True) for row in each.rows)
    return Relation(first.name, {day_column: "DATE", **first.columns}, rows), True


def instance_name(view: str, months_before: int) -> str:
    """The relation that holds a view as of some months before the day (`managed@12`)."""
    return view if months_before == 0 else f"{view}@{months_before}"


def kept_name(view: str) -> str:
    """The relation that keeps a view's rows of the day a forecast was asked."""
    return f"{view}@kept"


def editions(compiled: Compiled) -> str:
    """The periods of a program's editions in words."""
    spoken = [f"{each.effective_from} to {each.effective_until or 'now'}" for each in compiled.program.editions]
    return ", ".join(spoken)


def require_editions(compiled: Compiled, days: Sequence[date]) -> None:
    """Refuse days on which a program has no rules.

    Raises:
        NoEditionError: the program has no rules on one of the days.
    """
    for day in days:
        if compiled.program.edition(day) is None:
            raise NoEditionError(compiled.program.program, day, editions(compiled))
