"""Tiers and the gates before them, as frozen dated values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from palier.rulebook.dated import Dated, Number, Value

Purpose = Literal["reach", "keep"]
Operator = Literal["at_least", "more_than", "at_most", "less_than"]
Weight = Literal["mandatory", "preferred", "phased"]
MOST = 10**18
"""Thresholds stay below it: exact figures are compared with them in 38 digits."""
PURPOSES: tuple[Purpose, ...] = ("reach", "keep")
OPERATORS: tuple[Operator, ...] = ("at_least", "more_than", "at_most", "less_than")


class Threshold(Value):
    """What a gate requires over time, to reach a tier and to keep it (the same unless both are given)."""

    reach: Dated[Number] = Field(description="What promotion asks, by date.")
    keep: Dated[Number] = Field(description="What keeping the tier asks, by date.")

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, given: Any) -> Any:  # noqa: ANN401  # whatever the YAML holds
        if isinstance(given, dict) and given and "reach" not in given and "keep" not in given:
            return {"reach": given, "keep": given}
        return given

    @model_validator(mode="after")
    def _computable(self) -> Self:
        for _, entry in (*self.reach.entries, *self.keep.entries):
            if abs(entry.value) >= MOST:
                message = f"{entry.value} is too large: a threshold has at most 18 digits before the point"
                raise ValueError(message)
        return self

    def of(self, purpose: Purpose) -> Dated[Number]:
        """The dated requirement for one purpose."""
        return self.reach if purpose == "reach" else self.keep


class GateNode(Value):
    """A node of a gate tree: either `all`, or `any`, or one gate comparing a metric's figure."""

    all: tuple[GateNode, ...] | None = Field(default=None, description="Every child must hold.", strict=False)
    any: tuple[GateNode, ...] | None = Field(default=None, description="One child must hold.", strict=False)
    gate: str | None = Field(default=None, description="The gate's id, unique within its tier.")
    metric: str | None = Field(default=None, description="The metric whose figure is compared.")
    at_least: Threshold | None = Field(default=None, description="Holds when figure >= value.")
    more_than: Threshold | None = Field(default=None, description="Holds when figure > value.")
    at_most: Threshold | None = Field(default=None, description="Holds when figure <= value.")
    less_than: Threshold | None = Field(default=None, description="Holds when figure < value.")
    weight: Literal["mandatory", "preferred"] = Field(
        default="mandatory", description="A preferred gate is shown and never blocks."
    )
    weighed_by: dict[str, Literal["mandatory", "preferred"]] = Field(
        default_factory=dict, description="Citation to the weight that line gives, where several do."
    )
    phased_in_from: date | None = Field(default=None, description="Shown, not blocking, before this day.")
    effective_from: date | None = Field(default=None, description="The node exists from this day.")
    effective_until: date | None = Field(default=None, description="The node exists before this day.")
    waived_by: str | None = Field(default=None, description="Id of a gate of the same tier that waives this one.")
    supplied_by: str | None = Field(default=None, description="A form that supplies this gate (contact_form).")
    human: bool = Field(default=False, description="A human act (invitation, review) no computation replaces.")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        shapes = [name for name in ("all", "any", "gate") if getattr(self, name) is not None]
        if len(shapes) != 1:
            found = " and ".join(shapes) or "none"
            message = f"a gate is exactly one of `all`, `any` or `gate`, found {found}"
            raise ValueError(message)
        if self.gate is None:
            if self.metric is not None or self.operators():
                message = f"`{shapes[0]}` groups gates and compares nothing itself"
                raise ValueError(message)
            if not (self.all or self.any):
                message = f"`{shapes[0]}` needs at least one gate"
                raise ValueError(message)
        elif self.metric is None or len(self.operators()) != 1:
            message = f"gate {self.gate!r} needs a metric and exactly one of {', '.join(OPERATORS)}"
            raise ValueError(message)
        return self

    def operators(self) -> tuple[Operator, ...]:
        """The comparisons given on this node."""
        return tuple(name for name in OPERATORS if getattr(self, name) is not None)

    @property
    def operator(self) -> Operator:
        """The comparison of a leaf gate."""
        return self.operators()[0]

    @property
    def threshold(self) -> Threshold:
        """The requirement of a leaf gate."""
        threshold: Threshold = getattr(self, self.operator)
        return threshold

    @property
    def children(self) -> tuple[GateNode, ...]:
        """The grouped nodes, empty for a leaf."""
        return self.all or self.any or ()

    def in_force(self, on: date) -> bool:
        """Whether the node exists on the day."""
        after_start = self.effective_from is None or self.effective_from <= on
        return after_start and (self.effective_until is None or on < self.effective_until)

    def weight_on(self, on: date) -> Weight:
        """How much the gate weighs on the day: mandatory, preferred or still phased in."""
        if self.phased_in_from is not None and on < self.phased_in_from:
            return "phased"
        return self.weight

    def leaves(self) -> Iterator[GateNode]:
        """Every leaf gate at or under this node."""
        if self.gate is not None:
            yield self
        for child in self.children:
            yield from child.leaves()


class Tier(Value):
    """One landing of the ladder, the easier ones first."""

    tier: str = Field(description="The tier's id, as results name it.")
    effective_from: date | None = Field(default=None, description="The tier exists from this day.")
    effective_until: date | None = Field(default=None, description="The tier exists before this day.")
    includes: str | None = Field(
        default=None, description="A lower tier whose gates must hold too, on the days on which it exists."
    )
    requires: GateNode = Field(description="The gates of the tier itself.")

    def in_force(self, on: date) -> bool:
        """Whether the tier exists on the day."""
        after_start = self.effective_from is None or self.effective_from <= on
        return after_start and (self.effective_until is None or on < self.effective_until)


@dataclass(frozen=True, slots=True)
class PlacedGate:
    """A node of a tier's whole tree on a day: its path, its parent's path and the node."""

    tier: str
    path: str
    parent: str | None
    node: GateNode


def gate_tree(tiers: tuple[Tier, ...], tier: Tier, on: date) -> tuple[PlacedGate, ...]:
    """The nodes before `tier` on the day, included tiers' gates first, parents before children.

    A path is a sequence of child positions joined by `/`; the root is `all`, an implicit group.
    """
    by_id = {each.tier: each for each in tiers}
    chain: list[Tier] = []
    step: Tier | None = tier
    while step is not None and step not in chain:
        chain.insert(0, step)
        step = by_id.get(step.includes) if step.includes is not None else None
    root = GateNode.model_construct(all=tuple(each.requires for each in chain if each.in_force(on)))
    placed: list[PlacedGate] = []
    _place(placed, PlacedGate(tier.tier, "all", None, root), on)
    return tuple(placed)


def verdicts(tree: Sequence[PlacedGate], on: date, lets: Callable[[PlacedGate], bool]) -> Mapping[str, bool]:
    """What each mandatory gate and each group of a tier's tree says on a day, by path; what never blocks says nothing.

    Args:
        tree: the nodes as `gate_tree` gives them.
        on: the day.
        lets: what a mandatory gate says.
    """
    said: dict[str, bool] = {}
    below: dict[str, list[bool]] = {}
    for placed in reversed(tree):  # children come before their groups
        if placed.node.gate is not None:
            if placed.node.weight_on(on) != "mandatory":
                continue
            said[placed.path] = lets(placed)
        elif placed.path in below:
            said[placed.path] = (any if placed.node.any is not None else all)(below[placed.path])
        else:
            continue
        if placed.parent is not None:
            below.setdefault(placed.parent, []).append(said[placed.path])
    return said


def blocking(tree: Sequence[PlacedGate], on: date, passed: Container[str]) -> frozenset[str]:
    """The paths of the gates that keep a tier's tree from holding on a day, given the paths of those that pass.

    A gate of a choice that another one has made already keeps nobody from anything (B221).
    """
    said = verdicts(tree, on, lambda placed: placed.path in passed)
    parents = {placed.path: placed.parent for placed in tree}
    choices = {placed.path for placed in tree if placed.node.any is not None}

    def chosen(path: str | None) -> bool:
        return path is not None and ((path in choices and said.get(path, False)) or chosen(parents[path]))

    return frozenset(
        placed.path
        for placed in tree
        if placed.node.gate is not None and said.get(placed.path) is False and not chosen(placed.parent)
    )


def _place(placed: list[PlacedGate], here: PlacedGate, on: date) -> None:
    placed.append(here)
    for index, child in enumerate(here.node.children):
        if child.in_force(on):
            _place(placed, PlacedGate(here.tier, f"{here.path}/{index}", here.path, child), on)
