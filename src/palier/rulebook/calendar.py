"""The days on which standings become moves, and what may happen on them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from palier.rulebook.dated import Dated, Value
from palier.rulebook.kinds import Days

DayOfMonth = Annotated[int, Field(ge=1, le=28)]
Month = Annotated[int, Field(ge=1, le=12)]
Steps = Annotated[int, Field(ge=1)]


class Cycle(Value):
    """The days that return every year: one day of the month, in some months (an empty list: never)."""

    day: Dated[DayOfMonth] = Field(description="The day of the month, by date; at most 28, which every month has.")
    months: Dated[list[Month]] = Field(description="The months (1 to 12) in which it returns, by date.")

    def returns_on(self, on: date) -> bool:
        """Whether the day is one of the cycle's, by the values in force on it."""
        return on.day == self.day.at(on) and on.month in self.months.at(on)


class Form(Value):
    """The form that a partner files before some tiers are its own; until then it keeps the tier it has."""

    name: str = Field(description="The form's name, as gates have it under `supplied_by`.")
    tiers: list[str] = Field(min_length=1, description="The tiers that wait for it.")
    days: Dated[Days] = Field(
        description="How many days after the notice it may be filed: until the end of the last one in the time zone."
    )


class Calendar(Value):
    """The days on which standings become moves, and what may happen on them.

    On a day of `promotion` a partner rises to the highest tier it reaches, on a day of `demotion` it falls to the
    highest it keeps; outside the program's editions there is no such day. A view under `members` or `suspensions`
    has the columns partner_id, effective_from and effective_until, and reads no day but `$program`.
    """

    promotion: Cycle = Field(description="When partners may rise.")
    demotion: Cycle = Field(description="When partners may fall.")
    base_tiers: list[str] = Field(
        default_factory=list, description="The tiers given on a partner's first day, without waiting for the calendar."
    )
    members: str | None = Field(
        default=None, description="A view of who takes part, from when until when; the enrolments if absent."
    )
    suspensions: str | None = Field(
        default=None, description="A view of who is suspended, from when until when, besides decisions."
    )
    form: Form | None = Field(default=None, description="The form that some tiers wait for.")
    most_steps_up: Dated[Steps] | None = Field(
        default=None, description="How many tiers a promotion may climb at once, by date; any number if absent."
    )
    most_steps_down: Dated[Steps] | None = Field(
        default=None, description="How many tiers a demotion may fall at once, by date; any number if absent."
    )
    suspended_may_fall: Dated[bool] | None = Field(
        default=None, description="Whether a suspended partner is demoted on the calendar's days; not if absent."
    )

    def waits(self, tier: str) -> bool:
        """Whether the tier waits for the form."""
        return self.form is not None and tier in self.form.tiers
