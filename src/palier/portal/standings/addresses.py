"""Where a partner's figures, lines and customers can be opened in the portal."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from palier.engine.results import Line
from palier.facts.tables import TABLES
from palier.report.links import Links

PANEL = "#why"
"""The element of the home page in which an explanation opens."""


def links(partner_id: str, *, own: bool, panel: bool = False, program: str | None = None) -> Links:
    """The addresses behind what a page says of a partner, for itself or for the vendor.

    With a program, addresses of figures and sources name it, so that they say the same to whoever receives them.
    """
    query = "" if program is None else f"?{urlencode({'program': program})}"

    def figure(metric: str) -> str:
        return reverse("standings:explain", args=[partner_id, metric]) + query

    def source(line: Line) -> str | None:
        if line.source_table not in TABLES:
            return None
        return reverse("standings:source", args=[partner_id, line.source_table, line.source_id]) + query

    return Links(
        figure=figure, source=source, customers=page_of("points", partner_id, own=own), panel=PANEL if panel else None
    )


def page_of(page: str, partner_id: str, *, own: bool) -> str:
    """The address of a page about a partner: its own, or the vendor's of the same content."""
    if own:
        return reverse(f"standings:{page}")
    return reverse("standings:partner" if page == "home" else f"standings:partner_{page}", args=[partner_id])
