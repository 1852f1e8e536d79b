"""Standings: published runs, the partner’s home, explanations."""

from __future__ import annotations

from django.apps import AppConfig


class StandingsConfig(AppConfig):
    """The app of runs and standings."""

    name = "palier.portal.standings"
    label = "standings"

    def ready(self) -> None:
        """Answer what pages of partners and clients ask of the runs."""
        from palier.portal.standings.customer_answers import answer_clients  # noqa: PLC0415  # models are loaded now
        from palier.portal.standings.partner_answers import answer_partners  # noqa: PLC0415  # models are loaded now

        answer_partners()
        answer_clients()
