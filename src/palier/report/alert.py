"""The next bad day: what ends, why, what is left, and how much would make up for it."""

from __future__ import annotations

from fractions import Fraction

from palier.engine.forecast import Change, GateChange
from palier.engine.foretold import cause_sentence
from palier.engine.results import Gate
from palier.report.apart import drop_paragraphs, drop_sentence, lost_gate, next_drop
from palier.report.coming import Lapse, lapses, values
from palier.report.content import Report, credit_metrics, measured_apart, total_metric
from palier.report.html import Markup, Node, tag
from palier.report.lapses import cause_words, next_fall, next_lapse
from palier.report.lines import customer
from palier.report.links import to_figure
from palier.report.words import Speech


def alert(report: Report, speech: Speech) -> Markup:
    """The card of the next loss: of the tier where it will fall, and of the next credit that ends."""
    fall, lapse = next_fall(report), next_lapse(report)
    if measured_apart(report.program, report.on):
        return _apart(report, speech, fall)
    if fall is None and lapse is None:
        return tag(
            "section", tag("h2", speech.say("nothing_next", until=speech.words.day(report.until))), class_="card calm"
        )
    return tag(
        "section",
        tag("h2", alert_title(report, speech)),
        *(() if fall is None else _fall(report, speech, fall)),
        *(() if lapse is None or (fall is not None and lapse.on >= fall.on) else _lapse(report, speech, lapse, fall)),
        tag("p", speech.say("if_idle", day=speech.words.day(report.on)), class_="soft small"),
        class_="card alert",
        id="alert",
    )


def _apart(report: Report, speech: Speech, fall: Change | None) -> Markup:
    """The next fall of the tier or of one of the figures that nothing adds up."""
    drop = next_drop(report)
    if fall is None and drop is None:
        nothing = speech.say("drops_nothing", until=speech.words.day(report.until))
        return tag("section", tag("h2", nothing), class_="card calm")
    said: list[Node] = []
    if fall is not None:
        said += _fall_apart(report, speech, fall)
    if drop is not None and (fall is None or drop.on < fall.on):
        told = drop_sentence(speech, drop)
        said += [tag("p", told)] if fall is not None else drop_paragraphs(report, speech, drop)
    title = alert_title(report, speech) if fall is not None or drop is None else drop_sentence(speech, drop)
    return tag(
        "section",
        tag("h2", title),
        *said,
        tag("p", speech.say("if_idle", day=speech.words.day(report.on)), class_="soft small"),
        class_="card alert",
        id="alert",
    )


def _fall_apart(report: Report, speech: Speech, fall: Change) -> list[Markup]:
    """Why the tier falls: each gate lost with what is left of its figure and the fact behind it; gates that begin."""
    told = [
        lost_gate(report, speech, fall, gate.gate, gate.metric) or _gone(report, speech, fall, gate)
        for gate in _lost(report, fall)
    ]
    told = told or [_begins(report, speech, gate) for gate in _phased(report, fall)]
    then = speech.say("becomes", tier=speech.tier(fall.tier[1]))
    days = speech.count("in_days", (fall.on - report.on).days)
    return [*(tag("p", *each) for each in told), tag("p", tag("b", f"{days[:1].upper()}{days[1:]}, {then}."))]


def alert_title(report: Report, speech: Speech) -> str:
    """The day and what is lost on it, in one sentence; the tier before any credit."""
    fall, lapse = next_fall(report), next_lapse(report)
    if fall is not None:
        held = speech.tier(report.standing.tier)
        return speech.say("falls_below", day=speech.words.day(fall.on), partner=report.partner, tier=held)
    assert lapse is not None  # noqa: S101  # one of the two is there
    metric = lapse.endings[0].metric
    return speech.say("credit_ends", day=speech.words.day(lapse.on), amount=speech.counted(metric, lapse.amount))


def _fall(report: Report, speech: Speech, fall: Change) -> list[Markup]:
    """Why the tier falls, gate by gate, what is left, and what would make up for it."""
    lapse = next((each for each in lapses(report.forecasts["idle"], _credits(report)) if each.on == fall.on), None)
    lost = _lost(report, fall)
    pointed = [gate for gate in lost if gate.metric in {*_credits(report), total_metric(report.program, report.on)}]
    said = [tag("p", *_gone(report, speech, fall, gate)) for gate in lost if gate not in pointed]
    if not lost:
        said = [tag("p", *_begins(report, speech, gate)) for gate in _phased(report, fall)]
    if pointed and lapse is not None:
        said += [tag("p", _what(report, speech, lapse)), *(tag("p", each) for each in _left(report, speech, lapse))]
        said += [tag("p", each) for each in _replacement(report, speech, lapse)]
    then = speech.say("becomes", tier=speech.tier(fall.tier[1]))
    days = speech.count("in_days", (fall.on - report.on).days)
    return [*said, tag("p", tag("b", f"{days[:1].upper()}{days[1:]}, {then}."))]


def _phased(report: Report, fall: Change) -> list[Gate]:
    """The gates of the tier held that a rule makes mandatory by the day, and that do not hold."""
    leaves = {
        str(leaf.gate)
        for tier in report.program.tiers
        if tier.tier == report.standing.tier
        for leaf in tier.requires.leaves()
        if leaf.weight_on(report.on) != "mandatory" and leaf.weight_on(fall.on) == "mandatory"
    }
    asked = [gate for gate in report.gates if (gate.tier, gate.purpose) == (report.standing.tier, "reach")]
    return [gate for gate in asked if gate.gate in leaves and not gate.held]


def _begins(report: Report, speech: Speech, gate: Gate) -> list[Node]:
    """A gate that begins to be asked."""
    name = to_figure(report.links, gate.metric, speech.words.name("gates", gate.gate))
    return [*speech.weave("gate_begins", gate=name), "."]


def _gone(report: Report, speech: Speech, fall: Change, gate: GateChange) -> list[Node]:
    """A gate that no longer holds, and the fact behind it."""
    causes = [cause for cause in fall.causes if cause.metric == gate.metric]
    because = f" ({cause_sentence(speech.words, causes[0], beside=gate.metric)})" if causes else None
    name = to_figure(report.links, gate.metric, speech.words.name("gates", gate.gate))
    return [*speech.weave("gate_ends", gate=name), because, "."]


def _lapse(report: Report, speech: Speech, lapse: Lapse, fall: Change | None) -> list[Markup]:
    """The next credit that ends, before any fall."""
    if fall is None:
        return [tag("p", _what(report, speech, lapse)), *(tag("p", each) for each in _left(report, speech, lapse))]
    before = speech.say("before_that", day=speech.words.day(lapse.on))
    return [tag("p", before, " ", _what(report, speech, lapse, said="ends_then"))]


def _credits(report: Report) -> tuple[str, ...]:
    return credit_metrics(report.program, report.on)


def _what(report: Report, speech: Speech, lapse: Lapse, *, said: str = "that_day") -> list[Node]:
    first = lapse.endings[0]
    name = report.name(first.cause.customer_id or first.cause.source_id)
    before, found, after = cause_words(report, speech, first).partition(name)
    spoken = speech.weave(
        said,
        cause=(before, customer(found) if found else None, after),
        amount=to_figure(report.links, first.metric, speech.counted(first.metric, first.amount)),
    )
    more = len(lapse.endings) - 1
    return [*spoken, f" {speech.count('and_others', more)}" if more > 0 else None]


def _lost(report: Report, change: Change) -> list[GateChange]:
    """The gates of the tier held that cease to hold on the day."""
    return [
        gate
        for gate in change.gates
        if gate.tier == report.standing.tier and gate.purpose == "reach" and gate.held_before and not gate.held_after
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
                after=speech.counted(total, _after(report, lapse, total)),
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
        for gate in _lost(report, lapse.change)
    ]


def _replacement(report: Report, speech: Speech, lapse: Lapse) -> list[str]:
    """What would keep the tier, as new revenue at the rate of the line that ends; nothing where points are no help."""
    first, lost = lapse.endings[0], _lost(report, lapse.change)
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
