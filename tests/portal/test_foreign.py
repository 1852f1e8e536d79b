"""What belongs to somebody else, named in an address or in a form: nothing is shown, nothing changed, nothing told.

Whoever asks for a thing of another organisation gets the same answer as for a thing that is not there.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django import forms
from django.db import connection

import palier.portal
from palier.portal.access import DOORS
from palier.portal.partners.contacts import CONTACTS
from portal.cast import ONE, TWO, at_the_customer
from portal.conftest import WHOLE
from portal.stage import CUSTOMER, VENDOR, Answer, Stage
from portal.stage import stage as stage  # noqa: PLC0414  # the fixture
from portal.test_access import ASKED, address_of, opens, own_things
from portal.things import NOT_THERE, Things

# All on one worker: the stage is set once.
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

WITH_ARGUMENTS = sorted(each for each in DOORS if ASKED.get(each))
OWNERS = (TWO, CUSTOMER, VENDOR)
"""Whose things are asked for: one of them at each address in turn, another on PostgreSQL; all where WHOLE."""
SENT = sorted(name for name, door in DOORS.items() if door.write)

NAMING: Mapping[str, str] = {
    "contact_id": "contact_id",
    "customer": "customer_id",
    "customer_id": "customer_id",
    "customer_said": "customer_id",
    "domain": "domain",
    "domain_id": "domain_id",
    "domains": "domain",
    "email": "email",
    "fact_id": "partner_id",
    "organisation": "organisation_id",
    "partner_id": "partner_id",
    "person": "user_id",
    "user_id": "user_id",
}
"""The fields of forms that name somebody's thing, and which."""
PLAIN: Mapping[str, object] = {
    "against": "held", "payment_currency": "EUR",
    "account_mapping": "", "account_mapping_details": "", "admits": "", "amount": "100", "backdated": "",
    "breach": "1", "client_id": "x", "closed_on": "2026-10-01", "company": "x", "contact": "x", "country": "FR",
    "currency": "EUR", "effective_from": "2026-11-20", "effective_on": "2026-11-20", "exception": "",
    "explanation": "x",
    "forget": "1", "is_partner_employee": "on", "issuer": "https://x.example", "kind": "partner", "language": "en",
    "level": "partner", "message": "x", "months": "1", "name": "x", "next": "/", "note": "x", "owner": "portal",
    "password": "x",
    "path": "x", "program": "solutions", "reading": "x", "reason": "x", "role": "admin", "roles": "admin",
    "secret": "x", "seen": "", "step": "x", "typed": "x", "story": "x", "tier": "gold", "wanted": "report",
    "word": "REMOVE",
}  # fmt: skip
"""The fields that say nothing of anybody, with something to send."""
ACTS = ("", "grant", "restore", "again", "withdraw", "give_seat", "take", "rejected", "approve", "revoke", "remove")
"""What forms of several acts are asked to do: where a page reads no act, the first alone."""
SHEET = "email,name,is_partner_employee,explanation\r\n{email},Taken Over,true,x\r\n"


def fields() -> Iterator[str]:
    """Every field of every form, and every one that a view reads by itself."""
    found = (each.name for each in pkgutil.walk_packages(palier.portal.__path__, "palier.portal."))
    for name in found:
        module = importlib.import_module(name) if ".forms" in name or "views" in name else None
        for _, form in inspect.getmembers(module, inspect.isclass):
            yield from getattr(form, "base_fields", ()) if issubclass(form, forms.BaseForm) else ()
    for each in Path(palier.portal.__file__).parent.rglob("*.py"):
        yield from re.findall(
            r'(?:POST|POST or request\.GET\))(?:\.get\(|\.getlist\(|\[)"(\w+)"', each.read_text("utf-8")
        )


def test_every_field_is_known_to_name_somebodys_thing_or_not_to() -> None:
    read = set(fields()) - {"act", "content", "tiers"}
    assert read - set(NAMING) - set(PLAIN) == set()
    assert (set(NAMING) | set(PLAIN)) - read == set()


def form_about(things: Things, act: str) -> dict[str, object]:
    """A form in which every field that names a thing names one of these."""
    named = {field: things.get(thing, NOT_THERE.get(thing, "none")) for field, thing in NAMING.items()}
    sheet = SHEET.format(email=things.get("email", "none.such@canary.example"))
    contacts = {f"{each.code}_{part}": things.get("email", "x") for each in CONTACTS for part in ("email", "name")}
    return {**contacts, **PLAIN, **named, "act": act, "content": b64encode(sheet.encode()).decode()}


def typed(*forms_: Mapping[str, object], address: str) -> list[str]:
    """What somebody wrote, which is no news to them."""
    return [address, *(str(value) for form in forms_ for value in form.values())]


def strangers_to(whose: str, stage: Stage) -> list[str]:
    """Everybody who may read nothing of an organisation."""
    return [who for who, actor in stage.actors.items() if whose not in actor.knows]


def flat(answer: Answer, name: str, things: Things, address: str) -> tuple[int, str, str]:
    """An answer without what was asked for in it, and without the tokens that are new each time."""
    said = [answer.location.replace(address, "…"), answer.text.replace(address, "…")]
    for value in (str(things[argument]) for argument, _ in ASKED[name] if argument in things):
        asked = rf"/{value}(?=\W|$)" if value.isdigit() else rf"(?<![\w.]){re.escape(value)}(?![\w.])"
        said = [re.sub(asked, "…", text) for text in said]
    location, text = said
    return answer.status, location, re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", text)


def named_by(name: str, stage: Stage) -> dict[str, Things]:
    """The things that an address can name, by whose they are."""
    found = {whose: dict(stage.things[whose]) for whose in OWNERS}
    found[CUSTOMER].pop("customer_id")  # the partners work for it: its number is no secret of theirs
    return {whose: things for whose, things in found.items() if {each for each, _ in ASKED[name]} & set(things)}


@pytest.mark.parametrize("whose", OWNERS)
@pytest.mark.parametrize("name", WITH_ARGUMENTS)
def test_what_is_somebody_elses_is_as_if_it_were_not_there(name: str, whose: str, stage: Stage) -> None:
    found = named_by(name, stage)
    if whose not in found:
        pytest.skip("the address names nothing that such an organisation has")
    place = WITH_ARGUMENTS.index(name) + (connection.vendor == "postgresql")
    if not WHOLE and whose != list(found)[place % len(found)]:
        pytest.skip("not this one's turn; asked with PALIER_WHOLE=1")
    theirs = found[whose]
    there, nowhere = (address_of(name, stage, things) for things in (theirs, NOT_THERE))
    wrong = []
    for who in strangers_to(whose, stage):
        for method, htmx in (("GET", False), ("GET", True), ("POST", False)):
            met = stage.ask(who, method, there, htmx=htmx)
            wrong += [
                f"{who} {method} reads {leak}" for leak in stage.leaks(who, met.text + met.location, typed=[there])
            ]
            other = stage.ask(who, method, nowhere, htmx=htmx)
            if flat(met, name, theirs, there) != flat(other, name, NOT_THERE, nowhere):
                wrong.append(f"{who} {method} {met.status} learns that it is there")
    assert wrong == []


def reads_an_act(name: str) -> bool:
    """Whether the view of an address does one of several things."""
    return name in {"clients:answer", "clients:ask", "partners:import", "partners:company"}


@pytest.mark.parametrize("name", SENT)
def test_a_form_about_somebody_elses_things_changes_and_tells_nothing_of_theirs(name: str, stage: Stage) -> None:
    wrong = []
    for place, who in enumerate(strangers_to(TWO, stage), SENT.index(name)):
        if not opens(name, "POST", who, stage):
            continue  # turned away: the table's own test
        if not WHOLE and place % (3 if connection.vendor == "postgresql" else 2):
            continue  # not this one's turn at the address
        theirs = {**stage.things[CUSTOMER if CUSTOMER not in stage.actors[who].knows else ONE], **stage.things[TWO]}
        for things in (own_things(stage), theirs):
            address = address_of(name, stage, things)
            for act in ACTS if reads_an_act(name) else ACTS[:1]:
                form = form_about(theirs, act)
                met = stage.ask(who, "POST", address, form, watching=[TWO])
                said = met.text + met.location
                wrong += [
                    f"{who} {act} reads {leak}" for leak in stage.leaks(who, said, typed=typed(form, address=address))
                ]
                if met.status >= 500:
                    wrong.append(f"{who} {act} {met.status}")
                if met.changed:
                    wrong.append(f"{who} {act} {met.status} changes {met.changed}")
                wrong += [f"{who} {act}: {leak}" for leak in mails_that_tell(stage, who, met, form, address)]
    assert wrong == []


def mails_that_tell(stage: Stage, who: str, met: Answer, form: Mapping[str, object], address: str) -> Iterator[str]:
    """What mails tell their readers beyond what these, and whoever wrote, may read."""
    for mail in met.mails:
        knows = stage.reader(mail.to) | stage.actors[who].knows
        knows |= {at_the_customer(each) for each in (ONE, TWO) if each in knows}
        own = stage.own(who) | {mail.to}
        for leak in stage.foreign(mail.text, knows, own=own, typed=typed(form, address=address)):
            yield f"a mail to {mail.to} tells {leak}"


def test_a_form_can_change_what_is_watched(stage: Stage) -> None:
    """The watch itself works: the owner of the things changes them with the same form."""
    form = {"email": "new@canary.example", "name": "New", "is_partner_employee": "on", "explanation": "x"}
    assert stage.ask("partner two admin", "POST", "/team/add", form, watching=[TWO]).changed == (TWO,)
    assert stage.ask("partner one admin", "POST", "/team/add", form, watching=[TWO]).changed == ()
