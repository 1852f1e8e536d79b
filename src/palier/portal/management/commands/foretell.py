"""`python -m palier.portal foretell`: the forecasts of every partner of the current run, before anybody asks."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from palier.portal.standings.permissions import PROGRAM
from palier.portal.standings.queries import published
from palier.portal.standings.tasks import foretell_all


class Command(BaseCommand):
    """Work out the forecasts that are not kept yet."""

    help = "Work out and keep the forecasts of the current run; those kept already stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom."""
        parser.add_argument("--program", default=PROGRAM)
        parser.add_argument("--partner", action="append", default=[], help="Only this partner; may be repeated.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Forecast, and say how many."""
        found = published(options["program"])
        if found is None:
            message = f"no run of {options['program']} is published"
            raise CommandError(message)
        count = foretell_all(found, partners=options["partner"] or None)
        self.stdout.write(f"{count} partners")
