"""What must hold while and after the portal's processes were killed. Imported once the settings are named."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

import palier
from benchmarks.durable_site import WORKERS, NotDurableError, Site
from palier.portal.journal.actions import broken_places
from palier.portal.journal.models import Entry, Message, Occurrence
from palier.portal.people.models import Invitation
from palier.portal.runs.models import Attempt, Stage
from palier.portal.standings.models import Run

MOMENT = timedelta(seconds=5)
"""By how much a run may have begun before somebody was told that it is asked for."""
OVER = frozenset({"published", "unchanged", "failed"})
PUBLISH = "publish"


def must(holds: bool, otherwise: str) -> None:
    """Raise NotDurableError where something does not hold."""
    if not holds:
        raise NotDurableError(otherwise)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read what stood at one moment, whatever is written meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def check_now(site: Site, *, whole: bool = False) -> None:
    """Nothing half done stands in the database; runs that were looked at before are looked at again where `whole`."""
    with _one_moment():
        _check_changes(site)
        must(Run.objects.filter(is_current=True).count() <= 1, "two current runs")
        told = dict(Attempt.objects.filter(state="published").values_list("pk", "run"))
        must(None not in told.values(), "published without a run")
        must(set(told.values()) == set(Run.objects.values_list("pk", flat=True)), "a run that no attempt published")
        fresh = Run.objects.exclude(pk__in=() if whole else site.loaded)
        for run in fresh:
            _check_loaded(run)
            site.loaded.add(run.pk)


def _check_changes(site: Site) -> None:
    """Every acknowledged change is there once, with its mail and its entry in the journal, and nothing else is."""
    invited = Counter(Invitation.objects.values_list("email", flat=True))
    mailed = Counter(Message.objects.filter(kind="invitation").values_list("to", flat=True))
    told = Entry.objects.filter(verb="invitation.sent").count()
    lost = site.acknowledged - set(invited)
    must(not lost, f"lost: {sorted(lost)}")
    must(set(invited) <= site.sent, "somebody was invited whom nobody asked for")
    must(max(invited.values(), default=1) == 1, "doubled")
    must(invited == mailed, "an invitation without its mail, or a mail without its invitation")
    must(told == sum(invited.values()), "the journal says something else")
    must(broken_places() == [], "the journal's chain is broken")


def _check_loaded(run: Run) -> None:
    """A run is loaded whole: what its files say, the moves behind it, and the vendor's list."""
    with palier.open_run(Path(run.folder)) as source:
        standings = source.standings()
        must(run.standings.count() == len(standings), "half loaded: standings")
        must(run.listed.count() == len(standings), "half loaded: the vendor's list")
        must(run.figures.count() == len(source.figures()), "half loaded: figures")
        must(run.gates.count() == len(source.gates()), "half loaded: gates")
    must(run.moves.exists(), "half loaded: moves")


def held_mails() -> set[tuple[int, datetime | None]]:
    """The mails that workers hold, alive or killed, and until when; they are not said to be delivered."""
    held = Message.objects.filter(leased_until__isnull=False, delivered_at=None, dead_at=None)
    return set(held.values_list("pk", "leased_until"))


def is_delivering(before: AbstractSet[tuple[int, datetime | None]]) -> bool:
    """Whether a worker has taken mails since, that it has not said to be delivered."""
    return bool(held_mails() - before)


def latest_attempt() -> int:
    """The number of the attempt that was asked for last; 0 before the first."""
    return Attempt.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def is_publishing(after: int) -> bool:
    """Whether an attempt later than one is being published."""
    return Stage.objects.filter(attempt__pk__gt=after, attempt__state="running", name=PUBLISH).exists()


def seconds_of_publishing() -> float:
    """How long the last run took that was published whole; a guess before the first."""
    last = Stage.objects.filter(attempt__state="published", name=PUBLISH).order_by("pk").last()
    if last is None or last.finished_at is None:
        return 0.3
    return (last.finished_at - last.started_at).total_seconds()


def is_settled() -> bool:
    """Whether nothing waits: mails and runs that were asked for."""
    mails = Message.objects.filter(delivered_at=None, dead_at=None)
    runs = Occurrence.objects.filter(done_at=None, dead_at=None, kind="asked_run")
    return not mails.exists() and not runs.exists()


def note_cut(site: Site, before: AbstractSet[tuple[int, datetime | None]]) -> None:
    """Count what a kill of every worker cut off: mails on their way that were not before."""
    must(not set(WORKERS) & set(site.processes), "a worker was left alive")
    site.cut["mails"] += len(held_mails() - before)


def check_end(site: Site) -> dict[str, object]:
    """Every mail went out once, or again in sight; every run that was asked for has its outcome. What was counted."""
    check_now(site, whole=True)
    again = _check_mails(site)
    for each in Occurrence.objects.filter(kind="asked_run"):
        outcomes = list(Attempt.objects.filter(key__startswith=f"{each.key}#").values_list("state", flat=True))
        must(sum(state in OVER for state in outcomes) == 1, f"{each} ended as {outcomes}")
    finished = Attempt.objects.filter(state__in=OVER).order_by("-finished_at")
    ended = finished.values_list("finished_at", flat=True).first()
    asked_at = site.asked_at
    answered = asked_at is None or (ended is not None and ended >= asked_at - MOMENT)
    must(answered, "a run that was asked for is forgotten")
    failed = Attempt.objects.filter(state="failed").first()
    must(failed is None, f"a run failed: {failed and failed.problem}")
    interrupted = Attempt.objects.filter(state="abandoned")
    return {
        "changes": len(site.acknowledged), "requests cut": site.cut["requests"], "mails cut": site.cut["mails"],
        "mails again in sight": again, "runs": Run.objects.count(), "runs cut": interrupted.count(),
        "while publishing": interrupted.filter(stages__name=PUBLISH).count(),
    }  # fmt: skip


def _check_mails(site: Site) -> int:
    """How many mails went out more than once; each of them says so by its attempts."""
    delivered: Counter[str] = Counter()
    for file in (site.folder / "mail").glob("*.log"):
        delivered.update(re.findall(r"^Message-ID: <([0-9a-f]+)@", file.read_text(encoding="utf-8"), re.MULTILINE))
    again = 0
    for message in Message.objects.all():
        times = delivered.pop(hashlib.sha256(message.key.encode()).hexdigest()[:40], 0)
        must(message.delivered_at is not None, f"{message} was not delivered")
        must(times >= 1, f"{message} is said to be delivered and was not")
        must(times == 1 or message.attempts > 1, f"{message} went out {times} times and says nothing of it")
        again += times > 1
    must(not delivered, "a mail went out that is not in the outbox")
    return again
