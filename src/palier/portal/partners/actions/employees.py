"""Changes of a partner's people (D10-21, D42-55); each is in the journal and counts from the next run."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from palier.portal.journal.actions import record
from palier.portal.partners.errors import (
    AddressTakenError,
    DeletedError,
    ExplanationMissingError,
    NothingToChangeError,
    OwnUserError,
)
from palier.portal.partners.models import Employee
from palier.portal.partners.permissions import may_keep_team, require
from palier.portal.partners.queries import approved_domains, domain_of
from palier.portal.people.actions import end_membership, withdraw
from palier.portal.people.models import Invitation, Membership, Organisation, User


def add_employee(
    *, by: Membership, partner_id: str, email: str, name: str, is_partner_employee: bool, explanation: str = "",
    on: date, at: datetime,
) -> Employee:  # fmt: skip
    """Add a person to a partner's account; an address on no approved domain is explained (D19-21).

    Raises:
        NotAllowedError: `by` is not an admin of the partner.
        AddressTakenError: the partner has the address already.
        ExplanationMissingError: the address is on no approved domain and unexplained.
    """
    require(may_keep_team(by, partner_id), "add an employee")
    address = email.strip().lower()
    with transaction.atomic():
        if Employee.objects.filter(partner_id=partner_id, email__iexact=address, deleted_on=None).exists():
            raise AddressTakenError
        if domain_of(address) not in approved_domains(partner_id, on) and not explanation.strip():
            raise ExplanationMissingError(domain_of(address))
        made = Employee.objects.create(
            user_id=f"user-{uuid4().hex}",
            partner_id=partner_id,
            email=address,
            name=name.strip(),
            is_partner_employee=is_partner_employee,
            added_on=on,
            explanation=explanation.strip(),
            account=User.objects.filter(email__iexact=address).first(),
        )
        _record(by, "add", made, None, at, said=made.explanation)
    return made


def tag_employee(*, by: Membership, employee: Employee, tagged: bool, at: datetime) -> Employee:
    """Set somebody as a partner employee, or no longer: what an untagged person does counts for nothing (D19).

    Raises:
        NotAllowedError: `by` is not an admin of the partner.
        DeletedError: the person is deleted.
        NothingToChangeError: it stands so already.
    """
    with transaction.atomic():
        held = _held(by, employee, "tag an employee")
        if held.is_partner_employee == tagged:
            raise NothingToChangeError
        before = state_of(held)
        held.is_partner_employee = tagged
        held.save(update_fields=["is_partner_employee"])
        _record(by, "tag" if tagged else "untag", held, before, at)
    return held


def deactivate_employee(*, by: Membership, employee: Employee, on: date, at: datetime) -> Employee:
    """Deactivate somebody: past work counts until its 90 days are over, new work counts for nothing (D53-54).

    Raises:
        NotAllowedError: `by` is not an admin of the partner.
        OwnUserError: it is the person's own user.
        DeletedError: the person is deleted.
        NothingToChangeError: the person is deactivated already.
    """
    with transaction.atomic():
        held = _held(by, employee, "deactivate an employee")
        _not_oneself(by, held)
        if held.deactivated_on is not None:
            raise NothingToChangeError
        before = state_of(held)
        held.deactivated_on = max(on, held.added_on)
        held.save(update_fields=["deactivated_on"])
        _shut_out(by, held, at)
        _record(by, "deactivate", held, before, at)
    return held


def reactivate_employee(*, by: Membership, employee: Employee, at: datetime) -> Employee:
    """Let somebody work again.

    Raises:
        NotAllowedError: `by` is not an admin of the partner.
        DeletedError: the person is deleted.
        NothingToChangeError: the person is not deactivated.
    """
    with transaction.atomic():
        held = _held(by, employee, "reactivate an employee")
        if held.deactivated_on is None:
            raise NothingToChangeError
        before = state_of(held)
        held.deactivated_on = None
        held.save(update_fields=["deactivated_on"])
        _record(by, "reactivate", held, before, at)
    return held


def delete_employee(*, by: Membership, employee: Employee, on: date, at: datetime) -> Employee:
    """Delete somebody: all their work stops counting at once (D41-44), and nothing brings it back.

    Raises:
        NotAllowedError: `by` is not an admin of the partner.
        OwnUserError: it is the person's own user.
        DeletedError: the person is deleted already.
    """
    with transaction.atomic():
        held = _held(by, employee, "delete an employee")
        _not_oneself(by, held)
        before = state_of(held)
        held.deleted_on = max(on, held.added_on)
        held.save(update_fields=["deleted_on"])
        _shut_out(by, held, at)
        _record(by, "delete", held, before, at)
    return held


def state_of(employee: Employee) -> dict[str, object]:
    """What the journal says of an employee: never who it is."""
    return {
        "is_partner_employee": employee.is_partner_employee,
        "added_on": employee.added_on.isoformat(),
        "deactivated_on": employee.deactivated_on.isoformat() if employee.deactivated_on else None,
        "deleted_on": employee.deleted_on.isoformat() if employee.deleted_on else None,
    }


def _held(by: Membership, employee: Employee, what: str) -> Employee:
    """The row, locked for the change."""
    held = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    require(may_keep_team(by, held.partner_id), what)
    if held.deleted_on is not None:
        raise DeletedError
    return held


def _not_oneself(by: Membership, employee: Employee) -> None:
    if employee.account_id == by.user_id or employee.email.lower() == by.user.email.lower():
        raise OwnUserError


def _shut_out(by: Membership, employee: Employee, at: datetime) -> None:
    """End what the person has at the partner, or was offered there: a membership, an invitation that is not taken."""
    of_partner = {"organisation__kind": Organisation.Kind.PARTNER, "organisation__fact_id": employee.partner_id}
    for held in Membership.objects.filter(user__email__iexact=employee.email, ended_at=None, **of_partner):
        end_membership(by, membership=held, at=at)
    open_ones = Invitation.objects.filter(email__iexact=employee.email, accepted_at=None, withdrawn_at=None)
    for offered in open_ones.filter(**of_partner):
        withdraw(by, invitation=offered, at=at)


def _record(
    by: Membership, verb: str, employee: Employee, before: dict[str, object] | None, at: datetime, *, said: str = ""
) -> None:
    """Write about an employee; what was said of the person is kept under the person's own key, and goes with it."""
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="employee", subject_id=employee.user_id, at=at,
        before=before, after=state_of(employee) | {"partner_id": employee.partner_id},
        person=employee.user_id if said else "", personal={"explanation": said} if said else None,
    )  # fmt: skip
