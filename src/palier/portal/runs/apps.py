"""Runs: evaluation runs: who owns which facts, the snapshot, the stages, what is published."""

from __future__ import annotations

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """The app of runs."""

    name = "palier.portal.runs"
    label = "runs"
