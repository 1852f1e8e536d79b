"""The pages of clients: what each says to whom, that figures agree, and that no partner reads of another."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import palier
from palier.portal.clients import actions
from palier.portal.clients.models import Access
from palier.portal.clients.queries import held_at
from palier.portal.clients.shown import lapse_of, worked
from palier.portal.partners.models import Employee
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.standings.models import Run
from palier.portal.standings.queries import Published, lines_of
from portal.clients.conftest import AT, ON, RIVAL, RIVAL_PERSON, Stage
from portal.conftest import client_of

PAGES = ("standings:portfolio", "standings:points", "standings:points_csv", "clients:associate")


def read(user: User, address: str, *, status: int = 200) -> str:
    response = client_of(user).get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def send(user: User, address: str, **told: str) -> Any:  # noqa: ANN401  # Django's response
    return client_of(user).post(address, told)


def test_the_customer_sees_all_its_partners_and_what_waits(stage: Stage) -> None:
    stage.lets_in("U9")
    actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT)
    page = read(stage.by("customer owner").user, reverse("clients:access"))
    for said in (RIVAL, RIVAL_PERSON, "Agence Lumière", "Yann Le Goff", "1 request waits", "1 person of a partner"):
        assert said in page
    assert "Revoke access" in page
    member = read(stage.by("customer member").user, reverse("clients:access"))
    assert "Revoke access" not in member
    assert "Yann Le Goff" in member
    assert RIVAL not in read(stage.by("stranger owner").user, reverse("clients:access"))


def test_an_empty_list_teaches_what_to_do(stage: Stage) -> None:
    page = read(stage.by("stranger owner").user, reverse("clients:access"))
    assert "Nobody outside the company can enter this account." in page
    assert "When a partner asks to work in your account" in page


def test_the_customer_answers_gives_a_seat_revokes_and_restores_on_its_page(stage: Stage) -> None:
    owner = stage.by("customer owner").user
    asked = actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT).access
    answer = reverse("clients:answer", args=[asked.access_id])
    assert send(owner, answer, act="grant").status_code == 302
    assert send(owner, answer, act="give_seat").status_code == 302
    assert "since" in read(owner, reverse("clients:access"))
    revoke = reverse("clients:revoke", args=[asked.access_id])
    assert "You alone can restore the access" in read(owner, revoke)
    assert Access.objects.get().removed_on is None
    assert send(owner, revoke).status_code == 302
    assert "Restore access" in read(owner, reverse("clients:access"))
    assert send(owner, answer, act="restore").status_code == 302
    assert Access.objects.filter(removed_on=None, granted_on__isnull=False).count() == 1
    assert "Restore access" not in read(owner, reverse("clients:access"))
    assert send(owner, answer, act="nonsense").status_code == 404


def test_who_is_not_known_is_not_let_in_and_the_page_says_how_to_mend_it(stage: Stage) -> None:
    response = send(stage.by("customer owner").user, reverse("clients:grant"), email="nobody@x.example")
    page = unescape(response.content.decode())
    assert "“nobody@x.example” is no active partner employee." in page
    assert 'value="nobody@x.example"' in page


def test_removal_says_what_ends_and_asks_for_the_word(stage: Stage) -> None:
    stage.lets_in("U1")
    admin = stage.by("partner admin").user
    address = reverse("clients:remove", args=["C1"])
    page = read(admin, f"{address}?person=U1")
    for said in ("Only the customer can restore it", "Type REMOVE to confirm", "Remove the access of Yann Le Goff"):
        assert said in page
    wrong = send(admin, address, person="U1", word="remove")
    assert "Type REMOVE, in capital letters" in unescape(wrong.content.decode())
    assert Access.objects.get().removed_on is None
    assert send(admin, address, person="U1", word="REMOVE").status_code == 302
    assert Access.objects.get().removed_on is not None
    read(admin, f"{address}?person=U1", status=404)


def test_a_french_reader_types_the_french_word(stage: Stage) -> None:
    stage.lets_in("U1")
    admin = stage.by("partner admin").user
    admin.language = "fr"
    admin.save()
    page = read(admin, reverse("clients:remove", args=["C1"]))
    assert "Saisissez SUPPRIMER pour confirmer" in page
    assert "Mettre fin à la relation avec Brasserie\u202f?" in page


def test_an_employees_page_says_which_association_holds_and_how(stage: Stage) -> None:
    stage.lets_in("U1")
    stage.lets_in("U2")
    admin = stage.by("partner admin").user
    assert "by the approved domain" in read(admin, reverse("clients:employee", args=["U1"]))
    assert "access without association: nothing counts" in read(admin, reverse("clients:employee", args=["U2"]))
    for who in ("rival admin", "customer owner"):
        assert client_of(stage.by(who).user).get(reverse("clients:employee", args=["U1"])).status_code in {403, 404}
    assert "Remove access" not in read(stage.by("vendor auditor").user, reverse("clients:employee", args=["U1"]))


def test_nobody_else_learns_that_a_customer_exists(stage: Stage) -> None:
    stage.lets_in("U9")
    admin = stage.by("partner admin").user
    for name in ("clients:remove", "standings:customer"):
        response = client_of(admin).get(reverse(name, args=["C1"]))
        assert "Brasserie" not in response.content.decode()
    response = send(admin, reverse("clients:associate"), user_id="U1", customer="C1")
    assert "Brasserie" not in response.content.decode()
    assert "No customer is called" in response.content.decode()


@pytest.fixture
def gold(adopted: Run) -> tuple[User, str]:
    """An admin of a gold partner of the sample."""
    partner_id = adopted.standings.filter(tier="gold").order_by("partner_id")[0].partner_id
    organisation = Organisation.objects.create(kind="partner", name="Gold", fact_id=partner_id)
    user = User.objects.create_user("gold@example.com", name="Gold")
    Membership.objects.create(user=user, organisation=organisation, role="admin")
    return user, partner_id


def shared_customer(run: Run, partner_id: str) -> tuple[str, list[str]]:
    """A customer that the partner shares, and the ids of the other partners' people who enter there."""
    found = Published(run, palier.read_program("solutions"))
    for line in lines_of(found, partner_id, metric="managed_points"):
        if int(line.factors["sharers"]) > 1 and line.customer_id is not None:
            others = Access.objects.filter(customer_id=line.customer_id).exclude(partner_id=partner_id)
            return line.customer_id, list(others.values_list("user_id", flat=True))
    raise AssertionError("the sample shares no customer of this partner")


def test_no_page_or_file_of_a_partner_names_who_else_serves_its_customer(adopted: Run, gold: tuple[User, str]) -> None:
    user, partner_id = gold
    customer_id, others = shared_customer(adopted, partner_id)
    assert others
    Employee.objects.filter(user_id__in=others).update(name=RIVAL_PERSON, email="")
    rivals = set(Access.objects.filter(user_id__in=others).values_list("partner_id", flat=True))
    person = Access.objects.filter(customer_id=customer_id, partner_id=partner_id)[0].user_id
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse("standings:customer", args=[customer_id]), reverse("clients:employee", args=[person])]
    addresses += [f"{reverse('clients:remove', args=[customer_id])}?person={person}"]
    for address in addresses:
        page = read(user, address)
        for canary in (RIVAL, RIVAL_PERSON, *others, *rivals):
            assert not re.search(rf"\b{canary}\b", page), (address, canary)
    assert "1/" in read(user, reverse("standings:customer", args=[customer_id]))


def test_the_day_on_which_credit_ends_is_what_the_run_says(adopted: Run) -> None:
    found = Published(adopted, palier.read_program("solutions"))
    compared = 0
    for partner_id in adopted.standings.values_list("partner_id", flat=True)[:8]:
        for line in lines_of(found, partner_id, metric="managed_points")[:6]:
            assert line.customer_id is not None
            people = worked(held_at(line.customer_id, adopted.as_of, partner_id=partner_id), line.customer_id)
            lapse = lapse_of(people)
            assert lapse is not None
            assert line.counts_until is not None
            ends = [day for each in people if (day := each.held.access.removed_on) is not None and each.held.lasts]
            assert line.counts_until == lapse or line.counts_until < lapse, (partner_id, line.customer_id, ends)
            compared += line.counts_until == lapse
    assert compared > 20


def test_lists_ask_the_database_as_often_for_many_customers_as_for_few(adopted: Run, gold: tuple[User, str]) -> None:
    user, partner_id = gold
    counts = {}
    for address in (reverse("standings:portfolio"), reverse("standings:portfolio") + "?asked=zzzz"):
        browser = client_of(user)
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        counts[address] = len(asked)
    del partner_id, adopted
    assert len(set(counts.values())) == 1
    assert max(counts.values()) <= 14


@pytest.mark.parametrize("kind", ["all", "renewing", "idle", "apart", "waiting", "shared", "soon", "managed", "sold"])
def test_every_filter_of_the_portfolio_finds_a_part_of_all(adopted: Run, gold: tuple[User, str], kind: str) -> None:
    del adopted
    user, _ = gold
    every = read(user, reverse("standings:portfolio"))
    some = read(user, f"{reverse('standings:portfolio')}?kind={kind}&order=worked")
    total, found = (int(re.findall(r"(\d+) customers? of \d+", page)[0]) for page in (every, some))
    assert found <= total
    assert kind != "all" or found == total


def test_somebody_new_at_a_customer_is_seen_at_once_and_told_to_wait(adopted: Run, gold: tuple[User, str]) -> None:
    user, partner_id = gold
    member = Membership.objects.get(user=user)
    worker = Employee.objects.filter(
        partner_id=partner_id, is_partner_employee=True, deleted_on=None, deactivated_on=None
    )[0]
    known = set(Access.objects.filter(partner_id=partner_id).values_list("customer_id", flat=True))
    number = next(n for n in range(1, 4000) if f"C{n:07}" not in known)
    asked = actions.associate(member, user_id=worker.user_id, customer=f"c{number:07}.example", at=AT)
    page = read(user, f"{reverse('standings:portfolio')}?kind=waiting")
    assert f"C{number:07}" in page
    assert "waits for the customer" in page
    assert asked.access.asked_on == ON
    one = read(user, reverse("standings:customer", args=[f"C{number:07}"]))
    assert "Nothing comes from here yet." in one
    assert date(2026, 11, 20) + timedelta(days=0) == ON
    del adopted
