"""Pages of standings: the partner's home, one figure explained, the vendor's list of partners."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from palier.engine.words import Language, Words
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import User
from palier.portal.standings.queries import explanation_of, published, report_of
from palier.report.page import partner_sections
from palier.report.words import Speech

PROGRAM = "solutions"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where am I, what is missing, what will I lose and when?"""
    membership = membership_of(request)
    if membership is None:
        raise Http404
    return _standing(request, membership.organisation.fact_id)


@require_GET
def partner(request: HttpRequest, partner_id: str) -> HttpResponse:
    """The same page for the vendor."""
    return _standing(request, partner_id)


def _standing(request: HttpRequest, partner_id: str) -> HttpResponse:
    found = published(PROGRAM)
    language = cast("User", request.user).language
    report = None if found is None else report_of(found, partner_id, language)
    if found is None or report is None:
        return render(request, "standings/empty.html", {"published": found})
    sections = [mark_safe(section) for section in partner_sections(report, Speech(report.words))]  # noqa: S308  # built escaped
    return render(request, "standings/home.html", {"sections": sections, "run": found.run, "partner": report.partner})


@require_GET
def explain(request: HttpRequest, partner_id: str, metric: str) -> HttpResponse:
    """One figure, taken apart to its lines."""
    membership = membership_of(request)
    own = membership is not None and membership.organisation.fact_id == partner_id
    vendor = membership is not None and membership.organisation.kind == "vendor"
    found = published(PROGRAM)
    if found is None or not (own or vendor):
        raise Http404
    words = Words(found.rulebook, cast("Language", cast("User", request.user).language))
    explanation = explanation_of(found, words, partner_id, metric)
    if explanation is None:
        raise Http404
    return render(request, "standings/explain.html", {"explanation": explanation, "run": found.run})


@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Every partner with its tier, those about to move first."""
    found = published(PROGRAM)
    rows = [] if found is None else found.run.standings.order_by("partner_id")[:200]
    return render(request, "standings/partners.html", {"rows": rows, "run": found.run if found else None})
