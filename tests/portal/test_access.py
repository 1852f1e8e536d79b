"""Every address and method against every member of the cast: an address outside the table fails, nobody is let in.

An address that needs arguments takes them from ARGUMENTS by its name, else from the things of an organisation, else
from USUAL by the names of the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from palier.portal.access import DOORS
from palier.portal.people.seeing import MAY_WRITE
from palier.portal.roles import Role
from palier.portal.standings.queries import lines_of, published
from portal.cast import ONE, TWO, at_the_customer
from portal.conftest import ON_ONE_DATABASE, WHOLE
from portal.stage import VENDOR, Answer, Stage
from portal.stage import stage as stage  # noqa: PLC0414  # the fixture
from portal.things import Things

# All on one worker: the stage is set once.
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

CLOSED_TO_ALL = {"account_signup", "account_inactive", "account_email", "account_email_verification_sent"}
"""Allauth's pages that this portal does not open to anybody."""
ALLAUTHS = ("account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")
"""How the names of allauth's addresses begin."""
BY_LINK = {"people:mails_by_link"}
"""What a mail reader does by itself (RFC 8058): the signed link stands for the token."""
READING, CHANGING = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")
USUAL_METHODS, SELDOM = ("GET", "POST"), ("HEAD", "PUT", "OPTIONS", "PATCH", "DELETE")
"""Methods by which pages of ours ask others, and those by which none does."""

Arguments = Mapping[str, object]


def _source(stage: Stage, things: Things) -> Arguments:
    del stage
    found = published("solutions")
    assert found is not None
    lines = lines_of(found, str(things.get("partner_id", "")), metric="sold_points")
    return {"table": lines[0].source_table, "source_id": lines[0].source_id} if lines else {}


ARGUMENTS: Mapping[str, Arguments | Callable[[Stage, Things], Arguments]] = {
    "standings:source": _source,
    "partners:employee_change": {"act": "delete"},
    "partners:import": {"table": "partner_users"},
    "partners:export": {"table": "partner_users"},
    "programs:recalibration": {"on": "2026-11-20"},
    "programs:moves_csv": {"on": "2026-11-20"},
}
"""The arguments of an address, or what makes them of the stage and the things that the page is about."""

USUAL: Mapping[str, object] = {
    "customer_id": "C0000001",
    "key": "none",
    "metric": "sold_points",
    "program": "solutions",
    "table": "partner_users",
    "uidb36": "1",
}
"""Arguments by their names, where nothing else says them; numbers are 1, other texts `none`."""


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


def address_of(name: str, stage: Stage, things: Things) -> str:
    """The address of a page about some things."""
    given = ARGUMENTS.get(name, {})
    arguments = dict(given(stage, things) if callable(given) else given)
    for argument, converter in ASKED.get(name, ()):
        number = type(converter).__name__ == "IntConverter"
        usual = 1 if number else "none"
        if type(converter).__name__ == "UUIDConverter":
            usual = "00000000-0000-4000-8000-000000000001"
        thing = things.get(argument)
        fits = thing is not None and isinstance(thing, int) >= number
        arguments.setdefault(argument, thing if fits else USUAL.get(argument, usual))
    return reverse(name, kwargs=arguments)


def own_things(stage: Stage) -> Things:
    """What partner one has, and what only the vendor has."""
    return {**stage.things[VENDOR], **stage.things[ONE]}


def opens(name: str, method: str, who: str, stage: Stage) -> bool:
    """Whether the table lets somebody in; who looks as a partner sends nothing but the end of it."""
    actor = stage.actors[who]
    if actor.looks and method in CHANGING and name not in MAY_WRITE:
        return False
    return DOORS[name].opens(method, actor.role, signed_in=actor.signed_in)


def test_every_address_stands_in_the_table_and_the_table_has_no_other() -> None:
    unlisted = {name for name in set(ASKED) - set(DOORS) if not name.startswith(ALLAUTHS)}
    assert unlisted == set()
    assert set(DOORS) - set(ASKED) == set()


def test_the_cast_has_every_role_and_everybody_who_should_be_let_in_nowhere(stage: Stage) -> None:
    assert {each.role for each in stage.actors.values()} - {None} == set(Role.values)
    outside = {who for who, each in stage.actors.items() if each.role is None}
    assert outside == {
        "stranger", "nobody", "former employee", "former employee in an old session",
        "former manager who looks as partner one", "partner one admin whose account is closed",
    }  # fmt: skip
    assert all(stage.actors[who].knows == set() for who in outside)


def methods(name: str, who: int) -> tuple[str, ...]:
    """The methods by which an address is asked as the n-th of the cast: GET, and one of the others in turn, another of
    the next person and address. On PostgreSQL one of the usual ones in turn; all of them where WHOLE.
    """
    turn = who + sorted(DOORS).index(name)
    if WHOLE:
        return READING + CHANGING
    if connection.vendor == "postgresql":
        return (USUAL_METHODS[turn % len(USUAL_METHODS)],)
    return ("GET", "POST" if turn % 2 else SELDOM[turn // 2 % len(SELDOM)])


def test_each_method_has_its_turn_with_everybody_and_at_every_address(stage: Stage) -> None:
    every = {*USUAL_METHODS} if connection.vendor == "postgresql" and not WHOLE else {*READING, *CHANGING}
    cast, addresses = range(len(stage.actors)), sorted(DOORS)
    for asked in ([methods(name, who) for who in cast] for name in addresses):
        assert {each for some in asked for each in some} == every
    for asked in ([methods(name, who) for name in addresses] for who in cast):
        assert {each for some in asked for each in some} == every


@pytest.mark.parametrize("name", sorted(DOORS))
def test_the_table_is_what_each_of_the_cast_meets(name: str, stage: Stage) -> None:
    wrong = []
    address = address_of(name, stage, own_things(stage))
    for place, (who, actor) in enumerate(stage.actors.items()):
        for method in methods(name, place):
            expected = opens(name, method, who, stage)
            answer = stage.ask(who, method, address)
            to_sign_in = answer.status == 302 and not actor.signed_in and "/account/login/?next=" in answer.location
            turned_away = answer.status == 403 or to_sign_in
            if answer.status >= 500 or (expected == turned_away and not (expected and name.startswith(ALLAUTHS))):
                wrong.append(f"{who} {method}: {answer.status}, expected {'in' if expected else 'out'}")
            wrong += [f"{who} {method} reads {leak}" for leak in leaks(stage, who, address, answer)]
            if not expected and answer.mails:
                wrong.append(f"{who} {method} is turned away and still writes to {[each.to for each in answer.mails]}")
    assert wrong == []


def leaks(stage: Stage, who: str, address: str, answer: Answer) -> list[str]:
    """What an answer says that is another organisation's."""
    return stage.leaks(who, answer.text + answer.location, typed=[address])


@ON_ONE_DATABASE
@pytest.mark.parametrize("name", sorted(each for each, door in DOORS.items() if door.write and each not in BY_LINK))
def test_without_the_token_against_forgery_nothing_is_sent(name: str, stage: Stage) -> None:
    address = address_of(name, stage, own_things(stage))
    met = {
        (who, method, stage.ask(who, method, address, forged=True).status)
        for place, who in enumerate(stage.actors)
        for method in (CHANGING if WHOLE else [CHANGING[(place + sorted(DOORS).index(name)) % len(CHANGING)]])
        if opens(name, method, who, stage)
    }
    assert [each for each in met if each[2] != 403] == []
    assert met


def test_canaries_are_found_where_they_may_be(stage: Stage) -> None:
    """The search itself works: the vendor's pages and each partner's own say what is looked for elsewhere."""
    address = address_of("standings:partner_points_csv", stage, stage.things[ONE])
    for who in ("vendor auditor", "partner one admin"):
        own = reverse("standings:points_csv")
        shown = stage.ask(who, "GET", address if who.startswith("vendor") else own)
        assert leaks(stage, who, address, shown) == []
        told = replace(stage, actors={who: replace(stage.actors[who], knows=frozenset({TWO, "customer"}))})
        assert len(leaks(told, who, address, shown)) > 10


@pytest.mark.parametrize(
    ("who", "page", "whose"),
    [
        ("partner one employee", "partners:team", ONE),
        ("partner one employee", "standings:portfolio", at_the_customer(ONE)),
        ("customer member", "clients:access", at_the_customer(TWO)),
        ("customer member", "clients:access", at_the_customer(ONE)),
        ("vendor auditor", "partners:applications", VENDOR),
        ("vendor manager who looks as partner two", "partners:team", TWO),
        ("of both partners as two", "partners:team", TWO),
    ],
)
def test_the_pages_on_which_canaries_were_planted_show_them(who: str, page: str, whose: str, stage: Stage) -> None:
    """Nothing would be proved by canaries that no page shows to anybody."""
    shown = stage.ask(who, "GET", reverse(page))
    assert any(each.startswith(f"{whose}: ") for each in stage.foreign(shown.text, ()))


@pytest.mark.parametrize("name", sorted(CLOSED_TO_ALL))
def test_what_allauth_offers_besides_is_closed(name: str, stage: Stage) -> None:
    for who in ("vendor administrator", "partner one admin"):
        assert stage.ask(who, "GET", reverse(name)).status == 403
