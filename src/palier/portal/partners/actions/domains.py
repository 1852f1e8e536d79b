"""E-mail domains of partners (D21, D29): a partner asks, the vendor approves, refuses or revokes."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import IntegrityError, transaction

from palier.portal.journal.actions import record
from palier.portal.partners.emails import tell_partner
from palier.portal.partners.errors import (
    DecidedAlreadyError,
    DomainTakenError,
    NotADomainError,
    ReasonMissingError,
)
from palier.portal.partners.models import Domain
from palier.portal.partners.permissions import may_file, may_keep, require
from palier.portal.people.models import Membership

EVERYBODYS = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "icloud.com", "laposte.net", "live.com", "me.com", "orange.fr",
        "outlook.com", "proton.me", "protonmail.com", "wanadoo.fr", "yahoo.com", "yahoo.fr", "gmx.de", "gmx.net",
        "web.de", "free.fr", "aol.com",
    }
)  # fmt: skip
"""Domains of mail providers: an address there says nothing of a company."""
_SHAPE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def request_domain(*, by: Membership, partner_id: str, domain: str, at: datetime) -> Domain:
    """Ask the vendor to approve a domain.

    Raises:
        NotAllowedError: `by` is neither admin nor employee of the partner.
        NotADomainError: it is no domain that a company has for itself.
        DomainTakenError: it is asked for or approved already.
    """
    require(may_file(by, partner_id), "ask for a domain")
    named = company_domain(domain)
    with transaction.atomic():
        made = _open(partner_id, named, requested_at=at)
        _record(by, "request", made, at)
    return made


def approve_domain(*, by: Membership, partner_id: str, domain: str, on: date, at: datetime) -> Domain:
    """Approve a domain, asked for or not: from its day on customers are associated by themselves.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        NotADomainError: it is no domain that a company has for itself.
        DomainTakenError: it is approved already.
    """
    require(may_keep(by), "approve a domain")
    named = company_domain(domain)
    with transaction.atomic():
        waiting = Domain.objects.select_for_update().filter(
            partner_id=partner_id, domain=named, approved_on=None, refused_at=None
        )
        found = waiting.first() or _open(partner_id, named, approved_on=on)
        _approve(by, found, on, at)
    return found


def approve_asked(*, by: Membership, domain: Domain, on: date, at: datetime) -> Domain:
    """Approve a domain that a partner asked for, as the queue shows it.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_keep(by), "approve a domain")
    with transaction.atomic():
        held = Domain.objects.select_for_update().get(pk=domain.pk)
        if held.approved_on is not None or held.refused_at is not None:
            raise DecidedAlreadyError
        _approve(by, held, on, at)
    return held


def _approve(by: Membership, held: Domain, on: date, at: datetime) -> None:
    held.approved_on = on
    held.save(update_fields=["approved_on"])
    _record(by, "approve", held, at)
    tell_partner(held.partner_id, "domain", f"{held.pk}:approved", {"domain": held}, at=at)


def refuse_domain(*, by: Membership, domain: Domain, reason: str, at: datetime) -> Domain:
    """Refuse a domain that a partner asked for.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        ReasonMissingError: there is no reason.
        DecidedAlreadyError: it does not wait any more.
    """
    require(may_keep(by), "refuse a domain")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        held = Domain.objects.select_for_update().get(pk=domain.pk)
        if held.approved_on is not None or held.refused_at is not None:
            raise DecidedAlreadyError
        held.refused_at, held.reason = at, reason.strip()
        held.save(update_fields=["refused_at", "reason"])
        _record(by, "refuse", held, at, held.reason)
        tell_partner(held.partner_id, "domain", f"{held.pk}:refused", {"domain": held}, at=at)
    return held


def revoke_domain(*, by: Membership, domain: Domain, reason: str, on: date, at: datetime) -> Domain:
    """Revoke a domain: from its day on, new accesses are no longer associated by themselves.

    Raises:
        NotAllowedError: `by` does not keep the vendor's records.
        ReasonMissingError: there is no reason.
        DecidedAlreadyError: it is not approved any more.
    """
    require(may_keep(by), "revoke a domain")
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        held = Domain.objects.select_for_update().get(pk=domain.pk)
        if held.approved_on is None or held.revoked_on is not None:
            raise DecidedAlreadyError
        held.revoked_on, held.reason = max(on, held.approved_on), reason.strip()
        held.save(update_fields=["revoked_on", "reason"])
        _record(by, "revoke", held, at, held.reason)
        tell_partner(held.partner_id, "domain", f"{held.pk}:revoked", {"domain": held}, at=at)
    return held


def company_domain(said: str) -> str:
    """A domain as it is kept: lower case, without what people write before it.

    Raises:
        NotADomainError: nobody can have it for a company.
    """
    named = said.strip().lower().rpartition("@")[2].removeprefix("https://").removeprefix("www.").strip("./ ")
    if not _SHAPE.fullmatch(named) or named in EVERYBODYS:
        raise NotADomainError(named or said)
    return named


def _open(
    partner_id: str, domain: str, *, approved_on: date | None = None, requested_at: datetime | None = None
) -> Domain:
    try:
        with transaction.atomic():
            return Domain.objects.create(
                partner_id=partner_id, domain=domain, approved_on=approved_on, requested_at=requested_at
            )
    except IntegrityError as error:
        raise DomainTakenError(domain) from error


def _record(by: Membership, verb: str, domain: Domain, at: datetime, reason: str = "") -> None:
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="domain", subject_id=f"{domain.partner_id}/{domain.domain}",
        at=at, reason=reason,
        after={
            "approved_on": domain.approved_on.isoformat() if domain.approved_on else None,
            "revoked_on": domain.revoked_on.isoformat() if domain.revoked_on else None,
        },
    )  # fmt: skip
