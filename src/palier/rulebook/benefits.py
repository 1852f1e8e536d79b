"""What each tier grants: at which strength, how often, under which conditions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from palier.rulebook.dated import Dated, Value
from palier.rulebook.gates import GateNode
from palier.rulebook.kinds import CurrencyCode

Strength = Literal["none", "considered", "prioritised", "guaranteed"]
STRENGTHS: tuple[Strength, ...] = ("none", "considered", "prioritised", "guaranteed")
"""How surely a benefit comes, the weakest first."""

Period = Literal["month", "quarter", "half_year", "year"]
Obtained = Literal["given", "request", "application", "invitation", "subscription"]
Count = Annotated[int, Field(gt=0)]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]


class Times(Value):
    """How often a benefit comes in a calendar period: what the vendor owes, and how much a partner may use."""

    tiers: list[str] = Field(default_factory=list, description="The tiers it speaks of; all of them if absent.")
    per: Period = Field(description="The calendar period.")
    at_least: Dated[Count] | None = Field(default=None, description="How many the vendor owes in a period.")
    at_most: Dated[Count] | None = Field(default=None, description="How many a partner may use in a period.")
    limited: bool = Field(
        default=False, description="The source sets a limit and does not say how much; `at_most` takes it once known."
    )
    cite: list[str] = Field(default_factory=list, description="Citations.")


class Applications(Value):
    """The part of the year in which a benefit may be applied for."""

    months: list[MonthNumber] = Field(min_length=1, description="The months, 1 for January.")
    cite: list[str] = Field(default_factory=list, description="Citations.")


class Answer(Value):
    """In how many working days the vendor answers a request, the day of the request not counted."""

    first: Dated[Count] = Field(description="The working day on which an answer may come at the earliest.")
    last: Dated[Count] = Field(description="The working day by which it comes.")
    country: str = Field(pattern="^[A-Z]{2}$", description="Whose public holidays are no working days (ISO 3166).")


class Offer(Value):
    """One discount on a value: a rate, and the values for which it is offered."""

    at_least: int | None = Field(default=None, description="Offered for this value and more (major units).")
    more_than: int | None = Field(default=None, description="Offered above this value.")
    at_most: int | None = Field(default=None, description="Offered up to this value, itself included.")
    less_than: int | None = Field(default=None, description="Offered below this value.")
    rate: Dated[BasisPoints] = Field(description="The discount in hundredths of a per cent.")
    repaired: bool = Field(default=False, description="Put in by a reading; the source does not offer it.")

    def holds(self, value_minor: int, units: int) -> bool:
        """Whether it is offered for a value in minor units, `units` of which make a major one."""
        return (
            (self.at_least is None or value_minor >= self.at_least * units)
            and (self.more_than is None or value_minor > self.more_than * units)
            and (self.at_most is None or value_minor <= self.at_most * units)
            and (self.less_than is None or value_minor < self.less_than * units)
        )

    def bounds(self) -> tuple[int, ...]:
        """The values at which the offer begins or ends."""
        found = (self.at_least, self.more_than, self.at_most, self.less_than)
        return tuple(each for each in found if each is not None)


class Discounts(Value):
    """Discounts on the value of a package, by tier; of several offers that hold the highest is taken."""

    currency: CurrencyCode = Field(description="The currency of the values (ISO 4217).")
    rising: list[str] = Field(default_factory=list, description="Citations that say that discounts rise with the tier.")
    offers: dict[str, list[Offer]] = Field(description="Tier to its offers.")


class Way(Value):
    """A way to have a benefit: at which strength each tier has it, and what is asked beyond the tier."""

    tiers: dict[str, Dated[Strength]] = Field(description="Tier to the strength it grants; a tier left out has none.")
    requires: GateNode | None = Field(default=None, description="What must hold beyond the tier.")
    asked_of: list[str] = Field(
        default_factory=list, description="The tiers of which `requires` is asked; all if absent."
    )
    times: list[Times] = Field(default_factory=list, description="How often it comes.")

    def asks(self, tier: str) -> GateNode | None:
        """What must hold beyond the tier, for a partner of this tier."""
        return self.requires if not self.asked_of or tier in self.asked_of else None


class OtherWay(Way):
    """Another way to have a benefit, for whoever does not have it, or has it less surely, by the first."""

    way: str = Field(description="The way's id; uses of its quota are recorded under it.")
    stands_in: bool = Field(default=False, description="It stands in for the benefit and is less than it.")
    cite: list[str] = Field(default_factory=list, description="Citations.")


class Benefit(Way):
    """One benefit: a row of the matrix, with what the source says of it elsewhere."""

    section: str = Field(description="One of `sections`.")
    cite: list[str] = Field(default_factory=list, description="Citations of what it is.")
    by: Obtained = Field(default="given", description="How a partner that may have it gets it.")
    eligibility: bool = Field(
        default=False, description="What the tier grants is the right to take part; that it comes is not promised."
    )
    unstated: bool = Field(default=False, description="The source does not say which tiers have it.")
    effective_from: date | None = Field(default=None, description="The benefit exists from this day.")
    effective_until: date | None = Field(default=None, description="The benefit exists before this day.")
    places: Dated[Count] | None = Field(default=None, description="About how many partners the vendor takes.")
    applications: Applications | None = Field(default=None, description="When it may be applied for.")
    answer: Answer | None = Field(default=None, description="When a request is answered.")
    ranked_by: list[str] = Field(
        default_factory=list, description="Metrics that weigh when the vendor chooses; shown, never required."
    )
    discounts: Discounts | None = Field(default=None, description="The discounts it consists of.")
    also: list[OtherWay] = Field(default_factory=list, description="Other ways to have it.")

    def ways(self) -> Iterator[tuple[str | None, Way]]:
        """The row of the matrix, then the other ways with their ids."""
        yield None, self
        yield from ((other.way, other) for other in self.also)

    def in_force(self, on: date) -> bool:
        """Whether the benefit exists on the day."""
        after_start = self.effective_from is None or self.effective_from <= on
        return after_start and (self.effective_until is None or on < self.effective_until)


class Benefits(Value):
    """`benefits.yaml`: what each tier grants, from which day on it is known."""

    effective_from: date = Field(description="What tiers grant is known from this day on.")
    sections: list[str] = Field(min_length=1, description="The groups of benefits, in the order people read them.")
    granted: dict[str, Benefit] = Field(min_length=1, description="Benefit to what grants it, in reading order.")
