"""Pages of standings: the partner's home, one figure explained down to its source rows, the vendor's partners."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from palier.engine.words import Words
from palier.portal.standings.addresses import links, page_of
from palier.portal.standings.csv_files import csv_response, line_rows
from palier.portal.standings.home import home_parts
from palier.portal.standings.permissions import PROGRAM, Reading, language_of, reading
from palier.portal.standings.queries import explained, listed, published
from palier.portal.standings.sources import source_page
from palier.report.content import Report, total_metric
from palier.report.lines import one_figure, row_count
from palier.report.words import Speech

LINES = 100
"""How many lines of a figure a page shows at once."""


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where am I, what is missing, what will I lose and when?"""
    return _home(request, None)


@require_GET
def partner(request: HttpRequest, partner_id: str) -> HttpResponse:
    """The same page for the vendor."""
    return _home(request, partner_id)


def _home(request: HttpRequest, partner_id: str | None) -> HttpResponse:
    asked, now = reading(request, partner_id), "now" in request.GET
    parts = None
    if asked is not None:
        parts = home_parts(asked.found, asked.partner_id, language=asked.language, addressed=asked.own, wait=now)
    if asked is None or parts is None:
        return render(request, "standings/empty.html", {"published": asked})
    if now:
        return HttpResponseClientRefresh() if _from_htmx(request) else redirect(request.path)
    safe = {name: mark_safe(part) for name, part in parts.items() if name != "partner"}  # noqa: S308  # built escaped
    return render(request, "standings/home.html", {"parts": safe, "partner": parts["partner"], **_about(asked, "home")})


def _from_htmx(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return bool(htmx)


def _about(asked: Reading, page: str) -> dict[str, object]:
    """What the pages about a partner share: the run, and the addresses of its other pages."""
    return {
        "run": asked.found.run,
        "partner_id": asked.partner_id,
        "own": asked.own,
        "page": page,
        "home": page_of("home", asked.partner_id, own=asked.own),
        "points": page_of("points", asked.partner_id, own=asked.own),
        "portfolio": page_of("portfolio", asked.partner_id, own=asked.own),
    }


@require_GET
@vary_on_headers("HX-Request")
def explain(request: HttpRequest, partner_id: str, metric: str) -> HttpResponse:
    """One figure, taken apart to its lines: a page of its own, or a panel beside the page that asks."""
    asked, report = _explained(request, partner_id, metric)
    (explanation,) = report.explanations
    count = row_count(report, explanation)
    first = _first(request.GET.get("from", ""), count)
    speech = Speech(report.words, addressed=asked.own)
    htmx = _from_htmx(request)
    part = slice(first, first + LINES)
    article = one_figure(report, speech, explanation, part=part, level=3 if htmx else 2)
    shown = {
        "article": mark_safe(article),  # noqa: S308  # built escaped
        "explanation": explanation,
        "partner": report.partner,
        "day": report.words.day(report.on),
        "pages": _pages(first, count),
        **_about(asked, "explain"),
    }
    return render(request, "standings/why.html" if htmx else "standings/explain.html", shown)


def _explained(request: HttpRequest, partner_id: str, metric: str) -> tuple[Reading, Report]:
    asked = reading(request, partner_id)
    if asked is None:
        raise Http404
    to = links(partner_id, own=asked.own)
    report = explained(asked.found, partner_id, asked.language, metric, to)
    if report is None:
        raise Http404
    return asked, report


def _first(said: str, count: int) -> int:
    """The first line of the page asked for; the first of all where that is no page."""
    number = int(said) if said.isdecimal() and len(said) < len(str(10**9)) else 0
    return number - number % LINES if number < count else 0


def _pages(first: int, count: int) -> dict[str, int | None] | None:
    """The parts of a long list: None where it is short."""
    if count <= LINES:
        return None
    return {
        "first": first + 1,
        "last": min(first + LINES, count),
        "count": count,
        "before": first - LINES if first else None,
        "after": first + LINES if first + LINES < count else None,
    }


@require_GET
def lines_csv(request: HttpRequest, partner_id: str, metric: str) -> HttpResponse:
    """The lines of a figure as CSV: every one, exact."""
    _, report = _explained(request, partner_id, metric)
    return csv_response(f"{partner_id}-{metric}-{report.on}.csv", line_rows(report))


@require_GET
def source(request: HttpRequest, partner_id: str, table: str, source_id: str) -> HttpResponse:
    """The row that a line comes from, and every line of the partner that comes from it."""
    asked = reading(request, partner_id)
    shown = None
    if asked is not None:
        shown = source_page(asked.found, partner_id, table, source_id, language=asked.language, own=asked.own)
    if asked is None or shown is None:
        raise Http404
    return render(request, "standings/source.html", {"source": shown, **_about(asked, "source")})


@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Which partners are about to rise, and where does everybody stand?"""
    found = published(PROGRAM)
    if found is None:
        return render(request, "standings/empty.html", {"published": None})
    speech = Speech(Words(found.rulebook, language_of(request)))
    tier, asked = request.GET.get("tier", ""), request.GET.get("asked", "")
    total = total_metric(found.rulebook.program, found.run.as_of)
    rows = [
        {
            "partner_id": each.partner_id,
            "name": each.name,
            "tier": speech.tier(each.tier),
            "kept": speech.tier(each.tier_kept),
            "next": speech.tier(each.next_tier) if each.next_tier else "",
            "missing": each.missing,
            "total": speech.figure(total, each.total),
        }
        for each in listed(found, tier=tier, asked=asked)
    ]
    tiers = [
        (each.tier, speech.tier(each.tier)) for each in found.rulebook.program.tiers if each.in_force(found.run.as_of)
    ]
    shown = {
        "rows": rows, "run": found.run, "tiers": tiers, "tier": tier, "asked": asked,
        "total": speech.metric(total), "total_metric": total,
    }  # fmt: skip
    return render(request, "standings/partners.html", shown)
