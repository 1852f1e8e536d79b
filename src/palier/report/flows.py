"""Who rose and who fell between recalibrations: bands from tier to tier, from one day to the next."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

from palier.report.content import Report
from palier.report.drawing import Drawing, Picture, Twin, bar, figure, flow, measure, text
from palier.report.html import Markup, Node, tag
from palier.report.past import WAYS, Past, Place, Way
from palier.report.words import Speech

_TOP, _NODE, _LANE_GAP, _ROOM, _LINE, _LABEL_GAP = 72, 8, 16, 44, 17, 10
_SHOWN: tuple[Way, ...] = ("rise", "stay", "fall")


def flows_section(report: Report, speech: Speech) -> Markup | None:
    """The flows of each program, one below the other; nothing where no past is told."""
    if not report.pasts:
        return None
    table = speech.say("as_table")
    pictures: list[Node] = []
    for past in report.pasts:
        own = Speech(past.words)
        pictures += [tag("h3", program_name(past)), figure(flows_picture(past, own), table)]
    return tag(
        "section",
        tag("h2", speech.say("flows_heading")),
        tag("p", speech.say("flows_lead"), class_="soft"),
        *pictures,
        class_="card full",
        id="flows",
    )


def program_name(past: Past) -> str:
    """What people call the program."""
    program = past.words.rulebook.program.program
    return past.words.rulebook.text(past.words.language, "program", "name") or program


def flows_picture(past: Past, speech: Speech) -> Picture:
    """The picture of one program's flows; its words are those of that program."""
    caption = f"{flows_sentence(past, speech)}\n{_largest(past, speech)}".strip()
    return Picture(
        name=f"flows-{past.words.rulebook.program.program}",
        title=speech.say("flows_title", program=program_name(past)),
        description=caption,
        caption=caption,
        twin=_twin(past, speech),
        draw=lambda width: _draw(past, speech, width),
    )


def flows_sentence(past: Past, speech: Speech) -> str:
    """How often partners rose and fell, and where those there on both days stand on the last."""
    first, last = past.stops[0], past.stops[-1]
    turns, ways = past.turns(), past.ways(first, last)
    counted = {way: speech.whole(ways[way]) for way in _SHOWN}
    return speech.say(
        "flows_told",
        first=speech.words.day(first),
        last=speech.words.day(last),
        rises=speech.count("turns_rise", turns["rise"]),
        falls=speech.count("turns_fall", turns["fall"]),
        both=speech.whole(sum(ways[way] for way in _SHOWN)),
        **counted,
    )


def _largest(past: Past, speech: Speech) -> str:
    """The commonest change of tier from one stop to the next."""
    steps = [
        (count, day, before, after)
        for first, day in pairwise(past.stops)
        for (before, after), count in past.steps(first, day).items()
        if before is not None and after is not None and before != after
    ]
    if not steps:
        return ""
    count, day, before, after = max(steps, key=lambda each: (each[0], each[1]))
    return speech.count(
        "flows_largest",
        count,
        before=speech.tier(before.tier),
        after=speech.tier(after.tier),
        day=speech.words.day(day),
    )


def _twin(past: Past, speech: Speech) -> Twin:
    headings = [
        speech.say("day"),
        *(speech.tier(tier) for tier in past.ladder),
        *(speech.say(f"col_{way}") for way in WAYS),
    ]
    rows = []
    previous: date | None = None
    for day in past.stops:
        held = past.held(day)
        ways: Counter[Way] = Counter() if previous is None else past.ways(previous, day)
        told = ["" if previous is None else speech.whole(ways[way]) for way in WAYS]
        rows.append((speech.words.day(day), *(speech.whole(held[tier]) for tier in past.ladder), *told))
        previous = day
    return Twin(headings=tuple(headings), rows=tuple(rows))


class _Lanes:
    """Where tiers and days lie: each tier a lane as high as its largest crowd, each day a column."""

    def __init__(self, past: Past, speech: Speech, width: int) -> None:
        self.stops = past.stops
        self.pitch = (width - _NODE - 2) / max(1, len(self.stops) - 1)
        widest = max(measure(speech.tier(tier), strong=True) for tier in past.ladder)
        self.narrow = widest + 36 > self.pitch
        head = 22 + (_LINE if self.narrow else 0)
        self.held = {day: past.held(day) for day in self.stops}
        most = {tier: max(self.held[day][tier] for day in self.stops) for tier in past.ladder}
        self.scale = _ROOM * len(most) / max(1, sum(most.values()))
        self.tops: dict[str | None, float] = {}
        y = float(_TOP)
        for tier in past.ladder:
            self.tops[tier] = y + head
            y += head + max(3.0, most[tier] * self.scale) + _LANE_GAP
        self.bottom = y - _LANE_GAP
        self.dates = [speech.short_day(day) for day in self.stops]
        # The first and the last date lean inwards from the edge: towards their neighbours they take their whole width.
        if max(map(measure, self.dates)) * 1.5 + _LABEL_GAP > self.pitch + _NODE / 2:
            self.dates = [speech.month(day) for day in self.stops]

    def x(self, place: int) -> float:
        """The left edge of a day's bars."""
        return 1 + place * self.pitch


def _draw(past: Past, speech: Speech, width: int) -> Drawing:
    lanes = _Lanes(past, speech, width)
    body: list[Node] = _legend(speech, width)
    for place, (first, last) in enumerate(pairwise(lanes.stops)):
        body += _bands(past, lanes, place, first, last)
    for place, day in enumerate(lanes.stops):
        body += _column(lanes, speech, place, day)
    for tier, top in lanes.tops.items():
        y = top - 7 - (_LINE if lanes.narrow else 0)
        body.append(text(0, y, speech.tier(tier), kind="name halo" if tier else "halo"))
    return Drawing(tuple(body), lanes.bottom + 4)


def _column(lanes: _Lanes, speech: Speech, place: int, day: date) -> list[Node]:
    """One day: its date above, a bar for each tier with how many hold it."""
    last = place == len(lanes.stops) - 1
    x = lanes.x(place)
    anchor = "start" if place == 0 else "end" if last else "middle"
    at = x if place == 0 else x + _NODE if last else x + _NODE / 2
    body: list[Node] = [
        text(at, _TOP - 32, lanes.dates[place], kind="soft", anchor=anchor),
        text(at, _TOP - 15, str(day.year), kind="soft", anchor=anchor),
    ]
    for tier, top in lanes.tops.items():
        partners = lanes.held[day][tier]
        if not partners:
            continue
        body.append(bar(x, top, _NODE, max(1.5, partners * lanes.scale), "post", round_=2))
        count = speech.whole(partners)
        beside = place == 0 and not lanes.narrow
        left = measure(speech.tier(tier), strong=True) + 8 if beside else at
        body.append(text(left, top - 7, count, kind="number small halo", anchor=anchor))
    return body


def _bands(past: Past, lanes: _Lanes, place: int, first: date, last: date) -> list[Node]:
    """The bands between two days: those who stay below, those who move over them."""
    ranks = {tier: rank for rank, tier in enumerate(past.ladder)}
    steps = {
        (before.tier, after.tier): count
        for (before, after), count in past.steps(first, last).items()
        if before is not None and after is not None
    }
    leaving = dict(lanes.tops)
    arriving = dict(lanes.tops)
    spans = {}
    for step in sorted(steps, key=lambda each: (ranks[each[0]], ranks[each[1]])):
        spans[step] = leaving[step[0]]
        leaving[step[0]] += steps[step] * lanes.scale
    between = lanes.x(place) + _NODE, lanes.x(place + 1)
    drawn: list[tuple[Way, Node]] = []
    for step in sorted(steps, key=lambda each: (ranks[each[1]], ranks[each[0]])):
        way = past.way((Place(step[0]), Place(step[1])))
        drawn.append((way, band(between, (spans[step], arriving[step[1]]), max(1.2, steps[step] * lanes.scale), way)))
        arriving[step[1]] += steps[step] * lanes.scale
    order: dict[Way, int] = {"stay": 0, "fall": 1, "rise": 2}
    return [band for way, band in sorted(drawn, key=lambda each: order[each[0]])]


def band(between: tuple[float, float], tops: tuple[float, float], high: float, way: Way) -> Node:
    """A band of one height from the edge and top on one day to those on the next."""
    (x, end), (top, to) = between, tops
    middle = (x + end) / 2
    d = (
        f"M{x:.1f} {top:.1f}C{middle:.1f} {top:.1f} {middle:.1f} {to:.1f} {end:.1f} {to:.1f}"
        f"V{to + high:.1f}C{middle:.1f} {to + high:.1f} {middle:.1f} {top + high:.1f} {x:.1f} {top + high:.1f}Z"
    )
    return tag("path", d=d, class_=f"flow {way}")


def _legend(speech: Speech, width: int) -> list[Node]:
    body: list[Node] = []
    for way, label in zip(_SHOWN, flow([speech.say(f"legend_{way}") for way in _SHOWN], width), strict=True):
        body.append(bar(label.left, 1 + label.row * 18, 11, 11, f"flow {way}", round_=2))
        body.append(text(label.left + 18, 12 + label.row * 18, label.text, kind="soft"))
    return body
