"""`python -m palier.portal feed`: a program runs here, on the facts of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from palier.backends.files import FactsNotFoundError
from palier.portal.programs.queries import programs
from palier.portal.runs.actions import feed_program
from palier.portal.runs.ownership import adopt


class Command(BaseCommand):
    """Have a program run here every night."""

    help = "Have a program run here every night on the facts of a folder, and take over what the portal owns."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and where from."""
        parser.add_argument("program")
        parser.add_argument("folder", type=Path, help="Where the warehouse puts its fact tables.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Adopt, feed, and say what was taken over."""
        program: str = options["program"]
        if program not in programs():
            here = ", ".join(sorted(programs()))
            message = f"no program {program} is here: expected one of {here}; adopt takes over another"
            raise CommandError(message)
        warehouse = options["folder"].absolute()
        try:
            taken = adopt(warehouse)
        except FactsNotFoundError as error:
            raise CommandError(str(error)) from error
        feed_program(program, warehouse, actor="feed", at=timezone.now())
        for table, rows in taken.items():
            self.stdout.write(f"{table}: {rows} rows taken over")
