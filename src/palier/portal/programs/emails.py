"""News of programs, each in its reader's language, queued in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from palier.engine.words import Words
from palier.portal.journal.letters import letter
from palier.portal.journal.outbox import queue_mail
from palier.portal.people.models import Membership, User
from palier.portal.programs.models import Moved, Recalibration, RulebookVersion
from palier.portal.programs.permissions import EDITORS, vendor_people
from palier.portal.programs.queries import rulebook_of
from palier.portal.roles import Role


def tell_proposed(version: RulebookVersion, *, at: datetime) -> None:
    """Ask those who may approve, but not the proposer."""
    others = [each for each in vendor_people(EDITORS) if each.pk != version.proposed_by_id]
    _tell_version("proposed", version, others, at)


def tell_approved(version: RulebookVersion, *, at: datetime) -> None:
    """Tell everybody at the vendor."""
    _tell_version("approved", version, vendor_people(), at)


def _tell_version(kind: str, version: RulebookVersion, to: Iterable[User], at: datetime) -> None:
    for user in to:
        words = Words(rulebook_of(version.folder), "fr" if user.language == "fr" else "en")
        told = {
            "program": words.rulebook.text(words.language, "program", "name") or version.program,
            "day": words.day(version.effective_from),
            "proposer": version.proposed_by,
            "approver": version.approved_by,
            "note": version.note,
            "address": reverse("programs:draft", args=[version.pk]),
        }
        _queue(f"version-{kind}:{version.pk}:{version.digest}", f"version_{kind}", user, told, at)


def tell_moved(recalibration: Recalibration, moved: Iterable[Moved], *, at: datetime) -> int:
    """Tell the admins of each partner what became of its tier (B165); says how many mails were queued."""
    by_partner = {each.partner_id: each for each in moved}
    admins = Membership.objects.filter(
        role=Role.ADMIN, ended_at=None, user__is_active=True, organisation__kind="partner",
        organisation__fact_id__in=by_partner,
    ).select_related("user", "organisation")  # fmt: skip
    queued = 0
    for membership in admins:
        each = by_partner[membership.organisation.fact_id]
        user = membership.user
        words = Words(rulebook_of(recalibration.version.folder), "fr" if user.language == "fr" else "en")
        told = {
            "program": words.rulebook.text(words.language, "program", "name") or recalibration.program,
            "partner": membership.organisation.name,
            "day": words.day(recalibration.on_day),
            "sentence": sentence_of(words, each),
            "reason": each.reason,
            "tier": words.tier(each.final_tier or None),
            "rise": each.way == "rise" and not each.exception,
            "address": reverse("standings:home"),
        }
        key = f"tier-change:{recalibration.program}:{recalibration.on_day}:{each.partner_id}"
        _queue(key, "tier_change", user, told, at)
        queued += 1
    return queued


def sentence_of(words: Words, moved: Moved) -> str:
    """The move in one sentence, as its partner reads it; an exception tells the tier that people decided."""
    if not moved.exception:
        return str(moved.sentences[words.language])
    return str(moved.sentences[f"decided_{words.language}"])


def _queue(key: str, kind: str, user: User, told: Mapping[str, Any], at: datetime) -> None:
    made = letter(f"programs/mail/{kind}", user.language, told)
    queue_mail(
        key=f"{key}:{user.pk}", kind=kind, to=user.email, language=user.language,
        subject=made.subject, text=made.text, html=made.html, at=at,
    )  # fmt: skip
