"""Mails of partners, as text and HTML in their reader's language, queued with the change they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from palier.portal.journal.letters import letter
from palier.portal.journal.outbox import queue_mail
from palier.portal.partners.queries import readers_of


def tell_partner(partner_id: str, kind: str, key: str, about: Mapping[str, object], *, at: datetime) -> int:
    """Queue a mail to every admin of a partner, each in their language; says to how many."""
    readers = readers_of(partner_id)
    for reader in readers:
        send(
            kind, f"{key}:{reader.user.pseudonym}", about, to=reader.user.email, language=reader.user.language,
            name=reader.user.name, at=at,
        )  # fmt: skip
    return len(readers)


def send(kind: str, key: str, about: Mapping[str, object], *, to: str, language: str, name: str, at: datetime) -> None:
    """Queue one mail of a kind; the same kind and key again changes nothing."""
    said = letter(f"partners/mail/{kind}", language, {**about, "name": name})
    queue_mail(
        key=f"partners.{kind}:{key}", kind=f"partners.{kind}", to=to, language=language, subject=said.subject,
        text=said.text, html=said.html, at=at,
    )  # fmt: skip
