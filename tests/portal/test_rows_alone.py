"""With the application's own filter switched off, row-level security alone lets no page show what is foreign.

The application takes everybody who signed in for the vendor's administrator, and every door stands open; the database
speaks for whom the request is really made. What is looked for is what guarded tables and the runs' files hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest

from palier.portal.access import DOORS
from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Door
from portal.cast import ONE, TWO, at_the_customer
from portal.planting import UNGUARDED, beginning
from portal.stage import CUSTOMER, VENDOR, Stage
from portal.stage import stage as stage  # noqa: PLC0414  # the fixture
from portal.test_access import ALLAUTHS, address_of

guarded = pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security is PostgreSQL's")
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

BLIND = ("partner one admin", "customer owner", "of both partners as one", "former employee", "stranger")
"""One of each kind of those whom the database must tell apart by itself."""
PAGES = sorted(name for name, door in DOORS.items() if door.read and not name.startswith(ALLAUTHS))


@pytest.fixture
def without_filter(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody is the vendor's administrator to the application, and may do everything."""
    vendor = stage.organisations[VENDOR]

    def everybody(request: HttpRequest) -> Membership | None:
        user = request.user
        return Membership(user=user, organisation=vendor, role="administrator") if user.is_authenticated else None

    for name, module in list(sys.modules.items()):
        if name.startswith("palier.portal"):
            for asked in ("membership_of", "own_membership_of"):
                if hasattr(module, asked):
                    monkeypatch.setattr(module, asked, everybody)
    monkeypatch.setattr(Door, "opens", lambda *_, **__: True)


def guarded_secrets(stage: Stage, knows: frozenset[str]) -> Iterator[str]:
    """What is another's and stands in guarded tables or in the files of runs; EXCEPTED tables hold the rest."""
    numbers = {each.fact_id.lower() for each in stage.organisations.values()}
    for name in set(stage.secrets) - knows:
        excepted = set(numbers)
        if (place := stage.organisations.get(name)) is not None:
            people = [each.user for each in place.memberships.select_related("user")]
            excepted |= {place.name, beginning(place, UNGUARDED)}
            excepted |= {each.name for each in people} | {each.email for each in people}
        yield from stage.secrets[name] - excepted


@guarded
@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_what_is_foreign(name: str, stage: Stage, without_filter: None) -> None:
    del without_filter
    wrong = []
    for whose in (TWO, CUSTOMER):
        address = address_of(name, stage, {**stage.things[VENDOR], **stage.things[CUSTOMER], **stage.things[whose]})
        for who in BLIND:
            met = stage.ask(who, "GET", address)
            secret = frozenset(guarded_secrets(stage, stage.actors[who].knows))
            wrong += [
                f"{who} {met.status} reads {leak}"
                for leak in stage.leaks(who, met.text + met.location, typed=[address])
                if leak.partition(": ")[2] in secret
            ]
    assert wrong == []


def test_without_the_filter_pages_do_open(stage: Stage, without_filter: None) -> None:
    """The switch itself works: the stranger reads the vendor's pages, and on SQLite what is on them."""
    del without_filter
    address = address_of("partners:team_of", stage, stage.things[TWO])
    for who in BLIND:
        assert stage.ask(who, "GET", address).status in {200, 404}  # 404 is the database's word, 403 would be ours
    found = stage.foreign(stage.ask("stranger", "GET", address).text, ())
    shown = {each.partition(": ")[0] for each in found}
    assert (at_the_customer(TWO) in shown) is (connection.vendor != "postgresql")
    assert Organisation.objects.filter(name=stage.organisations[ONE].name).exists()
