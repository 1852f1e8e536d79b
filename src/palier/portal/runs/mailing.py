"""Writing to the people of a partner or of the vendor, each in their language, as far as they want it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.urls import reverse

from palier.engine.words import Language
from palier.portal.journal.letters import letter
from palier.portal.journal.outbox import queue_mail
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.people.preferences import KINDS, link_token, wants


def people_of_partner(partner_id: str, roles: Iterable[str]) -> list[User]:
    """The people of a partner in one of some roles, in the order in which they came."""
    return _people(organisation__kind=Organisation.Kind.PARTNER, organisation__fact_id=partner_id, role__in=roles)


def people_of_vendor(roles: Iterable[str]) -> list[User]:
    """The vendor's people in one of some roles."""
    return _people(organisation__kind=Organisation.Kind.VENDOR, role__in=roles)


def _people(**which: object) -> list[User]:
    living = Membership.objects.filter(ended_at=None, user__is_active=True, **which)
    return [each.user for each in living.select_related("user").order_by("pk")]


def partners_with_people() -> list[str]:
    """The partners somebody of whom has an account."""
    living = Organisation.objects.filter(
        kind=Organisation.Kind.PARTNER, memberships__ended_at=None, memberships__user__is_active=True
    )
    return sorted({each.fact_id for each in living if each.fact_id})


def write_to(
    user: User, template: str, *, kind: str, key: str, at: datetime, told: Callable[[Language], Mapping[str, Any]]
) -> bool:
    """Queue a letter to somebody, unless they refused mails of its kind; the same key again changes nothing.

    Args:
        user: the reader.
        template: the letter's three templates, as `journal.letters.letter` knows them.
        kind: a preference of people.preferences, or any other for a notice of service.
        key: what the mail tells of; the reader is added.
        at: now.
        told: what the templates are told, in the reader's language.

    Returns:
        Whether it goes out.
    """
    if not wants(user, kind):
        return False
    language = cast("Language", user.language)
    refuse = refusal(user, kind)
    written = letter(template, language, {**told(language), "reader": user, "refuse": refuse})
    queue_mail(
        key=f"{key}:{user.pseudonym}", kind=kind, to=user.email, language=language, subject=written.subject,
        text=written.text, html=written.html, at=at, refuse_at=refuse,
    )  # fmt: skip
    return True


def refusal(user: User, kind: str) -> str:
    """The whole address at which somebody refuses a kind of mail; empty for a notice of service."""
    if kind not in KINDS:
        return ""
    return str(settings.ADDRESS) + reverse("people:mails_by_link", args=[link_token(user, kind)])
