"""Fact tables that this app owns: taken over from the warehouse once, and given back for every run.

The app owns `partners`, `enrolments`, `partner_users`, `partner_domains`, `attestations`, `contact_forms`,
`tier_decisions` and `influenced_sales`; the columns are those of design.md section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from palier.portal.partners.models import (
    Attestation,
    Company,
    ContactForm,
    Decision,
    Domain,
    Employee,
    Enrolment,
    Influenced,
)

BATCH = 2000
Row = Mapping[str, object]
Fields = dict[str, Any]


def _texts(row: Row, *names: str) -> Fields:
    """Columns of text: a field holds an empty text where the table holds nothing."""
    return {name: "" if row.get(name) is None else str(row[name]) for name in names}


def _days(row: Row, *names: str) -> Fields:
    return {name: row.get(name) for name in names}


def _in_order(row: Row, start: str, *ends: str) -> Fields:
    """A start and its ends: an end before its start was never in force, which an end on its start says as well."""
    first = row[start]
    found: Fields = {start: first}
    for end in ends:
        last = row.get(end)
        found[end] = first if isinstance(last, date) and isinstance(first, date) and last < first else last
    return found


def _company(row: Row) -> Company:
    return Company(**_texts(row, "partner_id", "name", "country", "payment_currency"))


def _enrolment(row: Row) -> Enrolment:
    return Enrolment(
        **_texts(row, "enrolment_id", "partner_id", "program", "level"), **_in_order(row, "enrolled_on", "left_on")
    )


def _employee(row: Row) -> Employee:
    return Employee(
        **_texts(row, "user_id", "partner_id", "email"),
        **_in_order(row, "added_on", "deactivated_on", "deleted_on"),
        is_partner_employee=row.get("is_partner_employee") is True,
    )


def _domain(row: Row) -> Domain:
    texts = _texts(row, "partner_id", "domain")
    return Domain(
        partner_id=texts["partner_id"], domain=texts["domain"].lower(), **_in_order(row, "approved_on", "revoked_on")
    )


def _attestation(row: Row) -> Attestation:
    return Attestation(
        **_texts(row, "attestation_id", "partner_id", "code", "value"),
        **_in_order(row, "effective_from", "effective_until"),
    )


def _contact_form(row: Row) -> ContactForm:
    filed_at = row["filed_at"]
    moment = filed_at if isinstance(filed_at, datetime) else datetime.fromisoformat(str(filed_at))
    return ContactForm(**_texts(row, "form_id", "partner_id", "program"), filed_at=moment.replace(tzinfo=UTC))


def _decision(row: Row) -> Decision:
    return Decision(
        **_texts(row, "decision_id", "partner_id", "program", "tier", "kind", "reason"), **_days(row, "effective_on")
    )


def _influenced(row: Row) -> Influenced:
    matched_on = row.get("matched_on")
    return Influenced(
        **_texts(row, "influenced_id", "partner_id", "customer_id", "role", "currency"),
        **_days(row, "mrr_minor", "closed_on", "matched_on"),
        status=Influenced.Status.SUBMITTED if matched_on is None else Influenced.Status.ACCEPTED,
    )


def _take_over(
    model: type[models.Model], keys: tuple[str, ...], make: Callable[[Row], models.Model], rows: Iterable[Row]
) -> int:
    """Add the rows whose key is not there yet, all or none; says how many."""
    known = set(model._default_manager.values_list(*keys))  # noqa: SLF001  # Django's name of a model's manager
    made = [each for each in map(make, rows) if tuple(getattr(each, key) for key in keys) not in known]
    with transaction.atomic():
        model._default_manager.bulk_create(made, batch_size=BATCH)  # noqa: SLF001
    return len(made)


def _give(model: type[models.Model], *columns: str, among: Q | None = None) -> Iterator[Row]:
    """All rows of a table in the order of their making, with nothing where a field holds an empty text."""
    found = model._default_manager.filter(among or Q()).order_by("pk").values(*columns)  # noqa: SLF001
    for row in found.iterator(chunk_size=BATCH):
        yield {name: None if value == "" else value for name, value in row.items()}


def _give_forms() -> Iterator[Row]:
    """All forms, with the moment of filing as facts state it: UTC without a zone."""
    for row in _give(ContactForm, "form_id", "partner_id", "program", "filed_at"):
        filed_at = row["filed_at"]
        assert isinstance(filed_at, datetime)  # noqa: S101  # the field's own type
        yield {**row, "filed_at": filed_at.astimezone(UTC).replace(tzinfo=None)}


ADOPTS: Mapping[str, Callable[[Iterable[Row]], int]] = {
    "partners": partial(_take_over, Company, ("partner_id",), _company),
    "enrolments": partial(_take_over, Enrolment, ("enrolment_id",), _enrolment),
    "partner_users": partial(_take_over, Employee, ("user_id",), _employee),
    "partner_domains": partial(_take_over, Domain, ("partner_id", "domain", "approved_on"), _domain),
    "attestations": partial(_take_over, Attestation, ("attestation_id",), _attestation),
    "contact_forms": partial(_take_over, ContactForm, ("form_id",), _contact_form),
    "tier_decisions": partial(_take_over, Decision, ("decision_id",), _decision),
    "influenced_sales": partial(_take_over, Influenced, ("influenced_id",), _influenced),
}
"""Takes over the warehouse's rows of a table; rows that are there already stay. Says how many were new."""

EXPORTS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "partners": partial(_give, Company, "partner_id", "name", "country", "payment_currency"),
    "enrolments": partial(_give, Enrolment, "enrolment_id", "partner_id", "program", "level", "enrolled_on", "left_on"),
    "partner_users": partial(
        _give, Employee,
        "user_id", "partner_id", "email", "is_partner_employee", "added_on", "deactivated_on", "deleted_on",
    ),
    "partner_domains": partial(
        _give, Domain, "partner_id", "domain", "approved_on", "revoked_on", among=Q(approved_on__isnull=False)
    ),
    "attestations": partial(
        _give, Attestation, "attestation_id", "partner_id", "code", "value", "effective_from", "effective_until"
    ),
    "contact_forms": _give_forms,
    "tier_decisions": partial(
        _give, Decision, "decision_id", "partner_id", "program", "tier", "kind", "reason", "effective_on"
    ),
    "influenced_sales": partial(
        _give, Influenced,
        "influenced_id", "partner_id", "customer_id", "role", "mrr_minor", "currency", "closed_on", "matched_on",
        among=~Q(customer_id="") & ~Q(status=Influenced.Status.REFUSED),
    ),
}  # fmt: skip
"""Gives all rows of a table, with the columns of the contract.

A submitted deal is given once the vendor named its customer, and has no `matched_on` until it is accepted.
"""
