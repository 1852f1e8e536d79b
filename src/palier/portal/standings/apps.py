"""Standings: published runs, the partner’s home, explanations."""

from __future__ import annotations

from django.apps import AppConfig


class StandingsConfig(AppConfig):
    """The app of runs and standings."""

    name = "palier.portal.standings"
    label = "standings"
