"""The schedule: what the calendar asks for is planned up to now, whatever was missed, and happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from palier.portal.journal.leases import claim, finish, put_off, renew, wait
from palier.portal.journal.models import Occurrence, Planned


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment in the calendar at which something of a kind happens, about a program or about nothing."""

    kind: str
    subject: str
    at: datetime

    @property
    def key(self) -> str:
        """What it is known by: planned twice, it is one."""
        return f"{self.kind}:{self.subject}:{self.at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Duty:
    """What is done at an occasion.

    `whole` duties run in one transaction with the note that they are done: they happen once. The others make their
    own transactions, know by the key of the occurrence what they did already, and renew their lease as they go.
    """

    act: Callable[[Occurrence, datetime, Callable[[], None]], None]
    whole: bool = True


class LeaseLostError(Exception):
    """Raised when a worker was so slow that its work is another's now; what it did is taken back."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} is another worker's now")


class NotYetError(Exception):
    """Raised by a duty that must wait for another one: it is tried again soon, and this was no attempt."""


def plan(calendar: Callable[[datetime, datetime], Iterable[Occasion]], *, at: datetime) -> int:
    """Plan what the calendar asks for after the moment planned last, up to and including now; says how much.

    The very first time nothing is planned: the schedule begins with the installation.
    """
    with transaction.atomic():
        _, first = Planned.objects.get_or_create(pk=1, defaults={"until": at})
        planned = Planned.objects.select_for_update().get(pk=1)
        if first or planned.until >= at:
            return 0
        asked = list(calendar(planned.until, at))
        for each in asked:
            add(each)
        planned.until = at
        planned.save(update_fields=["until"])
        return len(asked)


def add(occasion: Occasion) -> Occurrence:
    """Plan one thing, in the transaction of the change that asks for it; planned again, it is one."""
    made, _ = Occurrence.objects.get_or_create(
        key=occasion.key,
        defaults={
            "kind": occasion.kind, "subject": occasion.subject, "planned_at": occasion.at, "due_at": occasion.at,
        },
    )  # fmt: skip
    return made


def keep(
    duties: Mapping[str, Duty], *, worker: str, now: Callable[[], datetime], lease: timedelta, chance: float
) -> bool:
    """Do the one thing that is due the longest; says whether there was one."""
    at = now()
    due = claim(Occurrence, worker=worker, at=at, lease=lease, most=1)
    for occurrence in due:
        try:
            _do(duties[occurrence.kind], occurrence, worker=worker, now=now, lease=lease)
        except LeaseLostError:
            continue
        except NotYetError:
            wait(occurrence, worker=worker, at=now())
        except Exception as error:  # noqa: BLE001  # whatever went wrong waits for another attempt, in sight
            said = f"{type(error).__name__}: {error}"
            put_off(occurrence, worker=worker, at=now(), problem=said, permanent=False, chance=chance)
    return bool(due)


def _do(duty: Duty, occurrence: Occurrence, *, worker: str, now: Callable[[], datetime], lease: timedelta) -> None:
    def go_on() -> None:
        if not renew(occurrence, worker=worker, at=now(), lease=lease):
            raise LeaseLostError(occurrence.key)

    if duty.whole:
        with transaction.atomic():
            duty.act(occurrence, now(), go_on)
            _finish(occurrence, worker, now())
    else:
        duty.act(occurrence, now(), go_on)
        _finish(occurrence, worker, now())


def _finish(occurrence: Occurrence, worker: str, at: datetime) -> None:
    if not finish(occurrence, worker=worker, at=at):
        raise LeaseLostError(occurrence.key)
