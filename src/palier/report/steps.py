"""The coming twelve months: the points day by day under both assumptions, and the tiers they hold.

Where the figures of past month ends are told, they stand to the left of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from palier.engine.forecast import Forecast
from palier.engine.results import Gate
from palier.report.coming import Stay, stays, values
from palier.report.content import Report, measured_apart, total_metric
from palier.report.drawing import (
    Drawing,
    Label,
    Picture,
    Twin,
    bar,
    flow,
    measure,
    place,
    shorten,
    stroke,
    text,
    ticks,
)
from palier.report.html import Node, tag
from palier.report.words import Speech

Steps = tuple[tuple[date, Fraction], ...]
"""Days and the value from each on."""

ASSUMED = ("continuing", "idle")
_TOP, _HEIGHT, _LANE = 70, 210, 22
_APART = 18
"""How far apart the heights of two names must be."""
_FAR = Fraction(8, 5)
"""A threshold further above than this is told in the caption, not drawn."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where days and points lie in a drawing."""

    left: float
    right: float
    first: date
    last: date
    most: int
    today: date
    top: float = _TOP

    def x(self, day: date) -> float:
        """The place of a day."""
        return self.left + (self.right - self.left) * (day - self.first).days / max(1, (self.last - self.first).days)

    def y(self, amount: Fraction | int) -> float:
        """The height of an amount."""
        return self.top + _HEIGHT * (1 - float(Fraction(amount) / self.most))


def steps_picture(report: Report, speech: Speech) -> Picture:
    """The picture of the coming twelve months."""
    title = "year_title_apart" if measured_apart(report.program, report.on) else "year_title"
    told = [*_so_far(report, speech), *(tiers_sentence(report, speech, assume) for assume in ASSUMED)]
    return Picture(
        name="year",
        title=speech.say(title, partner=report.partner),
        description=" ".join(told),
        caption="\n".join([*told, speech.say("calendar_decides")]),
        twin=_twin(report, speech),
        draw=lambda width: _draw(report, speech, width),
    )


def behind(report: Report) -> Steps:
    """The total on past month ends, as far as it was defined."""
    told = report.months.get(total_metric(report.program, report.on), ())
    return tuple((day, value) for day, value in told if value is not None)


def _so_far(report: Report, speech: Speech) -> list[str]:
    past, metric = behind(report), total_metric(report.program, report.on)
    if not past:
        return []
    now = report.forecasts[ASSUMED[0]].figures.get(metric) or Fraction(0)
    return [
        speech.say(
            "behind_told",
            before=speech.counted(metric, past[0][1]),
            first=speech.words.day(past[0][0]),
            now=speech.counted(metric, now),
            day=speech.words.day(report.on),
        )
    ]


def tiers_sentence(report: Report, speech: Speech, assume: str) -> str:
    """Which tiers a forecast leads through, in one sentence."""
    told = report.forecasts[assume]
    passed = stays(told)[1:]
    opening = speech.say(f"sentence_{assume}")
    if not passed:
        said = speech.say("stays_on", tier=speech.tier(told.tier), until=speech.words.day(told.until))
    else:
        each = [
            speech.say("from_day", tier=speech.tier(stay.tier), day=speech.words.day(stay.from_)) for stay in passed
        ]
        said = speech.both(each)
    return f"{opening}{speech.say('colon')}{said}."


def _twin(report: Report, speech: Speech) -> Twin:
    metric = total_metric(report.program, report.on)
    totals: dict[str, Mapping[date, Fraction]] = {
        assume: dict(values(report.forecasts[assume], metric)) for assume in ASSUMED
    }
    changes = {assume: {stay.from_: stay.tier for stay in stays(report.forecasts[assume])} for assume in ASSUMED}
    days = sorted({day for assume in ASSUMED for day in (*totals[assume], *changes[assume])})
    past = behind(report)
    so_far = ("",) if past else ()
    rows: list[tuple[str, ...]] = [
        (speech.words.day(day), speech.aligned(metric, value), "", "", "", "") for day, value in past
    ]
    now = dict.fromkeys(ASSUMED, ("", ""))
    for on in days:
        for assume in ASSUMED:
            value, tier = now[assume]
            if on in totals[assume]:
                value = speech.aligned(metric, totals[assume][on])
            if on in changes[assume]:
                tier = speech.tier(changes[assume][on])
            now[assume] = (value, tier)
        rows.append((speech.words.day(on), *so_far, *now["continuing"], *now["idle"]))
    short = {assume: speech.say(f"short_{assume}") for assume in ASSUMED}
    headings = [(short[assume], f"{speech.say('tier')}, {short[assume]}") for assume in ASSUMED]
    first = (speech.say("from"), *((speech.say("short_behind"),) if past else ()))
    return Twin(headings=(*first, *headings[0], *headings[1]), rows=tuple(rows))


def _draw(report: Report, speech: Speech, width: int) -> Drawing:
    metric = total_metric(report.program, report.on)
    lines = {assume: values(report.forecasts[assume], metric) for assume in ASSUMED}
    past = behind(report)
    most = max([value for steps in lines.values() for _, value in steps] + [value for _, value in past])
    drawn = _drawn_gates(report, metric, most)
    scale = ticks(max([most, *(Fraction(gate.required) for gate in drawn)]) * Fraction(105, 100))
    left = max(measure(speech.whole(tick)) for tick in scale) + 10
    body, rows = _legend(speech, width, past=bool(past))
    first = past[0][0] if past else report.on
    frame = Frame(left + 8, width - 1, first, report.until, scale[-1], report.on, _TOP + max(0, rows - 2) * 18.0)
    for tick in scale:
        y = frame.y(tick)
        body += [
            stroke("grid", (left, y), (width, y)),
            text(left - 8, y + 5, speech.whole(tick), kind="soft", anchor="end"),
        ]
    body += [_path(lines[assume], frame, assume) for assume in reversed(ASSUMED)]
    body += _thresholds(drawn, speech, frame, [(*past, *steps) for steps in lines.values()])
    body += _behind(past, lines[ASSUMED[0]][0], frame)
    body += _today(speech, frame)
    for assume in ASSUMED:
        body += _changes(report.forecasts[assume], lines[assume], frame, assume)
    y = frame.top + _HEIGHT + 20.0
    body += _months(report, speech, frame, y)
    y += 44
    for assume in ASSUMED:
        made, y = _lane(report, speech, frame, assume, y)
        body += made
    return Drawing(tuple(body), y - 6)


def _path(steps: Steps, frame: Frame, kind: str) -> Node:
    points = [(frame.x(steps[0][0]), frame.y(steps[0][1]))]
    for day, value in steps[1:]:
        points += [(frame.x(day), points[-1][1]), (frame.x(day), frame.y(value))]
    return stroke(f"line {kind}", *points, (frame.right, points[-1][1]))


def _behind(past: Steps, today: tuple[date, Fraction], frame: Frame) -> list[Node]:
    """The month ends as dots, joined up to today: what lies between them is not told."""
    points = [(frame.x(day), frame.y(value)) for day, value in (*past, today)]
    if not past:
        return []
    dots = [tag("circle", cx=x, cy=y, r=2.6, class_="accent") for x, y in points[:-1]]
    return [stroke("line path", *points), *dots]


def _corners(steps: Steps, frame: Frame) -> Iterator[tuple[float, float]]:
    """Points close together along a curve, so that a name can keep clear of it."""
    place = 0
    for number in range((frame.last - frame.first).days + 1):
        day = frame.first + timedelta(days=number)
        while place + 1 < len(steps) and steps[place + 1][0] <= day:
            place += 1
            yield frame.x(day), frame.y(steps[place - 1][1])
        yield frame.x(day), frame.y(steps[place][1])


def _drawn_gates(report: Report, metric: str, most: Fraction) -> list[Gate]:
    """What the tiers held, wanted and fallen to ask, as far as it lies near the curves; the lowest first."""
    near = {stay.tier for told in report.forecasts.values() for stay in stays(told)} | {report.standing.next_tier}
    return [gate for gate in report.gates_on(metric) if gate.tier in near and Fraction(gate.required) <= most * _FAR]


def _thresholds(drawn: list[Gate], speech: Speech, frame: Frame, lines: Iterable[Steps]) -> list[Node]:
    """Each threshold as a dotted line; names that would touch stand together above the higher line."""
    body: list[Node] = []
    groups: list[list[Gate]] = []
    for gate in drawn:
        y = frame.y(Fraction(gate.required))
        body.append(stroke("threshold", (frame.left - 8, y), (frame.right, y)))
        if groups and frame.y(Fraction(groups[-1][-1].required)) - y < _APART:
            groups[-1].append(gate)
        else:
            groups.append([gate])
    corners = [point for steps in lines for point in _corners(steps, frame)]
    for group in groups:
        y = frame.y(Fraction(group[-1].required))
        said = " · ".join(f"{speech.tier(gate.tier)} {speech.required(gate)}" for gate in reversed(group))
        body.append(text(_roomiest(measure(said, strong=True), y - 11, frame, corners), y - 6, said, kind="warn halo"))
    return body


def _roomiest(room: float, y: float, frame: Frame, corners: list[tuple[float, float]]) -> float:
    """The left edge of a name around a height, farthest from the curves; further right where that is equal."""

    def clear(left: float) -> float:
        return min([abs(high - y) for x, high in corners if left - 8 <= x <= left + room + 8] + [40.0])

    last = frame.right - room
    places = [last - step * (last - frame.left - 16) / 16 for step in range(17)]
    return max(places, key=lambda left: (round(clear(left)), left))


def _today(speech: Speech, frame: Frame) -> list[Node]:
    x = frame.x(frame.today)
    left = x - 14 if frame.today == frame.first else x - measure(speech.say("today"), strong=True) / 2
    return [
        stroke("today", (x, frame.top - 8), (x, frame.top + _HEIGHT)),
        text(max(0.0, left), frame.top - 14, speech.say("today"), kind="name"),
    ]


def _changes(told: Forecast, steps: Steps, frame: Frame, assume: str) -> list[Node]:
    """A ring on the line on each day on which the tier changes."""
    body: list[Node] = []
    for stay in stays(told)[1:]:
        value = next(each for day, each in reversed(steps) if day <= stay.from_)
        body.append(tag("circle", cx=frame.x(stay.from_), cy=frame.y(value), r=5.5, class_=f"ring {assume}"))
    return body


def _months(report: Report, speech: Speech, frame: Frame, y: float) -> list[Node]:
    firsts = []
    day = frame.first.replace(day=1)
    while day <= report.until:
        if day >= frame.first:
            firsts.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    room = max(measure(speech.month(first)) for first in firsts) + 10
    pitch = (frame.right - frame.left) / max(1, len(firsts))
    every = max(1, -(-int(room) // max(1, int(pitch))))
    shown = [first for number, first in enumerate(firsts) if number % every == 0]
    labels = [Label(speech.month(first), frame.x(first)) for first in shown]
    body: list[Node] = [stroke("tick thin", (each.x, y - 20), (each.x, y - 15)) for each in labels]
    years: set[int] = {frame.first.year}
    for first, each in zip(shown, place(labels, frame.right), strict=True):
        body.append(text(each.left, y, each.text, kind="soft"))
        if first.year not in years:
            years.add(first.year)
            body.append(text(each.left, y + 18, str(first.year), kind="soft"))
    return body


def _lane(report: Report, speech: Speech, frame: Frame, assume: str, top: float) -> tuple[list[Node], float]:
    """The tiers of one assumption as a strip of time, with the days of change beneath."""
    told = report.forecasts[assume]
    body: list[Node] = [text(0, top + 14, speech.say(f"lane_{assume}"), kind="soft")]
    y = top + 24
    for stay in stays(told):
        x, wide = frame.x(stay.from_), frame.x(stay.until) - frame.x(stay.from_)
        body.append(bar(x, y, max(wide - 2, 1.5), _LANE, _colour(report, told.tier, stay), round_=4))
        if wide > measure("MMM", strong=True):
            name = shorten(speech.tier(stay.tier), wide - 16, strong=True)
            body.append(text(x + 8, y + 16, name, kind="name"))
    labels = [Label(speech.short_day(stay.from_), frame.x(stay.from_)) for stay in stays(told)[1:]]
    placed = place(labels, frame.right)
    body += [text(each.left, y + _LANE + 17 + each.row * 18, each.text, kind="soft") for each in placed]
    rows = 1 + max((each.row for each in placed), default=-1)
    return body, y + _LANE + rows * 18 + 18


def _colour(report: Report, before: str | None, stay: Stay) -> str:
    order: list[str | None] = [None, *(tier.tier for tier in report.program.tiers)]
    return "well" if order.index(stay.tier) >= order.index(before) else "low"


def _legend(speech: Speech, width: int, *, past: bool) -> tuple[list[Node], int]:
    """What each line is, and how many rows that takes."""
    kinds = [*(["path"] if past else []), *ASSUMED]
    said = {"path": speech.say("legend_behind"), **{each: speech.say(f"legend_{each}") for each in ASSUMED}}
    body: list[Node] = []
    placed = flow([said[kind] for kind in kinds], width, lead=34)
    for kind, label in zip(kinds, placed, strict=True):
        y = 8 + label.row * 18
        body.append(stroke(f"line {kind}", (label.left, y), (label.left + 26, y)))
        body.append(text(label.left + 34, y + 4, label.text, kind="soft"))
    return body, 1 + placed[-1].row
