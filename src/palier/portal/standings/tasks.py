"""Work done before anybody asks: the forecasts and homes of a run."""

from __future__ import annotations

from collections.abc import Iterable

from palier.engine.words import Language
from palier.portal.standings.home import home_parts
from palier.portal.standings.queries import Published

LANGUAGES: tuple[Language, ...] = ("en", "fr")


def foretell_all(found: Published, *, partners: Iterable[str] | None = None) -> int:
    """Keep the forecasts and homes, in both languages, of every partner of a run or of some; says of how many."""
    enrolled = found.run.standings.order_by("partner_id").values_list("partner_id", flat=True)
    wanted = list(enrolled if partners is None else enrolled.filter(partner_id__in=list(partners)))
    for partner_id in wanted:
        for language in LANGUAGES:
            home_parts(found, partner_id, language=language, addressed=True, wait=True)
    return len(wanted)
