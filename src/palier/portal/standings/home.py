"""The partner's home in parts; what is written once from a run, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import palier.report
from palier.engine.forecast import Forecast
from palier.engine.words import Language
from palier.portal.standings.actions import ASSUMED, foretell, foretold, keep_written
from palier.portal.standings.addresses import links
from palier.portal.standings.aiming import goal_part
from palier.portal.standings.queries import Published, is_enrolled, report_of, written_of
from palier.report.alert import alert
from palier.report.decisions import decisions_section
from palier.report.gates import gates_section
from palier.report.held import form_notice, form_progress, held_section
from palier.report.html import Node, inner, tag
from palier.report.parts import ending_section, towards, year_section
from palier.report.path import path_section
from palier.report.tracks import tracks_figure
from palier.report.week import figures_section, week_section, worked_credits
from palier.report.words import Speech

PLAIN = frozenset({"partner", "tier", "next"})
"""The parts that are text, not markup: the partner's name, the tier it performs and the one after."""
_HOME = "home"


def once(
    found: Published,
    partner_id: str,
    page: str,
    write: Callable[[], tuple[dict[str, str], bool] | None],
    *,
    language: Language,
    addressed: bool,
) -> dict[str, str] | None:
    """The parts of a page about a partner, written from the run at the first opening and read ever after.

    `write` answers with the parts and whether they are worth keeping; with None where there is no such page.
    """
    wrote = writer(found.rulebook.digest)
    kept = written_of(found, partner_id, page, language=language, addressed=addressed, version=wrote)
    if kept is not None:
        return kept
    made = write()
    if made is None:
        return None
    parts, lasts = made
    if lasts:
        keep_written(found.run, partner_id, page, parts, language=language, addressed=addressed, version=wrote)
    return parts


def home_parts(
    found: Published, partner_id: str, *, language: Language, addressed: bool, wait: bool
) -> dict[str, str] | None:
    """The parts of a partner's home by name; None when it is not enrolled on the day.

    Forecasts that nobody asked for yet are worked out if one waits for them; else the parts about them are left out.
    """

    def write() -> tuple[dict[str, str], bool] | None:
        if wait and not is_enrolled(found, partner_id):
            return None
        told = foretell(found.run, found.rulebook, partner_id) if wait else foretold(found.run, partner_id)
        whole = len(told) == len(ASSUMED)
        parts = _write(found, partner_id, told if whole else {}, language=language, addressed=addressed)
        return None if parts is None else (parts, whole)

    return once(found, partner_id, _HOME, write, language=language, addressed=addressed)


@cache
def writer(rulebook_digest: str) -> str:
    """What writes: the version of Palier with the text of its rooms that write pages, and the rulebook's words."""
    report, here = Path(palier.report.__file__).parent, Path(__file__).parent
    told = sha256(f"{version('palier')} {rulebook_digest}".encode())
    for kind in ("*.py", "*.html", "*.mo"):
        for written in (*sorted(report.rglob(kind)), *sorted(here.rglob(kind))):
            told.update(written.read_bytes())
    return told.hexdigest()


def _write(
    found: Published, partner_id: str, told: Mapping[str, Forecast], *, language: Language, addressed: bool
) -> dict[str, str] | None:
    to = links(partner_id, own=addressed, panel=True, program=found.run.program)
    report = report_of(found, partner_id, language, told, to)
    if report is None:
        return None
    speech = Speech(report.words, addressed=addressed)
    heading, drawn = tag("h2", towards(report, speech)), tracks_figure(report, speech)
    sections: dict[str, Node] = {
        "standing": held_section(report, speech),
        "form": form_notice(report, speech),
        "filing": form_progress(report, speech),
        "towards": tag("section", heading, drawn, class_="card", id="towards"),
        "week": week_section(report, speech) if worked_credits(report) else None,
        "gates": gates_section(report, speech),
        "figures": figures_section(report, speech),
        "goal": goal_part(report, speech, report.standing.next_tier, found),
        "path": path_section(report, speech),
    }
    if told:
        sections |= {
            "alert": alert(report, speech),
            "decides": decisions_section(report, speech),
            "year": year_section(report, speech),
            "ending": ending_section(report, speech),
        }
    plain = {"partner": report.partner, "tier": report.standing.tier or "", "next": report.standing.next_tier or ""}
    return {name: str(inner(section)) for name, section in sections.items()} | plain
