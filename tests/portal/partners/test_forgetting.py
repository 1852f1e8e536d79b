"""Erasing a person reaches what partners wrote of it: forms, applications, contacts (GDPR, article 17)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from palier.portal.partners import actions
from palier.portal.partners.models import Application, Attestation, ContactForm, VendorContact
from palier.portal.runs.erasure import erase
from portal.partners.people import AT, ONE, Stage

ANSWERS = {
    "technical_contact_name": "Ana Prado", "technical_contact_email": "Employee@one.example",
    "executive_sponsor_name": "Zoé Marin", "executive_sponsor_email": "zoe@one.example",
    "executive_sponsor_title": "VP", "account_mapping": "crossbeam",
}  # fmt: skip


@pytest.mark.django_db
def test_a_person_goes_from_forms_and_applications_and_what_was_attested_stays(stage: Stage) -> None:
    actions.file_form(
        by=stage.one["admin"], partner_id=ONE, program="technology", answers=ANSWERS, awaiting=None, at=AT
    )
    person = stage.one["employee"].user
    told: dict[str, Any] = {"program": "solutions", "level": "partner", "country": "FR", "language": "en", "at": AT}
    actions.apply_to_join(
        company="Four", domain="four.example", contact="Ana Prado", email=person.email, message="I am Ana", **told
    )
    VendorContact.objects.create(partner_id=ONE, name="Ana Prado", email=person.email, role="Manager")
    attested = Attestation.objects.count()
    erase(person, actor="admin", reason="asked", at=AT)
    kept = ContactForm.objects.get()
    assert "Ana" not in json.dumps(kept.answers)
    assert person.email.casefold() not in json.dumps(kept.answers).casefold()
    assert kept.answers["executive_sponsor_name"] == "Zoé Marin", "nobody else is touched"
    assert kept.answers["account_mapping"] == "crossbeam"
    assert Attestation.objects.count() == attested
    held = Application.objects.get()
    assert (held.contact, held.message, held.company) == ("", "", "Four")
    assert held.email.endswith("@erased.invalid")
    assert not VendorContact.objects.filter(name="Ana Prado").exists()
