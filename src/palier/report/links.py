"""Where the figures and lines of a page can be opened; a report in a file leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from palier.engine.results import Line
from palier.report.html import Node, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses behind a page: of a figure's explanation, of a line's source row, of the list of customers.

    `panel` is the element in which an explanation opens beside the page, where there is one.
    """

    figure: Callable[[str], str]
    source: Callable[[Line], str | None]
    customers: str | None = None
    panel: str | None = None


def to_figure(links: Links | None, metric: str, *said: Node) -> Node:
    """What is said of a figure, as a link to its explanation where there is one."""
    if links is None:
        return said
    address = links.figure(metric)
    within = {} if links.panel is None else {"hx_get": address, "hx_target": links.panel}
    return tag("a", *said, href=address, **within)


def to_source(links: Links | None, line: Line, said: str) -> Node:
    """The source of a line, as a link to its row where there is one."""
    address = None if links is None else links.source(line)
    return said if address is None else tag("a", said, href=address)
