"""The ladder: how many partners reach and keep each tier."""

from __future__ import annotations

from palier.report.content import Report, Rung
from palier.report.drawing import Drawing, Picture, Twin, bar, flow, measure, stroke, text
from palier.report.html import Node, tag
from palier.report.words import Speech

_ROW, _BAR, _TOP = 38, 20, 34


def headline(report: Report, speech: Speech) -> str:
    """Where the partners stand, in one sentence."""
    top, crowded = report.rungs[0], max(report.rungs[:-1], key=lambda rung: rung.reach)
    top_says = speech.count("top", top.reach, tier=speech.tier(top.tier), partners=speech.whole(report.partners))
    if crowded is top or crowded.reach == 0:
        return f"{top_says}."
    crowd = speech.say("crowded", tier=speech.tier(crowded.tier), count=speech.whole(crowded.reach))
    return f"{top_says}{speech.say('semicolon')} {crowd}."


def _conclusion(report: Report, speech: Speech) -> str:
    differing = [rung for rung in report.rungs if rung.keep != rung.reach]
    if not differing:
        return speech.say("keep_same")
    widest = max(differing, key=lambda rung: abs(rung.keep - rung.reach))
    return speech.say(
        "keep_differs",
        tier=speech.tier(widest.tier),
        reach=speech.whole(widest.reach),
        keep=speech.whole(widest.keep),
    )


def ladder(report: Report, speech: Speech) -> Picture:
    """The picture of the ladder."""
    listed = [f"{speech.tier(rung.tier)} {speech.whole(rung.reach)}" for rung in report.rungs]
    return Picture(
        name="ladder",
        title=speech.say("ladder_title", day=speech.words.day(report.on)),
        description=f"{headline(report, speech)} {', '.join(listed)}.",
        caption=_conclusion(report, speech),
        twin=Twin(
            headings=(speech.say("tier"), speech.say("to_reach"), speech.say("to_keep")),
            rows=tuple(
                (speech.tier(rung.tier), speech.whole(rung.reach), speech.whole(rung.keep)) for rung in report.rungs
            ),
        ),
        draw=lambda width: _draw(report.rungs, speech, width),
    )


def _draw(rungs: tuple[Rung, ...], speech: Speech, width: int) -> Drawing:
    column = max(measure(speech.tier(rung.tier), strong=True) for rung in rungs) + 14
    counts = [_count(rung, speech) for rung in rungs]
    room = width - column - max(measure(count, strong=True) for count in counts) - 12
    most = max(1, *(max(rung.reach, rung.keep) for rung in rungs))
    body: list[Node] = _legend(speech, width)
    for number, (rung, count) in enumerate(zip(rungs, counts, strict=True)):
        y = _TOP + number * _ROW
        reach, keep = (room * each / most for each in (rung.reach, rung.keep))
        body.append(text(0, y + 15, speech.tier(rung.tier), kind="name" if rung.tier else "soft"))
        body.append(bar(column, y, max(reach, 2), _BAR, "accent" if rung.tier else "none"))
        body.append(stroke("tick", (column + keep, y - 4), (column + keep, y + _BAR + 4)))
        body.append(text(column + max(reach, keep) + 9, y + 15, count, kind="number"))
    return Drawing(tuple(body), _TOP + len(rungs) * _ROW - 8)


def _count(rung: Rung, speech: Speech) -> str:
    if rung.keep == rung.reach:
        return speech.whole(rung.reach)
    return f"{speech.whole(rung.reach)} · {speech.say('kept_by', count=speech.whole(rung.keep))}"


def _legend(speech: Speech, width: int) -> list[Node]:
    reach, keep = flow((speech.say("legend_reach"), speech.say("legend_keep")), width)
    return [
        tag("rect", x=reach.left, y=1, width=11, height=11, rx=2, class_="accent"),
        text(reach.left + 18, 12, reach.text, kind="soft"),
        stroke("tick", (keep.left + 6, 0), (keep.left + 6, 14)),
        text(keep.left + 18, 12, keep.text, kind="soft"),
    ]
