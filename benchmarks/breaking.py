"""The portal broken on purpose, to see whether the proof of durability notices (`benchmarks.durability --broken`).

Each breakage is an error that somebody could make: it harms nobody until a process dies at the wrong moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

LATER = 0.02
"""Seconds after its acknowledgement that a broken portal keeps a change."""


def finish_before_sending() -> None:
    """A mail is said to be delivered, then it is sent."""
    from palier.portal.journal.delivery import AT_ONCE, mail_of  # noqa: PLC0415  # needs the settings
    from palier.portal.journal.leases import claim, finish  # noqa: PLC0415  # same
    from palier.portal.journal.models import Message  # noqa: PLC0415  # same
    from palier.portal.runs import working  # noqa: PLC0415  # same

    def deliver(*, worker: str, now: Callable[[], datetime], lease: timedelta, chance: float) -> int:
        del chance
        at = now()
        mails = claim(Message, worker=worker, at=at, lease=lease, most=AT_ONCE)
        for message in mails:
            finish(message, worker=worker, at=at)
            mail_of(message).send()
        return len(mails)

    working.deliver = deliver  # type: ignore[assignment, attr-defined]  # broken on purpose


def acknowledge_before_keeping() -> None:
    """Who invites is told that it is done, and the database hears of it a little later."""
    from django.db import connection  # noqa: PLC0415  # needs the settings

    from palier.portal.people import actions  # noqa: PLC0415  # same

    kept: Callable[..., object] = actions.invite

    def later(*given: Any, **named: Any) -> None:  # noqa: ANN401  # whatever the action takes
        time.sleep(LATER)
        try:
            kept(*given, **named)
        finally:
            connection.close()

    def invite(*given: Any, **named: Any) -> None:  # noqa: ANN401  # same
        threading.Thread(target=later, args=given, kwargs=named).start()

    actions.invite = invite  # type: ignore[assignment]  # broken on purpose


def publish_in_pieces() -> None:
    """A run is loaded in several transactions."""
    from palier.portal.runs import running  # noqa: PLC0415  # needs the settings

    class Pieces:
        """What stands for django.db.transaction: nothing holds together."""

        atomic = nullcontext

    running.transaction = Pieces  # type: ignore[assignment, attr-defined]  # broken on purpose


BREAKAGES: Mapping[str, Callable[[], None]] = {
    "mails": finish_before_sending,
    "requests": acknowledge_before_keeping,
    "publishing": publish_in_pieces,
}
