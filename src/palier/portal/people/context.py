"""What every page knows of whoever reads it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from palier.portal.access import menu
from palier.portal.people.middleware import membership_of
from palier.portal.people.queries import everyone


def whoever(request: HttpRequest) -> dict[str, Any]:
    """The membership, its menu, and whether this is the demo."""
    membership = membership_of(request)
    found: dict[str, Any] = {"membership": membership, "menu": menu(request, membership), "demo": settings.DEMO}
    if settings.DEMO and not request.user.is_authenticated:
        found["cast"] = everyone()
    return found
