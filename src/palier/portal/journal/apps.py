"""The journal: every change, in one append-only chain."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The app of the journal."""

    name = "palier.portal.journal"
    label = "journal"
