"""A new installation lets its first person in, by a command of whoever installs it."""

from __future__ import annotations

import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from palier.portal.journal.models import Entry
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.runs.deeds import ACTORS
from portal.people.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def commanded(*words: str, **options: str) -> str:
    out = StringIO()
    call_command("first_administrator", *words, stdout=out, **options)
    return out.getvalue()


def test_the_first_administrator_chooses_a_password_and_comes_in() -> None:
    said = commanded("Northlight", "Ada@Vendor.example", name="Ada", language="fr")
    held = Membership.objects.get()
    assert (held.organisation.kind, held.organisation.name, held.role) == ("vendor", "Northlight", "administrator")
    assert (held.user.email, held.user.name, held.user.language) == ("ada@vendor.example", "Ada", "fr")
    found = re.search(r"https?://\S+", said)
    assert found
    browser = Client()
    page = browser.get(urlsplit(found[0]).path, follow=True)
    assert page.status_code == 200
    asked = page.request["PATH_INFO"]
    assert browser.post(asked, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    came = browser.post("/account/login/", {"login": "ada@vendor.example", "password": PASSWORD}, follow=True)
    assert came.status_code == 200
    assert "Northlight" in came.content.decode()
    assert list(Entry.objects.values_list("verb", flat=True))[:2] == ["organisation.made", "membership.began"]
    assert Entry.objects.get(verb="organisation.made").actor in ACTORS, "the journal says it in words"


def test_again_it_makes_nothing_and_prints_another_link() -> None:
    commanded("Northlight", "ada@vendor.example")
    entries = Entry.objects.count()
    assert "://" in commanded("Another name", "ADA@vendor.example")
    assert (Organisation.objects.get().name, User.objects.count(), Entry.objects.count()) == ("Northlight", 1, entries)


@pytest.mark.parametrize("words", [("Northlight", "nobody"), (" ", "ada@vendor.example")])
def test_what_cannot_be_is_refused_and_nothing_is_made(words: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        commanded(*words)
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_once_somebody_administrates_others_are_invited() -> None:
    commanded("Northlight", "ada@vendor.example")
    with pytest.raises(CommandError, match="invite"):
        commanded("Northlight", "mallory@elsewhere.example")
    assert User.objects.count() == 1
