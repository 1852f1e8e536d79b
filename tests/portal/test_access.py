"""Every address against every member of the cast: an address outside the table fails, and nobody sees another's.

An address that needs arguments takes them from ARGUMENTS by its name, else from USUAL by the names of the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from palier.portal.access import DOORS
from palier.portal.standings.queries import lines_of, published
from portal.cast import NOBODY
from portal.stage import ONE, TWO, Stage, set_stage

# All on one worker: the stage is set once.
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

CLOSED_TO_ALL = {"account_signup", "account_inactive", "account_email", "account_email_verification_sent"}
"""Allauth's pages that this portal does not open to anybody."""
ALLAUTHS = ("account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")
"""How the names of allauth's addresses begin."""

Arguments = Mapping[str, object]


def _source(stage: Stage, partner_id: str) -> Arguments:
    del stage
    found = published("solutions")
    assert found is not None
    line = lines_of(found, partner_id, metric="sold_points")[0]
    return {"partner_id": partner_id, "table": line.source_table, "source_id": line.source_id}


ARGUMENTS: Mapping[str, Arguments | Callable[[Stage, str], Arguments]] = {
    "standings:source": _source,
}
"""The arguments of an address, or what makes them of the stage and the partner that the page is about."""

USUAL: Mapping[str, object] = {
    "customer_id": "C0000001",
    "key": "none",
    "metric": "sold_points",
    "program": "solutions",
    "uidb36": "1",
}
"""Arguments by their names, where ARGUMENTS says nothing; numbers are 1, other texts `none`."""


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """The name of every address of the portal, with the converters of its arguments."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{prefix}{each.namespace}:" if each.namespace else prefix
            outer = dict.fromkeys(each.pattern.regex.groupindex) | each.pattern.converters
            for name, converters in patterns(each, inner):
                yield name, {**outer, **converters}
        elif isinstance(each, URLPattern):
            groups = dict.fromkeys(each.pattern.regex.groupindex)
            yield f"{prefix}{each.name}", groups | each.pattern.converters


ASKED = {name: tuple(converters.items()) for name, converters in patterns(get_resolver())}


def address_of(name: str, stage: Stage, partner_id: str) -> str:
    """The address of a page about a partner."""
    given = ARGUMENTS.get(name, {})
    arguments = dict(given(stage, partner_id) if callable(given) else given)
    for argument, converter in ASKED.get(name, ()):
        usual = 1 if type(converter).__name__ == "IntConverter" else "none"
        if type(converter).__name__ == "UUIDConverter":
            usual = "00000000-0000-4000-8000-000000000001"
        arguments.setdefault(argument, partner_id if argument == "partner_id" else USUAL.get(argument, usual))
    return reverse(name, kwargs=arguments)


def test_every_address_stands_in_the_table_and_the_table_has_no_other() -> None:
    unlisted = {name for name in set(ASKED) - set(DOORS) if not name.startswith(ALLAUTHS)}
    assert unlisted == set()
    assert set(DOORS) - set(ASKED) == set()


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, published_folder: Path) -> Iterator[Stage]:
    del django_db_setup
    with django_db_blocker.unblock(), set_stage(published_folder) as made:
        yield made


@pytest.mark.parametrize("name", sorted(DOORS))
def test_the_table_is_what_each_of_the_cast_meets(name: str, stage: Stage) -> None:
    wrong = []
    address = address_of(name, stage, stage.organisations[ONE].fact_id)
    for who in stage.cast:
        for method in ("GET", "POST"):
            opens = DOORS[name].opens(method, stage.role(who), signed_in=who != NOBODY)
            answer = stage.ask(who, method, address)
            to_sign_in = answer.status == 302 and who == NOBODY and "/account/login/?next=" in answer.location
            turned_away = answer.status == 403 or to_sign_in
            if answer.status >= 500 or (opens == turned_away and not (opens and name.startswith(ALLAUTHS))):
                wrong.append(f"{who} {method}: {answer.status}, expected {'in' if opens else 'out'}")
            wrong += [f"{who} {method} reads {leak}" for leak in stage.leaks(who, address, answer)]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(each for each in DOORS if ASKED.get(each)))
def test_nobody_reads_what_is_another_partners(name: str, stage: Stage) -> None:
    address = address_of(name, stage, stage.organisations[TWO].fact_id)
    wrong = []
    for who in stage.cast:
        answer = stage.ask(who, "GET", address)
        wrong += [f"{who} reads {leak}" for leak in stage.leaks(who, address, answer)]
    assert wrong == []


def test_canaries_are_found_where_they_may_be(stage: Stage) -> None:
    """The search itself works: the vendor's pages and each partner's own say what is looked for elsewhere."""
    one = stage.organisations[ONE]
    address = address_of("standings:partner_points_csv", stage, one.fact_id)
    for who in ("vendor auditor", "partner one admin"):
        shown = stage.ask(who, "GET", address if who.startswith("vendor") else reverse("standings:points_csv"))
        told = replace(stage, known_to={who: frozenset({TWO, "customer"})})
        assert len(told.leaks(who, address, shown)) > 10
        assert stage.leaks(who, address, shown) == []


@pytest.mark.parametrize("name", sorted(CLOSED_TO_ALL))
def test_what_allauth_offers_besides_is_closed(name: str, stage: Stage) -> None:
    for who in ("vendor administrator", "partner one admin"):
        assert stage.ask(who, "GET", reverse(name)).status == 403
