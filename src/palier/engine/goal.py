"""What a wished tier still asks: each missing gate with the smallest amounts that would close it, exact.

Amounts are derived from the rulebook: a metric says under `raised_by` at which rates and for how long one more fact
counts; the rest is arithmetic on the figure as it stands. Everything else about the partner is held as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from palier.engine.caps import ceiling, room_of_lines, room_of_parts
from palier.engine.filling import filled
from palier.engine.raising import Way, smallest, ways_of, ways_to_add
from palier.engine.results import Figure, Gate
from palier.rulebook.gates import GateNode, PlacedGate, gate_tree
from palier.rulebook.model import Metric, Program
from palier.rulebook.problems import PalierError

Means = Literal["amount", "count", "customers", "together", "human", "form", "fall", "unknown", "out_of_reach"]


class UnknownTierError(PalierError):
    """Raised when the wished tier is not one of the program's on the day."""

    def __init__(self, tier: str, known: Sequence[str]) -> None:
        super().__init__(f"no tier {tier!r} on that day; there are {', '.join(known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A gate that keeps a partner from the wished tier, and what closes it.

    `means` says which of the rest is filled: `amount` has ways, each of which closes it; `count` how many more facts;
    `customers` how many must reach `level`; several parts close it `together`, none alone, each with its `rooms`; a
    `human` act or a `form` closes it; it must `fall`; it is `unknown` since the program does not say what raises it;
    or it is `out_of_reach` on this day.
    `choice` names the group of which one gate is enough, or all those together that are `partial`; `waived_by` the gate
    that would waive it.
    """

    gate: str
    tier: str
    metric: str
    operator: str
    required: Fraction
    value: Fraction | None
    short: Fraction | None
    means: Means
    choice: str | None
    waived_by: str | None
    supplied_by: str | None
    ways: tuple[Way, ...] = ()
    count: int | None = None
    level: int | None = None
    rooms: Mapping[str, Fraction] = field(default_factory=dict)
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The smallest amounts, one a metric, that close all missing gates of money together, where `keys` hold.

    Or, of a gate that no part closes alone: what the fewest parts add to it, each up to its maximum.
    """

    keys: Mapping[str, str]
    steps: tuple[Way, ...]
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a partner misses for a tier on a day; nothing is missing where it reaches it."""

    program: str
    partner_id: str
    on: date
    tier: str
    stands: str | None
    reached: bool
    missing: tuple[Missing, ...]
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partner stands: its figures, its gates of the tier, and the line amounts of its medians."""

    program: Program
    on: date
    figures: Mapping[str, Figure]
    gates: Mapping[str, Gate]
    medians: Mapping[str, Sequence[Fraction]] = field(default_factory=dict)
    line_units: Mapping[str, int] = field(default_factory=dict)

    def value(self, metric: str) -> Fraction | None:
        """A figure's exact value."""
        figure = self.figures.get(metric)
        return None if figure is None else figure.value


def goal_of(position: Position, partner_id: str, *, tier: str, stands: str | None) -> Goal:
    """What a partner misses for a tier, and the smallest amounts that close each gate.

    Raises:
        UnknownTierError: the tier is not in force on the day.
    """
    ladder = [each.tier for each in position.program.tiers if each.in_force(position.on)]
    if tier not in ladder:
        raise UnknownTierError(tier, ladder)
    missing = missing_gates(position, tier)
    return Goal(
        program=position.program.program,
        partner_id=partner_id,
        on=position.on,
        tier=tier,
        stands=stands,
        reached=not missing,
        missing=missing,
        plans=plans(position, missing),
    )


def medians_missed(program: Program, gates: Iterable[Gate]) -> tuple[str, ...]:
    """The medians among missed gates: what raises one is counted over its lines."""
    return tuple(gate.metric for gate in gates if not gate.held and program.metrics[gate.metric].kind == "median")


def missing_gates(position: Position, tier: str) -> tuple[Missing, ...]:
    """The gates that keep a partner from a tier to reach, in the order of the ladder's tree."""
    program = position.program
    wished = next(each for each in program.tiers if each.tier == tier)
    tree = gate_tree(tuple(program.tiers), wished, position.on)
    children: dict[str, list[PlacedGate]] = {}
    for placed in tree:
        if placed.parent is not None:
            children.setdefault(placed.parent, []).append(placed)
    return tuple(_missing(position, tree[0], children, None))


def _missing(
    position: Position, here: PlacedGate, children: Mapping[str, list[PlacedGate]], choice: str | None
) -> Iterator[Missing]:
    if _passes(position, here, children) is not False:
        return
    if here.node.gate is not None:
        yield _closing(position, here, choice)
    inner = here.path if here.node.any is not None else choice
    for child in children.get(here.path, ()):
        found = tuple(_missing(position, child, children, inner))
        partial = here.node.any is not None and child.node.any is None and len(found) > 1
        yield from (replace(each, partial=True) for each in found) if partial else found


def _passes(position: Position, here: PlacedGate, children: Mapping[str, list[PlacedGate]]) -> bool | None:
    """Whether a node lets the partner pass; None where nothing in it blocks."""
    if here.node.gate is not None:
        gate = position.gates.get(here.path)
        if gate is None or gate.weight != "mandatory":
            return None
        return gate.held or gate.waived_by is not None
    verdicts = [_passes(position, child, children) for child in children.get(here.path, ())]
    known = [each for each in verdicts if each is not None]
    if not known:
        return None
    return all(known) if here.node.any is None else any(known)


def _closing(position: Position, here: PlacedGate, choice: str | None) -> Missing:
    node, gate = here.node, position.gates[here.path]
    required = Fraction(node.threshold.reach.at(position.on))
    value = position.value(gate.metric)
    means, ways, count, level = _means(position, node, gate.metric, required)
    return Missing(
        gate=gate.gate,
        tier=here.tier,
        metric=gate.metric,
        operator=node.operator,
        required=required,
        value=value,
        short=None if value is None else abs(required - value),
        means=means,
        choice=choice,
        waived_by=node.waived_by,
        supplied_by=node.supplied_by,
        ways=ways,
        count=count,
        level=level,
        rooms=room_of_parts(position.program, gate.metric, position.on, position.value) if means == "together" else {},
    )


_Closing = tuple[Means, tuple[Way, ...], int | None, int | None]


def _means(position: Position, node: GateNode, metric: str, required: Fraction) -> _Closing:
    """How a gate's figure can come to hold it."""
    declared = position.program.metrics[metric]
    strict = node.operator == "more_than"
    closed: Means | None = None
    if node.human:
        closed = "human"
    elif node.supplied_by is not None:
        closed = "form"
    elif node.operator in ("at_most", "less_than"):
        closed = "fall"
    if closed is not None:
        return closed, (), None, None
    match declared.kind:
        case "median":
            return _median(position.medians.get(metric, ()), required, strict=strict)
        case "mean":
            return _mean(position, metric, declared, required, strict=strict)
        case "ratio" | "share":
            return _ratio(position, metric, declared, required, strict=strict)
        case _:
            return _sum(position, metric, required, strict=strict)


def _sum(position: Position, metric: str, required: Fraction, *, strict: bool) -> _Closing:
    """What one of its parts has to add, of those whose maximum leaves room for it."""
    program, on = position.program, position.on
    top = ceiling(program, metric, on)
    if top is not None and not _holds(top, required, strict=strict):
        return "out_of_reach", (), None, None
    short = required - (position.value(metric) or Fraction(0))
    rooms = room_of_lines(program, metric, on, position.value)
    alone = [part for part, room in rooms.items() if room is None or _holds(room, short, strict=strict)]
    if not alone:
        return "together", (), None, None
    ways = tuple(way for part in alone for way in ways_to_add(program, part, on, short, strict=strict))
    if len(ways) == len(rooms) and all(way.count is not None and way.rate == 1 for way in ways):
        return "count", (), ways[0].count, None
    return ("amount" if ways else "unknown"), ways, None, None


def _median(amounts: Sequence[Fraction], required: Fraction, *, strict: bool) -> _Closing:
    """The fewest customers whose number must reach the requirement, those nearest to it first."""
    level = smallest(required, Fraction(1), strict=strict)
    ordered = sorted(amounts)
    below = sorted((each for each in ordered if each < level), reverse=True)
    for count in range(len(below) + 1):
        raised = sorted([*below[count:], *([Fraction(level)] * count), *(each for each in ordered if each >= level)])
        if raised and _holds(_middle(raised), required, strict=strict):
            return "customers", (), count, level
    return "customers", (), 1, level


def _mean(position: Position, metric: str, declared: Metric, required: Fraction, *, strict: bool) -> _Closing:
    """The fewest more facts of the best value that lift the mean."""
    best = None if declared.raised_by is None else declared.raised_by.best
    if best is None:
        return "unknown", (), None, None
    if not _holds(Fraction(best), required, strict=strict):
        return "out_of_reach", (), None, None
    figure = position.figures[metric]
    if figure.grains is None or figure.denominator is None:
        return "count", (), 1, None
    unit = position.line_units[metric]
    total, facts = Fraction(figure.grains, unit), Fraction(figure.denominator, unit)
    if Fraction(best) == required:
        return "out_of_reach", (), None, None
    count = smallest(required * facts - total, Fraction(best) - required, strict=strict)
    return "count", (), count, None


def _ratio(position: Position, metric: str, declared: Metric, required: Fraction, *, strict: bool) -> _Closing:
    """The smallest amount that lifts a ratio: above the line alone (won back), or above and below it."""
    by = declared.raised_by
    above, below = _above_below(position, metric, declared)
    most = Fraction(1) if above <= below else above / below
    if by is None:
        return "unknown", (), None, None
    if not _holds(most, required, strict=strict) or (by.part == "numerator" and below == 0):
        return "out_of_reach", (), None, None
    short, gain = required * below - above, Fraction(1)
    if by.part == "both":
        if required >= 1:
            return "out_of_reach", (), None, None
        gain = 1 - required
    lost = below - above if by.part == "numerator" else None
    unit = declared.lines_in or _unit_of_share(position.program, declared)
    if unit is None or position.program.units[unit].money is None:
        count = max(smallest(short, gain, strict=strict), 1)
        return ("out_of_reach" if lost is not None and count > lost else "count"), (), count, None

    def minor(each: Fraction) -> int:
        return max(smallest(short, each * gain, strict=strict), 1)

    return "amount", ways_of(position.program, metric, position.on, minor, unit=unit), None, None


def _above_below(position: Position, metric: str, declared: Metric) -> tuple[Fraction, Fraction]:
    """The two sums of a ratio, in the unit its lines are counted in."""
    if declared.kind == "share":
        sides = (position.value(str(declared.numerator)), position.value(str(declared.denominator)))
        return sides[0] or Fraction(0), sides[1] or Fraction(0)
    figure = position.figures[metric]
    if figure.grains is None or figure.denominator is None:
        return Fraction(0), Fraction(0)
    unit = position.line_units[metric]
    return Fraction(figure.grains, unit), Fraction(figure.denominator, unit)


def _unit_of_share(program: Program, declared: Metric) -> str | None:
    return program.metrics[declared.numerator].unit if declared.numerator is not None else None


def _holds(value: Fraction, required: Fraction, *, strict: bool) -> bool:
    return value > required if strict else value >= required


def _middle(ordered: Sequence[Fraction]) -> Fraction:
    middles = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return sum(middles, Fraction(0)) / len(middles)


def plans(position: Position, missing: Sequence[Missing]) -> tuple[Plan, ...]:
    """The smallest amounts that close all missing gates of money together, one plan for each shared key.

    Each metric first gets what its own gates ask, then what totals still miss goes where a unit of money gains most.
    Where no such plan is made, a gate that only several parts close has one of its own.
    """
    wanted = [each for each in missing if each.choice is None and _bought(each) and _is_free_sum(position, each)]
    if len(wanted) < 2:  # noqa: PLR2004  # one gate's own ways are its plan
        return tuple(_of_parts(position, missing))
    metrics = dict.fromkeys(part for each in wanted for part in _bought(each))
    ways = {metric: [way for each in wanted for way in each.ways if way.metric == metric] for metric in metrics}
    return tuple(
        Plan(keys=keys, steps=steps, gates=tuple(each.gate for each in wanted))
        for keys in _shared_keys(ways)
        if (steps := _steps(wanted, {name: _best(found, keys) for name, found in ways.items()}))
    )


def _of_parts(position: Position, missing: Sequence[Missing]) -> Iterator[Plan]:
    for each in missing:
        if each.means == "together" and each.choice is None:
            strict = each.operator == "more_than"
            steps = filled(position.program, each.metric, position.on, position.value, each.required, strict=strict)
            if steps:
                yield Plan(keys={}, steps=steps, gates=(each.gate,))


def _bought(missing: Missing) -> tuple[str, ...]:
    """The metrics that money raises, of those that close a gate."""
    return tuple(dict.fromkeys(way.metric for way in missing.ways if way.count is None))


def _is_free_sum(position: Position, missing: Missing) -> bool:
    """Whether a gate's figure is a sum without maximums: below one, what a plan adds elsewhere might not count."""
    if position.program.metrics[missing.metric].kind not in ("sum", "total", "capped"):
        return False
    rooms = room_of_lines(position.program, missing.metric, position.on, position.value)
    return all(room is None for room in rooms.values())


def _shared_keys(ways: Mapping[str, Sequence[Way]]) -> list[dict[str, str]]:
    """The values of the keys that all rates have in common: a plan is made for each of their combinations."""
    rated = [found for found in ways.values() if any(way.keys for way in found)]
    if not rated:
        return [{}]
    names = [name for name in rated[0][0].keys if all(name in found[0].keys for found in rated)]
    combinations = [{name: way.keys[name] for name in names} for way in rated[0]]
    distinct = [keys for place, keys in enumerate(combinations) if keys not in combinations[:place]]
    return [keys for keys in distinct if all(any(_fits(way, keys) for way in found) for found in rated)]


def _fits(way: Way, keys: Mapping[str, str]) -> bool:
    return all(way.keys.get(name, value) == value for name, value in keys.items())


def _best(ways: Sequence[Way], keys: Mapping[str, str]) -> Way:
    return max((way for way in ways if _fits(way, keys)), key=lambda way: way.rate)


def _steps(wanted: Sequence[Missing], best: Mapping[str, Way]) -> tuple[Way, ...]:
    """Each metric's way with the amounts of the plan, in every currency."""
    needs = [(_bought(each), each.required - (each.value or 0), each.operator == "more_than") for each in wanted]
    amounts: dict[str, dict[str, int]] = {metric: {} for metric in best}
    for currency in next(iter(best.values())).gains:
        gains = {metric: way.gains[currency] for metric, way in best.items()}
        bought = dict.fromkeys(best, 0)
        for parts, short, strict in sorted(needs, key=lambda need: len(need[0])):
            metric = max(parts, key=lambda part: gains[part])
            others = sum((gains[part] * bought[part] for part in parts if part != metric), Fraction(0))
            bought[metric] = max(bought[metric], smallest(short - others, gains[metric], strict=strict))
        for metric, minor in bought.items():
            amounts[metric][currency] = minor
    return tuple(way.worth(amounts[metric]) for metric, way in best.items() if any(amounts[metric].values()))
