"""The page: headline, ladder, flows, one partner's standing, what ends, its year, path and statement, the chain."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files

from palier.report.alert import alert
from palier.report.content import Report
from palier.report.drawing import figure
from palier.report.flows import flows_section
from palier.report.gates import gates_section
from palier.report.html import Markup, Node, inner, tag
from palier.report.ladder import headline, ladder
from palier.report.lines import figures
from palier.report.parts import ending_section, program_name, stairs, standing_section, towards, year_section
from palier.report.path import path_section
from palier.report.points import points
from palier.report.statement import statement_section
from palier.report.whatif import whatif_section
from palier.report.words import Speech


def page(report: Report) -> str:
    """The whole page as HTML text: self-contained, without script, in the report's language."""
    speech = Speech(report.words)
    title = speech.say("page_title", partner=report.partner, program=program_name(report))
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
    folder = files(__package__ or "palier.report") / "styles"
    return "".join((folder / file).read_text(encoding="utf-8") for file in ("drawing.css", "page.css"))


def _top(report: Report, speech: Speech) -> Markup:
    return tag(
        "header",
        tag("div", stairs("logo"), "Palier", class_="brand"),
        tag("p", f"{program_name(report)} · {speech.say('on_day', day=speech.words.day(report.on))}"),
        class_="top",
    )


def _sections(report: Report, speech: Speech) -> list[Node]:
    table = speech.say("as_table")
    return [
        tag(
            "section",
            tag("h1", f"{headline(report, speech)}"),
            tag("p", speech.say("lead", partner=report.partner), class_="lead"),
            figure(ladder(report, speech), table),
            class_="card full",
        ),
        flows_section(report, speech),
        standing_section(report, speech),
        tag("section", tag("h2", towards(report, speech)), figure(points(report, speech), table), class_="card"),
        inner(alert(report, speech)),
        ending_section(report, speech),
        year_section(report, speech),
        path_section(report, speech),
        statement_section(report, speech),
        whatif_section(report, speech),
        tag("div", gates_section(report, speech), figures(report, speech), _check(report, speech), class_="full chain"),
    ]


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
