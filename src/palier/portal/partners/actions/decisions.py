"""Decisions of the vendor on a partner: suspension and its end, exceptions, breaches; the partner is told why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from palier.portal.journal.actions import record
from palier.portal.partners import days
from palier.portal.partners.actions.attesting import attest, end_attestation
from palier.portal.partners.emails import tell_partner
from palier.portal.partners.errors import (
    BeforeLastDecisionError,
    FarDayError,
    NothingToChangeError,
    ReasonMissingError,
    TierMissingError,
    UnknownPartnerError,
)
from palier.portal.partners.models import Attestation, Company, Decision
from palier.portal.partners.permissions import may_decide, require
from palier.portal.partners.queries import decisions_on, suspension_of
from palier.portal.people.models import Membership

NAMES_A_TIER = (Decision.Kind.OPENING, Decision.Kind.OVERRIDE)
NAMES_NONE = (Decision.Kind.SUSPENDED, Decision.Kind.RESTORED)
AHEAD = timedelta(days=366)
"""How far ahead a decision may begin: none can begin before the last one, and none is taken back."""


def decide(
    *, by: Membership, partner_id: str, program: str, kind: str, reason: str, effective_on: date, at: datetime,
    tier: str = "", told: bool = True,
) -> Decision:  # fmt: skip
    """Add a decision to the ledger of tiers, and tell the partner unless the caller tells it itself.

    A `published` decision without a tier says that the partner holds none.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        TierMissingError: an opening tier or an exception names none, or a suspension names one.
        UnknownPartnerError: nobody has the id.
        FarDayError: the day is more than a year ahead.
        BeforeLastDecisionError: a later day is decided already.
        NothingToChangeError: it is suspended already, or not suspended.
    """
    require(may_decide(by), "decide on a partner's tier")
    if not reason.strip():
        raise ReasonMissingError
    if (kind in NAMES_A_TIER and not tier) or (kind in NAMES_NONE and tier):
        raise TierMissingError
    latest = days.day(at, program) + AHEAD
    if effective_on > latest:
        raise FarDayError(effective_on, latest)
    with transaction.atomic():
        # The company's row is the lock: two decisions on one partner follow each other.
        if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
            raise UnknownPartnerError(partner_id)
        _fits(partner_id, program, kind, effective_on)
        made = Decision(
            decision_id=f"decision-{uuid4().hex}", partner_id=partner_id, program=program, tier=tier, kind=kind,
            reason=reason.strip(), effective_on=effective_on, decided_by=by.user.pseudonym, decided_at=at,
        )  # fmt: skip
        made.save()
        record(
            actor=by.user.pseudonym, verb="decide", subject_kind="partner", subject_id=partner_id, at=at,
            after={"decision_id": made.decision_id, "program": program, "kind": kind, "tier": tier,
                   "effective_on": effective_on.isoformat()},
            reason=made.reason,
        )  # fmt: skip
        if told:
            tell_partner(partner_id, "decision", made.decision_id, {"decision": made}, at=at)
    return made


def _fits(partner_id: str, program: str, kind: str, effective_on: date) -> None:
    last = decisions_on(partner_id, program).first()
    if last is not None and effective_on < last.effective_on:
        raise BeforeLastDecisionError(last.effective_on)
    suspended = suspension_of(partner_id, program) is not None
    if (kind == Decision.Kind.SUSPENDED and suspended) or (kind == Decision.Kind.RESTORED and not suspended):
        raise NothingToChangeError


def record_breach(*, by: Membership, partner_id: str, reason: str, effective_from: date, at: datetime) -> Attestation:
    """Say that a partner breaks the rules of the program (B258): in every program it is suspended until that ends.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        UnknownPartnerError: nobody has the id.
        NothingToChangeError: this very breach stands already.
    """
    require(may_decide(by), "record a breach")
    with transaction.atomic():
        Company.objects.select_for_update().filter(partner_id=partner_id).first()
        same = Attestation.objects.filter(
            partner_id=partner_id, code="compliant", value="no", effective_from=effective_from, effective_until=None,
            reason=reason.strip(),
        )  # fmt: skip
        if reason.strip() and same.exists():
            raise NothingToChangeError
        made = attest(
            by=by, partner_id=partner_id, code="compliant", value="no", effective_from=effective_from,
            reason=reason, at=at,
        )  # fmt: skip
        tell_partner(partner_id, "breach", made.attestation_id, {"breach": made}, at=at)
    return made


def end_breach(*, by: Membership, breach: Attestation, reason: str, effective_until: date, at: datetime) -> Attestation:
    """Say that a breach is over.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        NothingToChangeError: it is over already.
    """
    with transaction.atomic():
        ended = end_attestation(by=by, attestation=breach, effective_until=effective_until, reason=reason, at=at)
        tell_partner(
            ended.partner_id, "breach_over", ended.attestation_id, {"breach": ended, "reason": reason.strip()}, at=at
        )
    return ended
