"""Joining a program (A51, B741): application, review, agreement, onboarding, and the level of participation."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from palier.portal.journal.actions import record
from palier.portal.partners.actions.attesting import vouch
from palier.portal.partners.actions.domains import company_domain
from palier.portal.partners.emails import send, tell_partner
from palier.portal.partners.errors import (
    AppliedAlreadyError,
    DecidedAlreadyError,
    LevelUnknownError,
    NothingToChangeError,
    ReasonMissingError,
    UnknownPartnerError,
)
from palier.portal.partners.models import Application, Attestation, Company, Domain, Enrolment, VendorContact
from palier.portal.partners.permissions import may_decide, may_keep, require
from palier.portal.people.actions import AddressOf, send_invitation
from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Role

LEVELS = {"solutions": ("provider", "partner"), "technology": ("member",)}
"""The levels of each program: solutions by commitment (A51), technology one (B142)."""
STEPS = ("agreement_signed", "onboarded")
"""What the vendor vouches for while a company joins."""


def apply_to_join(
    *, company: str, country: str, domain: str, contact: str, email: str, language: str, program: str, level: str,
    message: str, at: datetime, payment_currency: str = "",
) -> Application:  # fmt: skip
    """Ask to join a program; whoever asks gets a receipt by mail.

    Raises:
        NotADomainError: the domain is none that a company has for itself.
        LevelUnknownError: the program has no such level.
        AppliedAlreadyError: an application of the address waits for the program.
    """
    _known_level(program, level)
    named = company_domain(domain)
    try:
        with transaction.atomic():
            made = Application.objects.create(
                application_id=f"application-{uuid4().hex}", company=company.strip(), country=country, domain=named,
                contact=contact.strip(), email=email.strip().lower(), language=language, program=program, level=level,
                message=message.strip(), payment_currency=payment_currency, received_at=at,
            )  # fmt: skip
            record(
                actor="applicant", verb="apply", subject_kind="application", subject_id=made.application_id, at=at,
                after={"program": program, "level": level, "country": country},
            )  # fmt: skip
            _write(made, "applied", at)
    except IntegrityError as error:
        raise AppliedAlreadyError from error
    return made


def accept_application(
    *, by: Membership, application: Application, address_of: AddressOf, on: date, at: datetime
) -> Company:
    """Accept an application: the company takes part from the day on, with its domain approved; who wrote is invited.

    What remains (the agreement, the onboarding, certifications) are steps that the vendor vouches for.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_decide(by), "accept an application")
    with transaction.atomic():
        held = _waiting(application)
        company = Company.objects.create(
            partner_id=f"partner-{uuid4().hex}", name=held.company, country=held.country,
            payment_currency=held.payment_currency,
        )  # fmt: skip
        Enrolment.objects.create(
            enrolment_id=f"enrolment-{uuid4().hex}", partner_id=company.partner_id, program=held.program,
            level=held.level, enrolled_on=on,
        )  # fmt: skip
        Domain.objects.create(partner_id=company.partner_id, domain=held.domain, approved_on=on)
        made = Organisation.objects.create(
            kind=Organisation.Kind.PARTNER, name=company.name, fact_id=company.partner_id
        )
        send_invitation(
            by, organisation=made, email=held.email, role=Role.ADMIN, language=held.language,
            address_of=address_of, at=at,
        )  # fmt: skip
        held.partner_id = company.partner_id
        _decide(by, held, Application.Status.ACCEPTED, at)
    return company


def refuse_application(*, by: Membership, application: Application, reason: str, at: datetime) -> Application:
    """Refuse an application; the company reads why.

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_decide(by), "refuse an application")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        held = _waiting(application)
        held.reason = reason.strip()
        _decide(by, held, Application.Status.REFUSED, at)
    return held


def complete_step(*, by: Membership, partner_id: str, step: str, reason: str, on: date, at: datetime) -> Attestation:
    """Vouch for a step of joining: the agreement is signed, the onboarding is done (A137, B142).

    Raises:
        NotAllowedError: `by` does not decide for the vendor.
        ReasonMissingError: there is no reason, such as where the signed agreement lies.
        NothingToChangeError: it is done already, or is no step of joining.
        UnknownPartnerError: nobody has the id.
    """
    require(may_decide(by), f"vouch for {step}")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
            raise UnknownPartnerError(partner_id)
        standing = Attestation.objects.filter(partner_id=partner_id, code=step, effective_until=None)
        if step not in STEPS or standing.exclude(value__iexact="no").exists():
            raise NothingToChangeError
        made = vouch(by, partner_id, step, "", on, reason=reason.strip(), at=at)
        tell_partner(partner_id, "step", made.attestation_id, {"step": step, "effective_from": on}, at=at)
    return made


def change_level(
    *, by: Membership, partner_id: str, program: str, level: str, reason: str, on: date, at: datetime
) -> Enrolment:
    """Change a partner's level in a program, or enrol it, from a day on: provider or partner (A51).

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        ReasonMissingError: there is no reason.
        LevelUnknownError: the program has no such level.
        NothingToChangeError: it takes part at this level already.
        UnknownPartnerError: nobody has the id.
    """
    require(may_keep(by), "change a level")
    if not reason.strip():
        raise ReasonMissingError
    _known_level(program, level)
    with transaction.atomic():
        if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
            raise UnknownPartnerError(partner_id)
        lasting = Enrolment.objects.filter(partner_id=partner_id, program=program, left_on=None).first()
        if lasting is not None and lasting.level == level:
            raise NothingToChangeError
        if lasting is not None:
            lasting.left_on = max(on, lasting.enrolled_on)
            lasting.save(update_fields=["left_on"])
        made = Enrolment.objects.create(
            enrolment_id=f"enrolment-{uuid4().hex}", partner_id=partner_id, program=program, level=level,
            enrolled_on=max(on, lasting.enrolled_on) if lasting is not None else on,
        )  # fmt: skip
        record(
            actor=by.user.pseudonym, verb="change level", subject_kind="partner", subject_id=partner_id, at=at,
            before={"level": lasting.level if lasting is not None else None},
            after={"program": program, "level": level, "enrolled_on": made.enrolled_on.isoformat()},
            reason=reason.strip(),
        )  # fmt: skip
        tell_partner(partner_id, "level", made.enrolment_id, {"enrolment": made, "reason": reason.strip()}, at=at)
    return made


def change_currency(*, by: Membership, partner_id: str, currency: str, at: datetime) -> Company:
    """Say in which currency a partner's commissions are paid, from the next statement on.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        NothingToChangeError: they are paid in it already.
        UnknownPartnerError: nobody has the id.
    """
    require(may_keep(by), "change the currency of payment")
    with transaction.atomic():
        held = Company.objects.select_for_update().filter(partner_id=partner_id).first()
        if held is None:
            raise UnknownPartnerError(partner_id)
        before = held.payment_currency
        if before == currency:
            raise NothingToChangeError
        held.payment_currency = currency
        held.save(update_fields=["payment_currency"])
        record(
            actor=by.user.pseudonym, verb="change currency", subject_kind="partner", subject_id=partner_id, at=at,
            before={"payment_currency": before}, after={"payment_currency": currency},
        )  # fmt: skip
    return held


def name_vendor_contact(
    *, by: Membership, partner_id: str, name: str, email: str, role: str, at: datetime
) -> VendorContact:
    """Name somebody at the vendor who looks after a partner (A247, B432).

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        NothingToChangeError: the person stands under the role already.
    """
    require(may_keep(by), "name a contact")
    try:
        with transaction.atomic():
            made = VendorContact.objects.create(
                partner_id=partner_id, name=name.strip(), email=email.strip().lower(), role=role.strip()
            )
            _record_contact(by, "name", made, at)
    except IntegrityError as error:
        raise NothingToChangeError from error
    return made


def remove_vendor_contact(*, by: Membership, contact: VendorContact, at: datetime) -> None:
    """Take somebody at the vendor from a partner's contacts.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
    """
    require(may_keep(by), "remove a contact")
    with transaction.atomic():
        _record_contact(by, "remove", contact, at)
        contact.delete()


def _record_contact(by: Membership, verb: str, contact: VendorContact, at: datetime) -> None:
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="vendor_contact", subject_id=contact.partner_id, at=at,
        after={"role": contact.role},
    )  # fmt: skip


def _known_level(program: str, level: str) -> None:
    if level not in LEVELS.get(program, ()):
        raise LevelUnknownError


def _waiting(application: Application) -> Application:
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.status != Application.Status.RECEIVED:
        raise DecidedAlreadyError
    return held


def _decide(by: Membership, held: Application, status: str, at: datetime) -> None:
    held.status, held.decided_by, held.decided_at = status, by.user.pseudonym, at
    held.save()
    record(
        actor=by.user.pseudonym, verb=status, subject_kind="application", subject_id=held.application_id, at=at,
        after={"status": status, "partner_id": held.partner_id}, reason=held.reason,
    )  # fmt: skip
    _write(held, "application", at)


def _write(application: Application, kind: str, at: datetime) -> None:
    send(
        kind, f"{application.application_id}:{application.status}", {"application": application},
        to=application.email, language=application.language, name=application.contact, at=at,
    )  # fmt: skip
