"""One partner's path: the tiers it held as a line over time, and each move in the words of its notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from palier.engine.move_words import move_sentence
from palier.engine.moves import Move
from palier.report.content import Report
from palier.report.drawing import Drawing, Label, Picture, Twin, figure, measure, place, stroke, text
from palier.report.html import Markup, Node, tag
from palier.report.past import Past
from palier.report.words import Speech

_TOP, _LANE, _AXIS = 14, 44, 44


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time on one tier, from a day until a day."""

    tier: str | None
    from_: date
    until: date


def stretches(past: Past, partner: str) -> tuple[Stretch, ...]:
    """The tiers a partner held one after the other within the time told; nothing while it is outside."""
    found: list[Stretch] = []
    for holding in past.history.holdings:
        if holding.partner_id != partner or holding.state == "left":
            continue
        first = max(holding.effective_from, past.since)
        last = past.until if holding.effective_until is None else min(holding.effective_until, past.until)
        if found and found[-1].tier == holding.tier and found[-1].until == first:
            found[-1] = Stretch(holding.tier, found[-1].from_, last)
        elif first <= past.until:
            found.append(Stretch(holding.tier, first, last))
    return tuple(found)


def path_section(report: Report, speech: Speech) -> Markup | None:
    """The path of the report's partner in the report's program; nothing where no past is told."""
    past = own_past(report)
    partner = report.standing.partner_id
    if past is None or not stretches(past, partner):
        return None
    rows = [
        tag(
            "li",
            tag("b", speech.words.day(move.on)),
            tag("span", move_sentence(speech.words, move)),
            class_=_mark(past, move),
        )
        for move in past.moves_of(partner)
    ]
    told = [tag("p", speech.say("path_lead"), class_="soft"), tag("ol", *rows, class_="path")] if rows else []
    return tag(
        "section",
        tag("h2", speech.say("path_heading", partner=report.partner)),
        figure(path_picture(report, speech, past), speech.say("as_table")),
        *told,
        class_="card full",
        id="moves",
    )


def own_past(report: Report) -> Past | None:
    """The past of the report's own program."""
    mine = report.program.program
    return next((past for past in report.pasts if past.words.rulebook.program.program == mine), None)


def _mark(past: Past, move: Move) -> str | None:
    way = past.way_of(move)
    return way if way in {"rise", "fall"} else None


def path_picture(report: Report, speech: Speech, past: Past) -> Picture:
    """The picture of the path."""
    drawn = stretches(past, report.standing.partner_id)
    caption = path_sentence(report, speech, past)
    rows = [
        (speech.words.day(each.from_), speech.tier(each.tier), speech.count("days", (each.until - each.from_).days))
        for each in drawn
    ]
    return Picture(
        name="path",
        title=speech.say("path_title", partner=report.partner),
        description=caption,
        caption=caption,
        twin=Twin(headings=(speech.say("from"), speech.say("tier"), speech.say("held_for")), rows=tuple(rows)),
        draw=lambda width: _draw(past, drawn, speech, width),
    )


def path_sentence(report: Report, speech: Speech, past: Past) -> str:
    """How often the partner rose and fell, and what it holds now since when."""
    partner = report.standing.partner_id
    ways = [_mark(past, move) for move in past.moves_of(partner)]
    held = stretches(past, partner)[-1]
    return speech.say(
        "path_told",
        partner=report.partner,
        first=speech.words.day(past.since),
        rises=speech.count("turns_rise" if speech.addressed else "path_rises", ways.count("rise")),
        falls=speech.count("turns_fall" if speech.addressed else "path_falls", ways.count("fall")),
        tier=speech.tier(held.tier),
        day=speech.words.day(held.from_),
    )


def _draw(past: Past, drawn: tuple[Stretch, ...], speech: Speech, width: int) -> Drawing:
    ladder = _ladder(past, drawn)
    left = max(measure(speech.tier(tier), strong=True) for tier in ladder) + 16
    first, last = past.since, past.until

    def x(day: date) -> float:
        return left + (width - left - 7) * (day - first).days / max(1, (last - first).days)

    heights = {tier: _TOP + number * _LANE for number, tier in enumerate(ladder)}
    body: list[Node] = []
    for tier, y in heights.items():
        body.append(text(0, y + 5, speech.tier(tier), kind="name" if tier else "soft"))
        body.append(stroke("grid", (left, y), (width, y)))
    turns = [(before, after) for before, after in pairwise(drawn) if before.until == after.from_]
    risers = [(x(after.from_), heights[before.tier], heights[after.tier]) for before, after in turns]
    body += [stroke("line path", (at, was), (at, is_)) for at, was, is_ in risers]
    for each in drawn:
        y = heights[each.tier]
        body.append(stroke("line path", (x(each.from_), y), (x(each.until), y)))
    for at, was, is_ in risers:
        body.append(tag("circle", cx=at, cy=float(is_), r=5.5, class_="ring path-fall" if is_ > was else "ring"))
    base = _TOP + (len(ladder) - 1) * _LANE
    labels = [Label(speech.month(day), x(day)) for day in _quarters(first, last)]
    for day, label in zip(_quarters(first, last), place(labels, width, gap=4), strict=True):
        body.append(stroke("tick thin", (x(day), base + 10), (x(day), base + 15)))
        if label.row == 0:
            body.append(text(label.left, base + 32, label.text, kind="soft"))
            if day.month == 1:
                body.append(text(label.left, base + 50, str(day.year), kind="soft"))
    return Drawing(tuple(body), base + _AXIS + 12)


def _ladder(past: Past, drawn: tuple[Stretch, ...]) -> tuple[str | None, ...]:
    """The tiers between the lowest and the highest held, and the next above, the highest first."""
    stood = {each.tier for each in drawn}
    tiers = past.words.rulebook.program.tiers
    living = [tier.tier for tier in tiers if tier.tier in stood or tier.in_force(past.until)]
    order: list[str | None] = [None, *living]
    held = [order.index(each.tier) for each in drawn]
    shown = order[min(held) : max(held) + 2]
    return tuple(reversed(shown))


def _quarters(first: date, last: date) -> list[date]:
    day, found = first.replace(day=1), []
    while day <= last:
        if day >= first and day.month in {1, 4, 7, 10}:
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found
