"""What the rules say: every program, one program on a day, and two versions side by side."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from palier.engine.words import Words
from palier.portal.numbers import number_in
from palier.portal.people.middleware import membership_of
from palier.portal.programs import readers
from palier.portal.programs.models import RulebookVersion
from palier.portal.programs.permissions import EDITORS
from palier.portal.programs.queries import (
    approved_versions,
    governing_version,
    last_and_next,
    open_drafts,
    programs_with_runs,
    readable,
    rulebook_of,
)
from palier.portal.programs.values import change_days, differences, other_files, rule_values

YEAR = timedelta(days=366)


@require_GET
def all_programs(request: HttpRequest) -> HttpResponse:
    """Which programs are there, and what is each in one sentence?"""
    today, vendor = timezone.now().date(), _vendor(request)
    shown = []
    for program, run in programs_with_runs().items():
        if run is None and not vendor:
            continue
        version = governing_version(program, today)
        words = Words(rulebook_of(version.folder), readers.language_of(request))
        shown.append({
            "program": program,
            "name": readers.program_name(words),
            "sentence": words.rulebook.text(words.language, "program", "sentence") or "",
            "since": words.day(version.effective_from), "runs": run is not None,
        })  # fmt: skip
    return render(request, "programs/programs.html", {"programs": shown, "vendor": vendor})


def _vendor(request: HttpRequest) -> bool:
    membership = membership_of(request)
    return membership is not None and membership.organisation.kind == "vendor"


@require_GET
def program(request: HttpRequest, program: str) -> HttpResponse:
    """What do the rules say today, since when, from which text?"""
    vendor = _vendor(request)
    if not readable(program, vendor=vendor):
        raise Http404
    today = timezone.now().date()
    on = readers.day_of(request, today)
    version = governing_version(program, on)
    rulebook = rulebook_of(version.folder)
    words = Words(rulebook, readers.language_of(request))
    membership = membership_of(request)
    past, coming = last_and_next(rulebook, on)
    changed = list(change_days(rule_values(rulebook)))
    shown = {
        "program": program, "name": readers.program_name(words), "words": words, "version": version, "on": on,
        "sentence": rulebook.text(words.language, "program", "sentence") or "",
        "day": words.day(on), "since": words.day(version.effective_from), "digest": version.digest[:12],
        "last_change": words.day(next((each for each in changed if each <= on), None)),
        "next_change": words.day(min((each for each in changed if each > on), default=None)),
        "ladder": readers.ladder(words, on), "sections": readers.sections(words, on),
        "timeline": readers.timeline(words, on), "errata": readers.errata(words, version.switches),
        "calendar": readers.calendar(rulebook, words, on - YEAR, on + YEAR, today),
        "last": words.day(past), "next": words.day(coming),
        "versions": [
            {"version": each, "since": words.day(each.effective_from), "is_it": each.pk == version.pk}
            for each in approved_versions(program)
        ],
        "drafts": open_drafts(program) if vendor else [], "vendor": vendor,
        "editor": membership is not None and membership.role in EDITORS,
        "sources": rulebook.program.sources,
    }  # fmt: skip
    return render(request, "programs/program.html", shown)


@require_GET
def difference(request: HttpRequest, version_id: int) -> HttpResponse:
    """What does this version change, value by value, against another one (the one before, unless said)?"""
    version = get_object_or_404(RulebookVersion.objects.exclude(folder=""), pk=version_id)
    vendor = _vendor(request)
    if not readable(version.program, vendor=vendor):
        raise Http404
    if not vendor and version.state != RulebookVersion.State.APPROVED:
        raise Http404
    against = _against(version, request.GET.get("with", ""))
    if against is None:
        raise Http404
    now, then = (Words(rulebook_of(each.folder), readers.language_of(request)) for each in (version, against))
    found = differences(then.rulebook, now.rulebook)
    shown = {
        "version": version, "against": against, "program": version.program, "name": readers.program_name(now),
        "rows": readers.differing(now, then, found), "files": other_files(then.rulebook, now.rulebook),
        "since": now.day(version.effective_from), "earlier": now.day(against.effective_from),
        "others": [each for each in approved_versions(version.program) if each.pk != version.pk], "vendor": vendor,
    }  # fmt: skip
    return render(request, "programs/difference.html", shown)


def _against(version: RulebookVersion, asked: str) -> RulebookVersion | None:
    """The version to compare with: the one asked for, the one it is based on, or the one before."""
    approved = RulebookVersion.objects.filter(program=version.program, state=RulebookVersion.State.APPROVED)
    if number := number_in(asked):
        return approved.filter(pk=number).first()
    if version.based_on is not None:
        return version.based_on
    return approved.exclude(pk=version.pk).order_by("effective_from").first() or version
