"""People: users, organisations, roles, invitations and sign-in."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app of people and organisations."""

    name = "palier.portal.people"
    label = "people"

    def ready(self) -> None:
        """Listen to sign-ins."""
        import_module("palier.portal.people.signals")
