"""`python -m palier.portal demo`: everything ready, the portal open, and the worker at work beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.utils import timezone

from palier.portal.demonstration import leave_work, make_demonstration

GRACE = 10
"""How many seconds server and worker have to end what they began."""


class Command(BaseCommand):
    """Make the demo and serve it."""

    help = "Make sample facts, published runs and one account per role, and open the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much to make, and where to listen."""
        parser.add_argument("--facts", type=Path, help="A folder of sample facts, instead of making one.")
        parser.add_argument("--partners", type=int, default=300)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="Make everything, and do not serve.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Prepare, then serve until told to stop."""
        if not settings.DEMO:
            message = "the demo needs PALIER_DEMO=1: its accounts open with one click"
            raise CommandError(message)
        for command, given in (
            ("migrate", {"verbosity": 0}),
            ("createcachetable", {"verbosity": 0}),
            ("compile_texts", {"stdout": sys.stderr}),
            ("collectstatic", {"interactive": False, "verbosity": 0}),
        ):
            call_command(command, **given)
        make_demonstration(
            settings.ENVIRONMENT.folder,
            facts=options["facts"],
            partners=options["partners"],
            seed=options["seed"],
            now=timezone.now,
            whole=options["prepare"],
        )
        if not options["prepare"]:
            self._serve(options["port"])

    def _serve(self, port: int) -> None:
        """Serve and work, until one of the two ends or somebody presses Ctrl-C; colleagues leave work beside it."""
        stopped = Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stopped.set())
        granian = str(Path(sys.executable).with_name("granian"))
        serve = [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "8"]
        commands = (
            [*serve, "--log-level", "error", "palier.portal.wsgi:application"],
            [sys.executable, "-m", "palier.portal", "work"],
        )
        children = [_begin(command) for command in commands]
        self.stdout.write(f"The portal is open: http://localhost:{port}/   (Ctrl-C ends it)")
        self.stdout.flush()
        try:
            leave_work(now=timezone.now)
            while not stopped.wait(0.5) and all(child.poll() is None for child in children):
                pass
        finally:
            _end(children)
        if not stopped.is_set():
            message = "the server or the worker ended by itself; is the port taken?"
            raise CommandError(message)
        self.stdout.write("The portal is closed.")


def _begin(command: list[str]) -> subprocess.Popen[bytes]:
    """Begin a program of our own, out of reach of the terminal's Ctrl-C: it is told to stop in order."""
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603  # our own


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Tell programs to end what they began, and to end."""
    for child in children:
        _tell(child, signal.SIGTERM)
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
        _tell(child, signal.SIGKILL)


def _tell(child: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    """Send a signal to a program and to whatever it began."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, sign)
