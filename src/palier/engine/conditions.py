"""A gate tree over one partner's figures: what holds, and what would have to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

from palier.rulebook.gates import GateNode, Operator

Figures = Mapping[str, Fraction | None]
"""Figures by metric; one that is undefined, or not there, holds no gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One gate of a tree: what it requires, what stands, whether it holds and whether it blocks."""

    gate: str
    metric: str
    operator: Operator
    required: Decimal
    value: Fraction | None
    held: bool
    blocks: bool
    human: bool


Missing = tuple[tuple[Condition, ...], ...]
"""Alternatives, each a set of conditions that together would make a tree hold; one empty set: it holds."""


def conditions(tree: GateNode | None, figures: Figures, on: date) -> tuple[Condition, ...]:
    """Every gate of a tree that is in force on the day, in its order; none for no tree."""
    if tree is None or not tree.in_force(on):
        return ()
    if tree.gate is not None:
        return (_condition(tree, figures, on),)
    return tuple(each for child in tree.children for each in conditions(child, figures, on))


def missing(tree: GateNode | None, figures: Figures, on: date) -> Missing:
    """The ways to make a tree hold; `((),)` where it holds already, as no tree does."""
    waived = {each.gate for each in conditions(tree, figures, on) if each.held}
    return ((),) if tree is None else _missing(tree, figures, on, waived) or ((),)


def _missing(node: GateNode, figures: Figures, on: date, held: set[str]) -> Missing | None:
    """The ways to make a node hold; None where it asks nothing."""
    if not node.in_force(on):
        return None
    if node.gate is not None:
        each = _condition(node, figures, on)
        if not each.blocks:
            return None
        return ((),) if each.held or node.waived_by in held else ((each,),)
    found = [ways for child in node.children if (ways := _missing(child, figures, on, held)) is not None]
    if not found:
        return None
    if node.any is not None:
        options = [way for ways in found for way in ways]
        return ((),) if () in options else tuple(options)
    return tuple(tuple(dict.fromkeys(each for part in parts for each in part)) for parts in product(*found))


def _condition(node: GateNode, figures: Figures, on: date) -> Condition:
    required = node.threshold.of("reach").at(on)
    value = figures.get(str(node.metric))
    return Condition(
        gate=str(node.gate),
        metric=str(node.metric),
        operator=node.operator,
        required=required,
        value=value,
        held=value is not None and _holds(node.operator, value, Fraction(required)),
        blocks=node.weight_on(on) == "mandatory",
        human=node.human,
    )


def _holds(operator: Operator, value: Fraction, required: Fraction) -> bool:
    match operator:
        case "at_least":
            return value >= required
        case "more_than":
            return value > required
        case "at_most":
            return value <= required
        case "less_than":
            return value < required
