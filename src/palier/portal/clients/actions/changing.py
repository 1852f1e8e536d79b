"""What every act on an access shares: the row locked, what it was and is, and the entry in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import F

from palier.portal.clients.errors import EmployeeUnknownError, NoAccessError
from palier.portal.clients.models import Access, Customer
from palier.portal.clients.queries import active, living
from palier.portal.journal.actions import record
from palier.portal.partners.models import Employee
from palier.portal.people.models import Membership

_TOLD = ("user_id", "customer_id", "asked_on", "associated_on", "granted_on", "removed_on", "removed_side")


def locked(access_id: str, customer_id: str) -> Access:
    """An access of a customer, held until the transaction ends.

    Raises:
        NoAccessError: the customer has no such access.
    """
    found = Access.objects.select_for_update().filter(access_id=access_id, customer_id=customer_id).first()
    if found is None:
        raise NoAccessError
    return found


def lasts(access: Access, on: date) -> bool:
    """Whether somebody may enter by an access on a day."""
    begun = access.granted_on is not None and access.granted_on <= on
    return begun and (access.removed_on is None or access.removed_on > on)


def living_of(user_id: str, customer_id: str, on: date) -> Access | None:
    """The access that a person has or waits for, the latest granted first; held until the transaction ends."""
    found = Access.objects.select_for_update().filter(living(on), user_id=user_id, customer_id=customer_id)
    return found.order_by(F("granted_on").desc(nulls_last=True), "-pk").first()


def hold(customer_id: str) -> None:
    """Let nobody else change who has access to a customer's account until the transaction ends."""
    Customer.objects.get_or_create(customer_id=customer_id)
    Customer.objects.select_for_update().get(customer_id=customer_id)


def worker(on: date, **asked: str) -> Employee:
    """An active partner employee by its id.

    Raises:
        EmployeeUnknownError: there is none, or no longer, or not tagged as a partner employee (D19).
    """
    return workers(on, **asked)[0]


def workers(on: date, **asked: str) -> list[Employee]:
    """The active partner employees of an address, each of another partner.

    Raises:
        EmployeeUnknownError: there is none, or no longer, or not tagged as a partner employee (D19).
    """
    tagged = Employee.objects.select_related("account").filter(active(on), is_partner_employee=True, added_on__lte=on)
    found = list(tagged.filter(**asked).order_by("pk"))
    if not found:
        raise EmployeeUnknownError(next(iter(asked.values())))
    return found


def employee_of(access: Access) -> Employee:
    """The person who has an access.

    Raises:
        NoAccessError: the partner's list does not know the person any more.
    """
    found = Employee.objects.select_related("account").filter(user_id=access.user_id).first()
    if found is None:
        raise NoAccessError
    return found


def told(access: Access) -> dict[str, str]:
    """What the journal says of an access: its days as text, nothing that names a person."""
    return {name: str(value) for name in _TOLD if (value := getattr(access, name))}


def write(by: Membership, verb: str, access: Access, at: datetime, *, before: Mapping[str, str] | None) -> None:
    """Add an act on an access to the journal."""
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="access", subject_id=access.access_id, at=at,
        before=None if before is None else dict(before), after=told(access),
    )  # fmt: skip
