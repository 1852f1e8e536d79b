"""The vendor's pages of runs, mails and the journal, the demo's mailbox, and erasing a person."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from palier.facts.tables import TABLES
from palier.portal.journal.actions import broken_places, record
from palier.portal.journal.models import Entry, Message, Occurrence
from palier.portal.journal.outbox import queue_mail
from palier.portal.people.actions import end_membership
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.runs.actions import NotDeadError, ask_run, identify, own, resend
from palier.portal.runs.erasure import LastAdministratorError, erase_person
from palier.portal.runs.models import Attempt, Feed, Identity
from palier.portal.runs.ownership import owners
from palier.portal.runs.permissions import NotAllowedError
from portal.conftest import NOW, ON, client_of

pytestmark = pytest.mark.django_db


def member(kind: str, role: str, *, fact_id: str = "") -> Membership:
    organisation, _ = Organisation.objects.get_or_create(kind=kind, fact_id=fact_id, defaults={"name": kind})
    user = User.objects.create_user(f"{role}.{fact_id or kind}@example.com", name=f"{role} {fact_id}", language="en")
    return Membership.objects.create(user=user, organisation=organisation, role=role)


def page_of(membership: Membership, address: str) -> str:
    response = client_of(membership.user).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def queue(to: str, *, key: str = "k") -> Message:
    with transaction.atomic():
        return queue_mail(
            key=key, kind="news", to=to, language="en", subject="News", text="Hello", html="<p>Hello</p>", at=NOW
        )


def test_the_runs_page_teaches_while_nothing_runs() -> None:
    assert "No program runs here yet" in page_of(member("vendor", "auditor"), "/runs")


def test_the_runs_page_says_what_failed_and_that_nothing_changed(feed: Feed) -> None:
    Attempt.objects.create(
        key="x", program=feed.program, wanted_on=ON, asked_by="schedule", asked_at=NOW, state="failed",
        started_at=NOW, finished_at=NOW + timedelta(seconds=3), problem="sales.csv: <no> column",
    )  # fmt: skip
    shown = page_of(member("vendor", "reviewer"), "/runs")
    assert "The last run failed" in shown
    assert "sales.csv: &lt;no&gt; column" in shown
    assert "Run again" not in shown
    assert "Run again" in page_of(member("vendor", "manager"), "/runs")


def test_a_run_is_asked_for_once_and_planned(feed: Feed) -> None:
    by = member("vendor", "manager")
    first = ask_run(by, feed, on=ON, at=NOW)
    assert ask_run(by, feed, on=ON, at=NOW + timedelta(seconds=1)).pk == first.pk
    occurrence = Occurrence.objects.get(kind="asked_run")
    assert first.key == f"{occurrence.key}#1"
    assert Entry.objects.filter(verb="ask_run", actor=by.user.pseudonym).count() == 1


@pytest.mark.parametrize(
    ("kind", "role"),
    [("vendor", "reviewer"), ("vendor", "auditor"), ("vendor", "vendor_finance"), ("partner", "admin")],
)
def test_others_ask_for_nothing_and_resend_nothing(feed: Feed, kind: str, role: str) -> None:
    by = member(kind, role)
    with pytest.raises(NotAllowedError):
        ask_run(by, feed, on=ON, at=NOW)
    message = queue("x@example.com")
    with pytest.raises(NotAllowedError):
        resend(by, message, at=NOW)
    assert Attempt.objects.count() == Entry.objects.count() == 0


def test_a_dead_mail_is_shown_with_its_problem_and_sent_again() -> None:
    by = member("vendor", "manager")
    message = queue("x@example.com")
    Message.objects.update(dead_at=NOW, problem="550 no such user")
    shown = page_of(by, "/mail")
    assert "1 mail could not be delivered" in shown
    assert "550 no such user" in shown
    assert client_of(by.user).post(f"/mail/{message.pk}/again").status_code == 302
    message.refresh_from_db()
    assert message.dead_at is None
    with pytest.raises(NotDeadError):
        resend(by, message, at=NOW)


def test_the_mailbox_shows_a_mail_without_script_to_its_reader_only() -> None:
    ines, yann = member("partner", "admin", fact_id="P1"), member("partner", "employee", fact_id="P1")
    message = queue(ines.user.email)
    Message.objects.update(delivered_at=NOW)
    assert "News" in page_of(ines, "/mailbox")
    assert "News" not in page_of(yann, "/mailbox")
    assert "News" in page_of(member("vendor", "auditor"), "/mailbox")
    assert client_of(yann.user).get(f"/mailbox/{message.pk}/html").status_code == 404
    frame = client_of(ines.user).get(f"/mailbox/{message.pk}/html")
    assert "sandbox" in frame["Content-Security-Policy"]
    assert "script" not in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    around = client_of(ines.user).get(f"/mailbox/{message.pk}")
    assert "frame-src 'self'" in around["Content-Security-Policy"]
    assert "sandbox" in around.content.decode()


def test_there_is_no_mailbox_outside_of_the_demo(settings: Settings) -> None:
    settings.DEMO = False
    assert client_of(member("vendor", "administrator").user).get("/mailbox").status_code == 404


def note(actor: Membership, subject_kind: str, subject_id: str, *, reason: str) -> None:
    with transaction.atomic():
        record(
            actor=actor.user.pseudonym, verb="try", subject_kind=subject_kind, subject_id=subject_id, at=NOW,
            reason=reason, after={"on": subject_id},
        )  # fmt: skip


def test_a_partner_reads_its_own_entries_and_nobody_elses() -> None:
    one, two = member("partner", "admin", fact_id="P1"), member("partner", "admin", fact_id="P2")
    vendor, auditor = member("vendor", "administrator"), member("vendor", "auditor")
    Membership.objects.update(started_at=NOW - timedelta(days=1))
    note(one, "employee", "U1", reason="canary of one")
    note(two, "employee", "U2", reason="canary of two")
    note(vendor, "partner", "P1", reason="breach of one")
    note(vendor, "partner", "P2", reason="breach of two")
    mine = page_of(one, "/journal")
    assert "canary of one" in mine
    assert "breach of one" in mine
    assert "of two" not in mine
    assert "of two" not in page_of(one, f"/journal?actor={two.user.pseudonym}")
    assert "of two" not in page_of(one, "/journal?subject=partner:P2")
    everything = page_of(auditor, "/journal")
    assert all(f"{what} of {whose}" in everything for what in ("canary", "breach") for whose in ("one", "two"))
    assert "canary" not in page_of(auditor, "/journal?subject=partner:P2")


def test_a_partner_reads_what_others_did_to_its_peoples_seats() -> None:
    one, two = member("partner", "admin", fact_id="P1"), member("partner", "admin", fact_id="P2")
    colleague, vendor = member("partner", "employee", fact_id="P1"), member("vendor", "administrator")
    end_membership(vendor, membership=colleague, reason="left the company", at=NOW)
    assert "left the company" in page_of(one, "/journal")
    assert "left the company" not in page_of(two, "/journal")


def test_who_works_for_two_companies_shows_neither_to_the_other() -> None:
    one, two = member("partner", "admin", fact_id="P1"), member("partner", "admin", fact_id="P2")
    shared = member("partner", "employee", fact_id="P1")
    Membership.objects.create(user=shared.user, organisation=two.organisation, role="employee")
    Membership.objects.update(started_at=NOW - timedelta(days=1))
    note(shared, "access", "X1", reason="for which company")
    assert "for which company" not in page_of(one, "/journal")
    assert "for which company" not in page_of(two, "/journal")


def test_erasing_a_person_leaves_the_chain_and_no_name(client: Client) -> None:
    del client
    by = member("vendor", "administrator")
    gone = member("partner", "admin", fact_id="P1")
    with transaction.atomic():
        record(
            actor=by.user.pseudonym, verb="invite", subject_kind="person", subject_id=gone.user.pseudonym, at=NOW,
            person=gone.user.pseudonym, personal={"email": gone.user.email},
        )  # fmt: skip
    queue(gone.user.email)
    email, name = gone.user.email, gone.user.name
    assert email in page_of(by, "/journal")
    erase_person(by, gone.user, reason="at their wish", at=NOW)
    assert broken_places() == []
    shown = page_of(by, "/journal")
    assert email not in shown
    assert name not in shown
    assert "erased with the person" in shown
    gone.refresh_from_db()
    assert gone.ended_at == NOW
    assert not Message.objects.filter(to=email).exists()
    assert not User.objects.filter(email=email).exists()


def test_the_last_administrator_stays_and_others_erase_nobody() -> None:
    by = member("vendor", "administrator")
    with pytest.raises(LastAdministratorError):
        erase_person(by, by.user, reason="x", at=NOW)
    with pytest.raises(NotAllowedError):
        erase_person(member("vendor", "manager"), by.user, reason="x", at=NOW)
    assert Entry.objects.count() == 0


def test_ownership_and_identity_are_journalled_once(feed: Feed, tmp_path: Path) -> None:
    del feed, tmp_path
    for _ in range(2):
        own("partner_users", "portal", actor="x", at=NOW)
        identify("user", "U1", "77", actor="x", at=NOW)
    assert Entry.objects.filter(verb__in=["own", "identify"]).count() == 2


def test_the_runs_page_names_each_tables_owner_since_when_and_both_ids(feed: Feed) -> None:
    by = member("vendor", "auditor")
    with transaction.atomic():
        record(
            actor="feed", verb="feed", subject_kind="program", subject_id=feed.program, at=NOW - timedelta(days=2)
        )  # fmt: skip
    assert "by the same id" in page_of(by, "/runs")
    own("partner_users", "portal", actor="x", at=NOW)
    identify("customer", "C-portal", "C-warehouse", actor="x", at=NOW)
    shown = page_of(by, "/runs")
    owned = re.findall(r"<code>(\w+)</code></th><td[^>]*>(\w+)</td><td[^>]*>([^<]+)</td>", shown)
    assert len(owned) == len(TABLES)
    told = {table: (owner, since) for table, owner, since in owned}
    assert told["partner_users"] == ("portal", "20 November 2026, 09:00\xa0UTC")
    assert told["sales"] == ("warehouse", "18 November 2026, 09:00\xa0UTC")
    assert "1 thing has another id in the warehouse" in shown
    assert shown.index("C-portal") < shown.index("C-warehouse")


@pytest.mark.parametrize("role", ["administrator", "manager", "auditor"])
def test_an_administrator_gives_a_table_to_the_other_side(role: str, feed: Feed) -> None:
    """Every table is the warehouse's here; the portal writes partners' users, and no sales."""
    del feed
    by = member("vendor", role)

    def give(table: str, owner: str) -> int:
        return client_of(by.user).post(f"/runs/tables/{table}/owner", {"owner": owner}).status_code

    may = role == "administrator"
    assert ("Give partner_users to the portal" in page_of(by, "/runs")) == may
    assert "Give sales" not in page_of(by, "/runs")
    assert give("partner_users", "portal") == give("partner_users", "portal") == (302 if may else 403)
    assert owners()["partner_users"] == ("portal" if may else "warehouse")
    told = [(each.subject_id, each.before, each.after) for each in Entry.objects.filter(verb="own")]
    assert told == [("partner_users", {"owner": "warehouse"}, {"owner": "portal"})] * may
    if may:
        assert "Give partner_users to the warehouse" in page_of(by, "/runs")
        assert [give("sales", "portal"), give("nothing", "portal"), give("partner_users", "me")] == [404] * 3
        assert owners()["sales"] == "warehouse"


def sent(by: Membership, *rows: str) -> HttpResponse:
    text = "\n".join(["kind,portal_id,warehouse_id", *rows]) + "\n"
    return client_of(by.user).post("/runs/identities", {"file": SimpleUploadedFile("ids.csv", text.encode())})  # type: ignore[return-value]  # Django's own


def test_the_identity_map_comes_and_goes_as_a_file() -> None:
    by = member("vendor", "administrator")
    assert sent(member("vendor", "manager"), "user,U1,71").status_code == 403
    assert sent(by, "user,U1,71", "user,U2,72", "customer,C1,71").status_code == 302
    assert sent(by, "user,U1,72", "user,U2,71").status_code == 302, "two may exchange their ids"
    pairs = set(Identity.objects.values_list("kind", "portal_id", "warehouse_id"))
    assert pairs == {("user", "U1", "72"), ("user", "U2", "71"), ("customer", "C1", "71")}
    assert Entry.objects.filter(verb="identify").count() == 2
    content = client_of(by.user).get("/runs/identities.csv").content
    assert sent(by, *content.decode("utf-8-sig").splitlines()[1:]).status_code == 302
    assert Entry.objects.filter(verb="identify").count() == 2, "the same file twice changes nothing"
    assert broken_places() == []
    shown = page_of(member("vendor", "auditor"), "/runs/identities")
    assert "3 things have other ids in the warehouse" in shown
    assert 'type="file"' not in shown


def test_a_file_of_ids_with_problems_is_taken_in_not_at_all() -> None:
    by = member("vendor", "administrator")
    identify("user", "U9", "90", actor="x", at=NOW)
    answer = sent(by, "user,U1,71", "user,U2,71", "thing,U3,73", "user,,74", "user,U1,75", "user,U4,90")
    said = unescape(answer.content.decode())
    assert answer.status_code == 422
    for told in (
        "warehouse_id: “71” stands for U1 already", "kind: “thing” is none of partner, customer, user",
        "portal_id: is empty", "portal_id: “U1” stands in an earlier line already",
        "warehouse_id: “90” stands for U9 already",
    ):  # fmt: skip
        assert told in said
    assert [each.portal_id for each in Identity.objects.all()] == ["U9"]
    wrong = client_of(by.user).post("/runs/identities", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert (wrong.status_code, "kind, portal_id, warehouse_id" in wrong.content.decode()) == (422, True)


def erased(by: Membership, email: str, **said: str) -> HttpResponse:
    return client_of(by.user).post(f"/journal/erasure?email={email}", said)  # type: ignore[return-value]  # Django's own


def test_an_administrator_erases_a_person_on_a_page_after_typing_the_address() -> None:
    by, gone = member("vendor", "administrator"), member("partner", "admin", fact_id="P1")
    email, pseudonym = gone.user.email, gone.user.pseudonym
    assert "/journal/erasure" in page_of(by, "/journal")
    assert "/journal/erasure" not in page_of(member("vendor", "auditor"), "/journal")
    assert "Nobody signs in with" in page_of(by, "/journal/erasure?email=nobody@example.com")
    assert "Erase admin P1 for good?" in page_of(by, f"/journal/erasure?email={email}")
    assert "not the address" in erased(by, email, typed="other@example.com", reason="at their wish").content.decode()
    assert "names the person" in erased(by, email, typed=email, reason=f"{email} asked").content.decode()
    assert User.objects.filter(email=email).exists()
    answer = erased(by, email, typed=email.upper(), reason="at their wish")
    assert (answer.status_code, answer["Location"]) == (302, f"/journal?subject=person%3A{pseudonym}")
    assert not User.objects.filter(email=email).exists()
    entry = Entry.objects.get(verb="erase", subject_id=pseudonym)
    assert (entry.actor, entry.reason) == (by.user.pseudonym, "at their wish")
    assert broken_places() == []


@pytest.mark.parametrize("role", ["manager", "auditor", "reviewer"])
def test_nobody_else_erases_anybody_on_the_page(role: str) -> None:
    by, gone = member("vendor", role), member("partner", "admin", fact_id="P1")
    assert client_of(by.user).get("/journal/erasure").status_code == 403
    assert erased(by, gone.user.email, typed=gone.user.email, reason="x").status_code == 403
    assert Entry.objects.count() == 0


def test_the_last_administrator_is_not_erased_on_the_page() -> None:
    by = member("vendor", "administrator")
    answer = erased(by, by.user.email, typed=by.user.email, reason="at their wish")
    assert "last administrator" in answer.content.decode()
    assert User.objects.filter(email=by.user.email, is_active=True).exists()
