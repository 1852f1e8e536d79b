"""`python -m palier.portal adopt`: a program of one's own comes in from its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from palier.portal.programs.actions.versions import adopt_files
from palier.portal.programs.models import RulebookVersion
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import ProgramNotFoundError


class Command(BaseCommand):
    """Take over the files of a program: in force at once where it is new, else a draft that two people publish."""

    help = "Take over a program's folder. The first version is in force; later ones are drafts to try and approve."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which."""
        parser.add_argument("folder", type=Path, help="The program's folder: program.yaml, metrics, texts.")
        parser.add_argument("--note", default="", help="Why, for those who approve it.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Adopt, and say what became of it."""
        folder: Path = options["folder"].absolute()
        try:
            made = adopt_files(folder, actor="adopt", note=options["note"].strip()[:1000], at=timezone.now())
        except ProgramNotFoundError as error:
            raise CommandError(str(error)) from error
        except InputProblemsError as error:
            raise CommandError("\n".join(f"{each.place}: {each.message}" for each in error.problems)) from error
        if made.state == RulebookVersion.State.APPROVED:
            said = f"in force from {made.effective_from}"
        else:
            said = f"{made.state}, to be read at {reverse('programs:draft', args=[made.pk])}"
        self.stdout.write(f"{made.program} {made.digest[:12]}: {said}")
