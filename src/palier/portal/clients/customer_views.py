"""The customer's pages: who can enter the account and what they did; let in, revoke, restore, give a seat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palier.portal.clients import actions
from palier.portal.clients.asked import RUN_ON
from palier.portal.clients.errors import ClientsError
from palier.portal.clients.forms import GrantForm
from palier.portal.clients.permissions import KEEPERS
from palier.portal.clients.queries import Held, customer_called, held_at
from palier.portal.clients.shown import Worked, page_of, worked
from palier.portal.partners.days import day
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership

Act = Callable[..., object]
ANSWERS: Mapping[str, tuple[Act, Promise]] = {
    "grant": (actions.grant, gettext_lazy("Access is granted from today.")),
    "decline": (actions.decline, gettext_lazy("The request is refused; the partner is told.")),
    "restore": (actions.restore, gettext_lazy("Access is restored from today.")),
    "give_seat": (actions.give_seat, gettext_lazy("The partner seat is given, free of charge.")),
    "take_seat": (actions.take_seat, gettext_lazy("The partner seat is taken back; the access stays.")),
}
"""What a customer can do in one step, and what is said after."""


@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """Who can enter my account, since when, and what did they do?"""
    membership = _acting(request)
    shown = _accesses(request, membership.organisation.fact_id, timezone.now())
    own = {"customer": membership.organisation, "keeps": membership.role in KEEPERS, "own": True}
    return render(request, "clients/access.html", shown | own)


@require_GET
def customer_access(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The same page for the vendor, which only reads it."""
    shown = _accesses(request, customer_id, timezone.now())
    if not shown["every"] and shown["customer"].pk is None:
        raise Http404
    return render(request, "clients/access.html", shown | {"keeps": False, "own": False})


def _accesses(request: HttpRequest, customer_id: str, at: datetime) -> dict[str, Any]:
    held = held_at(customer_id, day(at))
    lasting = [each for each in held if each.lasts]
    over = sorted((each for each in held if each.restorable), key=_ended_last, reverse=True)
    again = {each.access.user_id for each in held if each.lasts or each.waits}
    by_partner = sorted(worked(lasting, customer_id), key=_by_partner)
    return {
        "customer": customer_called(customer_id),
        "every": held,
        "waiting": [each for each in held if each.waits],
        "lasting": lasting,
        "partners": [
            {"name": people[0].held.partner, "people": people}
            for people in (
                list(found) for _id, found in groupby(by_partner, key=lambda each: each.held.access.partner_id)
            )
        ],
        "ended": page_of([each for each in over if each.access.user_id not in again], request.GET.get("page", "1")),
        "run_on": RUN_ON.ask(otherwise=None),
    }


def _by_partner(each: Worked) -> tuple[str, str, str]:
    return (each.held.partner.casefold(), each.held.access.partner_id, str(each.held.employee).casefold())


def _ended_last(each: Held) -> tuple[str, int]:
    return (str(each.access.removed_on), each.access.pk)


@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Let a partner's employee in."""
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_to(_acting(request), email=form.cleaned_data["email"], at=timezone.now())
        except ClientsError as error:
            form.add_error("email", error.said)
        else:
            messages.success(request, _("Access is granted from today."))
            return redirect("clients:access")
    return render(request, "clients/grant.html", {"form": form})


@require_POST
def answer(request: HttpRequest, access_id: str) -> HttpResponse:
    """Grant or refuse what was asked, restore, give or take a seat."""
    found = ANSWERS.get(request.POST.get("act", ""))
    if found is None:
        raise Http404
    act, said = found
    try:
        act(_acting(request), access_id=access_id, at=timezone.now())
    except ClientsError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, str(said))
    return redirect("clients:access")


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, access_id: str) -> HttpResponse:
    """What a revocation ends, before it is made."""
    membership, at = _acting(request), timezone.now()
    if request.method == "POST":
        try:
            actions.revoke(membership, access_id=access_id, at=at)
        except ClientsError as error:
            messages.error(request, error.said)
        else:
            messages.success(request, _("Access is revoked. You can restore it at any time."))
        return redirect("clients:access")
    held = held_at(membership.organisation.fact_id, day(at))
    found = next((each for each in held if each.access.access_id == access_id and each.lasts), None)
    if found is None:
        raise Http404
    return render(request, "clients/revoke.html", {"held": found})


def _acting(request: HttpRequest) -> Membership:
    membership = membership_of(request)
    if membership is None:
        raise Http404
    return membership
