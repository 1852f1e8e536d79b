"""The tracks towards the next tier as a page shows them: each figure a link, its bar beneath."""

from __future__ import annotations

from palier.report.content import Report
from palier.report.drawing import WIDTHS, Drawing, Picture, svg, twin_table
from palier.report.html import Markup, tag
from palier.report.links import to_figure
from palier.report.points import Track, conclusion, draw_track, hatching, points_twin, tracks, verdict
from palier.report.words import Speech


def tracks_figure(report: Report, speech: Speech) -> Markup:
    """Every track, then the conclusion and the table twin of them all."""
    drawn = tracks(report, speech)
    return tag(
        "figure",
        *(_track(report, speech, track) for track in drawn),
        tag("figcaption", conclusion(report, speech, drawn[0])),
        tag("details", tag("summary", speech.say("as_table")), twin_table(points_twin(drawn, speech))),
        id="points",
        class_="picture tracks",
    )


def _track(report: Report, speech: Speech, track: Track) -> Markup:
    said, kind = verdict(track, speech)
    told = conclusion(report, speech, track)
    picture = Picture(
        name=f"points-{track.metric}",
        title=speech.metric(track.metric),
        description=told,
        caption=told,
        twin=points_twin((track,), speech),
        draw=lambda width: _draw(track, speech, width),
    )
    heading = tag(
        "h3",
        f"{speech.metric(track.metric)} ",
        to_figure(report.links, track.metric, speech.figure(track.metric, track.value)),
        tag("span", said, class_=kind),
    )
    return tag("div", heading, *(svg(picture, width) for width in WIDTHS), class_="track")


def _draw(track: Track, speech: Speech, width: int) -> Drawing:
    pattern = f"hatch-{track.metric}-{width}"
    made, bottom = draw_track(track, speech, width, 4, pattern=pattern)
    return Drawing((hatching(pattern), *made), bottom)
