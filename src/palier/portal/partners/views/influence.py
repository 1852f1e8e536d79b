"""Pages of influenced revenue and referrals: what was submitted, what became of it, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.engine.calendar import add_months
from palier.portal.partners import actions, days
from palier.portal.partners.asked import CUSTOMERS, INFLUENCE, MEANT, Influence
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import InfluenceForm, MatchForm, ReasonForm, major, minor
from palier.portal.partners.models import Company, Influenced
from palier.portal.partners.permissions import may_decide, may_file
from palier.portal.partners.queries import submissions_of, takes_part, unmatched_since, waiting_submissions
from palier.portal.partners.views.asking import asking, blame, person

SHOWN = 100
COUNTS = 12
"""For so many months from its closing a deal can count (B271)."""


@require_http_methods(["GET", "HEAD", "POST"])
def influence(request: HttpRequest) -> HttpResponse:
    """What became of the deals we helped with?"""
    asked, at = asking(request), timezone.now()
    on = days.day(at, days.WITH_FORM)
    form = InfluenceForm(request.POST or None, initial={"currency": asked.company.payment_currency}, on=on)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        amount = minor(told.pop("amount"), told["currency"])
        try:
            actions.submit_influence(by=asked.by, partner_id=asked.partner_id, mrr_minor=amount, on=on, at=at, **told)
        except RefusedError as error:
            blame(form, error)
        else:
            messages.success(request, _("Submitted. It counts once the vendor has matched it with a deal."))
            return redirect("partners:influence")
    found = submissions_of(asked.partner_id)
    effects = INFLUENCE.ask(asked.partner_id, (get_language() or "en")[:2], otherwise=None)
    member = takes_part(asked.partner_id, days.WITH_FORM, on)
    shown = {
        "asked": asked,
        "submissions": _told(list(found[:SHOWN]), effects, on=on),
        "counting": 0 if effects is None else len(effects.effects),
        "as_of": None if effects is None else effects.as_of,
        "more": max(0, found.count() - SHOWN),
        "waiting": found.filter(status=Influenced.Status.SUBMITTED, submitted_at__isnull=False).count(),
        "takes_part": member,
        "form": form if member and may_file(asked.by, asked.partner_id) else None,
    }
    return render(request, "partners/influence.html", shown, status=400 if form.errors else 200)


def _told(rows: Sequence[Influenced], effects: Influence | None, *, on: date) -> list[dict[str, object]]:
    """Each submission with its customer's name, and what it counts or why it does not (B633, B836)."""
    called = CUSTOMERS.ask({each.customer_id for each in rows if each.customer_id}, otherwise={})
    told: list[dict[str, object]] = []
    for each in rows:
        effect = None if effects is None else effects.effects.get(each.influenced_id)
        over_on = add_months(each.closed_on, COUNTS)
        told.append(
            {
                "each": each,
                "customer": each.customer_said or called.get(each.customer_id, each.customer_id),
                "effect": effect,
                "ahead": each.matched_on is not None and each.matched_on > on,
                "over_on": over_on if effects is not None and over_on <= effects.as_of else None,
                "seen": effects is not None and each.matched_on is not None and each.matched_on <= effects.as_of,
            }
        )
    return told


@require_GET
def influence_queue(request: HttpRequest) -> HttpResponse:
    """Which submissions wait for us?"""
    found = waiting_submissions()
    unmatched = unmatched_since(add_months(days.day(timezone.now(), days.WITH_FORM), -COUNTS))
    shown = {
        "rows": _named(list(found[:SHOWN])),
        "count": found.count(),
        "unmatched": _named(list(unmatched[:SHOWN])),
        "unmatched_count": unmatched.count(),
    }
    return render(request, "partners/influence_queue.html", shown)


def _named(rows: Sequence[Influenced]) -> list[tuple[str, str, Influenced]]:
    """Each submission with the names of its partner and of its customer."""
    companies = Company.objects.filter(partner_id__in={each.partner_id for each in rows})
    names = {each.partner_id: str(each) for each in companies}
    called = CUSTOMERS.ask({each.customer_id for each in rows if each.customer_id}, otherwise={})
    return [
        (
            names.get(each.partner_id, each.partner_id),
            each.customer_said or called.get(each.customer_id, each.customer_id),
            each,
        )
        for each in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def influence_of(request: HttpRequest, influenced_id: str) -> HttpResponse:
    """Which deal is it, and did the partner influence it?"""
    by, at = person(request), timezone.now()
    on = days.day(at, days.WITH_FORM)
    held = get_object_or_404(Influenced, influenced_id=influenced_id)
    company = Company.objects.filter(partner_id=held.partner_id).first()
    paid_in = "" if company is None else company.payment_currency
    match_form = MatchForm(initial=_known(held, request.GET.get("customer", ""), paid_in), on=on)
    reason_form = ReasonForm()
    if request.method == "POST":
        form: MatchForm | ReasonForm
        match request.POST.get("act"):
            case "accept":
                form = match_form = MatchForm(request.POST, on=on)
            case "refuse":
                form = reason_form = ReasonForm(request.POST)
            case _:
                raise Http404
        if form.is_valid():
            try:
                if form is match_form:
                    told = form.cleaned_data
                    actions.accept_influence(
                        by=by, submission=held, customer_id=told["customer_id"], currency=told["currency"],
                        mrr_minor=minor(told["amount"], told["currency"]) or 0, on=on, at=at,
                    )  # fmt: skip
                else:
                    actions.refuse_influence(by=by, submission=held, at=at, **form.cleaned_data)
            except RefusedError as error:
                blame(form, error)
            else:
                messages.success(request, _("Decided; the partner gets a mail."))
                return redirect("partners:influence_queue")
    shown = {
        "submission": held, "customer": _named([held])[0][1], "company": company or held.partner_id,
        "match_form": match_form,
        "meant": MEANT.ask(held.customer_said, otherwise=()) if held.customer_said and not held.customer_id else (),
        "reason_form": reason_form, "may": may_decide(by) and held.status == Influenced.Status.SUBMITTED,
    }  # fmt: skip
    return render(
        request, "partners/influence_of.html", shown, status=400 if match_form.errors or reason_form.errors else 200
    )


def _known(held: Influenced, chosen: str, paid_in: str) -> dict[str, object]:
    """What the submission says already, and the customer that the vendor chose among those it may mean.

    Where it states no currency, the one that the partner is paid in.
    """
    amount = major(held.mrr_minor, held.currency) if held.currency else None
    return {"customer_id": held.customer_id or chosen, "currency": held.currency or paid_in, "amount": amount}
