"""What partners' records say of a person goes when the person is erased; what it attested and counted stays."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Q, QuerySet

from palier.portal.partners.contacts import CONTACTS
from palier.portal.partners.models import Application, ContactForm, Employee, ImportedRow, Influenced, VendorContact

PARTS = ("name", "email", "title")
_WORDS = {"story": 2000, "customer_said": 200, "reason": 1000}
"""What people write about a deal in their own words, and how long it may be."""


@transaction.atomic
def forget(email: str, *, nowhere: str) -> dict[str, int]:
    """Take a person's name, address and words from all that partners wrote of it; says how many rows of each.

    A form keeps that a contact was named, by its attestations; an application keeps its company and its answer, under
    the address `nowhere`; a submitted deal or referral keeps its story without the address. It belongs
    to an erasure, which asks the permission and keeps the journal.
    """
    return {
        "forms": sum(_forget_in(form, email) for form in _forms_naming(email).select_for_update()),
        "applications": Application.objects.filter(email__iexact=email).update(contact="", email=nowhere, message=""),
        "contacts": VendorContact.objects.filter(email__iexact=email).delete()[0],
        "deals": sum(_forget_in_deal(each, email, nowhere) for each in _deals_naming(email).select_for_update()),
        "imports": sum(_forget_in_row(each, email, nowhere) for each in _rows_naming(email).select_for_update()),
    }


def where_named(email: str) -> dict[str, int]:
    """In how many rows of each kind an address is named, of all that `forget` and an erasure reach."""
    return {
        "employees": Employee.objects.filter(email__iexact=email).count(),
        "forms": _forms_naming(email).count(),
        "applications": Application.objects.filter(email__iexact=email).count(),
        "contacts": VendorContact.objects.filter(email__iexact=email).count(),
        "deals": _deals_naming(email).count(),
        "imports": _rows_naming(email).count(),
    }


def _deals_naming(email: str) -> QuerySet[Influenced]:
    return Influenced.objects.filter(
        Q(story__icontains=email) | Q(customer_said__icontains=email) | Q(reason__icontains=email)
    )


def _forget_in_deal(deal: Influenced, email: str, nowhere: str) -> int:
    """Take the address from the words of a deal or a referral."""
    for name, longest in _WORDS.items():
        setattr(deal, name, re.sub(re.escape(email), nowhere, getattr(deal, name), flags=re.IGNORECASE)[:longest])
    deal.save(update_fields=[*_WORDS])
    return 1


def _rows_naming(email: str) -> QuerySet[ImportedRow]:
    """The rows that imports of people kept, so that they can be undone."""
    return ImportedRow.objects.filter(Q(after__email__iexact=email) | Q(before__email__iexact=email))


def _forget_in_row(row: ImportedRow, email: str, nowhere: str) -> int:
    """Take the address, the name and what explains them from a row of an import, which can be undone no more."""
    for said in (row.before, row.after):
        if said is not None and str(said.get("email", "")).casefold() == email.casefold():
            said["email"] = nowhere
            said.update({name: "" for name in ("name", "explanation") if name in said})
    row.key = nowhere if row.key.casefold() == email.casefold() else row.key
    row.save(update_fields=["key", "before", "after"])
    return 1


def _forms_naming(email: str) -> QuerySet[ContactForm]:
    naming = Q(pk__in=[])
    for each in CONTACTS:
        naming |= Q(**{f"answers__{each.code}_email__iexact": email})
    return ContactForm.objects.filter(naming)


def _forget_in(form: ContactForm, email: str) -> int:
    for each in CONTACTS:
        if str(form.answers.get(f"{each.code}_email", "")).casefold() == email.casefold():
            form.answers.update({key: "" for part in PARTS if (key := f"{each.code}_{part}") in form.answers})
    form.save(update_fields=["answers"])
    return 1
