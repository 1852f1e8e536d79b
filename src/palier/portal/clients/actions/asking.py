"""The partner's side: associate an employee with a customer, ask for access, ask again, let it be (D20-28, D30)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from palier.portal.clients.actions.changing import hold, living_of, told, worker, write
from palier.portal.clients.asked import KNOWS
from palier.portal.clients.association import State, is_approved, position
from palier.portal.clients.emails import tell_owners
from palier.portal.clients.errors import (
    AlreadyAskedError,
    AlreadyAssociatedError,
    CustomerUnknownError,
    EmployeeUnknownError,
    NoAccessError,
)
from palier.portal.clients.models import Access, Customer, Side
from palier.portal.clients.permissions import ASKERS, partner_of
from palier.portal.clients.queries import approvals_of, served_by, terms_of
from palier.portal.partners.days import day
from palier.portal.partners.models import Employee
from palier.portal.people.models import Membership

PATIENCE = timedelta(days=7)
"""How long a customer is left to answer before it may be asked again."""


class Asked(NamedTuple):
    """What an association came to: the access, whether the customer must still grant it, how many were told."""

    access: Access
    waits: bool
    told: int


@transaction.atomic
def associate(by: Membership, *, user_id: str, customer: str, at: datetime) -> Asked:
    """Associate a customer with an employee (D22-28); where the employee has no access yet, ask the customer for it.

    `customer` is the whole domain of its web site, or the number or name of one that the partner knows. An employee
    on an approved domain is associated by itself from the day of access (D21); for others the day is today.

    Raises:
        NotAllowedError: not for whoever acts.
        EmployeeUnknownError: no active partner employee of this partner.
        CustomerUnknownError: no customer that the partner may name.
        AlreadyAssociatedError: there is nothing to associate.
        AlreadyAskedError: the customer has not answered yet.
    """
    partner_id, on = partner_of(by, ASKERS), day(at)
    employee = worker(on, user_id=user_id)
    if employee.partner_id != partner_id:
        raise EmployeeUnknownError(user_id)
    customer_id = named(partner_id, customer, on).customer_id
    hold(customer_id)
    now = living_of(user_id, customer_id, on)
    if now is not None and now.granted_on is None:
        raise AlreadyAskedError(now.asked_on or on, (now.asked_on or on) + PATIENCE)
    if now is not None:
        return Asked(_associate_now(by, now, employee, on, at), waits=False, told=0)
    by_domain = is_approved(employee.email, approvals_of([partner_id])[partner_id], on)
    access = Access.objects.create(
        user_id=user_id, partner_id=partner_id, customer_id=customer_id, asked_on=on,
        associated_on=None if by_domain else on, made_by=by.user.pseudonym,
    )  # fmt: skip
    write(by, "ask for access", access, at, before=None)
    return Asked(access, waits=True, told=tell_owners("asked", access, employee, on=on, at=at))


def _associate_now(by: Membership, access: Access, employee: Employee, on: date, at: datetime) -> Access:
    stands = position(terms_of(access, employee), approvals_of([employee.partner_id])[employee.partner_id], on)
    if stands.state is not State.APART:
        raise AlreadyAssociatedError(stands.associated_on or on)
    before = told(access)
    access.associated_on = on
    access.save(update_fields=["associated_on"])
    write(by, "associate", access, at, before=before)
    return access


@transaction.atomic
def ask_again(by: Membership, *, access_id: str, at: datetime) -> int:
    """Remind a customer of what it was asked for, at most once a week; says how many people were told.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: nothing waits.
        AlreadyAskedError: it was asked too lately.
    """
    partner_id, on = partner_of(by, ASKERS), day(at)
    access = _waiting(partner_id, access_id)
    asked_on = access.asked_on or on
    if on < asked_on + PATIENCE:
        raise AlreadyAskedError(asked_on, asked_on + PATIENCE)
    before = told(access)
    access.asked_on = on
    access.save(update_fields=["asked_on"])
    write(by, "ask again", access, at, before=before)
    return tell_owners("asked", access, worker(on, user_id=access.user_id), on=on, at=at)


@transaction.atomic
def withdraw(by: Membership, *, access_id: str, at: datetime) -> Access:
    """Take back what was asked and not answered; nothing counted, so nothing ends.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: nothing waits.
    """
    access = _waiting(partner_of(by, ASKERS), access_id)
    before = told(access)
    access.removed_on, access.removed_side, access.removed_by = day(at), Side.PARTNER, by.user.pseudonym
    access.save(update_fields=["removed_on", "removed_side", "removed_by"])
    write(by, "withdraw", access, at, before=before)
    return access


def _waiting(partner_id: str, access_id: str) -> Access:
    waits = served_by(partner_id).filter(access_id=access_id, granted_on=None, removed_on=None)
    found = waits.select_for_update().first()
    if found is None:
        raise NoAccessError
    return found


def named(partner_id: str, typed: str, on: date) -> Customer:
    """The customer that a partner means: any by its whole domain, by number or name those that it works for.

    Nobody browses the vendor's customers: a number or a name says nothing of a customer that the partner does not
    know already.

    Raises:
        CustomerUnknownError: there is none, or it is not the partner's to name, or it left.
    """
    wanted = typed.strip()
    found = Customer.objects.filter(domain=_host(wanted)).first() if wanted else None
    if found is None and wanted:
        ids = served_by(partner_id).values("customer_id")
        own = Customer.objects.filter(customer_id__in=ids)
        found = own.filter(customer_id=wanted).first() or own.filter(name=wanted).order_by("customer_id").first()
    if found is None and wanted and KNOWS.ask(partner_id, wanted, otherwise=False):
        found = Customer.objects.filter(customer_id=wanted).first()
    if found is None or (found.churned_on is not None and found.churned_on <= on):
        raise CustomerUnknownError(typed)
    return found


def _host(typed: str) -> str:
    """The domain in what was typed: an address of a page says it too."""
    bare = typed.lower().partition("://")[2] or typed.lower()
    return bare.partition("/")[0].removeprefix("www.")
