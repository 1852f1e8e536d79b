"""A figure as people can check it: its lines, each with its factors, the clause and its words, and the sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from palier.engine.results import Figure, Gate, Line, Standing
from palier.engine.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """One line in words: where it comes from, how its amount is made, when it counts, by which clause."""

    line: Line
    source: str
    arithmetic: tuple[str, ...]
    amount: str
    counts: str
    clause: str | None
    clause_text: str | None
    quote: str | None


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
        lines=tuple(_explained(words, line) for line in shown),
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
    """The gates that keep a partner from its next tier, each with what is missing, in words."""
    wanted = [
        gate
        for gate in gates
        if gate.tier == standing.next_tier and gate.purpose == "reach" and gate.gate in standing.missing
    ]
    return tuple(
        MissingGate(gate=gate, name=words.name("gates", gate.gate), sentence=_missed(words, gate))
        for gate in wanted
        if not gate.held
    )


def _missed(words: Words, gate: Gate) -> str:
    template = words.rulebook.text(words.language, "gates", gate.gate, "missed")
    spoken = {
        "missing": words.figure(gate.metric, gate.missing),
        "required": words.figure(gate.metric, gate.required),
        "value": words.figure(gate.metric, gate.value),
    }
    if template is not None:
        return template.format(**spoken)
    return f"{spoken['value']} / {words.say(gate.operator)} {spoken['required']}"


def _explained(words: Words, line: Line) -> ExplainedLine:
    customer = f" · {line.customer_id}" if line.customer_id not in (None, line.source_id) else ""
    return ExplainedLine(
        line=line,
        source=f"{words.source(line.source_table, line.source_id)}{customer}",
        arithmetic=tuple(_arithmetic(words, line)),
        amount=words.amount(line.metric, line.amount),
        counts=_counts(words, line.counts_from, line.counts_until),
        clause=line.clause,
        clause_text=words.clause(line.clause),
        quote=words.rulebook.quote(line.clause) if line.clause is not None else None,
    )


def _arithmetic(words: Words, line: Line) -> Iterable[str]:
    """The factors of a line in the order in which they multiply."""
    factors = line.factors
    if "amount_minor" in factors and "currency" in factors:
        yield words.money(factors["amount_minor"], factors["currency"])
        if "unit_minor" in factors and factors["currency"] != "USD":
            yield words.say("per", unit=words.money(int(factors["unit_minor"]), factors["currency"]))
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
