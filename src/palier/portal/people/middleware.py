"""Who asks: the person, and the organisation that the person acts for."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from palier.portal.people.models import Membership
from palier.portal.people.queries import chosen

CHOSEN = "organisation"
"""The session's key of the organisation chosen."""


class Person:
    """Middleware: sets `request.membership`, and answers in the person's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the person asked."""
        membership: Membership | None = None
        if request.user.is_authenticated:
            user = request.user
            membership = chosen(user, request.session.get(CHOSEN))
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        request.membership = membership  # type: ignore[attr-defined]  # ours, read by whoever() and Doorkeeper
        return self.get_response(request)


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership under which the request is made."""
    return cast("Membership | None", getattr(request, "membership", None))
