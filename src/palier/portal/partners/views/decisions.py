"""Pages of decisions: what the vendor decided about a partner, since when and why; and the vendor's acts."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.partners import actions, days
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import BreachForm, DecisionForm, ReasonForm
from palier.portal.partners.permissions import may_decide
from palier.portal.partners.queries import breaches_of, decisions_on, enrolments_of, suspended_from
from palier.portal.partners.views.asking import Asking, asking, blame


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """What did the vendor decide about us, and why?"""
    return _page(request, asking(request))


@require_http_methods(["GET", "HEAD", "POST"])
def decisions_of(request: HttpRequest, partner_id: str) -> HttpResponse:
    """The same for the vendor, which decides here."""
    asked = asking(request, partner_id)
    if request.method != "POST":
        return _page(request, asked)
    match request.POST.get("act"):
        case "decide":
            return _decide(request, asked)
        case "breach":
            return _breach(request, asked)
        case "end":
            return _end(request, asked)
        case _:
            raise Http404


def _programs(partner_id: str) -> list[str]:
    return sorted({each.program for each in enrolments_of(partner_id)})


def _decide(request: HttpRequest, asked: Asking) -> HttpResponse:
    form = DecisionForm(request.POST, programs=_programs(asked.partner_id))
    return _done(
        request, asked, form, "decide",
        lambda: actions.decide(by=asked.by, partner_id=asked.partner_id, at=timezone.now(), **form.cleaned_data),
    )  # fmt: skip


def _breach(request: HttpRequest, asked: Asking) -> HttpResponse:
    form = BreachForm(request.POST, auto_id="breach_%s")
    return _done(
        request, asked, form, "breach",
        lambda: actions.record_breach(by=asked.by, partner_id=asked.partner_id, at=timezone.now(), **form.cleaned_data),
    )  # fmt: skip


def _end(request: HttpRequest, asked: Asking) -> HttpResponse:
    at = timezone.now()
    on = days.day(at)
    found = breaches_of(asked.partner_id, on).filter(effective_until=None)
    breach = get_object_or_404(found, attestation_id=request.POST.get("breach", ""))
    form = ReasonForm(request.POST, auto_id="end_%s")
    return _done(
        request, asked, form, "end",
        lambda: actions.end_breach(by=asked.by, breach=breach, effective_until=on, at=at, **form.cleaned_data),
    )  # fmt: skip


def _done(request: HttpRequest, asked: Asking, form: forms.Form, act: str, do: Callable[[], object]) -> HttpResponse:
    """Do it and go back to the page, or show what stands in its way."""
    if form.is_valid():
        try:
            do()
        except RefusedError as error:
            blame(form, error)
        else:
            messages.success(request, _("Decided; the partner gets a mail. Its standing follows with the next run."))
            return redirect("partners:decisions_of", asked.partner_id)
    return _page(request, asked, {act: form}, status=400)


def _page(
    request: HttpRequest, asked: Asking, filled: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    on = days.day(timezone.now())
    programs = _programs(asked.partner_id)
    may = may_decide(asked.by)
    known: dict[str, forms.Form] = {
        "decide": DecisionForm(programs=programs, initial={"effective_on": on}),
        "breach": BreachForm(initial={"effective_from": on}, auto_id="breach_%s"),
        "end": ReasonForm(auto_id="end_%s"),
    } | (filled or {})
    since = suspended_from(asked.partner_id, on)
    shown = {
        "asked": asked,
        "decisions": decisions_on(asked.partner_id)[:100],
        "suspended": since is not None and since <= on,
        "suspended_from": since,
        "today": on,
        "breaches": breaches_of(asked.partner_id, on),
        "may": may,
        "decide_form": known["decide"],
        "breach_form": known["breach"],
        "end_form": known["end"],
    }
    return render(request, "partners/decisions.html", shown, status=status)
