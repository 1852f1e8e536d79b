"""Programs: published rulebooks, what-if, errata, calendar, recalibration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProgramsConfig(AppConfig):
    """The app of programs."""

    name = "palier.portal.programs"
    label = "programs"

    def ready(self) -> None:
        """Answer what pages of partners ask of the rules; adopt the shipped programs whenever the tables are there."""
        from palier.portal.programs.partner_answers import answer_partners  # noqa: PLC0415  # models are loaded now
        from palier.portal.programs.tasks import adopt_all  # noqa: PLC0415  # models are loaded only now

        answer_partners()
        post_migrate.connect(adopt_all, sender=self, dispatch_uid="programs.adopt_all")
