"""What changed between two days: from one figure to the other by what came, what went, and what changed its amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from palier.engine.results import Line
from palier.report.drawing import Drawing, Picture, Twin, bar, measure, stroke, text
from palier.report.html import Markup, Node, tag
from palier.report.lines import customer
from palier.report.links import Links
from palier.report.points import SERIES
from palier.report.words import Speech

Kind = Literal["new", "lost", "more", "less"]
KINDS: tuple[Kind, ...] = ("new", "lost", "more", "less")
_ROW, _BAR, _TOP = 44, 20, 4
_LISTED = 15
"""So many changes of a step are listed; the file has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One source whose credit came, went or changed: what it counted before and after, and for whom."""

    metric: str
    kind: Kind
    source_table: str
    source_id: str
    customer_id: str | None
    before: Fraction
    after: Fraction
    line: Line

    @property
    def change(self) -> Fraction:
        """What it adds to the figure, or takes from it."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All changes of one kind in one credit, the largest first."""

    metric: str
    kind: Kind
    changed: tuple[Changed, ...]

    @property
    def change(self) -> Fraction:
        """What they add or take together."""
        return sum((each.change for each in self.changed), Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """A figure on two days, and the steps from one to the other: they add up exactly."""

    metric: str
    first: date
    last: date
    before: Fraction
    after: Fraction
    steps: tuple[Step, ...]


def waterfall(
    metric: str, credits_: Iterable[str], before: tuple[date, Sequence[Line]], after: tuple[date, Sequence[Line]]
) -> Waterfall:
    """Compare the lines of two days.

    Args:
        metric: the figure that the credits add up to.
        credits_: the metrics whose lines make it.
        before: the first day with its lines.
        after: the last day with its lines.
    """
    steps = []
    for credit in credits_:
        then, now = _by_source(before[1], credit), _by_source(after[1], credit)
        found: dict[Kind, list[Changed]] = {kind: [] for kind in KINDS}
        for key in {**then, **now}:
            each = _changed(credit, then.get(key), now.get(key))
            if each is not None:
                found[each.kind].append(each)
        steps += [
            Step(
                metric=credit,
                kind=kind,
                changed=tuple(sorted(listed, key=lambda each: (-abs(each.change), each.source_id))),
            )
            for kind, listed in found.items()
            if listed or kind in {"new", "lost"}
        ]
    wanted = set(credits_)
    return Waterfall(
        metric=metric,
        first=before[0],
        last=after[0],
        before=sum((line.amount for line in before[1] if line.metric in wanted), Fraction(0)),
        after=sum((line.amount for line in after[1] if line.metric in wanted), Fraction(0)),
        steps=tuple(steps),
    )


Source = tuple[str, str, str | None]


def _by_source(lines: Iterable[Line], metric: str) -> Mapping[Source, tuple[Line, Fraction]]:
    """The lines of a metric by their source: the first with the sum of all."""
    found: dict[Source, tuple[Line, Fraction]] = {}
    for line in lines:
        if line.metric == metric:
            key = (line.source_table, line.source_id, line.customer_id)
            kept, amount = found.get(key, (line, Fraction(0)))
            found[key] = kept, amount + line.amount
    return found


def _changed(metric: str, then: tuple[Line, Fraction] | None, now: tuple[Line, Fraction] | None) -> Changed | None:
    before, after = (Fraction(0) if each is None else each[1] for each in (then, now))
    if before == after:
        return None
    kind: Kind = "new" if then is None else "lost" if now is None else "more" if after > before else "less"
    line = (now or then or (None,))[0]
    assert line is not None  # noqa: S101  # one of the two is there
    return Changed(
        metric=metric, kind=kind, source_table=line.source_table, source_id=line.source_id,
        customer_id=line.customer_id, before=before, after=after, line=line,
    )  # fmt: skip


def step_name(speech: Speech, step: Step) -> str:
    """What a step is called."""
    return speech.say(f"step_{step.kind}", metric=speech.lower(speech.metric(step.metric)))


def signed(speech: Speech, metric: str, change: Fraction) -> str:
    """A change with its sign."""
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{speech.figure(metric, abs(change))}"


def headline(speech: Speech, told: Waterfall) -> str:
    """From when to when, and by how much the figure changed."""
    change = told.after - told.before
    key = "changes_same" if change == 0 else "changes_up" if change > 0 else "changes_down"
    said = speech.say(
        key,
        metric=speech.lower(speech.metric(told.metric)),
        change=speech.figure(told.metric, abs(change)),
        value=speech.figure(told.metric, told.after),
    )
    return speech.say(
        "changes_heading", first=speech.words.day(told.first), last=speech.words.day(told.last), change=f"{said}."
    )


def conclusion(speech: Speech, told: Waterfall, names: Mapping[str, str]) -> str:
    """The step that moved most, and the customer that moved it most."""
    largest = max(told.steps, key=lambda step: abs(step.change), default=None)
    if largest is None or not largest.changed:
        return speech.say("changes_nothing")
    first = largest.changed[0]
    return speech.say(
        "changes_most",
        step=speech.lower(step_name(speech, largest)),
        amount=signed(speech, largest.metric, largest.change),
        name=names.get(first.customer_id or "") or first.customer_id or first.source_id,
        part=signed(speech, largest.metric, first.change),
    )


def waterfall_picture(speech: Speech, told: Waterfall, names: Mapping[str, str]) -> Picture:
    """The picture: a bar a day, and between them a step a kind of change."""
    said = conclusion(speech, told, names)
    rows = [(speech.words.day(told.first), "", speech.aligned(told.metric, told.before))]
    at = told.before
    for step in told.steps:
        at += step.change
        lines = speech.count("step_lines", len(step.changed))
        name = f"{step_name(speech, step)} ({lines})"
        rows.append((name, signed(speech, step.metric, step.change), speech.aligned(told.metric, at)))
    rows.append((speech.words.day(told.last), "", speech.aligned(told.metric, told.after)))
    return Picture(
        name="changes",
        title=speech.say(
            "changes_title",
            metric=speech.metric(told.metric),
            first=speech.words.day(told.first),
            last=speech.words.day(told.last),
        ),
        description=f"{headline(speech, told)} {said}",
        caption=said,
        twin=Twin(headings=(speech.say("step"), speech.say("change"), speech.metric(told.metric)), rows=tuple(rows)),
        draw=lambda width: _draw(speech, told, width),
    )


def changes_table(speech: Speech, told: Waterfall, names: Mapping[str, str], links: Links | None) -> Markup:
    """Every source that changed, step by step, with what it counted on both days; each opens its row."""
    heads = [("source", None), ("before", "r"), ("after", "r"), ("change", "r")]
    bodies = [
        tag(
            "tbody",
            tag(
                "tr",
                tag(
                    "th",
                    step_name(speech, step),
                    tag("small", speech.count("step_lines", len(step.changed))),
                    scope="rowgroup",
                    colspan=3,
                ),
                tag("td", tag("b", signed(speech, step.metric, step.change)), class_="r amount"),
                class_="group",
            ),
            *(_row(speech, each, names, links) for each in step.changed[:_LISTED]),
            _rest(speech, step),
        )
        for step in told.steps
        if step.changed
    ]
    head = tag("tr", *(tag("th", speech.say(key), scope="col", class_=kind) for key, kind in heads))
    return tag("table", tag("thead", head), *bodies, class_="changes")


def _rest(speech: Speech, step: Step) -> Markup | None:
    """What the changes beyond those listed come to together."""
    rest = step.changed[_LISTED:]
    if not rest:
        return None
    change = sum((each.change for each in rest), Fraction(0))
    return tag(
        "tr",
        tag("th", speech.count("step_rest", len(rest)), scope="row", colspan=3),
        tag("td", signed(speech, step.metric, change), class_="r amount"),
        class_="rest",
    )


def _row(speech: Speech, each: Changed, names: Mapping[str, str], links: Links | None) -> Markup:
    name = names.get(each.customer_id or "") or speech.words.source(each.source_table, each.source_id)
    said = customer(name) if each.customer_id in names else name
    address = None if links is None or each.kind == "lost" else links.source(each.line)
    opened: Node = said if address is None else tag("a", said, href=address)
    cells = (
        speech.figure(each.metric, each.before) if each.before else "",
        speech.figure(each.metric, each.after) if each.after else "",
        signed(speech, each.metric, each.change),
    )
    return tag(
        "tr",
        tag("th", opened, tag("small", f"{each.source_table} {each.source_id}"), scope="row"),
        *(tag("td", cell, class_="r amount") for cell in cells),
    )


def _draw(speech: Speech, told: Waterfall, width: int) -> Drawing:
    most = max(_levels(told), default=Fraction(1)) or Fraction(1)
    values = [speech.figure(told.metric, told.before), speech.figure(told.metric, told.after)]
    values += [signed(speech, step.metric, step.change) for step in told.steps]
    room = width - max(measure(each, strong=True) for each in values) - 10
    colours = list(dict.fromkeys(step.metric for step in told.steps))
    body: list[Node] = []

    def row(place: int, name: str, value: str, span: tuple[Fraction, Fraction], kind: str) -> None:
        y = _TOP + place * _ROW
        low, high = (float(each / most) * room for each in (min(span), max(span)))
        body.append(text(0, y + 12, name, kind="soft"))
        if high > low:
            body.append(bar(low, y + 18, max(high - low, 1.5), _BAR, kind, round_=3))
        body.append(text(high + 8, y + 33, value, kind="number"))

    row(0, speech.words.day(told.first), values[0], (Fraction(0), told.before), "accent")
    at = told.before
    for place, step in enumerate(told.steps, 1):
        series = SERIES[colours.index(step.metric) % len(SERIES)]
        kind = series if step.change >= 0 else f"{series} lighter"
        edge = float(at / most) * room
        y = _TOP + place * _ROW
        body.append(stroke("grid", (edge, y - _ROW + 18 + _BAR), (edge, y + 18)))
        row(place, step_name(speech, step), signed(speech, step.metric, step.change), (at, at + step.change), kind)
        at += step.change
    row(len(told.steps) + 1, speech.words.day(told.last), values[1], (Fraction(0), told.after), "accent")
    return Drawing(tuple(body), _TOP + (len(told.steps) + 2) * _ROW)


def _levels(told: Waterfall) -> list[Fraction]:
    """Every height that a bar reaches."""
    levels, at = [told.before, told.after], told.before
    for step in told.steps:
        levels += [at, at + step.change]
        at += step.change
    return levels
