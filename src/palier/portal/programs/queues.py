"""What waits for somebody at the vendor, counted over the apps, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.portal.journal.models import Message
from palier.portal.partners.models import Application, Domain, Influenced
from palier.portal.programs.models import RulebookVersion
from palier.portal.standings.models import Run, Standing


@dataclass(frozen=True, slots=True)
class Queue:
    """Things of one kind that wait: how many, since when, and where they are worked off."""

    said: Promise
    count: int
    since: datetime | None
    address: str


def queues() -> list[Queue]:
    """The queues that hold something, the one with the oldest thing first."""
    held = [each for each in _queues() if each.count]
    return sorted(held, key=lambda each: (each.since is None, each.since))


def _queues() -> Iterator[Queue]:
    yield _queue(
        _("Applications to decide"), Application.objects.filter(status=Application.Status.RECEIVED), "received_at",
        "partners:applications",
    )  # fmt: skip
    yield _queue(
        _("Submitted deals to match"), Influenced.objects.filter(status=Influenced.Status.SUBMITTED), "submitted_at",
        "partners:deals",
    )  # fmt: skip
    yield _queue(
        _("E-mail domains to approve"), Domain.objects.filter(approved_on=None, refused_at=None), "requested_at",
        "partners:domains",
    )  # fmt: skip
    yield _queue(
        _("Rule changes to approve"), RulebookVersion.objects.filter(state=RulebookVersion.State.PROPOSED), "drafted_at",
        "programs:programs",
    )  # fmt: skip
    candidates = Standing.objects.filter(run__in=Run.objects.filter(is_current=True)).exclude(candidate="")
    yield Queue(_("Candidates that people decide on"), candidates.count(), None, _address("partners:elite"))
    yield _queue(
        _("Mails that could not be delivered"), Message.objects.filter(dead_at__isnull=False), "dead_at", "journal:mail"
    )


def _queue(said: Promise, waiting: QuerySet[Model], since: str, address: str) -> Queue:
    found = waiting.aggregate(count=Count("pk"), since=Min(since))
    return Queue(said, found["count"], found["since"], _address(address))


def _address(name: str) -> str:
    """Where the things are worked off; empty where no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
