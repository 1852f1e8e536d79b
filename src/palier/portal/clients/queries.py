"""Reads: who has access to whom, since when, in which state; each in a number of queries that never grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from palier.portal.clients.association import Approval, Position, State, Terms, position
from palier.portal.clients.models import Access, Customer, Seat
from palier.portal.partners.models import Company, Domain, Employee
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An access with the person who has it, where it stands, and the seat that came with it."""

    access: Access
    employee: Employee
    partner: str
    position: Position
    seat: Seat | None

    @property
    def lasts(self) -> bool:
        """Whether the person may enter today."""
        return self.position.state in {State.APART, State.COUNTS}

    @property
    def waits(self) -> bool:
        """Whether it waits for the customer's word."""
        return self.position.state is State.WAITING

    @property
    def restorable(self) -> bool:
        """Whether the customer can give it back: it lasted once, ended, and was not given back yet."""
        return self.position.state is State.ENDED and self.access.granted_on is not None


def held_at(customer_id: str, on: date, *, partner_id: str | None = None) -> list[Held]:
    """Every access that a customer gave, ended or was asked for, or those of one partner; the oldest first."""
    rows = Access.objects.filter(customer_id=customer_id)
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    return _held(rows, on)


def held_by(user_id: str, on: date) -> list[Held]:
    """Every access that one person has, had or asked for."""
    return _held(Access.objects.filter(user_id=user_id), on)


def living(on: date) -> Q:
    """The condition of an access that has not ended by a day."""
    return Q(removed_on=None) | Q(removed_on__gt=on)


def _held(rows: QuerySet[Access], on: date) -> list[Held]:
    accesses = list(rows.order_by("granted_on", "pk"))
    people = {each.user_id: each for each in Employee.objects.filter(user_id__in={row.user_id for row in accesses})}
    partners = {each.partner_id for each in people.values()}
    approvals, names = approvals_of(partners), partner_names(partners)
    seats = {
        (seat.user_id, seat.customer_id): seat
        for seat in Seat.objects.filter(user_id__in=people, customer_id__in={row.customer_id for row in accesses})
        if seat.taken_on is None
    }
    return [
        Held(
            access=row,
            employee=people[row.user_id],
            partner=names[people[row.user_id].partner_id],
            position=position(terms_of(row, people[row.user_id]), approvals[people[row.user_id].partner_id], on),
            seat=seats.get((row.user_id, row.customer_id)),
        )
        for row in accesses
        if row.user_id in people
    ]


def terms_of(access: Access, employee: Employee) -> Terms:
    """The days of an access and the address of its user."""
    return Terms(
        email=employee.email,
        associated_on=access.associated_on,
        granted_on=access.granted_on,
        removed_on=access.removed_on,
    )


def approvals_of(partners: Iterable[str]) -> Mapping[str, list[Approval]]:
    """The e-mail domains of some partners that are or were approved; they decide on customers' accesses, too."""
    found: dict[str, list[Approval]] = defaultdict(list)
    for each in Domain.objects.filter(partner_id__in=set(partners), approved_on__isnull=False):
        if each.approved_on is not None:
            found[each.partner_id].append(Approval(each.domain, each.approved_on, each.revoked_on))
    return found


def partner_names(partners: Collection[str]) -> Mapping[str, str]:
    """What people call some partners, whom the reader has met at a customer; the id where nobody said."""
    known = dict(Company.objects.filter(partner_id__in=partners).values_list("partner_id", "name"))
    return {each: known.get(each) or each for each in partners}


def customer_called(customer_id: str) -> Customer:
    """A customer by its id; of one that the warehouse did not bring, the id alone."""
    return Customer.objects.filter(customer_id=customer_id).first() or Customer(customer_id=customer_id)


def customers_called(customers: Collection[str]) -> Mapping[str, Customer]:
    """Some customers by id."""
    known = Customer.objects.filter(customer_id__in=customers).in_bulk(field_name="customer_id")
    return {each: known.get(each) or Customer(customer_id=each) for each in customers}


def served_by(partner_id: str) -> QuerySet[Access]:
    """Every access of a partner's people, past ones too."""
    return Access.objects.filter(partner_id=partner_id)


def known_customers(partner_id: str, *, most: int) -> list[Customer]:
    """The first customers, by name, in whose accounts a partner's people are or were."""
    ids = served_by(partner_id).values("customer_id")
    return list(Customer.objects.filter(customer_id__in=ids).order_by("name", "customer_id")[:most])


def workers_of(partner_id: str, on: date) -> list[Employee]:
    """The people of a partner whose work can count: tagged, neither deactivated nor deleted (D19)."""
    found = Employee.objects.filter(partner_id=partner_id, is_partner_employee=True, added_on__lte=on)
    return list(found.filter(active(on)).order_by("name", "email", "user_id"))


def active(on: date) -> Q:
    """The condition of a person who is neither deactivated nor deleted on a day."""
    return (Q(deactivated_on=None) | Q(deactivated_on__gt=on)) & (Q(deleted_on=None) | Q(deleted_on__gt=on))


def owners_of(customer_id: str) -> list[User]:
    """The people who keep a customer's keys."""
    return _members(Organisation.Kind.CUSTOMER, customer_id, Role.OWNER)


def admins_of(partner_id: str) -> list[User]:
    """The people who administer a partner."""
    return _members(Organisation.Kind.PARTNER, partner_id, Role.ADMIN)


def _members(kind: str, fact_id: str, role: Role) -> list[User]:
    found = Membership.objects.filter(
        organisation__kind=kind, organisation__fact_id=fact_id, role=role, ended_at=None, user__is_active=True
    )
    return [each.user for each in found.select_related("user").order_by("pk")]


def people_at(partner_id: str, on: date) -> Mapping[str, list[Held]]:
    """The accesses of a partner's people that last or wait, by customer."""
    found: dict[str, list[Held]] = defaultdict(list)
    for each in _held(served_by(partner_id).filter(living(on)), on):
        found[each.access.customer_id].append(each)
    return found
