"""The outbox: news is queued in the transaction of the change that it tells of, and delivered by the worker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from palier.portal.journal.actions import NotInTransactionError
from palier.portal.journal.models import Message

LONGEST_SUBJECT = 300
"""As the column has it: two long names in a subject must not keep the change back that it tells of."""


def queue_mail(
    *,
    key: str,
    kind: str,
    to: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    at: datetime,
    refuse_at: str = "",
) -> Message:
    """Queue a mail, written in its reader's language; the same `key` again changes nothing.

    `refuse_at` is the address at which its reader refuses mails of the kind; a notice of service has none.

    Raises:
        NotInTransactionError: there is no transaction around.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError
    message, _ = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind, "to": to, "language": language, "subject": subject[:LONGEST_SUBJECT],
            "text": text, "html": html, "refuse_at": refuse_at, "queued_at": at, "due_at": at,
        },
    )  # fmt: skip
    return message
