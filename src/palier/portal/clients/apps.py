"""Clients: customers as partners see them: association, access, seats, portfolio."""

from __future__ import annotations

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """The app of clients."""

    name = "palier.portal.clients"
    label = "clients"
