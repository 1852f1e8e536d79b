"""What falls of figures that nothing adds up: each with its own day, cause and threshold (B193-198, B929-937).

A technology partner has no points: the revenue of its apps and of its deals, reviews, rating and certification are
measured apart (B220-226), and a month that leaves the mean makes a figure fall though no line of it ends.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from palier.engine.forecast import Change
from palier.report.coming import Drop, dropped, drops, values
from palier.report.content import Report, tracked_metrics
from palier.report.drawing import Picture, Twin, figure
from palier.report.html import Markup, Node, tag
from palier.report.lapses import Called, draw_months
from palier.report.links import to_figure
from palier.report.words import Speech


def own_figures(report: Report) -> tuple[str, ...]:
    """The figures that the tiers compare, then whatever else a gate of the tier held or the next one loses."""
    tracked = tracked_metrics(report.program, report.on)
    tiers = {report.standing.tier, report.standing.next_tier}
    asked = dict.fromkeys(gate.metric for gate in report.gates if gate.tier in tiers and gate.purpose == "reach")
    falling = {each.metric for each in drops(report.forecasts["idle"], asked)}
    return (*tracked, *(metric for metric in asked if metric in falling and metric not in tracked))


def next_drop(report: Report) -> Drop | None:
    """The next day on which one of the figures falls, if nothing more is recorded."""
    return next(iter(drops(report.forecasts["idle"], own_figures(report))), None)


def drop_sentence(speech: Speech, drop: Drop) -> str:
    """The day, the figure, and from what to what it falls."""
    return speech.say(
        "drop_on",
        day=speech.words.day(drop.on),
        metric=speech.lower(speech.metric(drop.metric)),
        before=speech.figure(drop.metric, drop.before),
        after=after_words(speech, drop.metric, drop.after),
    )


def after_words(speech: Speech, metric: str, value: Fraction | None) -> str:
    """A figure, or that nothing defines it."""
    return speech.say("undefined") if value is None else speech.figure(metric, value)


def drop_cause(report: Report, speech: Speech, drop: Drop) -> str | None:
    """The fact behind a drop, the one that weighs most, as part of a sentence."""
    if not drop.causes:
        return None
    first = drop.causes[0]
    return speech.cause(first.source_table, first.because, report.name(first.customer_id or first.source_id))


def drop_paragraphs(report: Report, speech: Speech, drop: Drop) -> list[Markup]:
    """Why a figure falls, and that the tier holds all the same."""
    said: list[Node] = []
    cause = drop_cause(report, speech, drop)
    if cause is not None:
        said.append(speech.say("drop_that_day", cause=cause))
    if len(drop.causes) > 1:
        said.append(f" {speech.count('drop_more', len(drop.causes) - 1)}")
    tier = drop.change.tier[1]
    holds = speech.say("no_tier_then") if tier is None else speech.say("tier_holds_then", tier=speech.tier(tier))
    return [*([tag("p", *said)] if said else ()), tag("p", holds)]


def lost_gate(report: Report, speech: Speech, fall: Change, gate: str, metric: str) -> list[Node] | None:
    """What is left of a figure that a tier asks for when its gate is lost, and because of what; None if it stands."""
    drop = next((each for each in drops(report.forecasts["idle"], (metric,)) if each.on == fall.on), None)
    required = next((each.required_after for each in fall.gates if each.gate == gate and each.held_before), None)
    if drop is None or required is None:
        return None
    left = speech.say(
        "remains",
        metric=speech.words.name("gates", gate),
        after=after_words(speech, metric, drop.after),
        required=speech.words.figure(metric, required),
        tier=speech.tier(report.standing.tier),
    )
    cause = drop_cause(report, speech, drop)
    return [
        to_figure(report.links, metric, left),
        None if cause is None else f" {speech.say('drop_that_day', cause=cause)}",
    ]


def drops_section(report: Report, speech: Speech) -> Markup:
    """What falls: the first figure by month, then every figure with its first drop and the fact behind it."""
    return tag(
        "section",
        tag("h2", speech.say("drops_heading")),
        figure(drops_picture(report, speech), speech.say("as_table")),
        _each(report, speech),
        class_="card full",
        id="ending",
    )


def drops_picture(report: Report, speech: Speech) -> Picture:
    """The picture of the program's first figure, by how much it falls in each month."""
    metric, idle = own_figures(report)[0], report.forecasts["idle"]
    drawn, told = dropped(idle, metric), values(idle, metric)
    first = next(iter(drops(idle, (metric,))), None)
    until, called = speech.words.day(report.until), None
    if first is None:
        caption = speech.say("drops_nothing", until=until)
    else:
        cause = drop_cause(report, speech, first) or speech.metric(metric)
        called = Called(first.on, speech.figure(metric, first.by), cause)
        caption = speech.say(
            "drops_by",
            metric=speech.lower(speech.metric(metric)),
            before=speech.figure(metric, told[0][1]),
            after=speech.figure(metric, told[-1][1]),
            until=until,
            day=speech.words.day(first.on),
            cause=cause,
        )
    rows = [(speech.month_year(month.first), speech.aligned(metric, month.ended[metric])) for month in drawn]
    return Picture(
        name="lapses",
        title=speech.say("drops_title", partner=report.partner, metric=speech.metric(metric)),
        description=caption,
        caption=caption,
        twin=Twin(headings=(speech.say("month"), speech.metric(metric)), rows=tuple(rows)),
        draw=lambda width: draw_months(speech, (metric,), drawn, width, called=called),
    )


def _each(report: Report, speech: Speech) -> Markup:
    heads = ("drops_figure", "drops_now", "drops_first", "drops_then")
    columns = [
        tag("th", speech.say(each), scope="col", class_="r" if place in {1, 3} else None)
        for place, each in enumerate(heads)
    ]
    body = [_row(report, speech, metric) for metric in own_figures(report)]
    return tag(
        "div",
        tag("p", speech.say("drops_lead", day=speech.words.day(report.on)), class_="soft"),
        tag("table", tag("thead", tag("tr", *columns)), tag("tbody", *body), class_="coming drops"),
    )


def _row(report: Report, speech: Speech, metric: str) -> Markup:
    idle = report.forecasts["idle"]
    first = next(iter(drops(idle, (metric,))), None)
    told = values(idle, metric)
    short = _short_from(report, metric)
    said: list[Node] = [speech.say("drops_never")]
    if first is not None:
        cause = drop_cause(report, speech, first)
        by = f"{speech.words.day(first.on)}{speech.say('colon')}−{speech.figure(metric, first.by)}"
        said = [by, None if cause is None else tag("small", f"{cause[:1].upper()}{cause[1:]}.")]
    warned = None
    if short is not None:
        warned = tag(
            "small",
            speech.say("drops_short", day=speech.words.day(short), tier=speech.tier(report.standing.tier)),
            class_="warn",
        )
    return tag(
        "tr",
        tag("th", to_figure(report.links, metric, speech.metric(metric)), scope="row"),
        _on(speech, metric, report.on, told[0][1]),
        tag("td", *said, " ", warned),
        _on(speech, metric, report.until, told[-1][1]),
    )


def _on(speech: Speech, metric: str, day: date, value: Fraction) -> Markup:
    """A figure with its day."""
    return tag("td", speech.aligned(metric, value), tag("small", speech.words.day(day)), class_="r")


def _short_from(report: Report, metric: str) -> date | None:
    """The first day on which the figure is less than the tier held asks of it."""
    for change in report.forecasts["idle"].changes:
        for gate in change.gates:
            held = (gate.tier, gate.metric, gate.purpose) == (report.standing.tier, metric, "reach")
            if held and gate.held_before and not gate.held_after:
                return change.on
    return None
