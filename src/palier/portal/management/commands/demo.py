"""`python -m palier.portal demo`: everything ready, and the portal open."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.utils import timezone

from palier.portal.demonstration import make_demonstration


class Command(BaseCommand):
    """Make the demo and serve it."""

    help = "Make sample facts, a published run and one account per role, and open the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much to make, and where to listen."""
        parser.add_argument("--partners", type=int, default=300)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="Make everything, and do not serve.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Prepare, then become the server."""
        if not settings.DEMO:
            message = "the demo needs PALIER_DEMO=1: its accounts open with one click"
            raise CommandError(message)
        call_command("migrate", verbosity=0)
        call_command("compile_texts")
        call_command("collectstatic", interactive=False, verbosity=0)
        make_demonstration(
            settings.ENVIRONMENT.folder, partners=options["partners"], seed=options["seed"], at=timezone.now()
        )
        if options["prepare"]:
            return
        address = f"http://localhost:{options['port']}/"
        self.stdout.write(f"The portal is open: {address}")
        self.stdout.flush()
        granian = os.path.join(os.path.dirname(sys.executable), "granian")  # noqa: PTH118, PTH120  # beside our Python
        serve = [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(options["port"])]
        os.execv(granian, [*serve, "--blocking-threads", "8", "--log-level", "error", "palier.portal.wsgi:application"])  # noqa: S606  # it serves in our place
