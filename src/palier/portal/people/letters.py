"""The mails that people sends: the same words as text and as HTML, in their reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from palier.portal.journal.models import Message
from palier.portal.journal.outbox import queue_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says: paragraphs, perhaps a code to type, perhaps one thing to do with its address."""

    subject: str
    paragraphs: tuple[str, ...]
    code: str = ""
    act: tuple[str, str] | None = None
    closing: tuple[str, ...] = ()


def queue_letter(letter: Letter, *, key: str, kind: str, to: str, language: str, at: datetime) -> Message:
    """Queue a letter in the transaction of what it tells of.

    Raises:
        NotInTransactionError: there is no transaction around.
    """
    with translation.override(language):
        html = render_to_string("people/mail.html", {"letter": letter, "language": language})
    return queue_mail(
        key=key,
        kind=kind,
        to=to,
        language=language,
        subject=" ".join(letter.subject.split()),
        text=as_text(letter),
        html=html,
        at=at,
    )


def as_text(letter: Letter) -> str:
    """The letter for readers that show no HTML."""
    parts = list(letter.paragraphs)
    if letter.code:
        parts.append(letter.code)
    if letter.act is not None:
        parts.append("\n".join(letter.act))
    return "\n\n".join([*parts, *letter.closing, "Palier"]) + "\n"


def not_you() -> str:
    """What to do about a change that one did not make."""
    return _(
        "If this was not you, reset your password now, end your other sessions and tell whoever runs your organisation."
    )
