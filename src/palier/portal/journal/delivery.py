"""Delivering the outbox: each mail once, or again in sight; what cannot be delivered waits for the staff."""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from palier.portal.journal.leases import claim, finish, put_off
from palier.portal.journal.models import Message

AT_ONCE = 20
_PERMANENT = 500
"""SMTP answers from here on say that another attempt will fail as well (RFC 5321, 4.2.1)."""


def deliver(*, worker: str, now: Callable[[], datetime], lease: timedelta, chance: float, most: int = AT_ONCE) -> int:
    """Deliver the mails that are due, the longest due first; says how many were tried.

    Each is claimed when its turn comes: behind a slow mail server the lease of many claimed at once would run out, and
    another worker would send them as well.
    """
    for tried in range(most):
        mails = claim(Message, worker=worker, at=now(), lease=lease, most=1)
        if not mails:
            return tried
        _send(mails[0], worker=worker, now=now, chance=chance)
    return most


def _send(message: Message, *, worker: str, now: Callable[[], datetime], chance: float) -> None:
    try:
        mail_of(message).send()
    except Exception as error:  # noqa: BLE001  # whatever a mail server says, the mail waits or is given up
        said = f"{type(error).__name__}: {error}"
        put_off(message, worker=worker, at=now(), problem=said, permanent=is_permanent(error), chance=chance)
    else:
        finish(message, worker=worker, at=now())


def mail_of(message: Message) -> EmailMultiAlternatives:
    """The mail as it is sent; its Message-ID is the same at every attempt, so that a reader's server knows it again."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    name = hashlib.sha256(message.key.encode()).hexdigest()[:40]
    headers = {
        "Message-ID": f"<{name}@{domain}>", "Content-Language": message.language, "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    if message.refuse_at:
        headers["List-Unsubscribe"] = f"<{message.refuse_at}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(message.subject, message.text, to=[message.to], headers=headers)
    mail.attach_alternative(message.html, "text/html")
    return mail


def is_permanent(error: Exception) -> bool:
    """Whether another attempt would fail as well: the address or the mail itself is refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= _PERMANENT
    return isinstance(error, (BadHeaderError, UnicodeError))
