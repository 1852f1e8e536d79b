"""The explained partner's points by source, against what its tier and the next one ask."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.engine.results import Gate, Line
from palier.report.arithmetic import exact
from palier.report.content import Report, credit_metrics, total_metric, tracked_metrics
from palier.report.drawing import Drawing, Label, Picture, Twin, bar, flow, measure, place, stroke, text
from palier.report.gates import phased
from palier.report.html import Node, inner, tag
from palier.report.words import Speech

SERIES = ("sold", "managed", "third")
"""The colour of each credit, the same in every picture: the first is sold, the second managed."""
_LINE = 20
_ADDED = frozenset({"sum", "total", "capped"})
"""The kinds of figures that their lines add up to."""


@dataclass(frozen=True, slots=True)
class Source:
    """One part of a figure: its name, colour and amount."""

    name: str
    kind: str
    amount: Fraction
    lines: int
    lighter: bool = False
    hatched: bool = False
    plain: bool = False

    @property
    def fill(self) -> str:
        """The class that fills it."""
        return f"{self.kind} lighter" if self.lighter else self.kind


@dataclass(frozen=True, slots=True)
class Track:
    """A figure made of its sources, and the gates of the tier held and of the next one that compare it.

    Those `blocking` keep the partner from the next one, those `later` will, from their day on.
    """

    metric: str
    value: Fraction
    sources: tuple[Source, ...]
    gates: tuple[Gate, ...]
    blocking: tuple[Gate, ...] = ()
    later: tuple[tuple[date, Gate], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to tell apart: one source, of the figure's own name."""
        return len(self.sources) == 1 and self.sources[0].plain


def factor_rank(line: Line) -> tuple[bool, bool]:
    """The order in which sources are shown: sourced before assisted, other markets before growth markets."""
    return (line.factors.get("motion") == "assisted", line.factors.get("market") == "growth")


def sources_of(report: Report, speech: Speech, metric: str) -> tuple[Source, ...]:
    """A credit by motion and market, sums of its lines: assisted is drawn lighter, growth markets hatched."""
    found = report.explanation(metric)
    grouped: dict[str, list[Line]] = defaultdict(list)
    for each in () if found is None else found.lines:
        factors = each.line.factors
        name = speech.source(factors.get("motion"), factors.get("market")) or speech.metric(metric)
        grouped[name].append(each.line)
    drawn = [each for each in tracked_metrics(report.program, report.on) if each != _whole_of(report)]
    series = SERIES[drawn.index(metric) % len(SERIES)]
    if report.program.metrics[metric].kind not in _ADDED:
        return (Source(speech.metric(metric), series, report.value(metric), _lines(report, metric), plain=True),)
    return tuple(
        Source(
            name=name,
            plain=name == speech.metric(metric),
            kind=series,
            lighter=factor_rank(lines[0])[0],
            hatched=factor_rank(lines[0])[1],
            amount=sum((line.amount for line in lines), Fraction(0)),
            lines=len(lines),
        )
        for name, lines in sorted(grouped.items(), key=lambda each: factor_rank(each[1][0]))
    )


def _whole_of(report: Report) -> str | None:
    """The total, where credits of their own make it."""
    total = total_metric(report.program, report.on)
    return None if total in credit_metrics(report.program, report.on) else total


def tracks(report: Report, speech: Speech) -> tuple[Track, ...]:
    """The total, then each credit; of a program without a total every figure that its tiers compare."""
    total, credits_ = total_metric(report.program, report.on), credit_metrics(report.program, report.on)
    wanted = {report.standing.tier, report.standing.next_tier}

    def gates(metric: str) -> tuple[Gate, ...]:
        return tuple(gate for gate in report.gates_on(metric) if gate.tier in wanted)

    def track(metric: str, sources: tuple[Source, ...]) -> Track:
        asked = gates(metric)
        wanted_tier, missing = report.standing.next_tier, report.standing.missing
        blocking = tuple(gate for gate in asked if gate.tier == wanted_tier and gate.gate in missing and not gate.held)
        return Track(metric, report.value(metric), sources, asked, blocking, tuple(phased(report, metric)))

    whole = tuple(
        Source(speech.metric(metric), SERIES[number % len(SERIES)], report.value(metric), _lines(report, metric))
        for number, metric in enumerate(credits_)
    )
    parts = [
        track(metric, sources_of(report, speech, metric))
        for metric in tracked_metrics(report.program, report.on)
        if metric != total or total in credits_
    ]
    if total in credits_:
        return tuple(parts)
    return (track(total, whole), *parts)


def points(report: Report, speech: Speech) -> Picture:
    """The picture of the points by source."""
    drawn = tracks(report, speech)
    caption = conclusion(report, speech, drawn[0])
    return Picture(
        name="points",
        title=speech.say("points_title", partner=report.partner),
        description=caption,
        caption=caption,
        twin=points_twin(drawn, speech),
        draw=lambda width: _draw(drawn, speech, width),
    )


def points_twin(drawn: tuple[Track, ...], speech: Speech) -> Twin:
    """The numbers of the tracks: each source with its amount and lines, each sum with what the tiers ask."""
    rows = []
    for track in drawn:
        for source in track.sources:
            name = f"{speech.metric(track.metric)}{speech.say('colon')}{source.name}"
            rows.append((name, exact(speech.words, source.amount), speech.whole(source.lines)))
        asked = [f"{speech.tier(gate.tier)} {speech.required(gate)}" for gate in track.gates]
        rows.append((speech.say("sum_of", metric=speech.metric(track.metric)), exact(speech.words, track.value),
                     " · ".join(asked)))  # fmt: skip
    units = {speech.unit(track.metric) for track in drawn}
    counted = units.pop() if len(units) == 1 else speech.say("value_word")
    return Twin(
        headings=(speech.say("source"), counted, speech.say("lines_or_thresholds")),
        rows=tuple(rows),
    )


def conclusion(report: Report, speech: Speech, track: Track) -> str:
    """How much of what is asked a track has, and of what it is made, in one sentence."""
    parts = [f"{speech.figure(track.metric, each.amount)} {speech.lower(each.name)}" for each in track.sources]
    wanted = [gate for gate in track.gates if gate.tier == report.standing.next_tier]
    said = {
        "metric": speech.metric(track.metric),
        "value": speech.figure(track.metric, track.value),
        "parts": speech.both(parts),
    }
    made = "stands_at" if track.is_plain else "made_of"
    if not wanted:
        return speech.say(made, **said)
    return speech.say(f"{made}_asked", **said, tier=speech.tier(wanted[0].tier), required=speech.required(wanted[0]))


def _lines(report: Report, metric: str) -> int:
    found = report.explanation(metric)
    return 0 if found is None else len(found.lines)


def _draw(drawn: tuple[Track, ...], speech: Speech, width: int) -> Drawing:
    pattern = f"hatch-{width}"
    body: list[Node] = [hatching(pattern)]
    y = 0.0
    for track in drawn:
        headed, y = _heading(track, speech, width, y)
        made, y = draw_track(track, speech, width, y, pattern=pattern)
        body.append(inner(*headed, *made))
        y += 22
    return Drawing(tuple(body), y - 22)


def draw_track(track: Track, speech: Speech, width: int, top: float, *, pattern: str) -> tuple[list[Node], float]:
    """A track without its heading: the bar, what the tiers ask as ticks, and what it is made of; where it ends."""
    most = max([track.value, Fraction(1), *(Fraction(gate.required) for gate in track.gates)]) * Fraction(103, 100)
    y = top
    body: list[Node] = [bar(0, y, width, 18, "empty", round_=4)]
    x = 0.0
    for source in track.sources:
        long = float(source.amount / most) * width
        body.append(bar(x, y, max(long - 1.5, 0.8), 18, source.fill, round_=2))
        if source.hatched:
            hatch = tag("rect", x=x, y=y, width=max(long - 1.5, 0.8), height=18, fill=f"url(#{pattern})")
            body.append(hatch)
        x += long
    labels = [
        Label(f"{speech.tier(gate.tier)} {speech.required(gate)}", float(Fraction(gate.required) / most) * width)
        for gate in track.gates
    ]
    for label in place(labels, width):
        body.append(stroke("tick", (label.x, y - 4), (label.x, y + 22)))
        body.append(text(label.left, y + 38 + label.row * _LINE, label.text, kind="soft"))
    rows = 1 + max((label.row for label in place(labels, width)), default=-1)
    y += 18 + 6 + rows * _LINE
    if track.is_plain:
        return body, y
    legend, y = _sources(track, speech, width, y, pattern)
    return [*body, *legend], y


def verdict(track: Track, speech: Speech) -> tuple[str, str]:
    """By how much a track misses what is asked, or that it is enough; and the colour in which that is said."""
    missed = track.blocking
    if missed:
        return speech.short_by(missed[-1]), "warn"
    if track.later:
        day, gate = track.later[-1]
        missing = speech.words.figure(gate.metric, gate.missing)
        return speech.say("asked_from", day=speech.words.day(day), missing=missing), "warn"
    if any(gate.held for gate in track.gates):
        return speech.say("enough"), "soft"
    waived = [gate.waived_by for gate in track.gates if gate.waived_by is not None]
    return speech.say("waived", gate=speech.words.name("gates", waived[0])) if waived else "", "soft"


def _heading(track: Track, speech: Speech, width: int, top: float) -> tuple[list[Node], float]:
    name, value = speech.metric(track.metric), speech.figure(track.metric, track.value)
    said, kind = verdict(track, speech)
    body: list[Node] = [
        text(0, top + 14, name, kind="name"),
        text(measure(name, strong=True) + 12, top + 14, value, kind="number"),
        text(width, top + 14, said, kind=kind, anchor="end"),
    ]
    if measure(f"{name}{value}{said}", strong=True) + 36 <= width:
        return body, top + 26
    body[-1] = text(width, top + 14 + _LINE, said, kind=kind, anchor="end")
    return body, top + 26 + _LINE


def _sources(track: Track, speech: Speech, width: int, top: float, pattern: str) -> tuple[list[Node], float]:
    entries = [
        (source if place == 0 else None, said)
        for source in track.sources
        for place, said in enumerate(_entry(source, speech.figure(track.metric, source.amount), width))
    ]
    body: list[Node] = []
    placed = flow([said for _, said in entries], width)
    for (marked, _), label in zip(entries, placed, strict=True):
        y = top + label.row * _LINE + 4
        if marked is not None:
            body.append(bar(label.left, y + 2, 11, 11, marked.fill, round_=2))
        if marked is not None and marked.hatched:
            body.append(tag("rect", x=label.left, y=y + 2, width=11, height=11, fill=f"url(#{pattern})"))
        body.append(text(label.left + 18, y + 12, label.text, kind="soft"))
    return body, top + (1 + max((label.row for label in placed), default=-1)) * _LINE


def _entry(source: Source, figure: str, width: int) -> tuple[str, ...]:
    """A source and its amount in the legend; the amount stands below where both are wider than the picture."""
    whole = f"{source.name} {figure}"
    return (whole,) if 18 + measure(whole) <= width else (source.name, figure)


def hatching(pattern: str) -> Node:
    """The pattern of growth markets, under a name of its own in the page."""
    line = tag("path", d="M-1 6L6 -1M4 11L11 4", class_="hatch")
    return tag("defs", tag("pattern", line, id=pattern, width=10, height=10, patternUnits="userSpaceOnUse"))
