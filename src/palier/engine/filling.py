"""What several parts add to a gate that none of them closes alone: the part with most room first, each to its maximum.

Other amounts close the gate too; these ask for something of the fewest parts.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from palier.engine.caps import Value, room_of_lines
from palier.engine.raising import Way, ways_to_add
from palier.rulebook.model import Program


def filled(
    program: Program, metric: str, on: date, value: Value, required: Fraction, *, strict: bool
) -> tuple[Way, ...]:
    """One way for each part that has to add something, the last with no more than is still short.

    Args:
        program: the program.
        metric: the figure that is short, a total or a capped sum.
        on: the day whose maximums, rates and equivalents hold.
        value: the partner's figures.
        required: what the gate asks.
        strict: whether the figure must be more than that.

    Returns:
        The ways; none where parts of which the program does not say what raises them would be needed.
    """
    added: dict[str, Fraction] = {}

    def grown(name: str) -> Fraction:
        declared = program.metrics[name]
        if declared.kind not in ("total", "capped"):
            return (value(name) or Fraction(0)) + added.get(name, Fraction(0))
        total = sum((grown(part) for part in declared.of), Fraction(0))
        return total if declared.cap is None else min(total, Fraction(declared.cap.at(on)))

    steps: list[Way] = []
    left = set(room_of_lines(program, metric, on, grown))
    while left:
        short = required - grown(metric)
        rooms = room_of_lines(program, metric, on, grown)
        part, room = max(
            ((part, rooms[part] or Fraction(0)) for part in rooms if part in left), key=lambda each: each[1]
        )
        left.remove(part)
        enough = room > short or (room == short and not strict)
        wanted = min(room, short)
        ways = ways_to_add(program, part, on, wanted, strict=strict and enough) if room > 0 else ()
        if ways:
            steps.append(max(ways, key=lambda way: way.rate))
            added[part] = wanted
            if enough:
                return tuple(steps)
    return ()
