"""The page: headline, ladder, flows, one partner's standing, what ends, its year, path and statement, the chain."""

from __future__ import annotations

from fractions import Fraction
from importlib.metadata import version
from importlib.resources import files

from palier.report.alert import alert
from palier.report.coming import lapses
from palier.report.content import Report, credit_metrics
from palier.report.drawing import figure
from palier.report.flows import flows_section
from palier.report.gates import gates_section, wanted_gates
from palier.report.html import Markup, Node, tag
from palier.report.ladder import headline, ladder
from palier.report.lapses import cause_words, endings_picture, next_lapse
from palier.report.lines import figures
from palier.report.path import path_section
from palier.report.points import points
from palier.report.statement import statement_section
from palier.report.steps import steps_picture
from palier.report.whatif import whatif_section
from palier.report.words import Speech

_LISTED = 5


def page(report: Report) -> str:
    """The whole page as HTML text: self-contained, without script, in the report's language."""
    speech = Speech(report.words)
    title = speech.say("page_title", partner=report.partner, program=_program(report))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    body = tag("body", _top(report, speech), tag("main", *_sections(report, speech)), _foot(report, speech))
    return f"<!doctype html>\n{tag('html', head, body, lang=speech.language)}\n"


def _style() -> str:
    """The style sheets of the drawings and of the page."""
    folder = files(__package__ or "palier.report")
    return "".join((folder / file).read_text(encoding="utf-8") for file in ("drawing.css", "page.css"))


def _program(report: Report) -> str:
    return report.words.rulebook.text(report.words.language, "program", "name") or report.program.program


def _top(report: Report, speech: Speech) -> Markup:
    return tag(
        "header",
        tag("div", _stairs("logo"), "Palier", class_="brand"),
        tag("p", f"{_program(report)} · {speech.say('on_day', day=speech.words.day(report.on))}"),
        class_="top",
    )


def _stairs(kind: str) -> Markup:
    return tag("svg", tag("path", d="M1 20h6v-5h6v-5h6V3"), viewBox="0 0 22 22", aria_hidden="true", class_=kind)


def _sections(report: Report, speech: Speech) -> list[Node]:
    table = speech.say("as_table")
    next_tier = report.standing.next_tier
    towards = speech.say("towards", tier=speech.tier(next_tier)) if next_tier else speech.say("where_points")
    return [
        tag(
            "section",
            tag("h1", f"{headline(report, speech)}"),
            tag("p", speech.say("lead", partner=report.partner), class_="lead"),
            figure(ladder(report, speech), table),
            class_="card full",
        ),
        flows_section(report, speech),
        _standing(report, speech),
        tag(
            "section",
            tag("h2", towards),
            figure(points(report, speech), table),
            class_="card",
        ),
        alert(report, speech),
        tag(
            "section",
            tag("h2", speech.say("lapses_heading")),
            figure(endings_picture(report, speech), table),
            _coming(report, speech),
            class_="card full",
        ),
        tag(
            "section",
            tag("h2", speech.say("year_heading")),
            figure(steps_picture(report, speech), table),
            class_="card full",
        ),
        path_section(report, speech),
        statement_section(report, speech),
        whatif_section(report, speech),
        tag("div", gates_section(report, speech), figures(report, speech), _check(report, speech), class_="full chain"),
    ]


def _standing(report: Report, speech: Speech) -> Markup:
    standing = report.standing
    said = "is_on_none" if standing.tier is None else "is_on"
    lapse = next_lapse(report)
    aside = None
    if lapse is not None:
        days = (lapse.on - report.on).days
        aside = tag(
            "div",
            tag("span", speech.say("next_lapse"), class_="soft"),
            tag("b", speech.words.day(lapse.on)),
            tag("span", speech.count("in_days", days), class_="soft"),
            class_="next",
        )
    return tag(
        "section",
        tag("div", _stairs("badge"), class_="round"),
        tag(
            "div",
            tag("p", f"{_program(report)} · {standing.partner_id}", class_="soft small"),
            tag("h2", speech.say(said, partner=report.partner, tier=speech.tier(standing.tier))),
            tag("p", _missing(report, speech), class_="lead"),
        ),
        aside,
        class_="card full hero",
        id="partner",
    )


def _missing(report: Report, speech: Speech) -> str:
    """What the next tier still misses, and what is enough already."""
    if report.standing.next_tier is None:
        return speech.say("no_higher")
    amounts = [each for each in report.missing if each.gate.required != 1]
    acts = [speech.lower(each.name) for each in report.missing if each.gate.required == 1]
    short = [
        speech.say(
            "amount_missing",
            missing=speech.figure(each.gate.metric, Fraction(each.gate.missing)),
            metric=speech.lower(speech.metric(each.gate.metric)),
        )
        for each in amounts
    ]
    enough = [
        speech.lower(speech.metric(gate.metric))
        for gate in wanted_gates(report)
        if gate.held and gate.metric in credit_metrics(report.program, report.on)
    ]
    said = []
    if short:
        said.append(speech.say("next_asks", tier=speech.tier(report.standing.next_tier), missing=speech.both(short)))
    if acts:
        said.append(speech.say("still_open", gates=speech.both(acts)))
    if enough:
        said.append(speech.say("enough_for", metrics=speech.both(enough)))
    return " ".join(said)


def _coming(report: Report, speech: Speech) -> Markup | None:
    """The next days on which credit ends, each with its cause."""
    metrics = credit_metrics(report.program, report.on)
    found = lapses(report.forecasts["idle"], metrics)[:_LISTED]
    if not found:
        return None
    rows = []
    for lapse in found:
        first = lapse.endings[0]
        cause = cause_words(report, speech, first)
        more = len(lapse.endings) - 1
        others = f" {speech.count('and_others', more)}" if more else None
        fall = speech.say("becomes", tier=speech.tier(lapse.change.tier[1])) if lapse.falls else None
        rows.append(
            tag(
                "tr",
                tag("th", speech.words.day(lapse.on), scope="row"),
                tag("td", f"{cause[:1].upper()}{cause[1:]}.", others),
                tag("td", f"−{speech.aligned(first.metric, lapse.amount)}", class_="r amount"),
                tag("td", fall, class_="warn"),
            )
        )
    return tag("div", tag("h3", speech.say("next_heading")), tag("table", tag("tbody", *rows), class_="coming"))


def _check(report: Report, speech: Speech) -> Markup:
    listed = [
        tag("li", tag("p", each.shows), tag("pre", tag("code", each.typed, translate="no"))) for each in report.commands
    ]
    return tag(
        "section",
        tag("h2", speech.say("check_heading")),
        tag("p", speech.say("check_lead"), class_="soft"),
        tag("ol", *listed),
        class_="card",
        id="check",
    )


def _foot(report: Report, speech: Speech) -> Markup:
    rulebook = report.words.rulebook
    made = speech.say("made_by", program=report.program.program, digest=rulebook.digest[:12], version=version("palier"))
    return tag("footer", tag("p", report.sample), tag("p", made))
