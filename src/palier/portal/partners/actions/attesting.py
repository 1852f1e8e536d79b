"""What the vendor vouches for: from a day until a day, with a reason, in the journal."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from palier.portal.journal.actions import record
from palier.portal.partners.errors import NothingToChangeError, ReasonMissingError, UnknownPartnerError
from palier.portal.partners.models import Attestation, Company, ContactForm
from palier.portal.partners.permissions import may_decide, require
from palier.portal.people.models import Membership


def attest(
    *, by: Membership, partner_id: str, code: str, effective_from: date, at: datetime, reason: str, value: str = ""
) -> Attestation:
    """Vouch for something about a partner from a day on; an empty value means yes.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        UnknownPartnerError: nobody has the id.
    """
    require(may_decide(by), f"vouch for {code}")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
            raise UnknownPartnerError(partner_id)
        return vouch(by, partner_id, code, value, effective_from, reason=reason.strip(), at=at)


def vouch(
    by: Membership, partner_id: str, code: str, value: str, effective_from: date, *, at: datetime,
    reason: str = "", form: ContactForm | None = None,
) -> Attestation:  # fmt: skip
    """Add an attestation within an action that has asked its permission, and inside its transaction."""
    made = Attestation.objects.create(
        attestation_id=f"attestation-{uuid4().hex}", partner_id=partner_id, code=code, value=value,
        effective_from=effective_from, vouched_by=by.user.pseudonym, reason=reason, form=form,
    )  # fmt: skip
    _record(by, "attest", made, reason, at)
    return made


def end_attestation(
    *, by: Membership, attestation: Attestation, effective_until: date, reason: str, at: datetime
) -> Attestation:
    """Say from which day on something no longer holds; a day before its start means that it never did.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        NothingToChangeError: it is over already.
    """
    require(may_decide(by), f"end {attestation.code}")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        held = Attestation.objects.select_for_update(of=("self",)).get(pk=attestation.pk)
        if held.effective_until is not None:
            raise NothingToChangeError
        finish(by, held, effective_until, reason=reason.strip(), at=at)
        return held


def finish(by: Membership, held: Attestation, effective_until: date, *, at: datetime, reason: str = "") -> None:
    """End an attestation within an action that has asked its permission, and inside its transaction."""
    held.effective_until = max(effective_until, held.effective_from)
    held.save(update_fields=["effective_until"])
    _record(by, "end", held, reason, at)


def _record(by: Membership, verb: str, attestation: Attestation, reason: str, at: datetime) -> None:
    until = attestation.effective_until
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="attestation", subject_id=attestation.attestation_id, at=at,
        after={
            "partner_id": attestation.partner_id, "code": attestation.code, "value": attestation.value,
            "effective_from": attestation.effective_from.isoformat(),
            "effective_until": until.isoformat() if until else None,
        },
        reason=reason,
    )  # fmt: skip
