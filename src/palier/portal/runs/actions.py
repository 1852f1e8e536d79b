"""Writes: a program to run, a run to make again, a mail to send again; each checked, journalled, in one transaction."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from palier.portal.journal.actions import record
from palier.portal.journal.leases import revive
from palier.portal.journal.models import Message, Occurrence
from palier.portal.journal.schedule import Occasion, add
from palier.portal.people.models import Membership
from palier.portal.runs.models import Attempt, Feed, Identity, Ownership
from palier.portal.runs.ownership import EXPORTS, owners
from palier.portal.runs.permissions import NotAllowedError, may_own, may_run


class NotOfferedError(Exception):
    """Raised when a table is given to a side that has no rows for it, or to none of the two."""

    def __init__(self, table: str, owner: str) -> None:
        super().__init__(f"{table} cannot belong to {owner}: only what the portal can write may change its owner")


class NotDeadError(Exception):
    """Raised when a mail that was not given up is to be sent again."""

    def __init__(self) -> None:
        super().__init__("the mail was not given up: it waits, or was delivered")


@transaction.atomic
def feed_program(program: str, warehouse: Path, *, actor: str, at: datetime) -> Feed:
    """Have a program run here on the facts of a folder; the same again changes nothing."""
    before = Feed.objects.filter(program=program).first()
    if before is not None and before.warehouse == str(warehouse):
        return before
    made, _ = Feed.objects.update_or_create(program=program, defaults={"warehouse": str(warehouse)})
    record(
        actor=actor, verb="feed", subject_kind="program", subject_id=program, at=at,
        before=before and {"warehouse": before.warehouse}, after={"warehouse": str(warehouse)},
    )  # fmt: skip
    return made


@transaction.atomic
def ask_run(by: Membership, feed: Feed, *, on: date, at: datetime) -> Attempt:
    """Ask for a run of a program for a day; the worker makes it. One that waits already is the one that is meant.

    Raises:
        NotAllowedError: only administrators and program managers do.
    """
    if not may_run(by):
        verb = "run a program"
        raise NotAllowedError(verb)
    waiting = Attempt.objects.filter(program=feed.program, state=Attempt.State.WAITING, wanted_on=on).first()
    if waiting is not None:
        _wake(waiting, at)
        return waiting
    occurrence = add(Occasion("asked_run", feed.program, at))
    attempt = Attempt.objects.create(
        key=f"{occurrence.key}#1", program=feed.program, wanted_on=on, asked_by=by.user.pseudonym, asked_at=at
    )
    record(
        actor=by.user.pseudonym, verb="ask_run", subject_kind="attempt", subject_id=str(attempt.pk), at=at,
        after={"program": feed.program, "wanted_on": on.isoformat()},
    )  # fmt: skip
    return attempt


def _wake(waiting: Attempt, at: datetime) -> None:
    """Have the schedule try again what asks for an attempt, should it have given it up."""
    asked = Occurrence.objects.filter(key=waiting.key.rpartition("#")[0]).first()
    if asked is not None:
        revive(asked, at=at)


@transaction.atomic
def resend(by: Membership, message: Message, *, at: datetime) -> None:
    """Try a mail again that was given up.

    Raises:
        NotAllowedError: only administrators and program managers do.
        NotDeadError: it was not given up.
    """
    if not may_run(by):
        verb = "send mails again"
        raise NotAllowedError(verb)
    if not revive(message, at=at):
        raise NotDeadError
    record(
        actor=by.user.pseudonym, verb="resend", subject_kind="mail", subject_id=str(message.pk), at=at,
        after={"kind": message.kind}, reason=message.problem,
    )  # fmt: skip


@transaction.atomic
def retry(by: Membership, occurrence: Occurrence, *, at: datetime) -> None:
    """Try an occasion of the schedule again that was given up.

    Raises:
        NotAllowedError: only administrators and program managers do.
        NotDeadError: it was not given up.
    """
    if not may_run(by):
        verb = "repeat what the schedule does"
        raise NotAllowedError(verb)
    if not revive(occurrence, at=at):
        raise NotDeadError
    record(
        actor=by.user.pseudonym, verb="retry", subject_kind="occasion", subject_id=occurrence.key, at=at,
        reason=occurrence.problem,
    )  # fmt: skip


@transaction.atomic
def give_table(by: Membership, table: str, owner: str, *, at: datetime) -> None:
    """Give a fact table to the portal or to the warehouse, from the next run on.

    Raises:
        NotAllowedError: only administrators do.
        NotOfferedError: no app of the portal writes that table, or there is no such owner.
    """
    if not may_own(by):
        verb = "decide who owns a table"
        raise NotAllowedError(verb)
    if table not in EXPORTS or owner not in Ownership.Owner.values:
        raise NotOfferedError(table, owner)
    if owners()[table] != owner:
        own(table, owner, actor=by.user.pseudonym, at=at)


@transaction.atomic
def own(table: str, owner: str, *, actor: str, at: datetime) -> None:
    """Decide who owns a fact table; the same again changes nothing."""
    before = Ownership.objects.filter(table=table).first()
    if before is not None and before.owner == owner:
        return
    Ownership.objects.update_or_create(table=table, defaults={"owner": owner})
    record(
        actor=actor, verb="own", subject_kind="table", subject_id=table, at=at,
        before=before and {"owner": before.owner}, after={"owner": owner},
    )  # fmt: skip


@transaction.atomic
def identify(kind: str, portal_id: str, warehouse_id: str, *, actor: str, at: datetime) -> Identity:
    """Say under which id the warehouse knows something of the portal's; said again, it changes."""
    before = Identity.objects.filter(kind=kind, portal_id=portal_id).first()
    if before is not None and before.warehouse_id == warehouse_id:
        return before
    made, _ = Identity.objects.update_or_create(kind=kind, portal_id=portal_id, defaults={"warehouse_id": warehouse_id})
    record(
        actor=actor, verb="identify", subject_kind=kind, subject_id=portal_id, at=at,
        before=before and {"warehouse_id": before.warehouse_id}, after={"warehouse_id": warehouse_id},
    )  # fmt: skip
    return made
