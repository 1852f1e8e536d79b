"""The recalibration days of a program, and one of them as a reviewed act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from palier.engine.words import Words
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import User
from palier.portal.programs import readers
from palier.portal.programs.actions.recalibrations import (
    RecalibrationError,
    decide_exception,
    publish_recalibration,
    try_recalibration,
)
from palier.portal.programs.emails import sentence_of
from palier.portal.programs.forms import ExceptionForm
from palier.portal.programs.models import Moved, Recalibration
from palier.portal.programs.permissions import DECIDERS, EDITORS
from palier.portal.programs.pictures import flows_figure, flows_of
from palier.portal.programs.queries import governing_version, programs, recalibration_days, rulebook_of
from palier.portal.standings.csv_files import csv_response, harmless
from palier.portal.standings.models import Run
from palier.rulebook.problems import InputProblemsError

PAGE = 50
PAST, AHEAD = timedelta(days=190), timedelta(days=190)
SAID = {
    "no_run": gettext_lazy("Nothing was evaluated yet: the first run comes tonight."),
    "no_such_day": gettext_lazy("That is no recalibration day of this program."),
    "published": gettext_lazy("This recalibration is published: what was published stays."),
    "reason": gettext_lazy("An exception needs a reason: the partner reads it."),
    "unknown_tier": gettext_lazy("Choose a tier that exists on that day."),
    "untried": gettext_lazy("Try the recalibration first."),
    "too_early": gettext_lazy("The facts do not reach that day yet: it can be tried, not published."),
    "stale": gettext_lazy("There are newer facts or other rules than it was tried on: try it again, then publish."),
}


@require_GET
def days(request: HttpRequest, program: str) -> HttpResponse:
    """Which recalibrations were published, and which come?"""
    if program not in programs():
        raise Http404
    today = timezone.now().date()
    words = Words(rulebook_of(governing_version(program, today).folder), readers.language_of(request))
    known = {each.on_day: each for each in Recalibration.objects.filter(program=program).annotate(count=Count("moves"))}
    since = min([*known, today - PAST])
    coming = readers.calendar(words.rulebook, words, since, today + AHEAD, today)
    listed = [
        {**each, "known": known.pop(date.fromisoformat(each["iso"]), None)}
        for each in coming
        if date.fromisoformat(each["iso"]) >= today - PAST or date.fromisoformat(each["iso"]) in known
    ]
    listed += [  # days of the calendar as it was: what was published on them stays
        {"day": words.day(each.on_day), "iso": each.on_day.isoformat(), "past": each.on_day <= today, "known": each}
        for each in known.values()
    ]
    listed.sort(key=lambda each: str(each["iso"]))
    shown = {"program": program, "name": readers.program_name(words), "days": listed[::-1]}
    return render(request, "programs/recalibrations.html", shown)


@require_GET
def show(request: HttpRequest, program: str, on: str) -> HttpResponse:
    """What will happen on that day, what needs a human?"""
    day, words = _day(program, on, request)
    kept = Recalibration.objects.select_related("version", "published_by").filter(program=program, on_day=day).first()
    membership = membership_of(request)
    role = membership.role if membership is not None else ""
    run = Run.objects.filter(program=program, is_current=True).first()
    shown: dict[str, Any] = {
        "program": program, "name": readers.program_name(words), "on": day.isoformat(), "day": words.day(day),
        "kept": kept, "run": run, "run_day": words.day(run.as_of) if run else "",
        "may_try": role in DECIDERS, "may_publish": role in EDITORS,
    }  # fmt: skip
    if kept is not None:
        shown |= _moves(request, words, kept, run)
    return render(request, "programs/recalibration.html", shown)


def _moves(request: HttpRequest, words: Words, kept: Recalibration, run: Run | None) -> dict[str, Any]:
    only = request.GET.get("only", "moving")
    wanted = kept.moves.all()
    if only == "moving":
        wanted = wanted.exclude(way="stay", exception="")
    elif only in {"rise", "fall", "stay"}:
        wanted = wanted.filter(way=only)
    elif only == "exceptions":
        wanted = wanted.exclude(exception="")
    asked = request.GET.get("asked", "").strip()
    wanted = wanted.filter(name__icontains=asked) if asked else wanted
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    steps: dict[tuple[str, str], int] = {}
    exceptions = 0
    for each in kept.moves.only("tier_before", "tier_after", "exception", "decided_tier"):
        step = each.tier_before, each.final_tier
        steps[step] = steps.get(step, 0) + 1
        exceptions += bool(each.exception)
    flows = flows_of(words, [(*step, count) for step, count in steps.items()], _("Before"), _("After"))
    ways = flows.ways()
    return {
        "headline": headline(ways["rise"], ways["fall"]), "exceptions": exceptions, "stays": ways["stay"],
        "picture": flows_figure(flows, "flows-recalibration"), "page": page, "only": only, "asked": asked,
        "query": urlencode({"only": only, "asked": asked}),
        "rows": [
            {
                "moved": each, "sentence": sentence_of(words, each), "before": words.tier(each.tier_before or None),
                "rules": words.tier(each.tier_after or None), "after": words.tier(each.final_tier or None),
            }
            for each in page
        ],
        "facts_day": words.day(kept.facts_until), "reaches": kept.facts_until >= kept.on_day,
        "fresh": run is not None and run.facts_digest == kept.facts_digest,
    }  # fmt: skip


def headline(rises: int, falls: int) -> str:
    """How many rise and fall, as a sentence."""
    if not rises and not falls:
        return _("Nobody moves.")
    up = ngettext("%(count)s partner rises", "%(count)s partners rise", rises) % {"count": rises}
    down = ngettext("%(count)s falls", "%(count)s fall", falls) % {"count": falls}
    return f"{up}, {down}."


@require_POST
def try_it(request: HttpRequest, program: str, on: str) -> HttpResponse:
    """Replay the day on the current facts."""
    day, _words = _day(program, on, request)
    user = cast("User", request.user)
    return _done(request, program, day, lambda: try_recalibration(user, program, day, at=timezone.now()))


@require_POST
def publish_it(request: HttpRequest, program: str, on: str) -> HttpResponse:
    """Publish what was tried and decided."""
    day, _words = _day(program, on, request)

    def publishing() -> str:
        queued = publish_recalibration(cast("User", request.user), program, day, at=timezone.now())
        said = ngettext(
            "Published. %(count)s notice is on its way.", "Published. %(count)s notices are on their way.", queued
        )
        return said % {"count": queued}

    return _done(request, program, day, publishing)


def _done(request: HttpRequest, program: str, day: date, act: Any) -> HttpResponse:  # noqa: ANN401  # what to do
    try:
        said = act()
    except RecalibrationError as error:
        messages.error(request, SAID[error.case])
    except InputProblemsError as error:
        messages.error(request, " ".join(problem.message for problem in error.problems[:5]))
    else:
        if isinstance(said, str):
            messages.success(request, said)
    return redirect("programs:recalibration", program, day.isoformat())


def exception(request: HttpRequest, moved_id: int) -> HttpResponse:
    """Decide for one partner instead of the rules."""
    moved = get_object_or_404(Moved.objects.select_related("recalibration__version"), pk=moved_id)
    kept = moved.recalibration
    words = Words(rulebook_of(kept.version.folder), readers.language_of(request))
    tiers = [(each.tier, words.tier(each.tier)) for each in words.rulebook.program.tiers if each.in_force(kept.on_day)]
    initial = {"exception": moved.exception, "tier": moved.decided_tier, "reason": moved.reason}
    form = ExceptionForm(request.POST if request.method == "POST" else None, tiers=tiers, initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            decide_exception(
                cast("User", request.user), moved_id, exception=cleaned["exception"], tier=cleaned["tier"],
                reason=cleaned["reason"], at=timezone.now(),
            )  # fmt: skip
            return redirect("programs:recalibration", kept.program, kept.on_day.isoformat())
        except RecalibrationError as error:
            form.add_error({"unknown_tier": "tier", "reason": "reason"}.get(error.case), SAID[error.case])
    shown = {
        "form": form, "moved": moved, "sentence": sentence_of(words, moved), "program": kept.program,
        "on": kept.on_day.isoformat(), "day": words.day(kept.on_day), "name": readers.program_name(words),
        "rules": words.tier(moved.tier_after or None), "before": words.tier(moved.tier_before or None),
    }  # fmt: skip
    return render(request, "programs/exception.html", shown, status=422 if form.errors else 200)


@require_GET
def moves_csv(request: HttpRequest, program: str, on: str) -> HttpResponse:
    """Every partner of the recalibration, with the rule's tier and the decided one."""
    day, words = _day(program, on, request)
    kept = get_object_or_404(Recalibration, program=program, on_day=day)
    heading = ("partner_id", "name", "kind", "tier_before", "tier_by_rules", "tier", "exception", "reason", "sentence")
    rows = (
        (
            harmless(each.partner_id), harmless(each.name), each.kind, each.tier_before, each.tier_after,
            each.final_tier, each.exception, harmless(each.reason), harmless(sentence_of(words, each)),
        )
        for each in kept.moves.all()
    )  # fmt: skip
    return csv_response(f"{program}-{day}.csv", [heading, *rows])


def _day(program: str, on: str, request: HttpRequest) -> tuple[date, Words]:
    """The day of an address with the words of its rules.

    Raises:
        Http404: there is no such program or recalibration day.
    """
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    if program not in programs() or day.year not in readers.YEARS:
        raise Http404
    rulebook = rulebook_of(governing_version(program, day).folder)
    if day not in recalibration_days(rulebook, day, day):
        raise Http404
    return day, Words(rulebook, readers.language_of(request))
