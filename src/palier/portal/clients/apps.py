"""Clients: customers as partners see them: association, access, seats, portfolio."""

from __future__ import annotations

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """The app of clients."""

    name = "palier.portal.clients"
    label = "clients"

    def ready(self) -> None:
        """Answer what pages of partners ask of accesses."""
        from palier.portal.clients.partner_answers import answer_partners  # noqa: PLC0415  # models are loaded now

        answer_partners()
