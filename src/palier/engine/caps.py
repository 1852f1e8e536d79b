"""How far a figure made of others can rise: maximums of its parts, and the room each part has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from palier.rulebook.model import Program

Value = Callable[[str], Fraction | None]
"""A figure's exact value by its metric."""


def ceiling(program: Program, metric: str, on: date) -> Fraction | None:
    """The most that a metric can come to on a day; None where nothing limits it."""
    declared = program.metrics[metric]
    if declared.kind not in ("total", "capped"):
        return None
    parts = [ceiling(program, part, on) for part in declared.of]
    most = None if None in parts else sum((each for each in parts if each is not None), Fraction(0))
    if declared.cap is None:
        return most
    cap = Fraction(declared.cap.at(on))
    return cap if most is None else min(cap, most)


def room_of_lines(program: Program, metric: str, on: date, value: Value) -> dict[str, Fraction | None]:
    """The metrics with lines that a metric adds, with what each alone may still add to it; None without limit."""
    return dict(_rooms(program, metric, on, value))


def _rooms(program: Program, metric: str, on: date, value: Value) -> Iterator[tuple[str, Fraction | None]]:
    declared = program.metrics[metric]
    if declared.kind not in ("total", "capped"):
        yield metric, None
        return
    for part in declared.of:
        left = None if declared.cap is None else Fraction(declared.cap.at(on)) - (value(part) or 0)
        for name, room in _rooms(program, part, on, value):
            yield name, room if left is None else left if room is None else min(left, room)


def room_of_parts(program: Program, metric: str, on: date, value: Value) -> dict[str, Fraction]:
    """The parts of a total with what each may still add, where there is something."""
    declared = program.metrics[metric]
    if declared.kind == "capped":
        return room_of_parts(program, declared.of[0], on, value)
    tops = {part: ceiling(program, part, on) for part in declared.of}
    rooms = {part: top - (value(part) or 0) for part, top in tops.items() if top is not None}
    return {part: room for part, room in rooms.items() if room > 0}
