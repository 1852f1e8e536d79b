"""Who may open what: the doors of all apps in one table, asked by middleware; a page without one does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from palier.portal.clients import doors as clients
from palier.portal.journal import doors as journal
from palier.portal.partners import doors as partners
from palier.portal.people import doors as people
from palier.portal.people.middleware import membership_of, memberships_of_request
from palier.portal.people.models import Membership
from palier.portal.people.queries import everyone
from palier.portal.people.seeing import MAY_WRITE, seeing_of
from palier.portal.programs import doors as programs
from palier.portal.roles import Door, MenuEntry
from palier.portal.runs import doors as runs
from palier.portal.standings import doors as standings

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_APPS = (people, partners, clients, standings, programs, runs, journal)

DOORS: Mapping[str, Door] = {name: door for app in _APPS for name, door in app.DOORS.items()}
"""Every page by the name of its address: tests walk it with every member of the cast."""

MENUS: tuple[MenuEntry, ...] = tuple(
    sorted((entry for app in _APPS for entry in app.MENU), key=lambda entry: (entry.kind, entry.place))
)
"""The pages of each kind of organisation's menu, in their order."""
IN_THE_BAR = 5
"""So many entries of a menu stand in its bar, and one more at most; where there are still more, they wait behind it."""


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
        kwargs: Mapping[str, object],
    ) -> HttpResponse | None:
        """Turn away whoever may not open the page: to sign-in without a name, with an explanation otherwise."""
        del view, args
        if "\x00" in "".join(_said(request, kwargs)):
            raise BadRequest  # no text of ours holds it, and PostgreSQL takes it for no text at all
        match = request.resolver_match
        door = DOORS.get(match.view_name) if match is not None else None
        signed_in = request.user.is_authenticated
        membership = membership_of(request)
        role = membership.role if membership is not None else None
        if seeing_of(request) is not None and _changes(request):
            return render(request, "people/read_only.html", status=403)
        if door is not None and door.opens(request.method or "GET", role, signed_in=signed_in):
            return None
        if door is not None and not signed_in and request.method == "GET":
            return redirect_to_login(request.get_full_path())
        return render(request, "portal/forbidden.html", {"membership": membership}, status=403)


def _said(request: HttpRequest, kwargs: Mapping[str, object]) -> Iterator[str]:
    """What somebody wrote into the address and the form."""
    yield from (str(each) for each in kwargs.values())
    for given in (request.GET, request.POST):
        yield from (each for name in given for each in given.getlist(name))


def _changes(request: HttpRequest) -> bool:
    """Whether somebody who looks as a partner sends more than may be sent while looking."""
    name = request.resolver_match.view_name if request.resolver_match is not None else ""
    return request.method not in READING and name not in MAY_WRITE


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of whoever came in: the first of the menu."""
    found = menu(request, membership_of(request))
    return redirect(found[0]["address"]) if found else render(request, "people/nowhere.html")


def menu(request: HttpRequest, membership: Membership | None) -> list[dict[str, Any]]:
    """The entries of the menu, the current one marked."""
    if membership is None:
        return []
    current = request.resolver_match.view_name if request.resolver_match is not None else ""
    return [
        {"address": reverse(entry.address), "said": entry.said, "current": entry.address == current}
        for entry in MENUS
        if entry.kind == membership.organisation.kind
        and DOORS[entry.address].opens("GET", membership.role, signed_in=True)
    ]


def whoever(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the membership, its menu, and whether this is the demo."""
    membership = membership_of(request)
    entries = menu(request, membership)
    most = IN_THE_BAR if len(entries) > IN_THE_BAR + 1 else len(entries)
    found: dict[str, Any] = {
        "membership": membership,
        "memberships": memberships_of_request(request),
        "seeing": seeing_of(request),
        "menu": entries[:most],
        "further": entries[most:],
        "current_further": any(each["current"] for each in entries[most:]),
        "demo": settings.DEMO,
    }
    if settings.DEMO and not request.user.is_authenticated:
        found["cast"] = everyone()
    return found
