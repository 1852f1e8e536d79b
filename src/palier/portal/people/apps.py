"""People: users, organisations, roles, invitations and sign-in."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app of people and organisations."""

    name = "palier.portal.people"
    label = "people"
