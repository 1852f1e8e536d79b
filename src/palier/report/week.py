"""What to do this week: the customers whose managed credit ends soon, and every figure with the way to its lines."""

from __future__ import annotations

from datetime import date, timedelta

from palier.engine.results import Line
from palier.report.content import Report, credit_metrics
from palier.report.html import Markup, tag
from palier.report.lines import customer
from palier.report.links import to_figure
from palier.report.words import Speech

SOON = timedelta(days=30)
_LISTED = 6


def ending_soon(lines: list[Line], on: date) -> list[Line]:
    """Lines of worked credit that end within the time worth acting in, most points first."""
    soon = [
        line
        for line in lines
        if line.source_table == "customers" and line.counts_until is not None and line.counts_until <= on + SOON
    ]
    return sorted(soon, key=lambda line: (-line.amount, line.counts_until, line.source_id))


def worked_credits(report: Report) -> bool:
    """Whether the partner has credit of work at customers that a window ends where nobody works."""
    metrics = report.program.metrics
    windowed = [
        metric
        for metric in credit_metrics(report.program, report.on)
        if (by := metrics[metric].raised_by) is not None and by.window is not None
    ]
    found = (report.explanation(metric) for metric in windowed)
    return any(each.line.source_table == "customers" for told in found if told is not None for each in told.lines)


def week_section(report: Report, speech: Speech) -> Markup:
    """The customers to work for before their credit ends."""
    lines = [
        each.line
        for metric in credit_metrics(report.program, report.on)
        if (found := report.explanation(metric)) is not None
        for each in found.lines
    ]
    soon = ending_soon(lines, report.on)
    days = speech.whole(SOON.days)
    if soon:
        listed = tag("ul", *(_item(report, speech, line) for line in soon[:_LISTED]), class_="todo")
    return tag(
        "section",
        tag("h2", speech.say("week_heading")),
        tag("p", speech.say("week_lead" if soon else "week_none", days=days), class_="soft small"),
        listed if soon else None,
        _all(report, speech, lines),
        class_="card",
        id="week",
    )


def _item(report: Report, speech: Speech, line: Line) -> Markup:
    worked = line.factors.get("fact_on")
    days = ((line.counts_until or report.on) - report.on).days
    return tag(
        "li",
        tag(
            "span",
            customer(report.name(line.customer_id or line.source_id)),
            None if worked is None else tag("small", speech.count("last_worked", (report.on - worked).days)),
        ),
        tag(
            "span",
            to_figure(report.links, line.metric, f"{speech.counted(line.metric, line.amount)}"),
            tag("small", speech.count("in_days", days), class_="warn" if days <= 7 else None),  # noqa: PLR2004  # a week
            class_="pts",
        ),
    )


def _all(report: Report, speech: Speech, lines: list[Line]) -> Markup | None:
    if report.links is None or report.links.customers is None:
        return None
    count = len({line.customer_id for line in lines if line.customer_id is not None})
    said = speech.say("week_more", count=speech.whole(count))
    return tag("p", tag("a", said, href=report.links.customers), class_="small")


def figures_section(report: Report, speech: Speech) -> Markup:
    """Every figure with what it counts, each a link to its lines."""
    listed = [
        tag(
            "div",
            tag("dt", each.title, tag("small", each.reason or each.sentence)),
            tag("dd", to_figure(report.links, each.metric, each.value)),
        )
        for each in report.explanations
        if report.program.metrics[each.metric].headline
    ]
    return tag(
        "section",
        tag("h2", speech.say("all_figures_heading")),
        tag("dl", *listed, class_="figures"),
        class_="card",
        id="figures",
    )
