"""A person's own page, and which mails somebody wants."""

from __future__ import annotations

import pytest
from django.test import Client

from palier.portal.journal.models import Entry
from palier.portal.people.models import Membership, User
from palier.portal.people.preferences import KINDS, link_token, refusals, set_preference, wants
from portal.people.conftest import NOW, signed_in

House = dict[str, Membership]


def test_name_and_language_are_ones_own(house: House) -> None:
    client = signed_in(house["paul"])
    client.post("/me", {"name": "Paul Martin", "language": "fr", "email": "x@y.example", "is_active": ""})
    paul = User.objects.get(pk=house["paul"].user.pk)
    assert (paul.name, paul.language, paul.email, paul.is_active) == ("Paul Martin", "fr", "paul@one.example", True)
    assert '<html lang="fr">' in client.get("/me").content.decode()


@pytest.mark.parametrize("said", [{"name": "", "language": "fr"}, {"name": "Paul", "language": "de"}])
def test_what_cannot_be_kept_is_said_beside_its_field(said: dict[str, str], house: House) -> None:
    response = signed_in(house["paul"]).post("/me", said)
    assert response.status_code == 422
    assert response.content.count(b'aria-invalid="true"') == 1
    assert User.objects.get(pk=house["paul"].user.pk).name == "Paul"


@pytest.mark.parametrize("asked", ["de", "pt-br", "xx", ""])
def test_a_language_that_the_portal_does_not_speak_changes_nothing(asked: str, house: House) -> None:
    client = signed_in(house["paul"])
    answer = client.post("/language", {"language": asked, "next": "/me"})
    house["paul"].user.refresh_from_db()
    assert (answer.status_code, house["paul"].user.language) == (302, "en")
    assert "django_language" not in client.cookies


def test_mails_are_chosen_on_ones_page(house: House) -> None:
    user = house["paul"].user
    assert all(wants(user, kind) for kind in KINDS)
    signed_in(house["paul"]).post("/me/mails", {"wanted": ["report"]})
    assert refusals(user) == {"lapse", "activity"}
    assert [each.verb for each in Entry.objects.all()] == ["mails.refused", "mails.refused"]


def test_notices_of_service_always_go(house: House) -> None:
    set_preference(house["paul"].user, kind="invitation", wanted=False, at=NOW)
    assert wants(house["paul"].user, "invitation")


def test_the_link_of_a_mail_stops_it_without_signing_in_and_reading_changes_nothing(house: House) -> None:
    user, client = house["paul"].user, Client(enforce_csrf_checks=True)
    address = f"/mails/{link_token(user, 'report')}"
    assert client.get(address).status_code == 200
    assert wants(user, "report")
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not wants(user, "report")
    client.post(address, {"again": "1"})
    assert wants(user, "report")


def test_a_link_that_we_did_not_sign_changes_nothing(house: House) -> None:
    token = link_token(house["paul"].user, "report")
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "made:up", link_token(house["paul"].user, "other")):
        assert Client().post(f"/mails/{wrong}").status_code == 404
    assert refusals(house["paul"].user) == frozenset()
