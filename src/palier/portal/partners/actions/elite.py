"""The Elite review (A164): a candidate is invited, its account reviewed by hand, and the outcome vouched for."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from palier.portal.partners.actions.attesting import finish, vouch
from palier.portal.partners.emails import tell_partner
from palier.portal.partners.errors import (
    NothingToChangeError,
    NotInvitedError,
    ReasonMissingError,
    UnknownPartnerError,
)
from palier.portal.partners.models import Attestation, Company
from palier.portal.partners.permissions import may_decide, require
from palier.portal.people.models import Membership

INVITED, REVIEWED = "elite_invited", "account_review_passed"


def invite_to_elite(*, by: Membership, partner_id: str, reason: str, on: date, at: datetime) -> Attestation:
    """Invite a candidate; it is told, and reviewed next.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        NothingToChangeError: it is invited already.
        UnknownPartnerError: nobody has the id.
    """
    _may(by, reason)
    with transaction.atomic():
        _lock(partner_id)
        if _standing(partner_id, INVITED) is not None:
            raise NothingToChangeError
        made = vouch(by, partner_id, INVITED, "", on, reason=reason.strip(), at=at)
        tell_partner(partner_id, "elite", made.attestation_id, {"step": "invited", "reason": made.reason}, at=at)
    return made


def conclude_review(
    *, by: Membership, partner_id: str, passed: bool, reason: str, on: date, at: datetime
) -> Attestation:
    """Say how the review of an invited partner's account ended; failed, the invitation ends with it.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        NotInvitedError: it was not invited.
        NothingToChangeError: it has passed already.
        UnknownPartnerError: nobody has the id.
    """
    _may(by, reason)
    with transaction.atomic():
        _lock(partner_id)
        invited = _standing(partner_id, INVITED)
        if invited is None:
            raise NotInvitedError
        if _standing(partner_id, REVIEWED) is not None:
            raise NothingToChangeError
        if not passed:
            finish(by, invited, on, reason=reason.strip(), at=at)
        made = vouch(by, partner_id, REVIEWED, "" if passed else "no", on, reason=reason.strip(), at=at)
        step = "passed" if passed else "failed"
        tell_partner(partner_id, "elite", made.attestation_id, {"step": step, "reason": made.reason}, at=at)
    return made


def _may(by: Membership, reason: str) -> None:
    require(may_decide(by), "decide on an Elite review")
    if not reason.strip():
        raise ReasonMissingError


def _lock(partner_id: str) -> None:
    if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
        raise UnknownPartnerError(partner_id)


def _standing(partner_id: str, code: str) -> Attestation | None:
    held = Attestation.objects.filter(partner_id=partner_id, code=code, effective_until=None)
    return held.exclude(value__iexact="no").first()
