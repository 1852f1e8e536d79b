"""A person's own page, and looking at the portal as a partner."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palier.portal.people.factors import has_factor
from palier.portal.people.forms import MailsForm, OwnForm
from palier.portal.people.middleware import memberships_of_request, own_membership_of
from palier.portal.people.models import Organisation, User
from palier.portal.people.permissions import may_govern, may_see_as_partner
from palier.portal.people.preferences import KINDS, refusals, set_preference
from palier.portal.people.seeing import LASTS, seeing_of, start_seeing, stop_seeing
from palier.portal.people.single_sign_on import opened_by


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """What does the portal know of me, and how do I come in?"""
    user = cast("User", request.user)
    form = OwnForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        translation.activate(user.language)
        messages.success(request, _("Your page is kept."))
        return redirect("people:me")
    shown = {
        "form": form,
        "mails": MailsForm(initial={"wanted": sorted(KINDS.keys() - refusals(user))}),
        "memberships": memberships_of_request(request),
        "factor": has_factor(user),
        "passkeys": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count(),
        "password": user.has_usable_password(),
        "elsewhere": opened_by(request) is not None,
    }
    return render(request, "people/me.html", shown, status=422 if form.is_bound else 200)


@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """Which mails do I want?"""
    form, user, now = MailsForm(request.POST), cast("User", request.user), timezone.now()
    if form.is_valid():
        for kind in KINDS:
            set_preference(user, kind=kind, wanted=kind in form.cleaned_data["wanted"], at=now)
        messages.success(request, _("Your page is kept."))
    return redirect("people:me")


@require_http_methods(["GET", "POST"])
def see(request: HttpRequest, partner_id: str) -> HttpResponse:
    """Look at the portal as this partner sees it; say first what that means."""
    by = own_membership_of(request)
    if by is None or not may_see_as_partner(by):
        raise Http404
    found = Organisation.objects.filter(kind=Organisation.Kind.PARTNER, fact_id=partner_id).first()
    if request.method == "POST" and found is not None:
        start_seeing(request, by, organisation=found, at=timezone.now())
        return redirect("home")
    shown = {
        "found": found, "partner_id": partner_id, "name": request.GET.get("name", "")[:200],
        "may_govern": may_govern(by), "minutes": int(LASTS.total_seconds()) // 60,
    }  # fmt: skip
    return render(request, "people/see.html", shown)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Look no longer as a partner."""
    seeing = seeing_of(request)
    if seeing is not None:
        stop_seeing(request, seeing, at=timezone.now())
    return redirect("home")
