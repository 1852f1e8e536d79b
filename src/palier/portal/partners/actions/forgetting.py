"""What partners' records say of a person goes when the person is erased; what it attested and counted stays."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from palier.portal.partners.contacts import CONTACTS
from palier.portal.partners.models import Application, ContactForm, VendorContact

PARTS = ("name", "email", "title")


@transaction.atomic
def forget(email: str, *, nowhere: str) -> dict[str, int]:
    """Take a person's name, address and words from forms, applications and contacts; says how many rows of each.

    A form keeps that a contact was named, by its attestations; an application keeps its company and its answer, under
    the address `nowhere`. It belongs to an erasure, which asks the permission and keeps the journal.
    """
    return {
        "forms": sum(_forget_in(form, email) for form in _forms_naming(email)),
        "applications": Application.objects.filter(email__iexact=email).update(contact="", email=nowhere, message=""),
        "contacts": VendorContact.objects.filter(email__iexact=email).delete()[0],
    }


def _forms_naming(email: str) -> list[ContactForm]:
    naming = Q(pk__in=[])
    for each in CONTACTS:
        naming |= Q(**{f"answers__{each.code}_email__iexact": email})
    return list(ContactForm.objects.select_for_update().filter(naming))


def _forget_in(form: ContactForm, email: str) -> int:
    for each in CONTACTS:
        if str(form.answers.get(f"{each.code}_email", "")).casefold() == email.casefold():
            form.answers.update({key: "" for part in PARTS if (key := f"{each.code}_{part}") in form.answers})
    form.save(update_fields=["answers"])
    return 1
