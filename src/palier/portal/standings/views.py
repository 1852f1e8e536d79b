"""Pages of standings: the partner's home, one figure explained down to its source rows, the vendor's partners."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from palier.engine.words import Words
from palier.portal.numbers import number_in
from palier.portal.partners.models import Enrolment
from palier.portal.partners.queries import enrolled_in
from palier.portal.standings.addresses import links, page_of
from palier.portal.standings.aiming import goal_markup
from palier.portal.standings.csv_files import csv_response, line_rows
from palier.portal.standings.home import PLAIN, home_parts, once
from palier.portal.standings.permissions import CHOSEN, Reading, reading, remember
from palier.portal.standings.queries import explained
from palier.portal.standings.sources import source_page
from palier.report.content import Report
from palier.report.lines import one_figure, row_count
from palier.report.words import Speech

LINES = 100
"""How many lines of a figure a page shows at once."""
MOST_WITHOUT_CHOICE = 2
"""From so many programs on there is something to choose."""


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
        remember(request, asked.program)
        parts = parts_of(asked, wait=now)
    if asked is None or parts is None:
        return render(request, "standings/empty.html", {"published": asked, "choice": choice(request, asked)})
    if now:
        return HttpResponseClientRefresh() if _from_htmx(request) else redirect(request.path)
    tiers = goals(asked, parts["tier"])
    goal = request.GET.get("goal", parts["next"])
    if goal not in {tier for tier, _ in tiers} | {parts["next"]}:
        raise Http404
    shown = safe(parts)
    if goal != parts["next"]:
        speech = Speech(Words(asked.found.rulebook, asked.language), addressed=asked.own)
        to = links(asked.partner_id, own=asked.own, panel=True, program=asked.program)
        shown["goal"] = mark_safe(goal_markup(asked.found, asked.partner_id, goal, speech, to) or "")  # noqa: S308  # built escaped
    return render(
        request,
        "standings/home.html",
        {
            "parts": shown, "partner": parts["partner"], "tiers": tiers, "goal": goal,
            "provider": is_provider(asked, parts["next"]), **about(request, asked, "home"),
        },
    )  # fmt: skip


def is_provider(asked: Reading, next_tier: str) -> bool:
    """Whether the partner takes part as a provider: what it sells earns commission and no tier (A51, E22)."""
    if next_tier != Enrolment.Level.PARTNER:
        return False
    found = enrolled_in(asked.partner_id, asked.found.run.as_of)
    return any((each.program, each.level) == (asked.program, Enrolment.Level.PROVIDER) for each in found)


def parts_of(asked: Reading, *, wait: bool = False) -> dict[str, str] | None:
    """The parts of the home of whom somebody reads."""
    return home_parts(asked.found, asked.partner_id, language=asked.language, addressed=asked.own, wait=wait)


def safe(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts that are markup, as a template takes them."""
    return {name: mark_safe(part) for name, part in parts.items() if name not in PLAIN}  # noqa: S308  # built escaped


def goals(asked: Reading, stands: str) -> list[tuple[str, str]]:
    """The tiers that a partner may wish for: those above the one it performs, the next first."""
    on, words = asked.found.run.as_of, Words(asked.found.rulebook, asked.language)
    ladder = [tier.tier for tier in asked.found.rulebook.program.tiers if tier.in_force(on)]
    above = ladder[ladder.index(stands) + 1 :] if stands in ladder else ladder
    return [(tier, words.tier(tier)) for tier in above]


def _from_htmx(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return bool(htmx)


def about(request: HttpRequest, asked: Reading, page: str) -> dict[str, object]:
    """What the pages about a partner share: the run, the programs to choose from, and its other pages."""
    pages = ("home", "points", "portfolio", "changes", "home_csv", "home_pdf", "changes_csv")
    return {
        "run": asked.found.run,
        "partner_id": asked.partner_id,
        "own": asked.own,
        "page": page,
        "program": asked.program,
        "choice": choice(request, asked),
        **{each: page_of(each, asked.partner_id, own=asked.own) for each in pages},
    }


def choice(request: HttpRequest, asked: Reading | None) -> list[dict[str, object]]:
    """The programs in which the partner takes part, where there are several, each with this page in it."""
    if asked is None or len(asked.programs) < MOST_WITHOUT_CHOICE:
        return []
    return [
        {
            "name": Words(each.rulebook, asked.language).rulebook.text(asked.language, "program", "name"),
            "address": f"{request.path}?{urlencode({CHOSEN: each.run.program})}",
            "current": each.run.program == asked.program,
        }
        for each in asked.programs
    ]


@require_GET
@vary_on_headers("HX-Request")
def explain(request: HttpRequest, partner_id: str, metric: str) -> HttpResponse:
    """One figure, taken apart to its lines: a page of its own, or a panel beside the page that asks."""
    asked = reading(request, partner_id, metric=metric)
    panel, first = _from_htmx(request), _first(request.GET.get("from", ""))
    parts = None
    if asked is not None:
        parts = once(
            asked.found,
            partner_id,
            f"{'panel' if panel else 'explain'}/{metric}/{first}",
            lambda: _why(asked, metric, first, panel=panel),
            language=asked.language,
            addressed=asked.own,
        )
    if asked is None or parts is None:
        raise Http404
    shown = {
        "content": mark_safe(parts["content"]),  # noqa: S308  # built by a template
        "title": parts["title"],
        "partner": parts["partner"],
        "metric": metric,
        **about(request, asked, "explain"),
    }
    return render(request, "standings/why.html" if panel else "standings/explain.html", shown)


def _why(asked: Reading, metric: str, first: int, *, panel: bool) -> tuple[dict[str, str], bool] | None:
    """A figure with a part of its lines, and whether to keep it: where there is no such part, the first is shown."""
    report = _report(asked, metric)
    if report is None:
        return None
    (explanation,) = report.explanations
    count = row_count(report, explanation)
    start = first if first < count else 0
    speech, part = Speech(report.words, addressed=asked.own), slice(start, start + LINES)
    article = one_figure(report, speech, explanation, part=part, level=3 if panel else 2)
    shown = {
        "article": mark_safe(article),  # noqa: S308  # built escaped
        "explanation": explanation,
        "heading": "h2" if panel else "h1",
        "partner": report.partner,
        "partner_id": asked.partner_id,
        "program": asked.program,
        "day": report.words.day(report.on),
        "pages": _pages(start, count),
    }
    content = render_to_string("standings/figure.html", shown)
    return {"content": content, "title": explanation.title, "partner": report.partner}, start == first


def _explained(request: HttpRequest, partner_id: str, metric: str) -> tuple[Reading, Report]:
    asked = reading(request, partner_id, metric=metric)
    report = None if asked is None else _report(asked, metric)
    if asked is None or report is None:
        raise Http404
    return asked, report


def _report(asked: Reading, metric: str) -> Report | None:
    to = links(asked.partner_id, own=asked.own, program=asked.program)
    return explained(asked.found, asked.partner_id, asked.language, metric, to)


def _first(said: str) -> int:
    """The first line of the part asked for; the first of all where that is none."""
    number = number_in(said)
    return number - number % LINES


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
    return render(request, "standings/source.html", {"source": shown, **about(request, asked, "source")})
