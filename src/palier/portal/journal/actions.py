"""Writing the journal, and proving that nobody rewrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from palier.portal.journal.models import Entry, Head
from palier.portal.journal.persons import conceal

START = "0" * 64


class NotInTransactionError(Exception):
    """Raised when an entry is written apart from the change that it records."""

    def __init__(self) -> None:
        super().__init__("the journal is written in the transaction of the change: wrap both in transaction.atomic()")


def record(
    *,
    actor: str,
    verb: str,
    subject_kind: str,
    subject_id: str,
    at: datetime,
    before: Any = None,  # noqa: ANN401  # any JSON
    after: Any = None,  # noqa: ANN401  # any JSON
    reason: str = "",
    person: str = "",
    personal: Mapping[str, Any] | None = None,
) -> Entry:
    """Add an entry to the chain, in the transaction of the change itself.

    What `personal` says of somebody (a name, an address) is kept under the key of `person`, a pseudonym, and nowhere
    else: erasing the person destroys the key, and the chain still holds.

    Raises:
        NotInTransactionError: there is no transaction around.
        PersonErasedError: the person was erased; nothing personal may be written of them.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError
    Head.objects.get_or_create(pk=1, defaults={"place": 0, "seal": START})
    head = Head.objects.select_for_update().get(pk=1)
    entry = Entry(
        place=head.place + 1,
        happened_at=at.astimezone(UTC),
        actor=actor,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
        person=person,
        personal=conceal(person, personal) if personal is not None else "",
        sealed_before=head.seal,
    )
    entry.seal = seal_of(entry)
    entry.save(force_insert=True)
    head.place, head.seal = entry.place, entry.seal
    head.save(update_fields=["place", "seal"])
    return entry


def seal_of(entry: Entry) -> str:
    """The hash over an entry and the seal before it."""
    told = {
        "place": entry.place,
        "happened_at": entry.happened_at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "verb": entry.verb,
        "subject": [entry.subject_kind, entry.subject_id],
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "person": entry.person,
        "personal": entry.personal,
        "sealed_before": entry.sealed_before,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_places() -> list[tuple[int, str]]:
    """Every place where the chain does not hold, with what is wrong; empty when nobody touched it.

    Entries may be added meanwhile: the chain reaches at least as far as it did, and at most as far as it does now.
    """
    found: list[tuple[int, str]] = []
    end, end_seal = _end()
    place, seal, met = 0, START, START
    for entry in Entry.objects.order_by("place").iterator(chunk_size=2000):
        if entry.place != place + 1:
            found.append((place + 1, f"entries {place + 1} to {entry.place - 1} are missing"))
        if entry.sealed_before != seal:
            found.append((entry.place, "it does not follow the entry before it"))
        if entry.seal != seal_of(entry):
            found.append((entry.place, "it was edited"))
        place, seal = entry.place, entry.seal
        met = seal if place == end else met
    if met != end_seal or not end <= place <= _end()[0]:
        found.append((place + 1, "the end of the chain was cut off"))
    return found


def _end() -> tuple[int, str]:
    """The last place and seal, as the head keeps them."""
    head = Head.objects.filter(pk=1).first()
    return (0, START) if head is None else (head.place, head.seal)
