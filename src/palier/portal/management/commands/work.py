"""`python -m palier.portal work`: mails are delivered, runs are run, the calendar is kept."""

from __future__ import annotations

import signal
from datetime import timedelta
from threading import Event
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.utils import timezone

from palier.portal.runs.working import PAUSE, Leases, work


class Command(BaseCommand):
    """Work until told to stop (SIGTERM or Ctrl-C); what was begun is ended first."""

    help = "Deliver mails, run programs and keep the calendar, until told to stop. Several may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long leases hold."""
        usual = Leases()
        parser.add_argument(
            "--lease", type=float, default=usual.work.total_seconds(), help="Seconds that work is held without a sign."
        )
        parser.add_argument(
            "--delivery-lease", type=float, default=usual.delivery.total_seconds(), help="The same for mails."
        )
        parser.add_argument(
            "--pause", type=float, default=PAUSE.total_seconds(), help="Seconds of rest when nothing is due."
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Work."""
        stopped = Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stopped.set())
        leases = Leases(work=timedelta(seconds=options["lease"]), delivery=timedelta(seconds=options["delivery_lease"]))
        self.stdout.write("The worker is at work.")
        self.stdout.flush()
        work(stopped, now=timezone.now, leases=leases, pause=timedelta(seconds=options["pause"]))
