# ruff: noqa: SLF001  # models are asked by their labels: _meta and _default_manager are Django's own way
"""The stage on which the cast plays: one database for all questions, each asked in a transaction that is taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

from django.apps import apps
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

import palier
from palier.backends.names import names
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.rows import OWNED
from palier.portal.standings.models import Run
from portal.cast import make_cast
from portal.conftest import client_of, publish
from portal.planting import owns, plant, whose

ONE, TWO = "partner one", "partner two"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody got."""

    status: int
    location: str
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The cast with the cookies of their sessions, a published run, and each organisation's secrets.

    The demo's page of sign-in shows the cast to everybody: the stage is no demo.
    """

    run: Run
    cast: Mapping[str, User | None]
    organisations: Mapping[str, Organisation]
    secrets: Mapping[str, frozenset[str]]
    known_to: Mapping[str, frozenset[str]]
    signed_in: Mapping[str, str]

    def role(self, who: str) -> str | None:
        """The role in which somebody comes in."""
        user = self.cast[who]
        found = Membership.objects.filter(user=user, ended_at=None).first() if user is not None else None
        return found.role if found is not None else None

    def ask(self, who: str, method: str, address: str) -> Answer:
        """Ask as somebody; whatever the answer changed is taken back."""
        browser = Client(raise_request_exception=False)
        browser.cookies.load(self.signed_in[who])
        with transaction.atomic():
            response = browser.generic(method, address)
            answer = Answer(response.status_code, response.get("Location", ""), text_of(response))
            transaction.set_rollback(True)
        return answer

    def leaks(self, who: str, address: str, answer: Answer) -> list[str]:
        """What an answer says that is another organisation's; what the asker wrote in the address is no news."""
        said = unescape(answer.text + answer.location)
        for echo in (address, unquote(address), quote(address), quote(address, safe="")):
            said = said.replace(echo, "")
        words = set(WORDS.findall(said.lower()))
        user = self.cast[who]
        own = {user.name, user.email} if user is not None else set()
        return [
            f"{name}: {secret}"
            for name in set(self.secrets) - self.known_to[who]
            for secret in self.secrets[name] - own
            if _in(secret, said, words)
        ]


WORDS = re.compile(r"[\w@.]+")


def _in(secret: str, said: str, words: set[str]) -> bool:
    """A word is found as a word, a phrase as a phrase, the beginning of canaries as a beginning."""
    if secret.endswith("x"):
        return any(each.startswith(secret) for each in words)
    return secret in words if " " not in secret else secret in said


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """Set the stage in a transaction that is taken back in the end."""
    with transaction.atomic(), override_settings(DEMO=False):
        run = publish(folder)
        cast = make_cast(folder / "run")
        organisations = {
            "vendor": Organisation.objects.get(kind="vendor"),
            ONE: Organisation.objects.get(name="One Canary"),
            TWO: Organisation.objects.get(name="Two Canary"),
            "customer": Organisation.objects.get(kind="customer"),
        }
        for organisation in organisations.values():
            _plant(organisation)
        secrets = {name: frozenset(_secrets(run, each)) for name, each in organisations.items() if name != "vendor"}
        served = {name: _customers(run, each) for name, each in organisations.items() if each.kind == "partner"}
        for name, other in ((ONE, TWO), (TWO, ONE)):
            secrets[name] |= _only(run, served[name] - served[other])
        known = {who: frozenset(_known(user, organisations)) for who, user in cast.items()}
        cookies = {who: client_of(user).cookies.output(header="", sep=";") for who, user in cast.items()}
        yield Stage(run, cast, organisations, secrets, known, cookies)
        transaction.set_rollback(True)


def _plant(organisation: Organisation) -> None:
    for label, owner in OWNED.items():
        # What a run or a trial works out is packed and read back: it has no room for a canary.
        if not label.startswith(("standings.", "programs.")) and owns(owner, organisation):
            model = apps.get_model(label)._default_manager
            if not model.filter(**whose(owner, organisation)).exists():
                plant(label, organisation)


def _known(user: User | None, organisations: Mapping[str, Organisation]) -> Iterator[str]:
    living = Membership.objects.filter(user=user, ended_at=None) if user is not None else Membership.objects.none()
    if living.filter(organisation__kind="vendor").exists():
        yield from organisations
    for name, organisation in organisations.items():
        if living.filter(organisation=organisation).exists():
            yield name


def _secrets(run: Run, organisation: Organisation) -> Iterator[str]:
    """The names and addresses of its people, its name and number in the facts, and what was planted for it."""
    yield f"canary{organisation.pk}x"
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
    """The text of an answer."""
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else getattr(response, "content", b"")
    return content.decode("utf-8", "replace")
