"""What ends in the coming months: credit by month, and the day and cause of the next loss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.engine.forecast import Change
from palier.report.coming import Ending, Lapse, Month, lapses, months
from palier.report.content import Report, credit_metrics
from palier.report.drawing import Drawing, Picture, Twin, bar, flow, measure, shorten, stroke, text, ticks
from palier.report.html import Node
from palier.report.points import SERIES
from palier.report.words import Speech

_TOP, _HEIGHT, _AXIS = 92, 190, 44


def next_lapse(report: Report, assume: str = "idle") -> Lapse | None:
    """The first day on which credit ends."""
    found = lapses(report.forecasts[assume], credit_metrics(report.program, report.on))
    return found[0] if found else None


def next_fall(report: Report, assume: str = "idle") -> Change | None:
    """The first day on which the gates of the tier held no longer all hold."""
    order: list[str | None] = [None, *(tier.tier for tier in report.program.tiers)]
    held = report.forecasts[assume].tier
    return next(
        (each for each in report.forecasts[assume].changes if order.index(each.tier[1]) < order.index(held)), None
    )


def cause_words(report: Report, speech: Speech, ending: Ending) -> str:
    """The fact behind an ending, with the customer's name, as part of a sentence."""
    cause = ending.cause
    return speech.cause(cause.source_table, cause.because, report.name(cause.customer_id or cause.source_id))


def source_words(report: Report, speech: Speech, ending: Ending) -> str:
    """What ends, in a few words."""
    cause = ending.cause
    return speech.ending(cause.source_table, report.name(cause.customer_id or cause.source_id))


def endings_picture(report: Report, speech: Speech) -> Picture:
    """The picture of the credit that ends."""
    metrics = credit_metrics(report.program, report.on)
    drawn = months(report.forecasts["idle"], metrics)
    ended = sum((month.total for month in drawn), Fraction(0))
    first = next_lapse(report)
    if first is None:
        caption = speech.say("nothing_ends", until=speech.words.day(report.until))
    else:
        caption = speech.say(
            "ends_by",
            amount=speech.counted(metrics[0], ended),
            until=speech.words.day(report.until),
            day=speech.words.day(first.on),
            first=speech.figure(metrics[0], first.amount),
            what=source_words(report, speech, first.endings[0]),
        )
    rows = [
        (speech.month_year(month.first), *(speech.aligned(metric, month.ended[metric]) for metric in metrics))
        for month in drawn
    ]
    sums = [sum((month.ended[metric] for month in drawn), Fraction(0)) for metric in metrics]
    rows.append(
        (speech.say("sum"), *(speech.aligned(metric, each) for metric, each in zip(metrics, sums, strict=True)))
    )
    return Picture(
        name="lapses",
        title=speech.say("lapses_title", partner=report.partner),
        description=caption,
        caption=caption,
        twin=Twin(headings=(speech.say("month"), *(speech.metric(metric) for metric in metrics)), rows=tuple(rows)),
        draw=lambda width: draw_months(speech, metrics, drawn, width, called=_called(report, speech, first)),
    )


@dataclass(frozen=True, slots=True)
class Called:
    """What a picture of months calls out: the day, how much, and what."""

    on: date
    amount: str
    what: str


def _called(report: Report, speech: Speech, first: Lapse | None) -> Called | None:
    if first is None:
        return None
    amount = speech.figure(first.endings[0].metric, first.amount)
    return Called(first.on, amount, source_words(report, speech, first.endings[0]))


def draw_months(
    speech: Speech, metrics: tuple[str, ...], drawn: tuple[Month, ...], width: int, *, called: Called | None
) -> Drawing:
    """Bars of what is lost in each month, by metric, the day called out above its own."""
    scale = ticks(max((month.total for month in drawn), default=Fraction(0)))
    left = max(measure(speech.whole(tick)) for tick in scale) + 10
    pitch = (width - left) / len(drawn)
    base = _TOP + _HEIGHT
    body: list[Node] = _legend(speech, metrics, width)
    for tick in scale:
        y = base - _HEIGHT * tick / scale[-1]
        body.append(stroke("grid", (left, y), (width, y)))
        body.append(text(left - 8, y + 5, speech.whole(tick), kind="soft", anchor="end"))
    tops = []
    for number, month in enumerate(drawn):
        x, y = left + number * pitch + pitch * 0.16, float(base)
        for place, metric in enumerate(metrics):
            high = float(month.ended[metric] / scale[-1]) * _HEIGHT
            body.append(bar(x, y - high, pitch * 0.68, high, SERIES[place % len(SERIES)], round_=2))
            y -= high
        tops.append(y)
    body += _amounts(speech, drawn, tops, left, pitch)
    body += _months(speech, drawn, left, pitch, base)
    if called is not None:
        body += _next(speech, called, drawn=drawn, columns=(left, pitch), width=width, tops=tops)
    return Drawing(tuple(body), base + _AXIS)


def _amounts(speech: Speech, drawn: tuple[Month, ...], tops: list[float], left: float, pitch: float) -> list[Node]:
    """The amount above each bar where it fits, else above the highest only."""
    spoken = [speech.whole(round(month.total)) for month in drawn]
    fits = all(measure(said) <= pitch for said in spoken)
    highest = max(range(len(drawn)), key=lambda number: drawn[number].total)
    return [
        text(left + number * pitch + pitch / 2, tops[number] - 7, said, kind="number small", anchor="middle")
        for number, said in enumerate(spoken)
        if drawn[number].total > 0 and (fits or number == highest)
    ]


def _months(speech: Speech, drawn: tuple[Month, ...], left: float, pitch: float, base: float) -> list[Node]:
    room = max(measure(speech.month(month.first)) for month in drawn) + 6
    every = max(1, -(-int(room) // int(pitch)))
    edge = left + pitch * len(drawn)
    years: set[int] = set()
    body: list[Node] = []
    for number, month in enumerate(drawn):
        x = left + number * pitch + pitch / 2
        if number % every == 0 and x + room / 2 <= edge + pitch / 2:
            x = max(left + room / 2 - 8, min(x, edge - room / 2 + 3))
            body.append(text(x, base + 20, speech.month(month.first), kind="soft", anchor="middle"))
            if month.first.year not in years:
                years.add(month.first.year)
                body.append(text(x, base + 38, str(month.first.year), kind="soft", anchor="middle"))
    return body


def _next(
    speech: Speech,
    called: Called,
    *,
    drawn: tuple[Month, ...],
    columns: tuple[float, float],
    width: int,
    tops: list[float],
) -> list[Node]:
    """The next lapse above its bar: day and amount, then what ends; a line leads down to the bar."""
    left, pitch = columns
    number = next(place for place, month in enumerate(drawn) if month.first == called.on.replace(day=1))
    x = left + number * pitch + pitch / 2
    day = f"{speech.short_day(called.on)}{speech.say('colon')}−{called.amount}"
    right = x > width / 2
    room = (x if right else width - x) - 12
    what = shorten(called.what, room)
    beside = x - 9 if right else x + 9
    anchor = "end" if right else "start"
    return [
        stroke("lead", (x, 34), (x, max(40.0, tops[number] - 24))),
        text(beside, 44, day, kind="warn", anchor=anchor),
        text(beside, 62, what, kind="soft", anchor=anchor),
    ]


def _legend(speech: Speech, metrics: tuple[str, ...], width: int) -> list[Node]:
    body: list[Node] = []
    for place, label in enumerate(flow([speech.metric(metric) for metric in metrics], width)):
        body.append(bar(label.left, 1 + label.row * 18, 11, 11, SERIES[place % len(SERIES)], round_=2))
        body.append(text(label.left + 18, 12 + label.row * 18, label.text, kind="soft"))
    return body
