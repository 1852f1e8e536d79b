"""A partner's standing as files: every figure and gate as CSV, and the home as a PDF of the same HTML."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from django.template.loader import render_to_string

import palier.report
from palier.engine.words import Language, Words
from palier.portal.standings.csv_files import exactly, harmless
from palier.portal.standings.queries import Published, figures_of, gates_of
from palier.report.standalone import standalone

HEADINGS = (
    "program", "on", "kind", "id", "name", "metric", "tier", "purpose", "operator", "required", "value", "value_exact",
    "held", "weight", "waived_by", "supplied_by", "missing", "reason",
)  # fmt: skip
"""The columns: of figures and gates alike; those that do not apply are empty."""
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
"""What is folded away on the page stays out of the file: it cannot be opened there."""


class NoPangoError(Exception):
    """Raised when the machine lacks the library that sets text in PDF files."""


def standing_rows(found: Published, partner_id: str, language: Language) -> Iterator[Sequence[object]]:
    """The heading, every figure, then every gate of every tier: as people read them, and exact."""
    words, run = Words(found.rulebook, language), found.run
    yield HEADINGS
    for figure in figures_of(found, partner_id):
        yield (
            run.program, run.as_of, "figure", figure.metric, harmless(words.name("metrics", figure.metric)),
            figure.metric, "", "", "", "", words.figure(figure.metric, figure.value),
            "" if figure.value is None else exactly(figure.value), "", "", "", "", "", figure.reason or "",
        )  # fmt: skip
    for gate in gates_of(found, partner_id):
        yield (
            run.program, run.as_of, "gate", gate.gate, harmless(words.name("gates", gate.gate)), gate.metric,
            words.name("tiers", gate.tier), gate.purpose, gate.operator, words.figure(gate.metric, gate.required),
            words.figure(gate.metric, gate.value), "" if gate.value is None else exactly(Fraction(gate.value)),
            "yes" if gate.held else "no", gate.weight, gate.waived_by or "", gate.supplied_by or "",
            words.figure(gate.metric, gate.missing), "",
        )  # fmt: skip


def pdf_of(shown: dict[str, object], base: str) -> bytes:
    """The home as a PDF; links lead to the portal at `base`. Nothing is fetched.

    Raises:
        NoPangoError: the library that sets text is missing.
    """
    try:
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]  # noqa: PLC0415  # needs system libraries
    except (ImportError, OSError) as error:
        raise NoPangoError(str(error)) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells of every rule that is not for paper
    html = _FOLDED.sub("", standalone(render_to_string("standings/print.html", shown)))
    sheets = [CSS(string=sheet.read_text(encoding="utf-8"), url_fetcher=_refuse) for sheet in _sheets()]
    written = HTML(string=html, base_url=base, url_fetcher=_refuse).write_pdf(stylesheets=sheets)
    assert isinstance(written, bytes)  # noqa: S101  # without a target it answers with the file
    return written


def _sheets() -> tuple[Path, ...]:
    """The style sheets of the page, then those of print."""
    styles, here = Path(palier.report.__file__).parent / "styles", Path(__file__).parents[1]
    return (
        styles / "drawing.css",
        styles / "page.css",
        here / "static" / "portal" / "portal.css",
        here / "standings" / "static" / "standings" / "standings.css",
        here / "standings" / "static" / "standings" / "print.css",
    )


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    """Nothing outside the page belongs in the file."""
    raise ValueError(url)
