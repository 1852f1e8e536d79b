"""The portal itself: its layout, styles and pictures."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The app that holds what all pages share."""

    name = "palier.portal"
    label = "portal"
