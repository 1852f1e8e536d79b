"""The worker: plans what the calendar asks for, does what is due, delivers the outbox; any number of them may run."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from uuid import uuid4

from django.db import Error, close_old_connections

from palier.portal.journal.delivery import deliver
from palier.portal.journal.schedule import keep, plan
from palier.portal.programs.tasks import work_trials
from palier.portal.runs.calendar import calendar
from palier.portal.runs.tasks import DUTIES, LEASE

DELIVERY_LEASE = timedelta(minutes=2)
PAUSE = timedelta(seconds=2)
"""How long a worker rests when nothing is due."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases:
    """How long a worker holds what it claimed: others wait as long after it was killed."""

    work: timedelta = LEASE
    delivery: timedelta = DELIVERY_LEASE


def work(stopped: Event, *, now: Callable[[], datetime], leases: Leases, pause: timedelta = PAUSE) -> None:
    """Work until told to stop; what was begun is ended first. A database that is away is asked again."""
    worker = uuid4().hex
    while not stopped.is_set():
        try:
            close_old_connections()
            busy = turn(worker, now=now, leases=leases)
        except Error:
            logger.exception("the database did not answer")
            busy = False
        if not busy:
            stopped.wait(pause.total_seconds())


def turn(worker: str, *, now: Callable[[], datetime], leases: Leases) -> bool:
    """Do one round: plan, some mails, one occasion, then rules to try; says whether there was anything to do.

    What goes wrong in one of them keeps the others from nothing; a database that is away ends the round.
    """
    chance = random.random()  # noqa: S311  # it spreads retries, it hides nothing

    def planned() -> bool:
        plan(calendar, at=now())
        return False

    def delivered() -> bool:
        return bool(deliver(worker=worker, now=now, lease=leases.delivery, chance=chance))

    def kept() -> bool:
        return keep(DUTIES, worker=worker, now=now, lease=leases.work, chance=chance)

    def tried() -> bool:
        return bool(work_trials())

    done = [_done(step) for step in (planned, delivered, kept, tried)]
    return any(done)


def _done(step: Callable[[], bool]) -> bool:
    try:
        return step()
    except Error:
        raise
    except Exception:
        logger.exception("a part of the worker's round failed; the others go on")
        return False
