"""A second factor that a role needs: nothing else opens until it is set up, and confirmed in this session."""

from __future__ import annotations

import pytest
from django.test import Client

from palier.portal.journal.models import Entry
from palier.portal.people.errors import NotAllowedError
from palier.portal.people.factors import require, required_roles
from palier.portal.people.models import Membership
from portal.people.conftest import NOW, PASSWORD, signed_in
from portal.people.test_sign_in import app_of, code_now, enter

House = dict[str, Membership]


def test_only_the_vendors_administrator_requires_it_and_the_journal_says_so(house: House) -> None:
    for who in ("marc", "aude", "paul", "paula", "carl"):
        with pytest.raises(NotAllowedError):
            require(house[who], roles=["admin"], at=NOW)
    require(house["vera"], roles=["admin", "administrator"], at=NOW)
    require(house["vera"], roles=["admin"], at=NOW)
    require(house["vera"], roles=["admin"], at=NOW)
    assert required_roles() == {"admin"}
    said = [(each.before, each.after) for each in Entry.objects.all()]
    assert said == [([], ["admin", "administrator"]), (["admin", "administrator"], ["admin"])]


def test_the_page_ticks_and_unticks_roles(house: House) -> None:
    client = signed_in(house["vera"])
    client.post("/second-factor", {"roles": ["admin", "owner"]})
    assert required_roles() == {"admin", "owner"}
    client.post("/second-factor", {})
    assert required_roles() == frozenset()


def test_whoever_lacks_it_is_sent_to_set_it_up_and_others_are_not(house: House) -> None:
    require(house["vera"], roles=["admin"], at=NOW)
    paul, paula = signed_in(house["paul"]), signed_in(house["paula"])
    assert paul.get("/people")["Location"] == "/account/2fa/"
    assert paul.post("/people", {})["Location"] == "/account/2fa/"
    assert paul.get("/me")["Location"] == "/account/2fa/"
    assert paul.get("/account/2fa/").status_code == 200
    assert paula.get("/me").status_code == 200


def test_a_session_without_it_is_asked_and_goes_on_where_it_was(house: House) -> None:
    secret = app_of(house["paul"])
    require(house["vera"], roles=["admin"], at=NOW)
    client = signed_in(house["paul"])
    asked = client.get("/people")
    assert asked["Location"] == "/account/2fa/reauthenticate/?next=%2Fpeople"
    assert client.post(asked["Location"], {"code": "000000"}).status_code == 200
    assert client.get("/people").status_code == 302
    assert client.post(asked["Location"], {"code": code_now(secret), "next": "/people"})["Location"] == "/people"
    assert client.get("/people").status_code == 200


def test_a_session_opened_with_it_is_not_asked_again(house: House) -> None:
    secret = app_of(house["paul"])
    require(house["vera"], roles=["admin"], at=NOW)
    client = Client()
    enter(client, "paul@one.example", PASSWORD)
    client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert client.get("/people").status_code == 200
