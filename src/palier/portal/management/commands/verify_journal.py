"""`python -m palier.portal verify_journal`: proof that nobody rewrote the journal."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management import BaseCommand, CommandParser

from palier.portal.journal.verifying import Anchor, verify

PROBLEMS = 3
"""The exit code of problems found, as everywhere in Palier."""


class Command(BaseCommand):
    """Verify the chain, and print an anchor to keep elsewhere."""

    help = "Find any edit, removal, reordering or cut of the journal; exit code 0 when there is none, 3 otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to compare with."""
        parser.add_argument(
            "--anchor", action="append", default=[], type=Anchor.read, metavar="PLACE:SEAL",
            help="What an earlier verification printed: finds a chain rewritten whole. May be repeated.",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Verify, and say what was found."""
        found = verify(options["anchor"])
        if options["json"]:
            said = {"entries": found.entries, "anchor": str(found.anchor), "problems": found.problems}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        elif found.problems:
            for each in found.problems:
                self.stderr.write(f"entry {each['place']}: {each['found']}")
        else:
            self.stdout.write(f"The journal holds: {found.entries} entries, each sealed with the one before it.")
            self.stdout.write(f"Keep this anchor outside: {found.anchor}")
            self.stdout.write("With --anchor a later verification notices a chain that was rewritten whole.")
        sys.exit(PROBLEMS if found.problems else 0)
