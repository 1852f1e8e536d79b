"""The second factor: which roles need one, who has one, and the middleware that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from palier.portal.journal.actions import record
from palier.portal.people.errors import NotAllowedError, RoleNotHereError
from palier.portal.people.middleware import own_membership_of
from palier.portal.people.models import Membership, RequiredFactor, User
from palier.portal.people.permissions import may_govern
from palier.portal.people.single_sign_on import opened_by
from palier.portal.roles import Role

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
OPEN = frozenset({"account_logout", "account_reauthenticate", "language", "health"})
"""Addresses that answer while the second factor is missing, besides those that set it up."""
STILL_OPEN = "mfa_"
OWN_ENTRANCE = ("mfa_", "account_change_password", "account_set_password", "account_reauthenticate")
"""How an account of ours is entered: not for sessions that an organisation's provider opened."""


def required_roles() -> frozenset[str]:
    """The roles that are entered with a second factor only."""
    return frozenset(RequiredFactor.objects.values_list("role", flat=True))


def has_factor(user: User) -> bool:
    """Whether somebody has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def session_has_factor(request: HttpRequest) -> bool:
    """Whether this session was opened or confirmed with a second factor, ours or the organisation's provider's."""
    by = opened_by(request)
    if by is not None and by["second_factor"]:
        return True
    methods: list[object] = [each.get("method") for each in get_authentication_records(request, request.user)]
    return "mfa" in methods


@transaction.atomic
def require(by: Membership, *, roles: Iterable[str], at: datetime) -> None:
    """Set which roles need a second factor.

    Raises:
        NotAllowedError: only the vendor's administrator does.
        RoleNotHereError: there is no such role.
    """
    if not may_govern(by):
        raise NotAllowedError
    wanted, before = frozenset(roles), required_roles()
    if not wanted <= set(Role.values):
        raise RoleNotHereError
    RequiredFactor.objects.exclude(role__in=wanted).delete()
    RequiredFactor.objects.bulk_create(
        RequiredFactor(role=role, required_by=by.user, required_at=at) for role in sorted(wanted - before)
    )
    if wanted != before:
        record(
            actor=by.user.pseudonym, verb="second_factor.required", subject_kind="portal", subject_id="sign-in", at=at,
            before=sorted(before), after=sorted(wanted),
        )  # fmt: skip


class SecondFactor:
    """Middleware: whoever acts in a role that needs a second factor sets one up, or confirms it, before all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Send whoever lacks the factor where it is set up or asked."""
        del view, args, kwargs
        membership, match = own_membership_of(request), request.resolver_match
        name = match.view_name if match is not None else ""
        by = opened_by(request)
        if by is not None and request.user.is_authenticated and name.startswith(OWN_ENTRANCE):
            return render(request, "people/entrance_elsewhere.html", status=403)
        if membership is None or name in OPEN or name.startswith(STILL_OPEN):
            return None
        if not getattr(membership, "needs_factor", False) or session_has_factor(request):
            return None
        if by is not None:
            return render(request, "people/factor_at_provider.html", {"membership": membership}, status=403)
        if not has_factor(cast("User", request.user)):
            messages.warning(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        back = request.get_full_path() if request.method == "GET" else reverse("home")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
