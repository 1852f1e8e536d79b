"""The portal itself: its layout, styles and pictures."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    """The app that holds what all pages share."""

    name = "palier.portal"
    label = "portal"

    def ready(self) -> None:
        """Have the database guard its rows and its ledgers."""
        from palier.portal import ledgers, rows  # noqa: PLC0415  # they read models, which are there only now

        post_migrate.connect(rows.protect, dispatch_uid="palier.rows.protect")
        post_migrate.connect(ledgers.guard, dispatch_uid="palier.ledgers.guard")
        connection_created.connect(rows.greet, dispatch_uid="palier.rows.greet")
