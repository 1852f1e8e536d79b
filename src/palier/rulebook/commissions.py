"""What sales earn: rates, terms and eligibility, all dated."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from palier.rulebook.dated import Dated, Number, Value
from palier.rulebook.gates import GateNode
from palier.rulebook.kinds import Months

Motion = Literal["sourced", "assisted", "self_service"]
Level = Literal["provider", "partner", "member"]
Percent = Annotated[Number, Field(ge=0, le=100)]
WHILE_CUSTOMER = "while_customer"
KEEP = "keep"


class Earning(Value):
    """What a sale earns at one level: a percentage of each payment, for a term; both by the day it was closed."""

    percent: Dated[Percent] = Field(description="Percentage of the net amount paid, by the sale's closing day.")
    months: Dated[Months | Literal["while_customer"]] = Field(
        description="How many months earn, the month of closing being the first; or as long as the customer stays."
    )


class CommissionKind(Value):
    """One kind of commission: which sales earn it, and how much at which level."""

    motions: list[Motion] = Field(min_length=1, description="Who made the sale, as `sales.motion` says.")
    upmarket: bool = Field(default=False, description="Whether only sales of the upmarket segment earn it.")
    effective_from: date | None = Field(default=None, description="It exists for sales closed from this day.")
    effective_until: date | None = Field(default=None, description="It exists for sales closed before this day.")
    levels: dict[Level, Earning] = Field(min_length=1, description="The partner's level on closing to what is earned.")
    tier: Dated[str] | None = Field(
        default=None, description="The lowest tier to hold on the closing day, by that day."
    )
    requires: GateNode | None = Field(
        default=None, description="Gates that must hold on the closing day, over metrics of the program."
    )
    cite: list[str] = Field(default_factory=list, description="Citations.")

    @property
    def conditional(self) -> bool:
        """Whether more than the sale itself and the level decides."""
        return self.tier is not None or self.requires is not None


class Fall(Value):
    """What falling to a lower level does to the commissions of sales closed before."""

    from_level: Level = Field(description="The level of the sale's closing day.")
    to_level: Level = Field(description="The level fallen to.")
    months: Dated[Months | Literal["keep"]] = Field(
        description="By the day of the fall: the months that a sale has then (past them it stops at once), or keep."
    )


class Commissions(Value):
    """What sales earn: rates, terms and eligibility, all dated."""

    kinds: dict[str, CommissionKind] = Field(
        min_length=1, description="The kinds of commission; a sale earns the first one whose conditions it meets."
    )
    fall: Fall | None = Field(default=None, description="What becomes of running commissions when a level falls.")

    @model_validator(mode="after")
    def _named(self) -> Self:
        for name in self.kinds:
            if not name.isidentifier():
                message = f"{name!r} is no name of a kind of commission: write it in letters, digits and _"
                raise ValueError(message)
        return self
