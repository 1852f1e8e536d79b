"""The parts that every page about a partner has: where it stands, what ends, the coming year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from palier.report.apart import drops_section
from palier.report.coming import lapses
from palier.report.content import Report, credit_metrics, measured_apart, total_metric, tracked_metrics
from palier.report.drawing import figure
from palier.report.gates import phased, wanted_gates
from palier.report.html import Markup, Node, tag
from palier.report.lapses import cause_words, endings_picture, next_fall
from palier.report.links import to_figure
from palier.report.steps import steps_picture
from palier.report.words import Speech

_LISTED = 5


def program_name(report: Report) -> str:
    """What people call the program."""
    return report.words.rulebook.text(report.words.language, "program", "name") or report.program.program


def stairs(kind: str) -> Markup:
    """The sign of Palier."""
    return tag("svg", tag("path", d="M1 20h6v-5h6v-5h6V3"), viewBox="0 0 22 22", aria_hidden="true", class_=kind)


def towards(report: Report, speech: Speech) -> str:
    """The heading of the points: the next tier, where there is one."""
    next_tier = report.standing.next_tier
    if next_tier:
        return speech.say("towards", tier=speech.tier(next_tier))
    added = report.program.metrics[total_metric(report.program, report.on)].kind == "total"
    return speech.say("where_points" if added else "where_figures")


def standing_section(report: Report, speech: Speech, *, heading: str = "h2") -> Markup:
    """The tier, what the next one misses, and the next day on which credit ends."""
    standing = report.standing
    said = "is_on_none" if standing.tier is None else "is_on"
    named = f"{program_name(report)} · {report.partner if speech.addressed else standing.partner_id}"
    return tag(
        "section",
        tag("div", stairs("badge"), class_="round"),
        tag(
            "div",
            tag("p", named, class_="soft small"),
            tag(heading, speech.say(said, partner=report.partner, tier=speech.tier(standing.tier))),
            tag("p", *missing_sentences(report, speech), class_="lead"),
        ),
        _next(report, speech),
        class_="card full hero",
        id="partner",
    )


def _next(report: Report, speech: Speech) -> Markup | None:
    """How long the tier holds if nothing more is recorded, and what comes then."""
    if report.standing.tier is None or not report.forecasts:
        return None
    fall, tier = next_fall(report), speech.tier(report.standing.tier)
    if fall is None:
        lead, on, said = "tier_throughout", report.until, speech.say("at_least_until")
    else:
        days = speech.count("in_days", (fall.on - report.on).days)
        lead, on, said = "tier_until", fall.on, speech.say("in_days_then", days=days, tier=speech.tier(fall.tier[1]))
    return tag(
        "div",
        tag("span", speech.say(lead, tier=tier), class_="soft"),
        tag("b", speech.words.day(on)),
        tag("span", said, class_="soft" if fall is None else "warn"),
        class_="next",
    )


def missing_sentences(report: Report, speech: Speech) -> list[Node]:
    """What the next tier still misses, what holds back most, and what is enough already."""
    if report.standing.next_tier is None:
        return [speech.say("no_higher")]
    amounts = [each for each in report.missing if each.gate.required != 1]
    acts = [speech.lower(each.name) for each in report.missing if each.gate.required == 1]
    short = [
        speech.weave(
            "amount_missing",
            missing=tag(
                "strong",
                to_figure(report.links, each.gate.metric, speech.figure(each.gate.metric, Fraction(each.gate.missing))),
            ),
            metric=speech.lower(speech.metric(each.gate.metric)),
        )
        for each in amounts
    ]
    binding = sorted(amounts, key=lambda each: -Fraction(each.gate.missing) / Fraction(each.gate.required))
    enough = [
        speech.lower(speech.metric(gate.metric))
        for gate in wanted_gates(report)
        if gate.held and gate.metric in _weighed(report)
    ]
    said: list[Node] = []
    if short:
        said += speech.weave("next_asks", tier=speech.tier(report.standing.next_tier), missing=speech.row(short))
    if len(binding) > 1:
        held = speech.say("then").join(speech.lower(each.name) for each in binding)
        said += [" ", speech.say("holds_back", metrics=held)]
    if acts:
        said += [" ", speech.say("still_open", gates=speech.both(acts))]
    if enough:
        said += [" ", speech.say("enough_for", metrics=speech.both(enough))]
    return [*said, *_asked_later(report, speech)]


def _asked_later(report: Report, speech: Speech) -> list[Node]:
    """What the next tier asks from a later day only, and is missed today."""
    later: dict[date, list[str]] = {}
    for day, gate in phased(report):
        missing = speech.words.figure(gate.metric, gate.missing)
        said = speech.lower(speech.words.name("gates", gate.gate))
        short = said if gate.required == 1 else speech.say("gate_short", gate=said, missing=missing)
        later.setdefault(day, []).append(short)
    tier = speech.tier(report.standing.next_tier)
    told: list[Node] = []
    for day, gates in sorted(later.items()):
        told += [" ", speech.say("asks_from", day=speech.words.day(day), tier=tier, gates=speech.both(gates))]
    return told


def _weighed(report: Report) -> tuple[str, ...]:
    """The figures of which it is worth saying that they are enough: credits, or every one that is measured apart."""
    apart = measured_apart(report.program, report.on)
    return (tracked_metrics if apart else credit_metrics)(report.program, report.on)


def ending_section(report: Report, speech: Speech) -> Markup:
    """The credit that ends, by month, and the next days with their causes; of figures measured apart, what falls."""
    if measured_apart(report.program, report.on):
        return drops_section(report, speech)
    return tag(
        "section",
        tag("h2", speech.say("lapses_heading")),
        figure(endings_picture(report, speech), speech.say("as_table")),
        _coming(report, speech),
        class_="card full",
        id="ending",
    )


def year_section(report: Report, speech: Speech) -> Markup:
    """The coming twelve months under both assumptions."""
    return tag(
        "section",
        tag("h2", speech.say("years_heading" if report.months else "year_heading")),
        figure(steps_picture(report, speech), speech.say("as_table")),
        class_="card full",
    )


def _coming(report: Report, speech: Speech) -> Markup | None:
    """The next days on which credit ends, each with its cause."""
    found = lapses(report.forecasts["idle"], credit_metrics(report.program, report.on))[:_LISTED]
    if not found:
        return None
    rows = []
    for lapse in found:
        first = lapse.endings[0]
        cause = cause_words(report, speech, first)
        more = len(lapse.endings) - 1
        others = f" {speech.count('and_others', more)}" if more else None
        fall = speech.say("becomes", tier=speech.tier(lapse.change.tier[1])) if lapse.falls else None
        amount = f"−{speech.aligned(first.metric, lapse.amount)}"
        rows.append(
            tag(
                "tr",
                tag("th", speech.words.day(lapse.on), scope="row"),
                tag("td", f"{cause[:1].upper()}{cause[1:]}.", others),
                tag("td", to_figure(report.links, first.metric, amount), class_="r amount"),
                tag("td", fall, class_="warn"),
            )
        )
    return tag("div", tag("h3", speech.say("next_heading")), tag("table", tag("tbody", *rows), class_="coming"))
