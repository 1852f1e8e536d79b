"""The partner's pages: associate an employee, see whom somebody works for, ask again, leave a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palier.portal.clients import actions
from palier.portal.clients.errors import ClientsError
from palier.portal.clients.forms import AssociateForm, RemoveForm
from palier.portal.clients.leaving import what_ends
from palier.portal.clients.models import Customer
from palier.portal.clients.permissions import ASKERS, REMOVERS, partner_of
from palier.portal.clients.queries import (
    Held,
    customers_called,
    held_at,
    held_by,
    known_customers,
    served_by,
    workers_of,
)
from palier.portal.clients.shown import STATES, page_of
from palier.portal.partners.days import day
from palier.portal.partners.models import Employee
from palier.portal.partners.permissions import may_read
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership

OFFERED = 200
"""How many customers the browser offers while somebody types."""


@require_GET
def employee(request: HttpRequest, user_id: str) -> HttpResponse:
    """For which customers does this person work, and does it count (D28, D45-50)?"""
    membership = _acting(request)
    person = Employee.objects.filter(user_id=user_id).first()
    if person is None or not may_read(membership, person.partner_id):
        raise Http404
    held = held_by(user_id, day(timezone.now()))
    customers = customers_called({each.access.customer_id for each in held})
    wanted = request.GET.get("asked", "").strip().casefold()
    rows = [
        {"held": each, "customer": customers[each.access.customer_id], "state": STATES[each.position.state]}
        for each in sorted(held, key=lambda each: (not each.waits, not each.lasts, _called(each, customers)))
        if wanted in _called(each, customers)
    ]
    shown = {
        "person": person, "found": page_of(rows, request.GET.get("page", "1")), "count": len(rows),
        "lasting": sum(each.lasts for each in held), "waiting": sum(each.waits for each in held),
        "asked": request.GET.get("asked", ""), **_may(membership, person.partner_id),
    }  # fmt: skip
    return render(request, "clients/employee.html", shown)


def _called(held: Held, customers: Mapping[str, Customer]) -> str:
    return str(customers[held.access.customer_id]).casefold()


@require_http_methods(["GET", "POST"])
def associate(request: HttpRequest) -> HttpResponse:
    """Associate a customer with an employee; where access is missing, the customer is asked (D22-28, D30)."""
    membership, at = _acting(request), timezone.now()
    partner_id = partner_of(membership, ASKERS)
    first = {"user_id": request.GET.get("person", ""), "customer": request.GET.get("customer", "")}
    form = AssociateForm(request.POST or None, initial=first, workers=workers_of(partner_id, day(at)))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            asked = actions.associate(membership, user_id=told["user_id"], customer=told["customer"], at=at)
        except ClientsError as error:
            form.add_error("customer", error.said)
        else:
            messages.success(request, _said(asked))
            return redirect("clients:employee", told["user_id"])
    shown = {"form": form, "known": known_customers(partner_id, most=OFFERED)}
    return render(request, "clients/associate.html", shown)


def _said(asked: actions.Asked) -> str:
    if not asked.waits:
        return _("The customer is associated from today. Work counts from the next run, tonight.")
    if not asked.told:
        return _(
            "The request waits for the customer, of whom nobody has an account here yet: ask your contact to have "
            "the vendor invite them."
        )
    return ngettext(
        "The customer was asked by mail: %(told)s person can grant the access.",
        "The customer was asked by mail: %(told)s people can grant the access.",
        asked.told,
    ) % {"told": asked.told}


@require_POST
def ask(request: HttpRequest, access_id: str) -> HttpResponse:
    """Ask a customer again, or take back what was asked."""
    membership, act = _acting(request), request.POST.get("act", "")
    if act not in {"again", "withdraw"}:
        raise Http404
    try:
        if act == "again":
            actions.ask_again(membership, access_id=access_id, at=timezone.now())
            messages.success(request, _("The customer was asked again."))
        else:
            actions.withdraw(membership, access_id=access_id, at=timezone.now())
            messages.success(request, _("The request is taken back."))
    except ClientsError as error:
        messages.error(request, error.said)
    asked = served_by(membership.organisation.fact_id).filter(access_id=access_id).first()
    return redirect("standings:portfolio") if asked is None else redirect("clients:employee", asked.user_id)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Leave a customer: what ends, how much, and who alone can restore it; then the word (D41-51)."""
    membership, at = _acting(request), timezone.now()
    partner_id, user = partner_of(membership, REMOVERS), membership.user
    user_id = (request.POST or request.GET).get("person") or None
    word = actions.removal_word(user.language)
    form = RemoveForm(request.POST or None, label=_("Type %(word)s to confirm") % {"word": word})
    if request.method == "POST" and form.is_valid():
        try:
            actions.remove_access(
                membership, customer_id=customer_id, user_id=user_id, word=form.cleaned_data["word"], at=at
            )
        except ClientsError as error:
            form.add_error("word", error.said)
        else:
            messages.success(request, _("Access is removed. Only the customer can restore it."))
            return redirect("standings:portfolio") if user_id is None else redirect("clients:employee", user_id)
    held = [each for each in held_at(customer_id, day(at), partner_id=partner_id) if each.lasts or each.waits]
    ends = what_ends(held, customer_id, partner_id, user_id=user_id, language=user.language)
    if ends is None:
        raise Http404
    return render(request, "clients/remove.html", {"form": form, "ends": ends, "word": word, "user_id": user_id})


def _acting(request: HttpRequest) -> Membership:
    membership = membership_of(request)
    if membership is None:
        raise Http404
    return membership


def _may(membership: Membership, partner_id: str) -> dict[str, Any]:
    own = membership.organisation.fact_id == partner_id
    return {"asks": own and membership.role in ASKERS, "removes": own and membership.role in REMOVERS, "own": own}
