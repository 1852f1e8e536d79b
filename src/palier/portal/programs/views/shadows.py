"""The vendor's own tiers compared."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from palier.engine.words import Words
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import User
from palier.portal.programs import readers
from palier.portal.programs.actions.shadowings import NothingToShadowError, make_shadow
from palier.portal.programs.forms import TierListForm
from palier.portal.programs.models import Shadowing
from palier.portal.programs.permissions import EDITORS
from palier.portal.programs.queries import programs, rulebook_on
from palier.portal.standings.csv_files import csv_response, harmless
from palier.portal.standings.models import Run
from palier.rulebook.problems import InputProblemsError

PAGE = 50
SAID = {
    "no_run": gettext_lazy("Nothing was evaluated yet: the first run comes tonight."),
    "no_history": gettext_lazy("The current run tells of nothing held yet: the next one, tonight, replays the moves."),
    "too_large": gettext_lazy("The file is larger than 2 MB: send the two columns only."),
}


def show(request: HttpRequest, program: str) -> HttpResponse:
    """Does Palier agree with the tiers that we have today?"""
    if program not in programs():
        raise Http404
    form = TierListForm()
    problems: list[Any] = []
    if request.method == "POST":
        form = TierListForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["tiers"]
            try:
                make_shadow(
                    cast("User", request.user), program, name=sent.name if sent else "",
                    content=sent.read() if sent else None, at=timezone.now(), against=form.cleaned_data["against"],
                )  # fmt: skip
                return redirect("programs:shadow", program)
            except NothingToShadowError as error:
                messages.error(request, SAID[error.case])
            except InputProblemsError as error:
                problems = [each for each in error.problems if each.severity == "error"]
    return _page(request, program, form, problems)


def _page(request: HttpRequest, program: str, form: TierListForm, problems: list[Any]) -> HttpResponse:
    words = Words(rulebook_on(program, timezone.now().date()), readers.language_of(request))
    membership = membership_of(request)
    made = Shadowing.objects.filter(program=program).select_related("run").first()
    shown: dict[str, Any] = {
        "program": program, "name": readers.program_name(words), "form": form, "problems": problems, "made": made,
        "held": made is not None and made.told.get("against") == "held",
        "editor": membership is not None and membership.role in EDITORS,
        "run": Run.objects.filter(program=program, is_current=True).first(),
    }  # fmt: skip
    if made is not None:
        told = made.told
        page = Paginator(told["differences"], PAGE).get_page(request.GET.get("page"))
        shown |= {
            "summary": told["summary"][words.language], "page": page, "day": words.day(made.run.as_of),
            "made_day": words.day(made.made_at.date()), "differs": len(told["differences"]),
            "rows": [_row(words, each) for each in page],
            "matrix": [
                {"theirs": words.tier(theirs), "ours": words.tier(ours), "count": count, "same": theirs == ours}
                for theirs, ours, count in told["matrix"]
            ],
        }  # fmt: skip
    return render(request, "programs/shadow.html", shown, status=422 if problems else 200)


def _row(words: Words, each: dict[str, Any]) -> dict[str, Any]:
    return {
        **each,
        "their_tier": words.tier(each["theirs"]),
        "our_tier": words.tier(each["ours"]),
        "reasons": each["why"][words.language],
        "links": [{"metric": metric, "name": words.name("metrics", metric)} for metric in each["metrics"]],
    }


@require_GET
def differences_csv(request: HttpRequest, program: str) -> HttpResponse:
    """Every difference of the last comparison."""
    made = Shadowing.objects.filter(program=program).select_related("run").first()
    if made is None:
        raise Http404
    language = readers.language_of(request)
    heading = ("partner_id", "name", "your_tier", "palier", "steps", "why")
    rows = (
        (
            harmless(each["partner_id"]), harmless(each["name"]), each["theirs"] or "", each["ours"] or "",
            each["steps"], harmless(" · ".join(each["why"][language])),
        )
        for each in made.told["differences"]
    )  # fmt: skip
    return csv_response(f"shadow-{program}-{made.run.as_of}.csv", [heading, *rows])
