"""Pages of partners in a browser that only speaks HTTP: what they ask, show, refuse and say."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from palier.portal.journal.models import Entry, Message
from palier.portal.partners.asked import AWAITING, CANDIDATES, TEAM_WORK, Awaiting, Candidate, TeamWork, Worked
from palier.portal.partners.facts import EXPORTS
from palier.portal.partners.models import Application, Company, ContactForm, Decision, Domain, Employee, Influenced
from palier.portal.partners.queries import suspended_from
from palier.portal.people.models import Membership
from palier.portal.templatetags.days import spoken
from portal.conftest import client_of
from portal.partners.people import ON, ONE, Stage


def browser(by: Membership, language: str = "en") -> Client:
    by.user.language = language
    by.user.save()
    return client_of(by.user)


@pytest.fixture
def worked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Employee:
    """A person who alone carries the credit of a customer."""
    del stage
    made = Employee.objects.create(
        user_id="U1", partner_id=ONE, email="ana@one.example", is_partner_employee=True, added_on=date(2025, 1, 1)
    )
    told = TeamWork(ON, (Worked("U1", "C1", ON, date(2027, 2, 18)),), {"C1": "Client"}, {"C1": Fraction(25, 2)})
    monkeypatch.setattr(TEAM_WORK, "_answer", lambda _: told)
    return made


def test_the_team_says_whose_work_counts(stage: Stage, worked: Employee) -> None:
    Employee.objects.create(user_id="U2", partner_id=ONE, email="bo@one.example", added_on=ON)
    page = browser(stage.one["employee"]).get(reverse("partners:team")).content.decode()
    assert "The work of 1 of 2 people counts." in page
    assert "not tagged as partner employee" in page
    assert "until 18 February 2027" in page
    assert reverse("partners:employee_change", args=[worked.user_id, "delete"]) not in page, "an employee only reads"
    assert "ana@one.example" in browser(stage.vendor["auditor"]).get(f"/partners/{ONE}/team").content.decode()


def test_a_change_shows_its_consequence_first_and_is_made_on_confirmation(stage: Stage, worked: Employee) -> None:
    client, address = browser(stage.one["admin"]), reverse("partners:employee_change", args=["U1", "delete"])
    page = client.get(address).content.decode()
    assert "12.5 managed points of 1 customer end at once." in page
    worked.refresh_from_db()
    assert worked.deleted_on is None, "nothing is done by looking"
    assert client.post(address, follow=True).status_code == 200
    worked.refresh_from_db()
    assert worked.deleted_on is not None
    assert client.get(address).status_code == 404
    later = reverse("partners:employee_change", args=["U1", "explode"])
    assert client.get(later).status_code == 404


def test_an_address_elsewhere_is_asked_why(stage: Stage) -> None:
    client = browser(stage.one["admin"])
    told = {"email": "ana@else.example", "name": "Ana", "is_partner_employee": "on"}
    refused = client.post(reverse("partners:employee_add"), told)
    assert refused.status_code == 400
    assert "else.example is not one of your approved domains" in refused.content.decode()
    taken = client.post(reverse("partners:employee_add"), told | {"explanation": "Freelancer"})
    assert taken["Location"] == reverse("partners:team")
    assert Employee.objects.get().explanation == "Freelancer"


def test_the_form_says_its_deadline_and_is_filed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(stage.one["employee"], "fr")
    monkeypatch.setattr(AWAITING, "_answer", lambda *_: Awaiting("leading", date(2099, 1, 1), date(2099, 1, 15)))
    page = client.get(reverse("partners:contacts")).content.decode()
    assert "avant la fin du 15 janvier 2099" in page
    half = client.post(reverse("partners:contacts"), {"technical_contact_name": "Ana"})
    assert half.status_code == 400
    assert not ContactForm.objects.exists()
    told = {"technical_contact_name": "Ana", "technical_contact_email": "ana@one.example"}
    assert client.post(reverse("partners:contacts"), told)["Location"] == reverse("partners:contacts")
    assert ContactForm.objects.get().deadline_on == date(2099, 1, 15)
    assert "Ana" in client.get(reverse("partners:contacts")).content.decode()


def test_a_form_that_comes_late_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AWAITING, "_answer", lambda *_: Awaiting("leading", date(2026, 1, 15), date(2026, 1, 29)))
    client = browser(stage.one["admin"])
    assert "was due at the end of 29 January 2026" in client.get(reverse("partners:contacts")).content.decode()
    told = {"technical_contact_name": "Ana", "technical_contact_email": "ana@one.example"}
    page = client.post(reverse("partners:contacts"), told, follow=True).content.decode()
    assert "too late for this cycle" in page
    assert ContactForm.objects.get().waits_for_on is not None


def test_the_vendor_decides_and_the_partner_reads_why(stage: Stage) -> None:
    client, address = browser(stage.vendor["reviewer"]), reverse("partners:decisions_of", args=[ONE])
    told = {
        "act": "decide",
        "program": "solutions",
        "kind": "suspended",
        "effective_on": "2026-01-20",
        "reason": "Spam",
    }
    assert client.post(address, told | {"reason": ""}).status_code == 400
    assert client.post(address, told | {"kind": "override"}).status_code == 400
    assert client.post(address, told | {"act": "dance"}).status_code == 404
    assert client.post(address, told)["Location"] == address
    assert Decision.objects.get().kind == "suspended"
    page = browser(stage.one["finance"]).get(reverse("partners:decisions")).content.decode()
    assert "You are suspended." in page
    assert "Spam" in page
    assert browser(stage.vendor["auditor"]).post(address, told).status_code == 403


def test_a_suspension_is_told_from_its_day_until_the_day_it_is_ended(stage: Stage) -> None:
    vendor, address = browser(stage.vendor["reviewer"]), reverse("partners:decisions_of", args=[ONE])
    partner, own = browser(stage.one["finance"]), reverse("partners:decisions")
    breached, eve, coming, last, over = (
        timezone.now().date() + timedelta(days=ahead) for ahead in (60, 93, 94, 119, 120)
    )
    told = {"act": "decide", "program": "solutions", "kind": "suspended", "reason": "Spam"}
    vendor.post(address, told | {"effective_on": coming.isoformat()})
    assert f"You will be suspended from {spoken(coming)}." in partner.get(own).content.decode()
    assert f"One will be suspended from {spoken(coming)}." in vendor.get(address).content.decode()
    vendor.post(address, told | {"kind": "restored", "effective_on": over.isoformat()})
    days = [(eve, coming), (coming, coming), (last, coming), (over, None)]
    assert [suspended_from(ONE, on) for on, _ in days] == [since for _, since in days]
    vendor.post(address, {"act": "breach", "effective_from": breached.isoformat(), "reason": "Spam"})
    assert f"You will be suspended from {spoken(breached)}." in partner.get(own).content.decode()
    assert f"Since {spoken(breached)}" not in partner.get(own).content.decode()
    vendor.post(address, {"act": "breach", "effective_from": "2026-01-20", "reason": "Spam"})
    assert "You are suspended." in partner.get(own).content.decode()


def test_a_domain_travels_from_wish_to_approval(stage: Stage) -> None:
    assert browser(stage.one["admin"]).post(reverse("partners:company"), {"domain": "two.example"}).status_code == 302
    address = reverse("partners:company_of", args=[ONE])
    told = {"act": "approve", "domain": "two.example"}
    assert browser(stage.vendor["reviewer"]).post(address, told).status_code == 403
    assert browser(stage.vendor["manager"]).post(address, told).status_code == 302
    assert Domain.objects.get(domain="two.example").approved_on is not None
    held = Domain.objects.get(domain="two.example")
    revoke = {"act": "revoke", "domain_id": str(held.pk), "reason": ""}
    assert browser(stage.vendor["manager"]).post(address, revoke).status_code == 400
    named = {"act": "name", "name": "Noé", "email": "noe@vendor.example", "role": "Partner manager"}
    assert browser(stage.vendor["manager"]).post(address, named).status_code == 302
    assert "Noé" in browser(stage.one["finance"]).get(reverse("partners:company")).content.decode()


def test_anybody_applies_but_not_without_end(stage: Stage) -> None:
    cache.clear()
    told = {
        "company": "Three", "country": "FR", "domain": "three.example", "contact": "Cy", "level": "solutions/provider",
        "payment_currency": "EUR",
    }  # fmt: skip
    stranger = Client()
    assert stranger.post(reverse("partners:join"), told).status_code == 400
    for number in range(4):
        sent = stranger.post(reverse("partners:join"), told | {"email": f"cy{number}@three.example"})
        assert sent["Location"] == reverse("partners:joined")
    assert stranger.post(reverse("partners:join"), told | {"email": "di@three.example"}).status_code == 429
    assert Application.objects.count() == 4
    held = Application.objects.earliest("pk")
    address = reverse("partners:application", args=[held.application_id])
    page = browser(stage.vendor["reviewer"], "fr").get(address).content.decode()
    assert "<dd>France</dd>" in page
    assert "<dd>euro (EUR)</dd>" in page
    assert browser(stage.vendor["reviewer"]).post(address, {"act": "accept"}).status_code == 302
    assert Company.objects.get(name="Three").payment_currency == "EUR"
    assert browser(stage.vendor["reviewer"]).post(address, {"act": "accept"}).status_code == 400
    cache.clear()


def test_an_import_says_which_managed_credit_ends(stage: Stage, worked: Employee) -> None:
    """D42-55: a file that deactivates, untags or deletes people names their customers before it is taken in."""
    head = "user_id,partner_id,email,is_partner_employee,added_on,deactivated_on,deleted_on\n"
    address, manager = reverse("partners:import", args=["partner_users"]), browser(stage.vendor["manager"])

    def shown(row: str) -> str:
        sent = SimpleUploadedFile("people.csv", (head + row).encode())
        return manager.post(address, {"file": sent}).content.decode()

    row = f"{worked.user_id},{ONE},ana@one.example,{{}},2025-01-01,{{}},{{}}\n"
    deactivated = shown(row.format("true", "2026-11-20", ""))
    assert "No managed points end at once." in deactivated
    assert "end on 18 February 2027, unless a colleague works there" in deactivated
    for ends in (row.format("false", "", ""), row.format("true", "", "2026-11-20")):
        told = shown(ends)
        assert "12.5 managed points end at once." in told
        assert "Client" in told
    assert "end at once" not in shown(row.format("true", "", "").replace("ana@", "anna@"))
    team = SimpleUploadedFile("team.csv", b"email,name,is_partner_employee,explanation\nana@one.example,Ana,false,\n")
    own = browser(stage.one["admin"]).post(address, {"file": team}).content.decode()
    assert "12.5 managed points end at once." in own
    worked.refresh_from_db()
    assert worked.is_partner_employee, "nothing is written before it is confirmed"


def test_the_vendor_says_in_which_currency_commissions_are_paid(stage: Stage) -> None:
    address = reverse("partners:company_of", args=[ONE])
    told = {"act": "currency", "currency": "CAD"}
    assert browser(stage.vendor["reviewer"]).post(address, told).status_code == 403
    assert browser(stage.vendor["manager"]).post(address, told | {"currency": "XXX"}).status_code == 400
    assert browser(stage.vendor["manager"]).post(address, told).status_code == 302
    assert browser(stage.vendor["manager"]).post(address, told).status_code == 400
    assert Company.objects.get(partner_id=ONE).payment_currency == "CAD"
    assert [row["payment_currency"] for row in EXPORTS["partners"]() if row["partner_id"] == ONE] == ["CAD"]
    entry = Entry.objects.get(verb="change currency")
    assert (entry.subject_id, entry.after) == (ONE, {"payment_currency": "CAD"})
    assert "Canadian Dollar (CAD)" in browser(stage.one["finance"]).get(reverse("partners:company")).content.decode()


def test_a_candidate_is_invited_from_the_queue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CANDIDATES, "_answer", lambda: (Candidate(ONE, "elite", ("invitation",)),))
    client, address = browser(stage.vendor["manager"]), reverse("partners:elite")
    assert "1 partner reaches Elite by its figures." in client.get(address).content.decode()
    told = {"partner_id": ONE, "act": "invite", "reason": "Great"}
    assert client.post(address, told)["Location"] == address
    page = client.get(address).content.decode()
    assert "No partner reaches Elite by its figures alone." in page
    assert "Great" in page
    assert client.post(address, told).status_code == 400
    assert Message.objects.filter(kind="partners.elite").count() == 1
    long = {"act": "failed", "partner_id": ONE, "reason": "x" * 1001}
    assert client.post(address, long).status_code == 400, "longer than the column of either database"


def test_gates_and_tables_are_named_in_the_language_of_the_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CANDIDATES, "_answer", lambda: (Candidate(ONE, "elite", ("account_review",)),))
    client = browser(stage.vendor["administrator"], "fr")
    assert "Examen du compte" in client.get(reverse("partners:elite")).content.decode()
    page = client.get(reverse("partners:import", args=["partner_users"])).content.decode()
    assert "Transactions influencées" in page
    assert "Influenced sales" not in page


def test_a_deal_is_submitted_and_refused(stage: Stage) -> None:
    told = {
        "customer_said": "Client", "role": "sourced", "amount": "123.45", "currency": "EUR", "closed_on": "2026-01-15",
        "story": "We met",
    }  # fmt: skip
    client = browser(stage.one["employee"])
    assert client.post(reverse("partners:influence"), told).status_code == 302
    held = Influenced.objects.get()
    assert held.mrr_minor == 12_345
    vendor, address = browser(stage.vendor["reviewer"]), reverse("partners:influence_of", args=[held.influenced_id])
    assert "Client" in vendor.get(reverse("partners:influence_queue")).content.decode()
    match = {"act": "accept", "customer_id": "nobody", "amount": "1", "currency": "EUR"}
    assert vendor.post(address, match).status_code == 400
    assert vendor.post(address, {"act": "refuse", "reason": "Unknown deal"}).status_code == 302
    page = client.get(reverse("partners:influence")).content.decode()
    assert "Unknown deal" in page
    assert "EUR 123.45" in page.replace("\xa0", " ")


def test_a_file_is_previewed_taken_and_taken_back(stage: Stage) -> None:
    client, address = browser(stage.one["admin"]), reverse("partners:import", args=["partner_users"])
    content = b"email,name,is_partner_employee,explanation\nana@one.example,Ana,true,\nbad,Bo,true,\n"
    page = client.post(address, {"file": SimpleUploadedFile("team.csv", content)}).content.decode()
    assert "This file adds 1 rows and changes 0." in page
    assert not Employee.objects.exists()
    kept = {"content": b64encode(content).decode(), "name": "team.csv"}
    rejected = client.post(address, kept | {"act": "rejected"})
    assert rejected["Content-Disposition"] == 'attachment; filename="rejected-team.csv"'
    assert "is no e-mail address" in rejected.content.decode()
    assert client.post(address, kept | {"act": "take"})["Location"] == address
    assert Employee.objects.get().email == "ana@one.example"
    page = client.get(address).content.decode()
    start = page.index("/imports/import-")
    undo = page[start : page.index('"', start)]
    assert client.post(undo, follow=True).status_code == 200
    assert not Employee.objects.exists()
    out = client.get(reverse("partners:export", args=["partner_users"])).content.decode("utf-8-sig")
    assert out.splitlines() == ["email,name,is_partner_employee,explanation"]
    assert client.get(reverse("partners:import", args=["attestations"])).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "CSV UTF-8"),
        ("email,name,is_partner_employee,explanation\nzoe@one.example,Zoé,true,\n".encode("cp1252"), "CSV UTF-8"),
        ("email\tname\n".encode("utf-16"), "CSV UTF-8"),
        (b'email,name,is_partner_employee,explanation\na@one.example,"A,true,\n', "on line 2 is not closed"),
        (b"", "no CSV file"),
        (b"\n \n,,,\n", "it is empty"),
        (b"email,name\n", "The header lacks: is_partner_employee, explanation"),
        (b"email,name,is_partner_employee,explanation,salary\n", "or twice"),
        (b"x" * (512 * 1024 + 1), "larger than 512"),
        (b"email,name,is_partner_employee,explanation\n" + b"a,b,true,\n" * 5001, "at most 5000"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(stage: Stage, content: bytes, said: str) -> None:
    address = reverse("partners:import", args=["partner_users"])
    answer = browser(stage.one["admin"]).post(address, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_a_french_spreadsheets_file_is_read_and_its_lines_are_named(stage: Stage) -> None:
    client, address = browser(stage.one["admin"]), reverse("partners:import", args=["partner_users"])
    header = "\ufeffemail;name;is_partner_employee;explanation\n"
    content = (
        header + "zoe@one.example;Zoé;oui;\n;;;\n\nbad;Bo;oui;\n" + f"ana@one.example;{'A' * 201};oui;\n"
    ).encode()
    page = client.post(address, {"file": SimpleUploadedFile("équipe.csv", content)}).content.decode()
    assert "This file adds 1 rows and changes 0." in page
    assert '<th scope="row">5</th>' in page, "empty lines are passed over, and lines keep their numbers"
    assert "longer than 200" in page
    kept = {"content": b64encode(content).decode(), "name": "équipe.csv", "act": "take"}
    assert client.post(address, kept).status_code == 302
    again = client.post(address, {"file": SimpleUploadedFile("équipe.csv", content)}).content.decode()
    assert "No row of this file can be taken in yet." in again, "the same file twice changes nothing"
    assert Employee.objects.get().name == "Zoé"
    out = client.get(reverse("partners:export", args=["partner_users"])).content
    assert out.startswith(b"\xef\xbb\xbf"), "spreadsheets read it as UTF-8"
    unchanged = client.post(address, {"file": SimpleUploadedFile("back.csv", out)}).content.decode()
    assert "This file changes nothing." in unchanged


def test_a_file_that_takes_tags_away_says_whose_before_it_is_taken(stage: Stage, worked: Employee) -> None:
    client, address = browser(stage.one["admin"]), reverse("partners:import", args=["partner_users"])
    content = b"email,name,is_partner_employee,explanation\nana@one.example,Ana,false,\n"
    page = client.post(address, {"file": SimpleUploadedFile("team.csv", content)}).content.decode()
    assert "1 person loses the tag of partner employee: ana@one.example." in page
    worked.refresh_from_db()
    assert worked.is_partner_employee, "nothing is written before it is confirmed"
