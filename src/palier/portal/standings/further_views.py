"""What goes beyond the home: changes between two days, and the standing as CSV and PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from palier.engine.words import Words
from palier.portal.standings.addresses import links
from palier.portal.standings.changes import Told, change_rows, compare_runs, runs_with
from palier.portal.standings.csv_files import csv_response
from palier.portal.standings.documents import NoPangoError, pdf_of, standing_rows
from palier.portal.standings.models import Run
from palier.portal.standings.permissions import Reading, reading, remember
from palier.portal.standings.queries import is_enrolled, partner_name
from palier.portal.standings.views import about, is_provider, parts_of, safe
from palier.report.drawing import figure
from palier.report.waterfall import changes_table, headline, waterfall_picture
from palier.report.words import Speech


@require_GET
def home_csv(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Every figure and gate as CSV."""
    asked = _asked(request, partner_id)
    if not is_enrolled(asked.found, asked.partner_id):
        raise Http404
    rows = standing_rows(asked.found, asked.partner_id, asked.language)
    return csv_response(f"{_stem(asked)}.csv", rows)


@require_GET
def home_pdf(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """The home as a PDF, or what to install where the machine cannot set text."""
    asked = _asked(request, partner_id)
    parts = parts_of(asked)
    if parts is None:
        raise Http404
    words = Words(asked.found.rulebook, asked.language)
    shown = {
        "parts": safe(parts),
        "partner": parts["partner"],
        "day": words.day(asked.found.run.as_of),
        "language": asked.language,
        "run": asked.found.run,
        "provider": is_provider(asked, parts["next"]),
        "own": asked.own,
        "partner_id": asked.partner_id,
    }
    try:
        written = pdf_of(shown, request.build_absolute_uri("/"))
    except NoPangoError:
        return render(request, "standings/no_pango.html", about(request, asked, "home"), status=503)
    response = HttpResponse(written, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_stem(asked)}.pdf"'
    return response


@require_GET
def changes(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """What came and what went between two days?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    remember(request, asked.program)
    told, runs = _told(request, asked)
    speech = Speech(Words(asked.found.rulebook, asked.language), addressed=asked.own)
    shown: dict[str, object] = {
        "partner": partner_name(asked.found, asked.partner_id),
        "days": [{"id": str(run.pk), "said": speech.words.day(run.as_of)} for run in runs],
        **about(request, asked, "changes"),
    }
    if told is not None:
        to = links(asked.partner_id, own=asked.own, program=asked.program)
        picture = figure(waterfall_picture(speech, told.waterfall, told.names), speech.say("as_table"))
        shown |= {
            "first": str(told.first.pk),
            "last": str(told.last.pk),
            "headline": headline(speech, told.waterfall),
            "picture": mark_safe(picture),  # noqa: S308  # built escaped
            "table": mark_safe(changes_table(speech, told.waterfall, told.names, to)),  # noqa: S308  # built escaped
        }
    return render(request, "standings/changes.html", shown)


@require_GET
def changes_csv(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Every source that changed between two days, exact."""
    asked = _asked(request, partner_id)
    told, _ = _told(request, asked)
    if told is None:
        raise Http404
    words = Words(asked.found.rulebook, asked.language)
    name = f"{asked.partner_id}-{asked.program}-{told.first.as_of}-{told.last.as_of}.csv"
    return csv_response(name, change_rows(told, asked.partner_id, words))


def _asked(request: HttpRequest, partner_id: str | None) -> Reading:
    asked = reading(request, partner_id)
    if asked is None:
        raise Http404
    return asked


def _told(request: HttpRequest, asked: Reading) -> tuple[Told | None, list[Run]]:
    """The comparison that is asked, of the two last days where none is; None with fewer than two days."""
    runs = runs_with(asked.found, asked.partner_id)
    if len(runs) < 2:  # noqa: PLR2004  # nothing to compare
        return None, runs
    by_id = {str(run.pk): run for run in runs}
    first = by_id.get(request.GET.get("first", ""), runs[-2])
    last = by_id.get(request.GET.get("last", ""), runs[-1])
    first, last = sorted((first, last), key=lambda run: run.as_of)
    return compare_runs(asked.found, asked.partner_id, first, last), runs


def _stem(asked: Reading) -> str:
    return f"{asked.partner_id}-{asked.program}-{asked.found.run.as_of}"
