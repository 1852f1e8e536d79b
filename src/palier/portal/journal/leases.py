"""Work in tables: claimed by a conditional update under a lease, done once, tried again later, given up in sight.

A worker that is killed leaves its lease behind; when that has run out another worker claims the row again, and
`attempts` shows it. Finishing asks whether the lease is still one's own, so that nobody finishes another's work.
Held by messages (`delivered_at`) and occurrences (`done_at`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F, Q

from palier.portal.journal.models import Message, Occurrence

MOST_ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
JITTER = 0.25
"""By how much of itself a pause is longer or shorter, so that many retries do not come at once."""

Leased = TypeVar("Leased", Message, Occurrence)
_DONE: dict[type, str] = {Message: "delivered_at", Occurrence: "done_at"}


def claim(model: type[Leased], *, worker: str, at: datetime, lease: timedelta, most: int) -> list[Leased]:
    """Claim what is due and nobody's, the longest due first; each is claimed by one worker only."""
    free = _open(model, at)
    wanted = list(free.values_list("pk", flat=True)[:most])
    mine = []
    for pk in wanted:
        taken = free.filter(pk=pk).update(leased_until=at + lease, leased_by=worker, attempts=F("attempts") + 1)
        if taken:
            mine.append(pk)
    rows = {row.pk: row for row in model._default_manager.filter(pk__in=mine)}  # noqa: SLF001  # Django's own name
    return [rows[pk] for pk in mine]


def renew(row: Leased, *, worker: str, at: datetime, lease: timedelta) -> bool:
    """Hold a claimed row longer; false when it is not one's own any more."""
    return bool(_own(row, worker).update(leased_until=at + lease))


def finish(row: Leased, *, worker: str, at: datetime) -> bool:
    """Say that a claimed row is done; false when it is not one's own any more."""
    done = {_DONE[type(row)]: at, "leased_until": None, "leased_by": "", "problem": ""}
    return bool(_own(row, worker).update(**done))


def wait(row: Leased, *, worker: str, at: datetime) -> bool:
    """Leave a claimed row for a while, as if it had not been claimed; false when it is not one's own any more."""
    later = {"due_at": at + FIRST_PAUSE, "leased_until": None, "leased_by": "", "attempts": F("attempts") - 1}
    return bool(_own(row, worker).update(**later))


def put_off(row: Leased, *, worker: str, at: datetime, problem: str, permanent: bool, chance: float) -> bool:
    """Try a claimed row again later, each time after a longer pause; or give it up, in sight of the staff.

    Args:
        row: what failed.
        worker: who claimed it.
        at: now.
        problem: what went wrong, in a sentence.
        permanent: whether another attempt would fail as well.
        chance: a random number from 0 to 1, which spreads the pauses.

    Returns:
        Whether it was given up.
    """
    given_up = permanent or row.attempts >= MOST_ATTEMPTS
    said = {"leased_until": None, "leased_by": "", "problem": problem[:1000]}
    if given_up:
        _own(row, worker).update(dead_at=at, **said)
    else:
        _own(row, worker).update(due_at=at + pause(row.attempts, chance), **said)
    return given_up


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: doubled each time, a quarter longer or shorter by chance."""
    doubled: timedelta = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)
    return doubled * (1 + JITTER * (2 * chance - 1))


def revive(row: Leased, *, at: datetime) -> bool:
    """Try again what was given up; false when it was not."""
    dead = type(row)._default_manager.filter(pk=row.pk, dead_at__isnull=False)  # noqa: SLF001  # Django's own name
    return bool(dead.update(dead_at=None, due_at=at, attempts=0))


def _open(model: type[Leased], at: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a query set of either
    nobodys = Q(leased_until=None) | Q(leased_until__lte=at)
    left = {_DONE[model]: None, "dead_at": None, "due_at__lte": at}
    return model._default_manager.filter(nobodys, **left)  # noqa: SLF001  # Django's own name


def _own(row: Leased, worker: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a query set of either
    left = {_DONE[type(row)]: None, "dead_at": None, "pk": row.pk, "leased_by": worker}
    return type(row)._default_manager.filter(**left)  # noqa: SLF001  # Django's own name
