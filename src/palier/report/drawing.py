"""Drawing without a browser: text is measured, labels are placed so that none overlap, widths are drawn apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log10

from palier.report.html import Markup, Node, tag

WIDTHS = (320, 560, 960)
"""Each picture is drawn for a phone, a column and a page; the style sheet shows the one that fits."""

SIZE = 14
"""The size of text in a picture."""

_NARROW, _WIDE = frozenset("ijl.,:;'’|!()[]ftrI \u202f\u00a0·-/"), frozenset("mwMWQOGD%@&—→")
_SHARES = {"narrow": 0.34, "wide": 0.88, "upper": 0.72, "digit": 0.65, "other": 0.59}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn in a width, and how high it became."""

    body: tuple[Node, ...]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The numbers of a picture as a table: headings, and rows whose first cell names them."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in words and in drawings: `caption` says its conclusion (a sentence a line)."""

    name: str
    title: str
    description: str
    caption: str
    twin: Twin
    draw: Callable[[int], Drawing]


@dataclass(frozen=True, slots=True)
class Label:
    """A text that wants to stand at `x`, and after placing where it stands: its left edge and its row."""

    text: str
    x: float
    strong: bool = False
    left: float = 0
    row: int = 0


def measure(text: str, *, strong: bool = False, size: float = SIZE) -> float:
    """About how wide a text is, on the generous side."""
    width = 0.0
    for letter in text:
        if letter in _NARROW:
            kind = "narrow"
        elif letter in _WIDE:
            kind = "wide"
        else:
            kind = "digit" if letter.isdigit() else "upper" if letter.isupper() else "other"
        width += _SHARES[kind]
    return width * size * (1.14 if strong else 1.0)


def shorten(text: str, room: float, *, strong: bool = False) -> str:
    """A text that fits a room, cut with an ellipsis where it must be."""
    if measure(text, strong=strong) <= room:
        return text
    kept = text
    while kept and measure(kept + "…", strong=strong) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def place(labels: Iterable[Label], width: float, *, gap: float = 10) -> tuple[Label, ...]:
    """Centre each label on its x within the width, on the first row where it touches no other."""
    ends: list[float] = []
    placed = []
    for label in sorted(labels, key=lambda each: each.x):
        room = measure(label.text, strong=label.strong)
        left = max(0.0, min(label.x - room / 2, width - room))
        row = next((number for number, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = left + room
        placed.append(Label(label.text, label.x, strong=label.strong, left=left, row=row))
    return tuple(placed)


def flow(texts: Sequence[str], width: float, *, lead: float = 18, gap: float = 18) -> tuple[Label, ...]:
    """Legend entries in reading order, wrapped; `lead` is the room of the mark before each."""
    placed, left, row = [], 0.0, 0
    for text in texts:
        room = lead + measure(text)
        if left > 0 and left + room > width:
            left, row = 0.0, row + 1
        placed.append(Label(text, left, left=left, row=row))
        left += room + gap
    return tuple(placed)


def ticks(most: Fraction, *, about: int = 4) -> tuple[int, ...]:
    """Round numbers from zero up to the first that is not below `most`."""
    if most <= 0:
        return (0, 1)
    rough = float(most) / about
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    step = next(int(power * each) for each in (1, 2, 5, 10) if power * each >= rough)
    last = -(-most.numerator // (most.denominator * step))
    return tuple(step * number for number in range(int(last) + 1))


def text(
    x: float, y: float, *said: str, kind: str | None = None, anchor: str | None = None, inside: Node = None
) -> Markup:
    """A text at a place; `kind` is its class, `anchor` its side (start, middle, end)."""
    return tag("text", *said, inside, x=float(x), y=float(y), class_=kind, text_anchor=anchor)


def bar(x: float, y: float, width: float, height: float, kind: str, *, round_: float = 3) -> Markup:
    """A filled bar; nothing is drawn for nothing."""
    if width <= 0 or height <= 0:
        return Markup("")
    corner = min(round_, width / 2, height / 2)
    return tag(
        "rect",
        x=float(x),
        y=float(y),
        width=float(width),
        height=float(height),
        rx=float(corner) if corner else None,
        class_=kind,
    )


def stroke(kind: str, *points: tuple[float, float]) -> Markup:
    """A line through points."""
    spelled = " ".join(f"{'M' if place == 0 else 'L'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(points))
    return tag("path", d=spelled, class_=kind)


def svg(picture: Picture, width: int) -> Markup:
    """One drawing of a picture, with its title and description."""
    drawn = picture.draw(width)
    named = f"{picture.name}-{width}"
    return tag(
        "svg",
        tag("title", picture.title, id=f"{named}-title"),
        tag("desc", picture.description, id=f"{named}-desc"),
        *drawn.body,
        viewBox=f"0 0 {width} {drawn.height:g}",
        role="img",
        aria_labelledby=f"{named}-title {named}-desc",
        class_=f"drawn for-{width}",
    )


def twin_table(twin: Twin) -> Markup:
    """The table twin of a picture."""
    head = [tag("th", each, scope="col", class_="r" if place else None) for place, each in enumerate(twin.headings)]
    body = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell, class_="r") for cell in rest))
        for first, *rest in twin.rows
    ]
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body), class_="twin"),
        class_="scroll",
    )


def figure(picture: Picture, table_word: str) -> Markup:
    """A picture on a page: its drawings, its conclusion, and its table twin behind a click."""
    return tag(
        "figure",
        *(svg(picture, width) for width in WIDTHS),
        tag("figcaption", picture.caption),
        tag("details", tag("summary", table_word), twin_table(picture.twin)),
        id=picture.name,
        class_="picture",
    )
