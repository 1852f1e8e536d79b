"""Partner seats: the customer gives an eligible employee of its partner all functions, free of charge (A83, A376)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from palier.portal.clients.actions.changing import employee_of, locked, worker
from palier.portal.clients.emails import tell_partner
from palier.portal.clients.errors import NoAccessError, SeatGivenError
from palier.portal.clients.models import Access, Seat
from palier.portal.clients.permissions import customer_of
from palier.portal.journal.actions import record
from palier.portal.partners.days import day
from palier.portal.people.models import Membership


@transaction.atomic
def give_seat(by: Membership, *, access_id: str, at: datetime) -> Seat:
    """Give a partner seat to a person who has access and is an active partner employee.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: the person has no access.
        EmployeeUnknownError: the person is no active partner employee.
        SeatGivenError: the person has one.
    """
    on = day(at)
    access = locked(access_id, customer_of(by))
    if (
        access.granted_on is None
        or access.granted_on > on
        or (access.removed_on is not None and access.removed_on <= on)
    ):
        raise NoAccessError
    employee = worker(on, user_id=access.user_id)
    if Seat.objects.filter(customer_id=access.customer_id, user_id=access.user_id, taken_on=None).exists():
        raise SeatGivenError
    seat = Seat.objects.create(
        customer_id=access.customer_id,
        user_id=access.user_id,
        partner_id=access.partner_id,
        given_on=on,
        given_by=by.user.pseudonym,
    )
    _write(by, "give seat", seat, at)
    tell_partner("seat_given", access, employee, on=on, at=at)
    return seat


@transaction.atomic
def take_seat(by: Membership, *, access_id: str, at: datetime) -> Seat:
    """Take a partner seat back; the access stays.

    Raises:
        NotAllowedError: not for whoever acts.
        NoAccessError: there is none.
    """
    on = day(at)
    access = locked(access_id, customer_of(by))
    seat = end_seat(by, access, on, at)
    if seat is None:
        raise NoAccessError
    tell_partner("seat_taken", access, employee_of(access), on=on, at=at)
    return seat


def end_seat(by: Membership, access: Access, on: date, at: datetime) -> Seat | None:
    """End the seat that came with an access, within the transaction of what ends it; None where there is none."""
    seat = (
        Seat.objects.select_for_update()
        .filter(customer_id=access.customer_id, user_id=access.user_id, taken_on=None)
        .first()
    )
    if seat is None:
        return None
    seat.taken_on, seat.taken_by = max(on, seat.given_on), by.user.pseudonym
    seat.save(update_fields=["taken_on", "taken_by"])
    _write(by, "take seat", seat, at)
    return seat


def _write(by: Membership, verb: str, seat: Seat, at: datetime) -> None:
    after = {"user_id": seat.user_id, "customer_id": seat.customer_id, "given_on": seat.given_on.isoformat()}
    if seat.taken_on is not None:
        after["taken_on"] = seat.taken_on.isoformat()
    record(actor=by.user.pseudonym, verb=verb, subject_kind="seat", subject_id=str(seat.pk), at=at, after=after)
