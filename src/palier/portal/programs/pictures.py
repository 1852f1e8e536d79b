"""Who goes from which tier to which, as bands from the left column to the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palier.engine.words import Words
from palier.report.drawing import Drawing, Picture, Twin, bar, figure, flow, text
from palier.report.flows import band
from palier.report.html import Node
from palier.report.past import Way

NODE, ROOM, GAP, TOP, HEAD = 8, 40, 16, 54, 22
Step = tuple[str | None, str | None]
WAYS: tuple[Way, ...] = ("rise", "stay", "fall")


@dataclass(frozen=True)
class Flows:
    """How many partners go from each tier to each; the ladder is the highest tier first, then none."""

    words: Words
    ladder: tuple[str | None, ...]
    steps: Mapping[Step, int]
    left: str
    right: str

    def way(self, step: Step) -> Way:
        """Which way a step leads."""
        before, after = (self.ladder.index(each) for each in step)
        return "rise" if after < before else "fall" if after > before else "stay"

    def ways(self) -> Counter[Way]:
        """How many go each way."""
        counted: Counter[Way] = Counter()
        for step, count in self.steps.items():
            counted[self.way(step)] += count
        return counted


def flows_of(words: Words, steps: Sequence[tuple[str | None, str | None, int]], left: str, right: str) -> Flows:
    """The flows of some steps, with the tiers that anybody stands on."""
    found = {(before or None, after or None): count for before, after, count in steps if count}
    held = {tier for step in found for tier in step}
    tiers: list[str | None] = [tier.tier for tier in reversed(words.rulebook.program.tiers)]
    return Flows(words, tuple(tier for tier in [*tiers, None] if tier in held), found, left, right)


def flows_figure(flows: Flows, name: str) -> SafeString:
    """The picture with its conclusion and its table twin; empty where nobody stands anywhere."""
    if not flows.steps:
        return SafeString()
    said = flows_sentence(flows)
    picture = Picture(
        name=name, title=_("From tier to tier"), description=said, caption=said, twin=_twin(flows),
        draw=lambda width: _draw(flows, width),
    )  # fmt: skip
    return mark_safe(figure(picture, _("As a table")))  # noqa: S308  # built escaped


def flows_sentence(flows: Flows) -> str:
    """How many rise, fall and stay."""
    ways = flows.ways()
    whole = flows.words.number
    up, down, same = (ways[way] for way in ("rise", "fall", "stay"))
    rises = ngettext("%(count)s partner rises", "%(count)s partners rise", up) % {"count": whole(up, 0)}
    falls = ngettext("%(count)s falls", "%(count)s fall", down) % {"count": whole(down, 0)}
    stays = ngettext("%(count)s stays.", "%(count)s stay.", same) % {"count": whole(same, 0)}
    return f"{rises}, {falls}, {stays}"


def _twin(flows: Flows) -> Twin:
    headings = (_("From"), *(flows.words.tier(tier) for tier in flows.ladder))
    rows = tuple(
        (
            flows.words.tier(before),
            *(flows.words.number(flows.steps.get((before, after), 0), 0) for after in flows.ladder),
        )
        for before in flows.ladder
    )
    return Twin(headings=headings, rows=rows)


def _draw(flows: Flows, width: int) -> Drawing:
    sides = [
        Counter(
            {tier: sum(count for step, count in flows.steps.items() if step[side] == tier) for tier in flows.ladder}
        )
        for side in (0, 1)
    ]
    most = {tier: max(side[tier] for side in sides) for tier in flows.ladder}
    scale = ROOM * len(most) / max(1, sum(most.values()))
    tops: dict[str | None, float] = {}
    y = float(TOP)
    for tier in flows.ladder:
        tops[tier] = y + HEAD
        y += HEAD + max(3.0, most[tier] * scale) + GAP
    edges = (1.0, float(width - NODE - 1))
    body = [*_legend(flows, width), *_bands(flows, tops, scale, edges)]
    for side, x in enumerate(edges):
        at, anchor = (x, "start") if side == 0 else (x + NODE, "end")
        body.append(text(at, TOP - 4, (flows.left, flows.right)[side], kind="soft", anchor=anchor))
        for tier, top in tops.items():
            count = sides[side][tier]
            if count:
                body.append(bar(x, top, NODE, max(1.5, count * scale), "post", round_=2))
                said = f"{flows.words.tier(tier)} {flows.words.number(count, 0)}"
                body.append(text(at, top - 7, said, kind="name halo", anchor=anchor))
    return Drawing(tuple(body), y - GAP + 4)


def _bands(flows: Flows, tops: Mapping[str | None, float], scale: float, edges: tuple[float, float]) -> list[Node]:
    leaving, arriving = dict(tops), dict(tops)
    places = {tier: place for place, tier in enumerate(flows.ladder)}
    starts = {}
    for step in sorted(flows.steps, key=lambda each: (places[each[0]], places[each[1]])):
        starts[step] = leaving[step[0]]
        leaving[step[0]] += flows.steps[step] * scale
    drawn: list[tuple[Way, Node]] = []
    for step in sorted(flows.steps, key=lambda each: (places[each[1]], places[each[0]])):
        high = max(1.2, flows.steps[step] * scale)
        between = (edges[0] + NODE, edges[1])
        drawn.append((flows.way(step), band(between, (starts[step], arriving[step[1]]), high, flows.way(step))))
        arriving[step[1]] += flows.steps[step] * scale
    order: dict[Way, int] = {"stay": 0, "fall": 1, "rise": 2}
    return [node for _way, node in sorted(drawn, key=lambda each: order[each[0]])]


def _legend(flows: Flows, width: int) -> list[Node]:
    del flows
    body: list[Node] = []
    said = (_("rises"), _("stays"), _("falls"))
    for way, each in zip(WAYS, flow(said, width), strict=True):
        body.append(bar(each.left, 1 + each.row * 18, 11, 11, f"flow {way}", round_=2))
        body.append(text(each.left + 18, 12 + each.row * 18, each.text, kind="soft"))
    return body
