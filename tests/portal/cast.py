"""The cast: both partners, every role, the customer, former people, somebody of two places, one of none, and nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

import palier
from palier.portal.people.middleware import CHOSEN
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.people.seeing import KEY
from palier.portal.roles import ROLES
from portal.conftest import client_of

FORMER, STRANGER, NOBODY = "former employee", "stranger", "nobody"
ONE, TWO = "partner one", "partner two"


def make_cast(run: Path) -> dict[str, User | None]:
    """Everybody by a name that says who it is, such as `partner one admin`."""
    with palier.open_run(run) as source:
        ids = [each.partner_id for each in source.standings() if each.tier in {"gold", "platinum", "diamond"}][:2]
    organisations = {
        "vendor": Organisation.objects.create(kind="vendor", name="Northlight"),
        "partner one": Organisation.objects.create(kind="partner", name="One Canary", fact_id=ids[0]),
        "partner two": Organisation.objects.create(kind="partner", name="Two Canary", fact_id=ids[1]),
        "customer": Organisation.objects.create(kind="customer", name="Client", fact_id="C0000001"),
    }
    cast: dict[str, User | None] = {}
    for name, organisation in organisations.items():
        for role in ROLES[organisation.kind]:
            user = _user(f"{name} {role.value}")
            Membership.objects.create(user=user, organisation=organisation, role=role)
            cast[f"{name} {role.value}"] = user
    former = _user(FORMER)
    left = timezone.now() - timedelta(days=1)
    Membership.objects.create(user=former, organisation=organisations["partner one"], role="admin", ended_at=left)
    return cast | {FORMER: former, STRANGER: _user(STRANGER), NOBODY: None}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with the cookies of a session: who, in which role, whose secrets they may read, whether they look only.

    Without a role somebody belongs nowhere; `signed_in` is whether the portal still takes the session.
    """

    user: User | None
    role: str | None
    knows: frozenset[str]
    cookies: str
    signed_in: bool = True
    looks: bool = False


def at_the_customer(partner: str) -> str:
    """What a partner's customers may know of it as well: its people who work for them."""
    return f"{partner} at the customer"


def make_actors(cast: Mapping[str, User | None], organisations: Mapping[str, Organisation]) -> dict[str, Actor]:
    """The cast with their sessions, and those whose session is older than what they may, or may more than one thing."""
    actors = {who: _actor(user, organisations) for who, user in cast.items()}
    one, two = organisations[ONE], organisations[TWO]
    former = cast[FORMER]
    assert former is not None
    actors["former employee in an old session"] = Actor(former, None, frozenset(), _session(former, **{CHOSEN: one.pk}))
    until = (timezone.now() + timedelta(minutes=30)).isoformat()
    looks_at = {which.pk: {KEY: {"organisation": which.pk, "until": until}} for which in (one, two)}
    gone = _user("former manager who looks as partner one")
    Membership.objects.create(user=gone, organisation=organisations["vendor"], role="manager", ended_at=timezone.now())
    actors[gone.name] = Actor(gone, None, frozenset(), _session(gone, **looks_at[one.pk]))
    locked = _user("partner one admin whose account is closed")
    Membership.objects.create(user=locked, organisation=one, role="admin")
    actors[locked.name] = Actor(locked, None, frozenset(), _session(locked), signed_in=False)
    User.objects.filter(pk=locked.pk).update(is_active=False)
    both = _user("of both partners")
    for place, role in ((one, "admin"), (two, "employee")):
        Membership.objects.create(user=both, organisation=place, role=role)
    # The switcher names the other place: that much is the person's own.
    actors["of both partners as one"] = Actor(both, "admin", knowing(ONE), _session(both, **{CHOSEN: one.pk}))
    actors["of both partners as two"] = Actor(both, "employee", knowing(TWO), _session(both, **{CHOSEN: two.pk}))
    for who in ("vendor administrator", "vendor manager"):
        seer = cast[who]
        assert seer is not None
        session = _session(seer, **looks_at[two.pk])
        actors[f"{who} who looks as partner two"] = Actor(seer, "admin", knowing(TWO), session, looks=True)
    return actors


def knowing(*organisations: str) -> frozenset[str]:
    """Whose secrets the people of some organisations may read."""
    of_partners = {at_the_customer(name) for name in (ONE, TWO) if {name, "customer"} & set(organisations)}
    return frozenset(organisations) | of_partners


def _actor(user: User | None, organisations: Mapping[str, Organisation]) -> Actor:
    living = Membership.objects.filter(user=user, ended_at=None) if user is not None else Membership.objects.none()
    first = living.first()
    every = living.filter(organisation__kind="vendor").exists()
    found = [
        name
        for name, organisation in organisations.items()
        if every or living.filter(organisation=organisation).exists()
    ]
    role = first.role if first is not None else None
    return Actor(user, role, knowing(*found), _session(user), signed_in=user is not None)


def _session(user: User | None, **kept: object) -> str:
    """The cookies of a session in which some things are kept."""
    browser = client_of(user)
    if kept:
        session = browser.session
        session.update(kept)
        session.save()
    return browser.cookies.output(header="", sep=";")


def _user(name: str) -> User:
    return User.objects.create_user(f"{name.replace(' ', '.')}@example.com", name=name)
