"""Erasing a person reaches what partners wrote of it: forms, applications, contacts (GDPR, article 17)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from palier.portal.journal.actions import broken_places
from palier.portal.journal.models import Entry, Message
from palier.portal.journal.outbox import queue_mail
from palier.portal.journal.persons import revealed
from palier.portal.partners import actions
from palier.portal.partners.models import (
    Application,
    Attestation,
    ContactForm,
    Employee,
    ImportedRow,
    Influenced,
    VendorContact,
)
from palier.portal.people.actions import accept, invite
from palier.portal.people.errors import InvitationGoneError
from palier.portal.runs.erasure import NobodyNamedError, erase, erase_named, naming
from palier.portal.runs.permissions import NotAllowedError
from portal.conftest import client_of
from portal.partners.people import AT, ON, ONE, Stage

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


@pytest.mark.django_db
def test_somebody_who_is_merely_named_is_erased_by_address(stage: Stage) -> None:
    """Contacts of forms, applications, employees without an account, vendor contacts, referrals, imported rows."""
    email = "zoe@one.example"
    actions.file_form(
        by=stage.one["admin"], partner_id=ONE, program="technology", answers=ANSWERS, awaiting=None, at=AT
    )
    rows = [{"email": email, "name": "Zoé Marin", "is_partner_employee": "true", "explanation": "Freelance"}]
    actions.take_in(
        by=stage.one["admin"], table="partner_users", rows=rows, file_name="f.csv", on=ON, at=AT, partner_id=ONE
    )
    actions.submit_influence(
        by=stage.one["admin"], partner_id=ONE, customer_said="Acme", role="sourced", mrr_minor=None, currency="EUR",
        closed_on=ON, story=f"Talk to ZOE@one.example, thanks to {email}.", on=ON, at=AT,
    )  # fmt: skip
    VendorContact.objects.create(partner_id=ONE, name="Zoé Marin", email=email, role="Manager")
    found = naming(email)
    assert {kind for kind, count in found.items() if count} == {"employees", "forms", "contacts", "deals", "imports"}
    with pytest.raises(NotAllowedError):
        erase_named(stage.vendor["manager"], email, reason="asked", at=AT)
    pseudonym = erase_named(stage.vendor["administrator"], email, reason="asked", at=AT)
    assert not any(naming(email).values())
    for model in (ContactForm, Employee, Influenced, VendorContact, ImportedRow):
        told = json.dumps(list(model._default_manager.values()), default=str).casefold()  # noqa: SLF001
        assert "zoe@one" not in told
        assert "marin" not in told
    assert ContactForm.objects.get().answers["technical_contact_name"] == "Ana Prado", "nobody else is touched"
    entry = Entry.objects.get(verb="erase")
    assert (entry.subject_kind, entry.subject_id, (entry.after or {})["forms"]) == ("person", pseudonym, 1)
    assert email not in json.dumps([entry.before, entry.after, entry.subject_id, entry.reason])
    with pytest.raises(NobodyNamedError):
        erase_named(stage.vendor["administrator"], email, reason="again", at=AT)


@pytest.mark.django_db
def test_what_was_said_of_an_employee_goes_from_the_journal_and_from_imported_rows(stage: Stage) -> None:
    by, email = stage.one["admin"], "zoe@else.example"
    told: dict[str, Any] = {"partner_id": ONE, "on": ON, "at": AT}
    words = "Zoé, our freelancer"
    actions.add_employee(by=by, email=email, name="Zoé", is_partner_employee=True, explanation=words, **told)
    rows = [{"email": email, "name": "Zoé", "is_partner_employee": "false", "explanation": words}]
    actions.take_in(by=by, table="partner_users", rows=rows, file_name="f.csv", **told)
    added = Entry.objects.get(verb="add")
    assert revealed([added]) == {added.place: {"explanation": words}}
    erase_named(stage.vendor["administrator"], email, reason="asked", at=AT)
    assert revealed([added]) == {added.place: None}
    kept = [list(model._default_manager.values()) for model in (Entry, Employee, ImportedRow)]  # noqa: SLF001
    assert "freelancer" not in json.dumps(kept, default=str)
    assert broken_places() == []


@pytest.mark.django_db
def test_mails_to_others_no_longer_name_the_person_and_name_everybody_else(stage: Stage) -> None:
    person, other = stage.one["employee"].user, stage.one["admin"].user
    said = f"{person.name} ({person.email}) and jo{person.email}"
    queue_mail(key="k", kind="x", to=other.email, language="en", subject=f"{person.name} left", text=said,
               html=f"<p>{said}</p>", at=AT)  # fmt: skip
    queue_mail(key="m", kind="x", to=other.email, language="en", subject="x", text=f"{person.name} invites you",
               html="x", at=AT)  # fmt: skip
    assert naming(person.email)["mails"] == 1
    erase(person, actor="admin", reason="asked", at=AT)
    assert Message.objects.get(key="m").text == "… invites you"
    kept = Message.objects.get(key="k")
    gone = f"erased-{person.pseudonym}@erased.invalid"
    assert (kept.to, kept.subject) == (other.email, "… left")
    assert kept.text == f"… ({gone}) and joemployee@one.example"
    assert kept.html == f"<p>{kept.text}</p>"


@pytest.mark.django_db
def test_mails_about_a_namesake_are_left_as_they_are(stage: Stage) -> None:
    person = stage.one["employee"].user
    person.name = "Ana"
    person.save()
    queue_mail(key="k", kind="x", to="x@two.example", language="en", subject="Ana Prado", text="Ana Prado", html="Ana",
               at=AT)  # fmt: skip
    erase(person, actor="admin", reason="asked", at=AT)
    assert Message.objects.get().text == "Ana Prado"


@pytest.mark.django_db
def test_an_erased_persons_own_sign_in_and_open_invitations_go_too(stage: Stage) -> None:
    person, tokens = stage.one["employee"].user, []
    SocialAccount.objects.create(user=person, provider="x", uid="u1", extra_data={"userinfo": {"name": person.name}})

    def address_of(token: str) -> str:
        tokens.append(token)
        return token

    by = stage.vendor["administrator"]
    for email in (person.email, "zoe@two.example"):
        invite(by, organisation=stage.two["admin"].organisation, email=email, role="employee", language="en",
               address_of=address_of, at=AT)  # fmt: skip
    erase(person, actor="admin", reason="asked", at=AT)
    erase_named(by, "zoe@two.example", reason="asked", at=AT)
    assert not SocialAccount.objects.exists()
    for token in tokens:
        with pytest.raises(InvitationGoneError):
            accept(token, user=None, name="Zoé", at=AT)


@pytest.mark.django_db
def test_whoever_signs_in_is_erased_as_a_person(stage: Stage) -> None:
    with pytest.raises(NobodyNamedError):
        erase_named(stage.vendor["administrator"], stage.one["employee"].user.email, reason="asked", at=AT)


@pytest.mark.django_db
def test_the_vendor_erases_a_named_address_on_the_page(stage: Stage) -> None:
    VendorContact.objects.create(partner_id=ONE, name="Zoé Marin", email="zoe@one.example", role="Manager")
    by = stage.vendor["administrator"]
    by.user.language = "en"
    by.user.save()
    client, address = client_of(by.user), "/journal/erasure?email=Zoe@one.example"
    page = client.get(address).content.decode()
    assert "Erase Zoe@one.example for good?" in page
    assert "Contacts at the vendor" in page
    assert client.post(address, {"typed": "other@one.example", "reason": "asked"}).status_code == 200
    assert VendorContact.objects.exists()
    assert client.post(address, {"typed": "zoe@one.example", "reason": "asked"}).status_code == 302
    assert not VendorContact.objects.exists()
