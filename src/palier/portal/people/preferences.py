"""Which mails somebody wants: kinds, answers, and the signed link that answers without signing in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.portal.journal.actions import record
from palier.portal.people.models import MailPreference, User

KINDS: Mapping[str, Promise] = {
    "report": _("The monthly performance report"),
    "lapse": _("Warnings that credit is about to lapse"),
    "activity": _("News of customers and colleagues: associations, access, seats"),
}
"""Mails that somebody may do without. Every other kind is a notice of service (invitations, sign-in, tier changes,
contact forms that are due) and always goes: it tells of rights and duties, and sells nothing."""
SALT = "palier.portal.people.preferences"
OLDEST = 400 * 24 * 3600


class BadLinkError(Exception):
    """Raised for a link that we did not sign, or too old a one."""

    def __init__(self) -> None:
        super().__init__("the link is not ours, or too old")


def wants(user: User, kind: str) -> bool:
    """Whether a mail of a kind goes to somebody: notices of service always do, others until they are refused."""
    return kind not in KINDS or not MailPreference.objects.filter(user=user, kind=kind, wanted=False).exists()


def refusals(user: User) -> frozenset[str]:
    """The kinds that somebody does without."""
    refused = MailPreference.objects.filter(user=user, wanted=False)
    return frozenset(refused.values_list("kind", flat=True)) & KINDS.keys()


def link_token(user: User, kind: str) -> str:
    """What a mail's link says: who refuses which kind, signed; the mail's `List-Unsubscribe` carries the same."""
    return signing.dumps([user.pseudonym, kind], salt=SALT)


def read_token(token: str) -> tuple[User, str]:
    """Whose preference a link is about.

    Raises:
        BadLinkError: we did not sign it, or nobody is meant.
    """
    try:
        pseudonym, kind = signing.loads(token, salt=SALT, max_age=OLDEST)
    except signing.BadSignature:
        raise BadLinkError from None
    user = User.objects.filter(pseudonym=pseudonym).first()
    if user is None or kind not in KINDS:
        raise BadLinkError
    return user, kind


@transaction.atomic
def set_preference(user: User, *, kind: str, wanted: bool, at: datetime) -> None:
    """Keep whether somebody wants a kind of mail; the same answer again changes nothing."""
    if kind not in KINDS or wants(user, kind) == wanted:
        return
    MailPreference.objects.update_or_create(user=user, kind=kind, defaults={"wanted": wanted})
    record(
        actor=user.pseudonym, verb="mails.wanted" if wanted else "mails.refused", subject_kind="person",
        subject_id=user.pseudonym, at=at, after={"kind": kind},
    )  # fmt: skip
