"""What waits for somebody at the vendor, counted over the apps in one query, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, IntegerField, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.portal.journal.models import Message
from palier.portal.partners.permissions import DECIDERS, KEEPERS
from palier.portal.partners.queries import waiting_applications, waiting_domains, waiting_submissions
from palier.portal.programs.doors import EDITORS
from palier.portal.programs.models import RulebookVersion
from palier.portal.roles import Audience
from palier.portal.standings.models import Standing


@dataclass(frozen=True, slots=True)
class Queue:
    """Things of one kind that wait: how many, since when, where they are worked off, and by which roles."""

    said: Promise
    count: int
    since: datetime | None
    address: str
    by: Audience


Waiting = tuple[str, Promise, QuerySet[Any], str, str, Audience]
"""A name, what it is called, what waits, the column of when it began to (empty: unknown), the page's name, whose it is.
"""


class _Count(Subquery):
    """How many rows a query finds, as a column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def queues() -> list[Queue]:
    """The queues that hold something, the one with the oldest thing first."""
    asked = _waiting()
    columns: dict[str, Any] = {}
    for name, _said, waiting, since, _page, _by in asked:
        columns[f"{name}_count"] = _Count(waiting.order_by().values("pk"))
        if since:
            first = waiting.order_by(since).values(since)[:1]
            columns[f"{name}_since"] = Subquery(first, output_field=DateTimeField())
    found = RulebookVersion.objects.order_by("pk").annotate(**columns).values(*columns).first() or {}
    held = [
        Queue(said, found[f"{name}_count"], found.get(f"{name}_since"), _address(page), by)
        for name, said, _waits, _since, page, by in asked
        if found.get(f"{name}_count")
    ]
    return sorted(held, key=lambda each: (each.since is None, each.since))


def _waiting() -> list[Waiting]:
    proposed = RulebookVersion.objects.filter(state=RulebookVersion.State.PROPOSED)
    candidates = Standing.objects.filter(run__is_current=True).exclude(candidate="")
    dead = Message.objects.filter(dead_at__isnull=False)
    return [
        ("applications", _("Applications to decide"), waiting_applications(), "received_at", "partners:applications",
         DECIDERS),
        ("deals", _("Submitted deals to match"), waiting_submissions(), "submitted_at", "partners:influence_queue",
         DECIDERS),
        ("domains", _("E-mail domains to approve"), waiting_domains(), "requested_at", "partners:domains", KEEPERS),
        ("rules", _("Rule changes to approve"), proposed, "drafted_at", "programs:programs", EDITORS),
        ("candidates", _("Candidates that people decide on"), candidates, "", "partners:elite", DECIDERS),
        ("mails", _("Mails that could not be delivered"), dead, "dead_at", "runs:mail", EDITORS),
    ]  # fmt: skip


def _address(name: str) -> str:
    """Where the things are worked off; empty where no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
