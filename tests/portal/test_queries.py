"""Every page asks the database at most twelve times, and no more often where there is more to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from palier.portal.access import DOORS
from palier.portal.journal.actions import record
from palier.portal.journal.outbox import queue_mail
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES
from palier.portal.rows import EXCEPTED, OWNED
from portal.conftest import NOW, ON_ONE_DATABASE, WHOLE
from portal.counting import MOST_QUERIES, queries_of
from portal.planting import canary, owns, plant, send_to
from portal.stage import CUSTOMER, ONE, TWO, WORKED_OUT, Stage
from portal.stage import stage as stage  # noqa: PLC0414  # the fixture
from portal.test_access import address_of, own_things

# All on one worker: the stage is set once.
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db, ON_ONE_DATABASE]

READERS = ("vendor administrator", "partner one admin", "customer owner", "vendor auditor", "partner one employee")
"""Kinds of readers; without WHOLE the first three, who see most."""
MORE = 6
"""How many more rows of each kind there are in the end."""
ONE_ONLY = frozenset({
    "journal.Entry", "journal.Head", "journal.Planned", "people.Membership", "people.Organisation",
    "people.RequiredFactor", "people.User", "standings.Run",
})  # fmt: skip
"""Tables of one row, those added to in the portal's words, and what would lead everybody elsewhere."""
Counts = Mapping[tuple[str, str], int]


def asked_by(stage: Stage, who: str, address: str) -> int:
    """How often a page asks the database for somebody; what it changed is taken back."""
    with transaction.atomic():
        found = queries_of(stage.browser(who), address, opens=False)
        transaction.set_rollback(True)
    return found


def walked(stage: Stage) -> Counts:
    """The queries of every page that each kind of reader may open."""
    return {
        (name, who): asked_by(stage, who, address_of(name, stage, own_things(stage)))
        for name in sorted(DOORS)
        for who in (READERS if WHOLE else READERS[:3])
        if DOORS[name].opens("GET", stage.actors[who].role, signed_in=True)
    }


def add_more(stage: Stage, since: int) -> Iterator[str]:
    """Add rows to every table that can take more, people numbered from there; the tables that took them."""
    for name, organisation in stage.organisations.items():
        for number in range(since, since + MORE):
            _add_people(organisation, f"{name.replace(' ', '.')}.{number}")
        for label in (*OWNED, *EXCEPTED):
            mine = label in EXCEPTED or owns(OWNED[label], organisation) or organisation.kind == "vendor"
            if mine and not label.startswith("standings.") and label not in WORKED_OUT | ONE_ONLY:
                yield from _plant(label, organisation)
    for name in (ONE, TWO):
        for _ in range(MORE):
            send_to(stage.organisations[name], stage.organisations[CUSTOMER])


def _plant(label: str, organisation: Organisation) -> Iterator[str]:
    for _ in range(MORE):
        try:
            with transaction.atomic():
                plant(label, organisation)
        except IntegrityError:
            return  # one row of an organisation is all that it takes
        yield label


def _add_people(organisation: Organisation, name: str) -> None:
    user = User.objects.create_user(f"more.{name}@example.com", name=name)
    role = next(iter(ROLES[organisation.kind]))
    Membership.objects.create(user=user, organisation=organisation, role=role)
    if organisation.kind != "vendor":
        Organisation.objects.create(kind=organisation.kind, name=f"More {name}", fact_id=f"M{canary(organisation)}")
    record(actor=user.pseudonym, verb="seen", subject_kind="partner", subject_id="P00001", at=NOW, after={"x": name})
    queue_mail(key=name, kind="report", to=user.email, language="en", subject="x", text="x", html="x",
               at=NOW + timedelta(minutes=1))  # fmt: skip


def test_no_page_asks_the_database_often_or_more_often_where_there_is_more(stage: Stage) -> None:
    grown = set(add_more(stage, 0))
    assert len(grown) > 15, grown
    before = walked(stage)
    assert len(before) > len(DOORS)
    assert {page: count for page, count in before.items() if count > MOST_QUERIES} == {}
    again = set(add_more(stage, MORE))
    assert len(again) > 15, again
    assert apps.get_model("clients.Access")._default_manager.count() > 2 * MORE  # noqa: SLF001  # Django's own way
    after = walked(stage)  # a list that was empty may ask once more, and none once for each row
    assert {page: (before[page], count) for page, count in after.items() if count > before[page] + 1} == {}
    assert {page: count for page, count in after.items() if count > MOST_QUERIES} == {}
