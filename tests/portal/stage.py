# ruff: noqa: SLF001  # models are asked by their labels: _meta and _default_manager are Django's own way
"""The stage on which the cast plays: one database for all questions, each asked in a transaction that is taken back."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from django.apps import apps
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

import palier
from palier.backends.names import names
from palier.portal.journal.models import Message
from palier.portal.people.models import Organisation
from palier.portal.rows import EXCEPTED, OWNED
from palier.portal.standings.models import Run
from portal.cast import NOBODY, ONE, STRANGER, TWO, Actor, at_the_customer, make_actors, make_cast
from portal.conftest import publish
from portal.planting import SHARED, UNGUARDED, beginning, owns, plant, send_to, whose
from portal.things import Things, things_of

__all__ = ["NOBODY", "ONE", "STRANGER", "TWO", "Answer", "Stage", "set_stage", "text_of"]

CUSTOMER, VENDOR = "customer", "vendor"
BROWSERS = {forged: Client(raise_request_exception=False, enforce_csrf_checks=forged) for forged in (False, True)}
"""Two for all: each browser loads the middleware anew."""
PDFTOTEXT = shutil.which("pdftotext")
PEOPLE_OF = ("people.Membership", "people.Invitation", "people.IdentityProvider")
"""The tables of people that name an organisation: nobody else changes its rows."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that somebody's act queued."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody got, the mails that went out for it, and the organisations watched whose rows it changed."""

    status: int
    location: str
    text: str
    mails: tuple[Mail, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """The cast with the cookies of their sessions, a published run, and each organisation's secrets and things.

    The demo's page of sign-in shows the cast to everybody: the stage is no demo.
    """

    run: Run
    actors: Mapping[str, Actor]
    organisations: Mapping[str, Organisation]
    secrets: Mapping[str, frozenset[str]]
    things: Mapping[str, Things]

    def ask(
        self,
        who: str,
        method: str,
        address: str,
        said: Mapping[str, object] | None = None,
        *,
        htmx: bool = False,
        forged: bool = False,
        watching: Iterable[str] = (),
    ) -> Answer:
        """Ask as somebody; whatever the answer changed is taken back.

        Args:
            who: the actor.
            method: GET, POST, ...
            address: of the page.
            said: the fields of a form.
            htmx: as a script of the page asks, for a part of it.
            forged: from elsewhere, without the token against forgery.
            watching: the organisations whose rows are compared before and after.
        """
        browser = self.browser(who, forged=forged)
        headers = {"HX-Request": "true"} if htmx else None
        with transaction.atomic():
            before = {each: self.digest(each) for each in watching}
            told = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            if said is not None:
                response = browser.post(address, said, headers=headers)
            else:
                response = browser.generic(method, address, headers=headers)
            text = text_of(response)
            # What the database refused has changed nothing, and nothing more can be asked of it.
            refused = transaction.get_connection().needs_rollback
            mails = () if refused else _written_since(told)
            changed = () if refused else tuple(each for each, was in before.items() if self.digest(each) != was)
            transaction.set_rollback(True)
        return Answer(response.status_code, response.get("Location", ""), text, mails, changed)

    def browser(self, who: str, *, forged: bool = False) -> Client:
        """A browser with somebody's cookies and no others."""
        found = BROWSERS[forged]
        found.cookies.clear()
        found.cookies.load(self.actors[who].cookies)
        return found

    def digest(self, name: str) -> str:
        """What an organisation's rows come to."""
        organisation = self.organisations[name]
        found = sha256(repr(Organisation.objects.filter(pk=organisation.pk).values()).encode())
        for label, owner in OWNED.items():
            if owns(owner, organisation) and organisation.kind != VENDOR:
                rows = apps.get_model(label)._default_manager.filter(**whose(owner, organisation))
                found.update(repr(list(rows.order_by("pk").values_list())).encode())
        for label in PEOPLE_OF:
            assert label in EXCEPTED
            rows = apps.get_model(label)._default_manager.filter(organisation=organisation)
            found.update(repr(list(rows.order_by("pk").values_list())).encode())
        return found.hexdigest()

    def leaks(self, who: str, said: str, *, typed: Iterable[str] = ()) -> list[str]:
        """What a text says that is another organisation's; what the asker wrote is no news."""
        return self.foreign(said, self.actors[who].knows, own=self.own(who), typed=typed)

    def own(self, who: str) -> set[str]:
        """What somebody knows of themselves: name, address, and what the places are called to which they belong."""
        actor = self.actors[who]
        if actor.user is None:
            return set()
        places = actor.user.organisations.values_list("name", flat=True) if actor.role is not None else ()
        return {actor.user.name, actor.user.email, *places}

    def foreign(
        self, said: str, knows: Iterable[str], *, own: Iterable[str] = (), typed: Iterable[str] = ()
    ) -> list[str]:
        """What a text says that none of some organisations knows."""
        said = unescape(said)
        for each in sorted(typed, key=len, reverse=True):
            for echo in (each, unquote(each), quote(each), quote(each, safe="")):
                said = said.replace(echo, "") if len(echo) > 1 else said
        words = set(WORDS.findall(said.lower()))
        return [
            f"{name}: {secret}"
            for name in set(self.secrets) - set(knows)
            for secret in self.secrets[name] - set(own)
            if _in(secret, said, words)
        ]

    def reader(self, address: str) -> frozenset[str]:
        """Whose secrets the person at a mail address may read; an address of nobody's reads nothing."""
        found = [each.knows for each in self.actors.values() if each.user is not None and each.user.email == address]
        return frozenset[str]().union(*found)


def _written_since(last: int) -> tuple[Mail, ...]:
    """The mails that were queued after one."""
    found = Message.objects.filter(pk__gt=last)
    return tuple(Mail(each.to, f"{each.subject}\n{each.text}\n{each.html}") for each in found)


WORDS = re.compile(r"[\w@.-]+")
BEGINNING = re.compile(r"canary\d+[a-z]")


def _in(secret: str, said: str, words: set[str]) -> bool:
    """A word is found as a word, a phrase as a phrase, the beginning of canaries as a beginning."""
    if BEGINNING.fullmatch(secret):
        return any(secret in each for each in words)
    return secret in words if " " not in secret else secret in said


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, published_folder: Path) -> Iterator[Stage]:
    """The stage, set once for all tests of a module."""
    del django_db_setup
    with django_db_blocker.unblock(), set_stage(published_folder) as made:
        yield made


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """Set the stage in a transaction that is taken back in the end."""
    with transaction.atomic(), override_settings(DEMO=False):
        run = publish(folder)
        cast = make_cast(folder / "run")
        organisations = {
            VENDOR: Organisation.objects.get(kind="vendor"),
            ONE: Organisation.objects.get(name="One Canary"),
            TWO: Organisation.objects.get(name="Two Canary"),
            CUSTOMER: Organisation.objects.get(kind="customer"),
        }
        for organisation in organisations.values():
            _plant(organisation)
        for name in (ONE, TWO):
            send_to(organisations[name], organisations[CUSTOMER])
        secrets = {name: frozenset(_secrets(run, each)) for name, each in organisations.items()}
        served = {name: _customers(run, organisations[name]) for name in (ONE, TWO)}
        for name, other in ((ONE, TWO), (TWO, ONE)):
            secrets[name] |= _only(run, served[name] - served[other] - {organisations[CUSTOMER].fact_id})  # both enter
            secrets[at_the_customer(name)] = frozenset({beginning(organisations[name], SHARED)})
        actors = make_actors(cast, organisations)
        things = {name: things_of(each, run) for name, each in organisations.items()}
        yield Stage(run, actors, organisations, secrets, things)
        transaction.set_rollback(True)


def _plant(organisation: Organisation) -> None:
    for label, owner in OWNED.items():
        # What a run works out is packed and read back: it has no room for a canary.
        if label.startswith("standings.") or label in WORKED_OUT:
            continue
        vendors = not (owner.partner or owner.customer or owner.organisation or owner.within)
        wanting = owns(owner, organisation) and not _has(label, organisation)
        if vendors if organisation.kind == VENDOR else wanting:
            plant(label, organisation)


def _has(label: str, organisation: Organisation) -> bool:
    return bool(apps.get_model(label)._default_manager.filter(**whose(OWNED[label], organisation)).exists())


WORKED_OUT = frozenset({"programs.ListedPartner"})
"""What a run works out in its own words."""


def _secrets(run: Run, organisation: Organisation) -> Iterator[str]:
    """The names and addresses of its people, its name and number in the facts, and what was planted for it.

    The vendor's people are known to their partners; what the vendor keeps to itself is what was planted.
    """
    yield from (beginning(organisation), beginning(organisation, UNGUARDED))
    if organisation.kind == VENDOR:
        return
    for each in organisation.memberships.select_related("user"):
        yield from (each.user.name, each.user.email)
    if organisation.kind == "partner":
        yield from (organisation.name, organisation.fact_id.lower())
        yield from names(run.facts, partners=[organisation.fact_id], customers=[]).values()


def _customers(run: Run, organisation: Organisation) -> set[str]:
    with palier.open_run(Path(run.folder)) as source:
        return {each.customer_id for each in source.lines(partner_id=organisation.fact_id) if each.customer_id}


def _only(run: Run, customers: set[str]) -> set[str]:
    """The numbers and names of customers whom one partner serves and the other does not."""
    told = names(run.facts, partners=[], customers=sorted(customers))
    return {each.lower() for each in customers} | set(told.values())


def text_of(response: HttpResponseBase) -> str:
    """The text of an answer, of a PDF file too."""
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else getattr(response, "content", b"")
    if content.startswith(b"%PDF") and PDFTOTEXT is not None:
        content = subprocess.run([PDFTOTEXT, "-", "-"], input=content, capture_output=True, check=True).stdout
    return content.decode("utf-8", "replace")
