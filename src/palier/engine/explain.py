"""A figure as people can check it: its lines, each with its factors, the clause and its words, and the sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from palier.engine.results import Figure, Gate, Line, Standing
from palier.engine.words import Words
from palier.rulebook.gates import PlacedGate, gate_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """One line in words: where it comes from, how its amount is made, when it counts, by which clause.

    The words are found when they are asked for: of hundreds of thousands of lines a page shows a hundred.
    """

    words: Words
    line: Line

    @property
    def source(self) -> str:
        """What it comes from: the row of the facts, and its customer where that is another."""
        line = self.line
        customer = f" · {line.customer_id}" if line.customer_id not in (None, line.source_id) else ""
        return f"{self.words.source(line.source_table, line.source_id)}{customer}"

    @property
    def arithmetic(self) -> tuple[str, ...]:
        """How its amount is made."""
        return tuple(_arithmetic(self.words, self.line))

    @property
    def amount(self) -> str:
        """How much it is."""
        return self.words.amount(self.line.metric, self.line.amount)

    @property
    def counts(self) -> str:
        """When it counts."""
        return _counts(self.words, self.line.counts_from, self.line.counts_until)

    @property
    def clause(self) -> str | None:
        """By which clause."""
        return self.line.clause

    @property
    def clause_text(self) -> str | None:
        """What the clause rules."""
        return self.words.clause(self.line.clause)

    @property
    def quote(self) -> str | None:
        """The clause's own words."""
        return None if self.line.clause is None else self.words.rulebook.quote(self.line.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One figure in words; `adds_up` says that its lines give the figure, None where not all of them are shown."""

    metric: str
    title: str
    sentence: str
    figure: Figure
    value: str
    reason: str | None
    lines: tuple[ExplainedLine, ...]
    line_count: int
    adds_up: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingGate:
    """A gate that keeps a partner from its next tier."""

    gate: Gate
    name: str
    sentence: str


def explain(words: Words, figure: Figure, lines: Iterable[Line], *, line_count: int | None = None) -> Explanation:
    """Put a figure and its lines into words; nothing is computed anew but the check that they add up.

    `line_count` is how many lines the figure has where only some of them are given.
    """
    shown = tuple(lines)
    whole = line_count is None or line_count == len(shown)
    kind = words.rulebook.program.metrics[figure.metric].kind
    return Explanation(
        metric=figure.metric,
        title=words.name("metrics", figure.metric),
        sentence=words.sentence(figure.metric),
        figure=figure,
        value=words.figure(figure.metric, figure.value),
        reason=None if figure.reason is None else words.reason(figure.metric, figure.reason),
        lines=tuple(ExplainedLine(words=words, line=line) for line in shown),
        line_count=line_count or len(shown),
        adds_up=recomputed(kind, shown) == figure.value if whole else None,
    )


def recomputed(kind: str, lines: tuple[Line, ...]) -> Fraction | None:
    """A figure from nothing but its lines: what every reader can do by hand."""
    amounts = [line.amount for line in lines if line.part != "denominator"]
    match kind:
        case "sum" | "total" | "capped":
            return sum(amounts, Fraction(0))
        case "mean":
            return sum(amounts, Fraction(0)) / len(amounts) if amounts else None
        case "median":
            ordered = sorted(amounts)
            middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
            return sum(middle, Fraction(0)) / len(middle) if middle else None
        case _:
            below = sum((line.amount for line in lines if line.part == "denominator"), Fraction(0))
            return sum(amounts, Fraction(0)) / below if below > 0 else None


def missing_gates(words: Words, standing: Standing, gates: Iterable[Gate]) -> tuple[MissingGate, ...]:
    """The gates that keep a partner from its next tier, each with what is missing, in words; of a choice it is said."""
    wanted = [
        gate
        for gate in gates
        if gate.tier == standing.next_tier and gate.purpose == "reach" and gate.gate in standing.missing
    ]
    missed = [gate for gate in wanted if not gate.held]
    tiers = tuple(words.rulebook.program.tiers)
    trees = [gate_tree(tiers, tier, standing.on_date) for tier in tiers if tier.tier == standing.next_tier]
    ways = [way for tree in trees for way in _ways(tree)]
    return tuple(
        MissingGate(
            gate=gate,
            name=words.name("gates", gate.gate),
            sentence=" ".join([_missed(words, gate), *_choice(words, gate, missed, ways)]),
        )
        for gate in missed
    )


def _ways(tree: Iterable[PlacedGate]) -> list[str]:
    """The paths of the nodes of which one is enough."""
    placed = tuple(tree)
    choices = {each.path for each in placed if each.node.any is not None}
    return [each.path for each in placed if each.parent in choices and each.node.any is None]


def _choice(words: Words, gate: Gate, missed: Iterable[Gate], ways: Iterable[str]) -> list[str]:
    """Whether one of several gates is enough, or several together of which this is one."""
    within = [way for way in ways if f"{gate.path}/".startswith(f"{way}/")]
    if not within:
        return []
    fellows = [sum(f"{each.path}/".startswith(f"{way}/") for each in missed) for way in within]
    return [words.say("one_is_enough" if max(fellows) == 1 else "one_way_is_enough")]


def _missed(words: Words, gate: Gate) -> str:
    template = words.rulebook.text(words.language, "gates", gate.gate, "missed")
    spoken = {
        "missing": words.figure(gate.metric, gate.missing),
        "required": words.figure(gate.metric, gate.required),
        "value": words.figure(gate.metric, gate.value, beside=gate.required),
    }
    if template is not None:
        return template.format(**spoken)
    return f"{spoken['value']} / {words.say(gate.operator)} {spoken['required']}"


def _arithmetic(words: Words, line: Line) -> Iterable[str]:
    """The factors of a line in the order in which they multiply."""
    factors, units = line.factors, words.rulebook.program.currency_units
    if "amount_minor" in factors and "currency" in factors:
        yield words.money(factors["amount_minor"], factors["currency"])
        if "unit_minor" in factors and units is not None and factors["currency"] != units.basis:
            yield words.say("per", unit=words.money(int(factors["unit_minor"]), factors["currency"]), basis=words.basis)
    for kind in ("motion", "market"):
        if kind in factors:
            yield words.name(f"{kind}s", factors[kind])
    if "rate" in factors:
        yield words.say("rate", rate=words.number(Decimal(factors["rate"]), 0))
    if "months_used" in factors and "months_averaged" in factors:
        yield words.say("months", used=factors["months_used"], averaged=factors["months_averaged"])
    if factors.get("sharers", 1) > 1:
        yield words.say("shared", sharers=factors["sharers"])


def _counts(words: Words, counts_from: date | None, counts_until: date | None) -> str:
    match (counts_from, counts_until):
        case (None, None):
            return words.say("counts_always")
        case (None, _):
            return words.say("counts_ended", until=words.day(counts_until))
        case (_, None):
            return words.say("counts_open", from_=words.day(counts_from))
        case _:
            return words.say("counts", from_=words.day(counts_from), until=words.day(counts_until))
