"""The customer keeps the keys: it alone grants access, refuses, revokes and gives it back (D30, D51-52)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from palier.portal.clients.actions.changing import (
    employee_of,
    hold,
    lasts,
    living_of,
    locked,
    told,
    worker,
    workers,
    write,
)
from palier.portal.clients.actions.seats import end_seat
from palier.portal.clients.association import is_approved
from palier.portal.clients.emails import tell_partner
from palier.portal.clients.errors import AlreadyGrantedError, NoAccessError, SeveralPartnersError
from palier.portal.clients.models import Access, Side
from palier.portal.clients.permissions import customer_of
from palier.portal.clients.queries import approvals_of
from palier.portal.partners.days import day
from palier.portal.partners.models import Employee
from palier.portal.people.models import Membership
from palier.portal.rows import EVERYBODY, speaking_for


@transaction.atomic
def grant_to(by: Membership, *, email: str, at: datetime) -> Access:
    """Give access to the partner's employee who has this address (D30); what the partner asked for is answered by it.

    Raises:
        NotAllowedError: not for whoever acts.
        EmployeeUnknownError: the address is no active partner employee's.
        SeveralPartnersError: it is of several partners, and not just one of them asked.
        AlreadyGrantedError: the person has access.
    """
    customer_id, on = customer_of(by), day(at)
    # Whom a customer names by address may be of a partner that it has not met: the only rows that it asks of all.
    with speaking_for(EVERYBODY):
        named = workers(on, email__iexact=email.strip())
    hold(customer_id)
    employee = _meant(named, customer_id)
    now = living_of(employee.user_id, customer_id, on)
    if now is not None and now.granted_on is not None:
        raise AlreadyGrantedError
    if now is not None:
        return _grant(by, now, employee, on, at)
    access = _create(by, employee, customer_id, on, restores=None, associated_on=None)
    write(by, "grant access", access, at, before=None)
    tell_partner("granted", access, employee, on=on, at=at)
    return access


def _meant(named: Sequence[Employee], customer_id: str) -> Employee:
    """Whom a customer means by an address: of several partners' people, the one who asked."""
    if len(named) == 1:
        return named[0]
    waits = Access.objects.filter(customer_id=customer_id, granted_on=None, removed_on=None)
    asked = set(waits.values_list("user_id", flat=True))
    meant = [each for each in named if each.user_id in asked]
    if len(meant) != 1:
        raise SeveralPartnersError
    return meant[0]


@transaction.atomic
def grant(by: Membership, *, access_id: str, at: datetime) -> Access:
    """Grant what a partner asked for, from today.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: nothing waits under this number.
        EmployeeUnknownError: the person left in the meantime.
    """
    customer_id, on = customer_of(by), day(at)
    access = _waiting(access_id, customer_id)
    return _grant(by, access, worker(on, user_id=access.user_id), on, at)


def _grant(by: Membership, access: Access, employee: Employee, on: date, at: datetime) -> Access:
    before = told(access)
    access.granted_on, access.granted_by = on, by.user.pseudonym
    access.save(update_fields=["granted_on", "granted_by"])
    write(by, "grant access", access, at, before=before)
    tell_partner("granted", access, employee, on=on, at=at)
    return access


@transaction.atomic
def decline(by: Membership, *, access_id: str, at: datetime) -> Access:
    """Refuse what a partner asked for.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: nothing waits under this number.
    """
    customer_id, on = customer_of(by), day(at)
    access = _waiting(access_id, customer_id)
    return _end(by, "decline access", access, on, at)


@transaction.atomic
def revoke(by: Membership, *, access_id: str, at: datetime) -> Access:
    """End an access that lasts, and the seat with it; the partner's credit by this person stops at once (D43).

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: it does not last.
    """
    customer_id, on = customer_of(by), day(at)
    access = locked(access_id, customer_id)
    if not lasts(access, on):
        raise NoAccessError
    end_seat(by, access, on, at)
    return _end(by, "revoke access", access, on, at)


def _end(by: Membership, verb: str, access: Access, on: date, at: datetime) -> Access:
    _close(by, verb, access, on, at)
    tell_partner("declined" if access.granted_on is None else "revoked", access, employee_of(access), on=on, at=at)
    return access


def _close(by: Membership, verb: str, access: Access, on: date, at: datetime) -> None:
    before = told(access)
    access.removed_on = on if access.granted_on is None else max(on, access.granted_on)
    access.removed_side, access.removed_by = Side.CUSTOMER, by.user.pseudonym
    access.save(update_fields=["removed_on", "removed_side", "removed_by"])
    write(by, verb, access, at, before=before)


@transaction.atomic
def restore(by: Membership, *, access_id: str, at: datetime) -> Access:
    """Give back an access that ended, as a new one from today: what was done before does not count again (D51).

    An association made by hand comes back with it, from today.

    Raises:
        NotAllowedError: not for whoever acts; nobody but the customer.
        NoAccessError: it lasts still, or was given back already.
        EmployeeUnknownError: the person is no active partner employee any more.
        AlreadyGrantedError: the person has another access.
    """
    customer_id, on = customer_of(by), day(at)
    hold(customer_id)
    ended = locked(access_id, customer_id)
    over = ended.removed_on is not None and ended.removed_on <= on and ended.granted_on is not None
    if not over or Access.objects.filter(restores=ended).exists():
        raise NoAccessError
    employee = worker(on, user_id=ended.user_id)
    now = living_of(ended.user_id, customer_id, on)
    if now is not None and now.granted_on is not None:
        raise AlreadyGrantedError
    if now is not None:
        _close(by, "answer by restoring", now, on, at)
    by_domain = is_approved(employee.email, approvals_of([employee.partner_id])[employee.partner_id], on)
    associated_on = on if ended.associated_on is not None and not by_domain else None
    access = _create(by, employee, customer_id, on, restores=ended, associated_on=associated_on)
    write(by, "restore access", access, at, before=told(ended))
    tell_partner("restored", access, employee, on=on, at=at)
    return access


def _create(
    by: Membership,
    employee: Employee,
    customer_id: str,
    on: date,
    *,
    restores: Access | None,
    associated_on: date | None,
) -> Access:
    try:
        with transaction.atomic():
            return Access.objects.create(
                user_id=employee.user_id, partner_id=employee.partner_id, customer_id=customer_id,
                associated_on=associated_on, granted_on=on,
                made_by=by.user.pseudonym, granted_by=by.user.pseudonym, restores=restores,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyGrantedError from error


def _waiting(access_id: str, customer_id: str) -> Access:
    access = locked(access_id, customer_id)
    if access.granted_on is not None or access.removed_on is not None:
        raise NoAccessError
    return access
