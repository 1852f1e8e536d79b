"""Programs: published rulebooks, what-if, errata, calendar, recalibration."""

from __future__ import annotations

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """The app of programs."""

    name = "palier.portal.programs"
    label = "programs"
