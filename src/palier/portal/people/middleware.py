"""Who asks: the person, the organisation that the person acts for, and whether the session is still young enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from palier.portal.people.models import Membership, User
from palier.portal.people.queries import memberships_of
from palier.portal.people.seeing import current_seeing
from palier.portal.people.single_sign_on import opened_by

CHOSEN = "organisation"
"""The session's key of the organisation chosen."""
BEGAN, SEEN = "began_at", "seen_at"
LONGEST, IDLE, NOTED = timedelta(hours=12), timedelta(hours=2), timedelta(minutes=5)
"""A session ends this long after it began, this long after it was last used, and writes its use down this seldom."""


class Person:
    """Middleware: sets `request.membership` and `request.seeing`, and answers in the person's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the person asked."""
        own: Membership | None = None
        memberships: list[Membership] = []
        seeing = None
        now = timezone.now()
        if request.user.is_authenticated and is_over(request, now):
            logout(request)
        if request.user.is_authenticated:
            user = request.user
            memberships = _open_to(request, user)
            chosen = request.session.get(CHOSEN)
            first = memberships[0] if memberships else None
            own = next((each for each in memberships if each.organisation_id == chosen), first)
            seeing = current_seeing(request, own, now)
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        # ours, read by membership_of(), seeing_of(), whoever() and Doorkeeper
        request.membership = seeing.membership if seeing is not None else own  # type: ignore[attr-defined]
        request.own_membership, request.memberships = own, memberships  # type: ignore[attr-defined]
        request.seeing = seeing  # type: ignore[attr-defined]
        return self.get_response(request)


def _open_to(request: HttpRequest, user: User) -> list[Membership]:
    """The memberships under which the session may act: one opened by an organisation's provider, that one only."""
    found, by = list(memberships_of(user)), opened_by(request)
    return found if by is None else [each for each in found if each.organisation_id == by["organisation"]]


def is_over(request: HttpRequest, now: datetime) -> bool:
    """Whether a session is past its length or was left alone too long; notes its use otherwise."""
    session, moment = request.session, int(now.timestamp())
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        session[BEGAN] = session[SEEN] = moment
        return False
    if moment - began > LONGEST.total_seconds() or moment - seen > IDLE.total_seconds():
        return True
    if moment - seen > NOTED.total_seconds():
        session[SEEN] = moment
    return False


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership under which the request is made; while looking as a partner, that partner's."""
    return cast("Membership | None", getattr(request, "membership", None))


def own_membership_of(request: HttpRequest) -> Membership | None:
    """The person's own membership, also while looking as a partner."""
    return cast("Membership | None", getattr(request, "own_membership", None))


def memberships_of_request(request: HttpRequest) -> list[Membership]:
    """Every membership under which the session may act."""
    return cast("list[Membership]", getattr(request, "memberships", []))
