"""The next bad day: what ends, why, what is left, and how much would make up for it."""

from __future__ import annotations

from fractions import Fraction

from palier.engine.forecast import GateChange
from palier.report.coming import Lapse, values
from palier.report.content import Report, total_metric
from palier.report.html import Markup, Node, tag
from palier.report.lapses import cause_words, next_lapse
from palier.report.lines import customer
from palier.report.words import Speech


def alert(report: Report, speech: Speech) -> Markup:
    """The card of the next lapse."""
    lapse = next_lapse(report)
    if lapse is None:
        return tag(
            "aside", tag("h2", speech.say("nothing_next", until=speech.words.day(report.until))), class_="card calm"
        )
    return tag(
        "aside",
        tag("h2", alert_title(report, speech, lapse)),
        tag("p", _what(report, speech, lapse)),
        *(tag("p", each) for each in _left(report, speech, lapse)),
        *(tag("p", each) for each in _replacement(report, speech, lapse)),
        tag("p", speech.say("if_idle", day=speech.words.day(report.on)), class_="soft small"),
        class_="card alert",
    )


def alert_title(report: Report, speech: Speech, lapse: Lapse) -> str:
    """The day and what happens on it, in one sentence."""
    day = speech.words.day(lapse.on)
    if lapse.falls and lapse.change.tier[0] is not None:
        return speech.say("falls_below", day=day, partner=report.partner, tier=speech.tier(lapse.change.tier[0]))
    metric = lapse.endings[0].metric
    return speech.say("credit_ends", day=day, amount=speech.figure(metric, lapse.amount), unit=speech.unit(metric))


def _what(report: Report, speech: Speech, lapse: Lapse) -> list[Node]:
    first = lapse.endings[0]
    cause = cause_words(report, speech, first)
    said = speech.say(
        "that_day", cause=cause, amount=speech.figure(first.metric, first.amount), unit=speech.unit(first.metric)
    )
    more = len(lapse.endings) - 1
    name = report.name(first.cause.customer_id or first.cause.source_id)
    before, found, after = said.partition(name)
    spoken: list[Node] = [before, customer(found) if found else None, after]
    return [*spoken, f" {speech.count('and_others', more)}" if more > 0 else None]


def _lost(lapse: Lapse) -> list[GateChange]:
    """The gates of the tier held that cease to hold on the day."""
    return [
        gate
        for gate in lapse.change.gates
        if gate.tier == lapse.change.tier[0] and gate.purpose == "reach" and gate.held_before and not gate.held_after
    ]


def _after(report: Report, lapse: Lapse, metric: str) -> Fraction:
    """A figure from the day of the lapse on."""
    told = values(report.forecasts["idle"], metric)
    return [value for day, value in told if day <= lapse.on][-1]


def _left(report: Report, speech: Speech, lapse: Lapse) -> list[str]:
    """How much is left of what the tier asks, or that the tier holds."""
    if not lapse.falls and lapse.change.tier[0] is not None:
        total = total_metric(report.program, report.on)
        return [
            speech.say(
                "tier_stays",
                tier=speech.tier(lapse.change.tier[0]),
                after=speech.figure(total, _after(report, lapse, total)),
                unit=speech.unit(total),
            )
        ]
    return [
        speech.say(
            "remains",
            metric=speech.metric(gate.metric),
            after=speech.figure(gate.metric, _after(report, lapse, gate.metric)),
            required=speech.words.figure(gate.metric, gate.required_after),
            tier=speech.tier(gate.tier),
        )
        for gate in _lost(lapse)
    ]


def _replacement(report: Report, speech: Speech, lapse: Lapse) -> list[str]:
    """What would keep the tier, as new revenue at the rate of the line that ends; nothing where points are no help."""
    first, lost = lapse.endings[0], _lost(lapse)
    found = report.explanation(first.metric)
    lines = () if found is None else found.lines
    line = next((each.line for each in lines if each.line.source_id == first.cause.source_id), None)
    helped = {first.metric, total_metric(report.program, report.on)}
    unit = report.program.units[report.program.metrics[first.metric].unit]
    equivalents = report.program.currency_units
    if line is None or "rate" not in line.factors or unit.money is None or equivalents is None:
        return []
    if not lost or not {gate.metric for gate in lost} <= helped:
        return []
    missing = max(gate.required_after - _after(report, lapse, gate.metric) for gate in lost)
    rate = Fraction(line.factors["rate"])
    money = speech.words.money_major(missing / rate * unit.money, equivalents.basis, 2)
    return [
        speech.say(
            "replace",
            missing=speech.figure(first.metric, missing),
            unit=speech.unit(first.metric),
            tier=speech.tier(lost[0].tier),
            money=money,
            how=speech.source(line.factors.get("motion"), line.factors.get("market")),
            rate=speech.words.number(rate, 0),
            basis=speech.words.money_major(Fraction(unit.money), equivalents.basis, 0),
        )
    ]
