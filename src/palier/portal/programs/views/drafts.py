"""A draft on its way: edit, check, try, propose, approve."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from palier.engine.statement_words import StatementWords
from palier.engine.words import Words
from palier.portal.numbers import number_in
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import User
from palier.portal.programs import readers
from palier.portal.programs.actions.trials import ask_trial, is_direct, run_trial
from palier.portal.programs.actions.versions import (
    EDITABLE,
    NotReadyError,
    VersionClosedError,
    approve,
    decline,
    draft,
    propose,
    renew,
    set_value,
    take_reading,
    unset_value,
)
from palier.portal.programs.forms import ProposalForm, ReasonForm, ValueForm
from palier.portal.programs.models import RulebookVersion, Trial
from palier.portal.programs.permissions import EDITORS
from palier.portal.programs.pictures import flows_figure, flows_of
from palier.portal.programs.queries import approved_versions, governing_version, programs, rulebook_of
from palier.portal.standings.csv_files import csv_response, harmless
from palier.rulebook.problems import InputProblemsError

PAGE = 50
SAID = {
    "problems": gettext_lazy("The draft has problems: mend them first."),
    "unchanged": gettext_lazy("The draft changes nothing yet: edit a value or take another reading."),
    "untried": gettext_lazy("Try the draft as it stands first: whoever approves it wants to see who moves."),
    "past": gettext_lazy("That day is in the past. Say that you mean it, or choose a later one."),
    "note": gettext_lazy("Say why."),
    "moved_on": gettext_lazy(
        "Somebody changed this draft since you opened the page. Read what stands here now, then decide."
    ),
    "outdated": gettext_lazy(
        "Another version answers that day by now than the one this draft is based on. Base the draft on it, try it "
        "again, then propose it."
    ),
    "not_proposed": gettext_lazy("The draft is not proposed yet."),
    "own": gettext_lazy("You proposed this version: somebody else approves it."),
    "changed": gettext_lazy("The files of this version are not those that were proposed: draft it again."),
    "no_run": gettext_lazy("Nothing was evaluated yet: the first run comes tonight."),
}


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_POST
def begin(request: HttpRequest, program: str) -> HttpResponse:
    """Begin a draft from what is in force today, or on a later day that the page was asked about."""
    if program not in programs():
        raise Http404
    at = timezone.now()
    on = max(at.date(), readers.day_in(request.POST, at.date()))
    made = draft(_user(request), program, on=on, at=at)
    return redirect("programs:draft", made.pk)


@require_GET
def show(request: HttpRequest, version_id: int) -> HttpResponse:
    """Who moves, what does it cost?"""
    return _page(request, get_object_or_404(RulebookVersion.objects.select_related("based_on"), pk=version_id))


def _page(
    request: HttpRequest,
    version: RulebookVersion,
    *,
    value: ValueForm | None = None,
    proposal: ProposalForm | None = None,
) -> HttpResponse:
    base = version.based_on or version
    rulebook, before = rulebook_of(version.folder or base.folder), rulebook_of(version.edited_folder)
    words = Words(rulebook, readers.language_of(request))
    membership, today = membership_of(request), timezone.now().date()
    editor = membership is not None and membership.role in EDITORS and version.state in EDITABLE
    trial = version.trials.select_related("run").first()
    taken = dict(version.switches)
    shown: dict[str, Any] = {
        "version": version, "base": base, "program": version.program, "name": readers.program_name(words),
        "words": words, "editor": editor, "own": version.proposed_by_id == _user(request).pk,
        "since": words.day(version.effective_from),
        "edits": readers.edits(Words(before, words.language), version.edits),
        "readings": [each for each in readers.errata(words, taken) if each["readings"]], "taken": taken,
        "errors": [each for each in version.problems if each["severity"] == "error"],
        "warnings": [each for each in version.problems if each["severity"] != "error"],
        "proposal": proposal or _proposal(version, today),
        "decline": ReasonForm(),
    }  # fmt: skip
    if editor:
        paths = readers.choices(Words(before, words.language), today)
        start = {"effective_from": today, "path": request.GET.get("path")}
        shown |= {"form": value or ValueForm(paths=paths, initial=start), **_place(words, version, today)}
    if trial is not None:
        shown |= _trial(request, words, trial, current=trial.digest == version.digest)
    return render(request, "programs/draft.html", shown, status=422 if value or proposal else 200)


def _proposal(version: RulebookVersion, today: date) -> ProposalForm:
    return ProposalForm(initial={"effective_from": version.effective_from or today, "note": version.note})


def _place(words: Words, version: RulebookVersion, today: date) -> dict[str, Any]:
    """Where the draft stands among the approved versions: is its base still in force, and what comes after it?"""
    on = max(version.effective_from or today, today) if not version.backdated else version.effective_from or today
    answering = governing_version(version.program, on)
    later = [each for each in approved_versions(version.program) if each.effective_from and each.effective_from > on]
    return {
        "outdated": version.based_on_id not in {None, answering.pk}, "on": on.isoformat(),
        "base_since": words.day(version.based_on.effective_from) if version.based_on else "",
        "later": words.day(later[-1].effective_from) if later else "",
    }  # fmt: skip


def _trial(request: HttpRequest, words: Words, trial: Trial, *, current: bool) -> dict[str, Any]:
    """What the last trial shows: the sentence, the flows, and a page of those for whom anything changes."""
    told = trial.told
    page = Paginator(trial.movers.all(), PAGE).get_page(request.GET.get("page"))
    flows = flows_of(words, told.get("flows", []), _("By the rules in force"), _("By the draft"))
    return {
        "trial": trial, "current": current, "trial_day": words.day(trial.on_day),
        "summary": told.get("summary", {}).get(words.language, []),
        "headline": _headline(told) if trial.finished_at and not trial.problem else "",
        "picture": flows_figure(flows, "flows-draft") if flows.steps else "",
        "costs": [
            {
                "month": StatementWords(words).month(date.fromisoformat(each["month"])),
                "before": words.money(each["before"], each["currency"]),
                "after": words.money(each["after"], each["currency"]),
            }
            for each in told.get("costs", [])
        ],
        "page": page,
        "rows": [_row(words, each) for each in page],
    }  # fmt: skip


def _headline(told: dict[str, Any]) -> str:
    parts = {name: told[name] for name in ("promoted", "demoted", "partners")}
    if not parts["promoted"] and not parts["demoted"]:
        return _("Nobody moves.")
    return _("%(promoted)s rise, %(demoted)s fall, of %(partners)s partners.") % parts


def _row(words: Words, mover: Any) -> dict[str, Any]:  # noqa: ANN401  # a Mover
    return {
        "partner_id": mover.partner_id,
        "name": mover.name,
        "direction": mover.direction,
        "before": words.tier(mover.tier_before or None),
        "after": words.tier(mover.tier_after or None),
        "kept_before": words.tier(mover.kept_before or None),
        "kept_after": words.tier(mover.kept_after or None),
        "reasons": mover.reasons.get(words.language, []),
    }


@require_POST
def set_one(request: HttpRequest, version_id: int) -> HttpResponse:
    """Edit a value of the draft."""
    version = get_object_or_404(RulebookVersion, pk=version_id)
    words = Words(rulebook_of(version.edited_folder), readers.language_of(request))
    at = timezone.now()
    form = ValueForm(request.POST, paths=readers.choices(words, at.date()))
    if not form.is_valid():
        return _page(request, version, value=form)
    return _done(request, version_id, lambda: set_value(_user(request), version_id, form.edit(), at=at))


@require_POST
def unset_one(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take an edit back."""
    path = request.POST.get("path", "")
    return _done(request, version_id, lambda: unset_value(_user(request), version_id, path, at=timezone.now()))


@require_POST
def take(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take another reading of an erratum."""
    erratum, _mark, reading = request.POST.get("reading", "").partition("=")
    if not erratum:
        raise Http404
    return _done(
        request, version_id, lambda: take_reading(_user(request), version_id, erratum, reading, at=timezone.now())
    )


@require_POST
def renew_it(request: HttpRequest, version_id: int) -> HttpResponse:
    """Base the draft on the version that answers a day by now."""
    at = timezone.now()
    on = readers.day_in(request.POST, at.date())
    return _done(
        request, version_id, lambda: renew(_user(request), version_id, on=on, at=at),
        said=_("The draft stands on the version of that day. Try it again."),
    )  # fmt: skip


@require_POST
def try_it(request: HttpRequest, version_id: int) -> HttpResponse:
    """Compare the draft with what is in force, now where it takes seconds, else by the worker."""
    months = min(number_in(request.POST.get("months", "0")), 3)

    def trying() -> None:
        trial = ask_trial(_user(request), version_id, months=months, at=timezone.now())
        if is_direct(trial):
            run_trial(trial.pk, at=timezone.now())

    return _done(request, version_id, trying, to="#moves")


@require_POST
def propose_it(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask a colleague to approve."""
    version = get_object_or_404(RulebookVersion, pk=version_id)
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _page(request, version, proposal=form)
    cleaned = form.cleaned_data
    return _done(
        request, version_id,
        lambda: propose(
            _user(request), version_id, seen=request.POST.get("seen", ""),
            effective_from=cleaned["effective_from"], note=cleaned["note"], backdated=cleaned["backdated"],
            at=timezone.now(),
        ),
        said=_("Proposed. Your colleagues have a mail; one of them approves."),
    )  # fmt: skip


@require_POST
def approve_it(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put the version in force."""
    seen = request.POST.get("seen", "")
    return _done(
        request, version_id, lambda: approve(_user(request), version_id, seen=seen, at=timezone.now()),
        said=_("Approved. The version answers from its day on."),
    )  # fmt: skip


@require_POST
def decline_it(request: HttpRequest, version_id: int) -> HttpResponse:
    """Say no, with a reason."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _done(request, version_id, lambda: decline(_user(request), version_id, reason=reason, at=timezone.now()))


def _done(request: HttpRequest, version_id: int, act: Any, *, said: str = "", to: str = "") -> HttpResponse:  # noqa: ANN401
    """Do it, say what came of it, and go back to the draft."""
    get_object_or_404(RulebookVersion, pk=version_id)
    try:
        act()
    except NotReadyError as error:
        messages.error(request, SAID[error.case])
    except VersionClosedError:
        messages.error(request, _("This version is closed: draft another one."))
    except InputProblemsError as error:
        messages.error(request, " ".join(problem.message for problem in error.problems))
    else:
        if said:
            messages.success(request, said)
    response = redirect("programs:draft", version_id)
    response["Location"] += to
    return response


@require_GET
def movers_csv(request: HttpRequest, version_id: int) -> HttpResponse:
    """Everybody for whom the last trial changes something."""
    version = get_object_or_404(RulebookVersion, pk=version_id)
    trial = version.trials.filter(finished_at__isnull=False, problem="").first()
    if trial is None:
        raise Http404
    language = readers.language_of(request)
    heading = ("partner_id", "name", "direction", "tier_before", "tier_after", "kept_before", "kept_after", "why")
    rows = (
        (
            harmless(each.partner_id), harmless(each.name), each.direction, each.tier_before, each.tier_after,
            each.kept_before, each.kept_after, harmless(" · ".join(each.reasons.get(language, []))),
        )
        for each in trial.movers.all()
    )  # fmt: skip
    return csv_response(f"draft-{version.pk}-{trial.on_day}.csv", [heading, *rows])
