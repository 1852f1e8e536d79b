"""The queue of the Elite review (A164): who reaches the tier by figures, who is invited, who passed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palier.portal.partners import actions, days
from palier.portal.partners.actions.elite import INVITED, REVIEWED
from palier.portal.partners.asked import CANDIDATES
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import ReasonForm
from palier.portal.partners.models import Attestation, Company
from palier.portal.partners.permissions import may_decide
from palier.portal.partners.views.asking import person


@require_http_methods(["GET", "HEAD", "POST"])
def elite(request: HttpRequest) -> HttpResponse:
    """Who waits for an invitation or a review?"""
    by, refused = person(request), ""
    if request.method == "POST":
        at = timezone.now()
        partner_id, form = request.POST.get("partner_id", ""), ReasonForm(request.POST)
        on = days.day(at)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        try:
            match request.POST.get("act"):
                case "invite":
                    actions.invite_to_elite(by=by, partner_id=partner_id, reason=reason, on=on, at=at)
                case "passed" | "failed" as outcome:
                    actions.conclude_review(
                        by=by, partner_id=partner_id, passed=outcome == "passed", reason=reason, on=on, at=at
                    )
                case _:
                    raise Http404
        except RefusedError as error:
            refused = error.said
        else:
            messages.success(request, _("Decided; the partner gets a mail. Its standing follows with the next run."))
            return redirect("partners:elite")
    shown = {"refused": refused, "may": may_decide(by), **_queue()}
    return render(request, "partners/elite.html", shown, status=400 if refused else 200)


def _queue() -> dict[str, object]:
    candidates = CANDIDATES.ask(otherwise=())
    said = Attestation.objects.filter(code__in=(INVITED, REVIEWED), effective_until=None)
    yes = [each for each in said if each.value.lower() != "no"]
    invited = {each.partner_id: each for each in yes if each.code == INVITED}
    passed = {each.partner_id for each in yes if each.code == REVIEWED}
    wanted = {each.partner_id for each in candidates} | set(invited)
    names = {each.partner_id: each for each in Company.objects.filter(partner_id__in=wanted)}
    return {
        "candidates": [
            (names.get(each.partner_id, each.partner_id), each) for each in candidates if each.partner_id not in invited
        ],
        "invited": [
            (names.get(partner_id, partner_id), each)
            for partner_id, each in invited.items()
            if partner_id not in passed
        ],
        "passed": [
            (names.get(partner_id, partner_id), invited[partner_id]) for partner_id in invited if partner_id in passed
        ],
    }
