"""Who may open what: one table of every page, asked by middleware; a page that is not in it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership, Role

Audience = frozenset[str]
ANYONE: Audience = frozenset({"*"})
SIGNED_IN: Audience = frozenset({"+"})
VENDOR: Audience = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.REVIEWER, Role.VENDOR_FINANCE, Role.AUDITOR})
PARTNER: Audience = frozenset({Role.ADMIN, Role.EMPLOYEE, Role.FINANCE})
CUSTOMER: Audience = frozenset({Role.OWNER, Role.MEMBER})


@dataclass(frozen=True, slots=True)
class Door:
    """Who may read a page, and who may send something to it."""

    read: Audience
    write: Audience = frozenset()

    def opens(self, method: str, membership: Membership | None, *, signed_in: bool) -> bool:
        """Whether somebody may use the method on the page."""
        audience = self.read if method in {"GET", "HEAD", "OPTIONS"} else self.write
        if audience == ANYONE:
            return True
        if not signed_in:
            return False
        return audience == SIGNED_IN or (membership is not None and membership.role in audience)


DOORS: Mapping[str, Door] = {
    "home": Door(SIGNED_IN),
    "switch": Door(frozenset(), SIGNED_IN),
    "language": Door(frozenset(), ANYONE),
    "demo_sign_in": Door(frozenset(), ANYONE),
    "health": Door(ANYONE),
    "standings:home": Door(PARTNER),
    "standings:points": Door(PARTNER),
    "standings:points_csv": Door(PARTNER),
    "standings:portfolio": Door(PARTNER),
    "standings:explain": Door(PARTNER | VENDOR),
    "standings:lines_csv": Door(PARTNER | VENDOR),
    "standings:source": Door(PARTNER | VENDOR),
    "standings:partners": Door(VENDOR),
    "standings:partner": Door(VENDOR),
    "standings:partner_points": Door(VENDOR),
    "standings:partner_points_csv": Door(VENDOR),
    "standings:partner_portfolio": Door(VENDOR),
    "account_login": Door(ANYONE, ANYONE),
    "account_logout": Door(SIGNED_IN, SIGNED_IN),
    "account_request_login_code": Door(ANYONE, ANYONE),
    "account_confirm_login_code": Door(ANYONE, ANYONE),
    "account_reauthenticate": Door(SIGNED_IN, SIGNED_IN),
    "account_reset_password": Door(ANYONE, ANYONE),
    "account_reset_password_done": Door(ANYONE),
    "account_reset_password_from_key": Door(ANYONE, ANYONE),
    "account_reset_password_from_key_done": Door(ANYONE),
    "account_change_password": Door(SIGNED_IN, SIGNED_IN),
    "account_set_password": Door(SIGNED_IN, SIGNED_IN),
    "mfa_index": Door(SIGNED_IN),
    "mfa_authenticate": Door(ANYONE, ANYONE),
    "mfa_reauthenticate": Door(SIGNED_IN, SIGNED_IN),
    "mfa_activate_totp": Door(SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": Door(SIGNED_IN, SIGNED_IN),
    "mfa_view_recovery_codes": Door(SIGNED_IN),
    "mfa_generate_recovery_codes": Door(SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": Door(SIGNED_IN),
    "mfa_list_webauthn": Door(SIGNED_IN),
    "mfa_add_webauthn": Door(SIGNED_IN, SIGNED_IN),
    "mfa_edit_webauthn": Door(SIGNED_IN, SIGNED_IN),
    "mfa_remove_webauthn": Door(SIGNED_IN, SIGNED_IN),
}
"""Every page by the name of its address: tests walk it with every member of the cast."""

MENUS: Mapping[str, tuple[tuple[str, Promise | str], ...]] = {
    "partner": (
        ("standings:home", _("Home")),
        ("standings:points", _("Points")),
        ("standings:portfolio", _("Customers")),
    ),
    "vendor": (("standings:partners", _("Partners")),),
    "customer": (),
}
"""The pages of each kind of organisation's menu."""


class Doorkeeper:
    """Middleware: lets a request through where the table says so, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: object,
        kwargs: object,
    ) -> HttpResponse | None:
        """Turn away whoever may not open the page: to sign-in without a name, with an explanation otherwise."""
        del view, args, kwargs
        match = request.resolver_match
        door = DOORS.get(match.view_name) if match is not None else None
        signed_in = request.user.is_authenticated
        membership = membership_of(request)
        if door is not None and door.opens(request.method or "GET", membership, signed_in=signed_in):
            return None
        if door is not None and not signed_in and request.method == "GET":
            return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
        return render(request, "portal/forbidden.html", {"membership": membership}, status=403)


def menu(request: HttpRequest, membership: Membership | None) -> list[dict[str, Any]]:
    """The entries of the menu, the current one marked."""
    if membership is None:
        return []
    current = request.resolver_match.view_name if request.resolver_match is not None else ""
    return [
        {"address": reverse(name), "said": said, "current": name == current}
        for name, said in MENUS[membership.organisation.kind]
        if DOORS[name].opens("GET", membership, signed_in=True)
    ]
