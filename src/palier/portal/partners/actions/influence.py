"""Submissions of influenced revenue and referrals (B633, B836): submitted, then accepted or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from palier.portal.journal.actions import record
from palier.portal.partners.asked import CUSTOMER
from palier.portal.partners.emails import tell_partner
from palier.portal.partners.errors import (
    CustomerMissingError,
    DecidedAlreadyError,
    FutureDayError,
    ReasonMissingError,
    SubmittedAlreadyError,
)
from palier.portal.partners.models import Company, Influenced
from palier.portal.partners.permissions import may_decide, may_file, require
from palier.portal.people.models import Membership


def submit_influence(
    *, by: Membership, partner_id: str, customer_said: str, role: str, mrr_minor: int | None, currency: str,
    closed_on: date, story: str, on: date, at: datetime,
) -> Influenced:  # fmt: skip
    """Submit a deal that the partner sourced or supported; it earns nothing until the vendor accepts it.

    Raises:
        NotAllowedError: `by` is neither admin nor employee of the partner.
        FutureDayError: the deal is not closed yet.
        SubmittedAlreadyError: the same deal waits for the vendor: a form sent twice is one submission.
    """
    require(may_file(by, partner_id), "submit a deal")
    if closed_on > on:
        raise FutureDayError
    with transaction.atomic():
        # The company's row is the lock: two clicks follow each other.
        Company.objects.select_for_update().filter(partner_id=partner_id).first()
        same = Influenced.objects.filter(
            partner_id=partner_id, customer_said__iexact=customer_said.strip(), role=role, mrr_minor=mrr_minor,
            currency=currency, closed_on=closed_on, status=Influenced.Status.SUBMITTED,
        )  # fmt: skip
        if same.exists():
            raise SubmittedAlreadyError
        made = Influenced.objects.create(
            influenced_id=f"influenced-{uuid4().hex}", partner_id=partner_id, customer_said=customer_said.strip(),
            role=role, mrr_minor=mrr_minor, currency=currency, closed_on=closed_on, story=story.strip(),
            submitted_by=by.user.pseudonym, submitted_at=at,
        )  # fmt: skip
        _record(by, "submit", made, at)
    return made


def accept_influence(
    *, by: Membership, submission: Influenced, customer_id: str, mrr_minor: int, currency: str, on: date, at: datetime
) -> Influenced:
    """Accept a submission, matched with a customer and the monthly amount that the vendor knows of.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        CustomerMissingError: it names no customer that facts know.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_decide(by), "accept a submission")
    if CUSTOMER.ask(customer_id.strip(), otherwise=None) is None:
        raise CustomerMissingError
    with transaction.atomic():
        held = _waiting(submission)
        held.status, held.matched_on, held.customer_id = Influenced.Status.ACCEPTED, on, customer_id.strip()
        held.mrr_minor, held.currency = mrr_minor, currency
        _decide(by, held, "accept", at)
    return held


def refuse_influence(*, by: Membership, submission: Influenced, reason: str, at: datetime) -> Influenced:
    """Refuse a submission.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_decide(by), "refuse a submission")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        held = _waiting(submission)
        held.status, held.reason = Influenced.Status.REFUSED, reason.strip()
        _decide(by, held, "refuse", at)
    return held


def _waiting(submission: Influenced) -> Influenced:
    held = Influenced.objects.select_for_update().get(pk=submission.pk)
    if held.status != Influenced.Status.SUBMITTED:
        raise DecidedAlreadyError
    return held


def _decide(by: Membership, held: Influenced, verb: str, at: datetime) -> None:
    held.decided_by, held.decided_at = by.user.pseudonym, at
    held.save()
    _record(by, verb, held, at)
    tell_partner(held.partner_id, "influence", f"{held.influenced_id}:{held.status}", {"submission": held}, at=at)


def _record(by: Membership, verb: str, made: Influenced, at: datetime) -> None:
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="influenced_sale", subject_id=made.influenced_id, at=at,
        reason=made.reason,
        after={
            "partner_id": made.partner_id, "status": made.status, "customer_id": made.customer_id, "role": made.role,
            "mrr_minor": made.mrr_minor, "currency": made.currency, "closed_on": made.closed_on.isoformat(),
        },
    )  # fmt: skip
