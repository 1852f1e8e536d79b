"""What clients take over from the warehouse, and the fact table that they give back: `client_access`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from palier.portal.clients.models import Access, Customer
from palier.portal.partners.models import Employee

BATCH = 2000
"""How many rows are written at once: a million customers load in bounded memory."""

Row = Mapping[str, object]


def adopt_customers(rows: Iterable[Row]) -> int:
    """Take over names, domains and countries of customers; taken again, they are as the warehouse says now."""
    taken = 0
    for batch in _batches(rows):
        said = {str(row["customer_id"]): _said(row) for row in batch}
        known = Customer.objects.in_bulk(said, field_name="customer_id")
        changed = [
            Customer(customer_id=each, **fields)
            for each, fields in said.items()
            if each not in known or any(getattr(known[each], name) != value for name, value in fields.items())
        ]
        Customer.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["customer_id"],
            update_fields=["name", "domain", "country", "churned_on"],
        )
        taken += len(said)
    return taken


def _said(row: Row) -> dict[str, Any]:
    """What the portal keeps of a customer."""
    return {
        "name": _text(row.get("name")),
        "domain": _text(row.get("domain")).lower(),
        "country": _text(row.get("country")),
        "churned_on": _day(row.get("churned_on")),
    }


def adopt_client_access(rows: Iterable[Row]) -> int:
    """Take over the warehouse's accesses; what is here already stays as people left it. Says how many are new.

    The partners' people are taken over before: an access says whose user it is.
    """
    taken = 0
    for batch in _batches(rows):
        by_id = {str(row["access_id"]): row for row in batch}
        known = set(Access.objects.filter(access_id__in=by_id).values_list("access_id", flat=True))
        users = {str(row["user_id"]) for row in batch}
        partners = dict(Employee.objects.filter(user_id__in=users).values_list("user_id", "partner_id"))
        made = [
            _access(access_id, row, partners.get(str(row["user_id"]), ""))
            for access_id, row in by_id.items()
            if access_id not in known
        ]
        Access.objects.bulk_create(made)
        taken += len(made)
    return taken


def client_access() -> Iterator[Row]:
    """Every access that was ever granted, by id; one that waits for the customer is none."""
    columns = ("access_id", "user_id", "customer_id", "associated_on", "granted_on", "removed_on")
    granted = Access.objects.filter(granted_on__isnull=False).order_by("access_id")
    yield from granted.values(*columns).iterator(chunk_size=BATCH)


ADOPTS: Mapping[str, Callable[[Iterable[Row]], int]] = {
    "customers": adopt_customers,
    "client_access": adopt_client_access,
}
"""Takes over the rows of a table; the number says how many."""

EXPORTS: Mapping[str, Callable[[], Iterator[Row]]] = {"client_access": client_access}
"""Gives all rows of a table that the portal owns."""


def _access(access_id: str, row: Row, partner_id: str) -> Access:
    return Access(
        access_id=access_id,
        user_id=str(row["user_id"]),
        partner_id=partner_id,
        customer_id=str(row["customer_id"]),
        associated_on=_day(row.get("associated_on")),
        granted_on=_day(row["granted_on"]),
        removed_on=_day(row.get("removed_on")),
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _day(value: object) -> date | None:
    assert value is None or isinstance(value, date)  # noqa: S101  # the snapshot's columns are typed
    return value


def _text(value: object) -> str:
    return "" if value is None else str(value)
