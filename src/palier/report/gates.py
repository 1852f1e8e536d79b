"""What the next tier asks, gate by gate: held, or missed and by how much."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from palier.engine.results import Gate
from palier.report.content import Report
from palier.report.html import Markup, Node, tag
from palier.report.links import to_figure, to_source
from palier.report.words import Speech


def wanted_gates(report: Report) -> tuple[Gate, ...]:
    """The gates of the next tier to reach, missed ones first; of the tier held where there is no higher."""
    tier = report.standing.next_tier or report.standing.tier
    found = [gate for gate in report.gates if gate.tier == tier and gate.purpose == "reach"]
    return tuple(sorted(found, key=lambda gate: gate.held))


def phased(report: Report, metric: str | None = None) -> list[tuple[date, Gate]]:
    """The gates of the next tier that are missed today and asked from a later day only, with the day (B222-223)."""
    tier = report.standing.next_tier
    days = {
        str(leaf.gate): leaf.phased_in_from
        for each in report.program.tiers
        if each.tier == tier
        for leaf in each.requires.leaves()
        if leaf.phased_in_from is not None and leaf.weight_on(report.on) == "phased"
    }
    return [
        (day, gate)
        for gate in report.gates
        if (gate.tier, gate.purpose) == (tier, "reach")
        and not gate.held
        and (day := days.get(gate.gate)) is not None
        and metric in {None, gate.metric}
    ]


def gates_section(report: Report, speech: Speech) -> Markup | None:
    """The checklist."""
    gates = wanted_gates(report)
    if not gates:
        return None
    sentences = {each.gate.gate: each.sentence for each in report.missing}
    held = sum(gate.held for gate in gates)
    heads = [
        tag("th", speech.say(each), scope="col", class_="r" if place in {1, 2} else None)
        for place, each in enumerate(("gate", "stands", "asked", "verdict"))
    ]
    return tag(
        "section",
        tag("h2", speech.say("gates_heading", tier=speech.tier(gates[0].tier))),
        tag("p", speech.say("gates_some", held=speech.whole(held), all=speech.whole(len(gates))), class_="soft"),
        tag(
            "table",
            tag("thead", tag("tr", *heads)),
            tag("tbody", *(_row(report, speech, gate, sentences.get(gate.gate)) for gate in gates)),
            class_="gates",
        ),
        class_="card",
        id="gates",
    )


def _row(report: Report, speech: Speech, gate: Gate, sentence: str | None) -> Markup:
    words = speech.words
    asked = f"{words.say(gate.operator)} {speech.required(gate)}"
    said: Node = sentence if sentence is not None else _evidence(report, speech, gate)
    return tag(
        "tr",
        tag("th", words.name("gates", gate.gate), None if said is None else tag("small", said), scope="row"),
        tag(
            "td",
            to_figure(report.links, gate.metric, words.figure(gate.metric, gate.value, beside=gate.required)),
            class_="r stands",
        ),
        tag("td", asked, class_="r asked"),
        tag(
            "td",
            _mark(held=gate.held),
            _verdict(report, speech, gate),
            class_="verdict" if gate.held else "verdict warn",
        ),
        class_="held" if gate.held else "missed",
    )


def _evidence(report: Report, speech: Speech, gate: Gate) -> Node:
    """What a gate that asks for a thing to be there rests on: the line that counts longest, and how many more.

    Its source opens the row itself: the attestation, credential or subscription.
    """
    found = report.explanation(gate.metric)
    if gate.required != 1 or found is None or not found.lines:
        return None
    best = max(found.lines, key=lambda each: (each.line.counts_until or date.max, each.line.source_id))
    more = found.line_count - 1
    others = f", {speech.say('and_more', count=speech.whole(more))}" if more else ""
    return [to_source(report.links, best.line, best.source), f", {best.counts}{others}"]


def _verdict(report: Report, speech: Speech, gate: Gate) -> str:
    if gate.waived_by is not None:
        return speech.say("waived", gate=speech.words.name("gates", gate.waived_by))
    if not gate.held:
        later = next((day for day, each in phased(report, gate.metric) if each == gate), None)
        if later is not None:
            missing = speech.words.figure(gate.metric, gate.missing)
            said = "asked_from_short" if gate.required == 1 else "asked_from"
            return speech.say(said, day=speech.words.day(later), missing=missing)
        if gate.missing == 1 and gate.required == 1:
            return speech.say("missed")
        return speech.say("missed_by", missing=speech.words.figure(gate.metric, gate.missing))
    over = Fraction(gate.value or 0) - Fraction(gate.required)
    if over > 0 and gate.required > 1:
        return speech.say("held_by", over=speech.figure(gate.metric, over))
    return speech.say("held")


def _mark(*, held: bool) -> Markup:
    shape = "M3 8.5L6.5 12L13 4.5" if held else "M4 4L12 12M12 4L4 12"
    return tag("svg", tag("path", d=shape), viewBox="0 0 16 16", aria_hidden="true", class_="mark")
