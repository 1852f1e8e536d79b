"""How people come in: by invitation, never by registering themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Allauth's account adapter, closed to sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers; people are invited."""
        del request
        return False
