"""Invitations: who may invite, a link that works once and not for ever, and nothing half done."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from palier.portal.journal.models import Entry, Message
from palier.portal.people import actions, limits
from palier.portal.people.errors import (
    AlreadyHereError,
    AlreadyInvitedError,
    AnotherAddressError,
    InvitationGoneError,
    NotAllowedError,
    PeopleError,
    RoleNotHereError,
    SignInFirstError,
    TooManyError,
)
from palier.portal.people.models import Invitation, Membership, Organisation, User
from portal.people.conftest import NOW, PASSWORD, signed_in

House = dict[str, Membership]


def address_of(token: str) -> str:
    return f"https://portal.example/invitation/{token}"


def invited(by: Membership, email: str = "new@one.example", role: str = "employee", **said: str) -> str:
    """Invite, and read the token out of the mail, where its only copy is."""
    place = Organisation.objects.get(fact_id=said.pop("place", by.organisation.fact_id))
    language = said.pop("language", "en")
    actions.invite(by, organisation=place, email=email, role=role, language=language, address_of=address_of, at=NOW)
    return token_to(email)


def token_to(email: str) -> str:
    mail = Message.objects.filter(to=email, kind="invitation").order_by("-pk")[0]
    found = re.search(r"/invitation/([\w-]+)", mail.text)
    assert found is not None
    assert found[1] in mail.html
    return found[1]


def test_an_invitation_is_mailed_in_its_readers_language_as_text_and_html(house: House) -> None:
    invited(house["paul"], language="fr")
    mail = Message.objects.get()
    assert (mail.to, mail.language, mail.kind) == ("new@one.example", "fr", "invitation")
    assert mail.subject == "Vous êtes invité chez One"
    assert "Paul vous invite" in mail.text
    assert "équipe" in mail.text
    assert '<html lang="fr">' in mail.html
    assert "Accepter l’invitation" in mail.html


def test_the_token_stands_in_the_mail_and_nowhere_else(house: House) -> None:
    token = invited(house["paul"])
    kept = Invitation.objects.get()
    assert kept.token_hash == actions.token_hash(token) != token
    assert token not in str([(each.after, each.before, each.reason) for each in Entry.objects.all()])
    assert "new@one.example" not in str([(each.after, each.subject_id) for each in Entry.objects.all()])


def test_whoever_accepts_has_an_account_and_the_role(house: House) -> None:
    token = invited(house["paul"])
    client = Client()
    assert b"new@one.example" in client.get(f"/invitation/{token}").content
    response = client.post(f"/invitation/{token}", {"name": "Nina", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    membership = Membership.objects.get(user__email="new@one.example")
    assert (membership.role, membership.organisation.name, membership.user.name) == ("employee", "One", "Nina")
    assert membership.user.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(membership.user.pk)
    verbs = list(Entry.objects.values_list("verb", flat=True))
    assert verbs == ["invitation.sent", "membership.began"]


def test_an_account_may_come_without_a_password(house: House) -> None:
    token = invited(house["paul"])
    Client().post(f"/invitation/{token}", {"name": "Nina", "password": ""})
    assert not User.objects.get(email="new@one.example").has_usable_password()


@pytest.mark.parametrize("password", ["short", "password1234", "new@one.example", "palierpartner12"])
def test_a_weak_password_is_refused_and_nothing_is_made(password: str, house: House) -> None:
    token = invited(house["paul"])
    response = Client().post(f"/invitation/{token}", {"name": "Nina", "password": password})
    assert response.status_code == 422
    assert b'aria-invalid="true"' in response.content
    assert not User.objects.filter(email="new@one.example").exists()


def test_a_link_works_once(house: House) -> None:
    token = invited(house["paul"])
    actions.accept(token, user=None, name="Nina", at=NOW)
    with pytest.raises(InvitationGoneError):
        actions.accept(token, user=None, name="Nora", at=NOW)
    assert Client().get(f"/invitation/{token}").status_code == 410


def test_a_link_is_over_on_its_seventh_day(house: House) -> None:
    token = invited(house["paul"])
    with pytest.raises(InvitationGoneError):
        actions.accept(token, user=None, name="Nina", at=NOW + timedelta(days=7))
    assert actions.accept(token, user=None, name="Nina", at=NOW + timedelta(days=7, seconds=-1)).name == "Nina"


def test_a_withdrawn_link_no_longer_works(house: House) -> None:
    token = invited(house["paul"])
    actions.withdraw(house["paul"], invitation=Invitation.objects.get(), at=NOW)
    with pytest.raises(InvitationGoneError):
        actions.accept(token, user=None, name="Nina", at=NOW)
    assert Entry.objects.order_by("-place")[0].verb == "invitation.withdrawn"


def test_sent_again_the_first_link_is_dead_and_the_second_works(house: House) -> None:
    first = invited(house["paul"])
    later = NOW + timedelta(days=8)
    actions.send_again(house["paul"], invitation=Invitation.objects.get(), address_of=address_of, at=later)
    second = token_to("new@one.example")
    assert first != second
    with pytest.raises(InvitationGoneError):
        actions.accept(first, user=None, name="Nina", at=later)
    assert actions.accept(second, user=None, name="Nina", at=later).email == "new@one.example"


def test_an_account_joins_a_second_organisation_by_signing_in(house: House) -> None:
    token = invited(house["petra"], "paula@one.example", role="finance")
    with pytest.raises(SignInFirstError):
        actions.accept(token, user=None, name="Somebody", at=NOW)
    with pytest.raises(AnotherAddressError):
        actions.accept(token, user=house["paul"].user, at=NOW)
    actions.accept(token, user=house["paula"].user, at=NOW)
    roles = dict(Membership.objects.filter(user=house["paula"].user).values_list("organisation__name", "role"))
    assert roles == {"One": "employee", "Two": "finance"}


@pytest.mark.parametrize(
    ("who", "place", "role", "error"),
    [
        ("paula", "P1", "employee", NotAllowedError),
        ("petra", "P1", "employee", NotAllowedError),
        ("marc", "P1", "employee", NotAllowedError),
        ("aude", "P1", "employee", NotAllowedError),
        ("carl", "P1", "employee", NotAllowedError),
        ("paul", "", "administrator", NotAllowedError),
        ("paul", "P1", "administrator", RoleNotHereError),
        ("vera", "P1", "owner", RoleNotHereError),
    ],
)
def test_who_may_not_invite(who: str, place: str, role: str, error: type[PeopleError], house: House) -> None:
    with pytest.raises(error):
        invited(house[who], role=role, place=place)
    assert (Invitation.objects.count(), Message.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_the_vendors_administrator_invites_into_a_partner(house: House) -> None:
    invited(house["vera"], role="admin", place="P2")
    assert Invitation.objects.get().organisation.name == "Two"


def test_nobody_is_invited_twice_or_into_what_they_belong_to(house: House) -> None:
    with pytest.raises(AlreadyHereError):
        invited(house["paul"], "PAULA@one.example")
    invited(house["paul"])
    with pytest.raises(AlreadyInvitedError):
        invited(house["paul"], "New@One.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            organisation=house["paul"].organisation, email="NEW@one.example", role="admin", token_hash="0" * 64,
            invited_by=house["paul"].user, invited_at=NOW, expires_at=NOW,
        )  # fmt: skip


def test_the_vendor_makes_an_organisation_and_invites_its_first_person(house: House) -> None:
    said = {"kind": "customer", "name": "Atelier Nord", "fact_id": "C7", "email": "o@nord.example", "language": "fr"}
    response = signed_in(house["vera"]).post("/organisations", said)
    made = Organisation.objects.get(fact_id="C7")
    assert response["Location"] == f"/organisations/{made.pk}"
    kept = Invitation.objects.get()
    assert (kept.organisation, kept.role, kept.language) == (made, "owner", "fr")
    assert list(Entry.objects.values_list("verb", flat=True)) == ["organisation.made", "invitation.sent"]


def test_an_organisation_of_the_same_id_is_refused_whole(house: House) -> None:
    said = {"kind": "partner", "name": "Again", "fact_id": "P1", "email": "o@nord.example", "language": "fr"}
    signed_in(house["vera"]).post("/organisations", said)
    assert not Organisation.objects.filter(name="Again").exists()
    assert Invitation.objects.count() == Entry.objects.count() == 0


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's hour ends while a test counts what is done within one."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.usefixtures("standing_clock")
def test_nobody_invites_at_the_pace_of_a_machine(house: House) -> None:
    client = signed_in(house["paul"])
    address = f"/organisations/{house['paul'].organisation_id}/invite"
    for number in range(61):
        client.post(address, {"email": f"n{number}@one.example", "role": "employee", "language": "en"})
    assert Invitation.objects.count() == 60
    said = [str(each) for each in client.get("/people").context["messages"]]
    assert "You have invited many people within an hour. Wait a little, then go on." in said


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_invite_an_address_at_once_one_is_told_that_it_waits(house: House) -> None:
    start = Barrier(2)

    def told(by: Membership) -> str:
        start.wait()
        try:
            invited(by, place="P1")
        except AlreadyInvitedError:
            return "waits"
        finally:
            connection.close()
        return "invited"

    with ThreadPoolExecutor(max_workers=2) as both:
        assert sorted(both.map(told, (house["paul"], house["vera"]))) == ["invited", "waits"]
    assert Invitation.objects.count() == 1


@pytest.mark.usefixtures("standing_clock")
def test_an_organisation_with_its_first_invitation_counts_as_one(house: House) -> None:
    for _ in range(60):
        limits.spend("invitation", house["vera"].user.pseudonym, at=timezone.now(), limit=60)
    said = {"kind": "customer", "name": "Atelier", "fact_id": "C7", "email": "o@nord.example", "language": "fr"}
    signed_in(house["vera"]).post("/organisations", said)
    assert not Organisation.objects.filter(fact_id="C7").exists()


def test_a_pause_of_ten_minutes_does_not_forget_what_was_spent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache counts on for five minutes by itself."""
    del house
    limits.spend("join", "203.0.113.1", at=NOW, limit=2, seconds=86_400)
    limits.spend("join", "203.0.113.1", at=NOW, limit=2, seconds=86_400)
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: timezone.now() + timedelta(minutes=10))
    with pytest.raises(TooManyError):
        limits.spend("join", "203.0.113.1", at=NOW + timedelta(minutes=10), limit=2, seconds=86_400)


def test_an_invitation_page_is_kept_by_no_cache(house: House) -> None:
    token = invited(house["paul"])
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert "no-store" in Client().get(f"/invitation/{token}")["Cache-Control"]
