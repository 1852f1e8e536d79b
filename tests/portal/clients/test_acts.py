"""What each act does, for whom it is, what the journal says, who is told; and that the customer keeps the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.portal.clients import actions
from palier.portal.clients.errors import (
    AlreadyAskedError,
    AlreadyAssociatedError,
    AlreadyGrantedError,
    ClientsError,
    CustomerUnknownError,
    EmployeeUnknownError,
    NoAccessError,
    NotAllowedError,
    SeatGivenError,
    SeveralPartnersError,
    WrongWordError,
)
from palier.portal.clients.facts import client_access
from palier.portal.clients.models import Access, Seat
from palier.portal.journal.actions import broken_places
from palier.portal.journal.models import Entry, Message
from palier.portal.people.models import Membership
from portal.clients.conftest import AT, ON, RIVAL, RIVAL_PERSON, Stage

Act = Callable[[Membership, Access], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    "associate": (
        lambda by, _: actions.associate(by, user_id="U2", customer="brasserie.example", at=AT),
        {"partner admin", "partner employee"},
    ),
    "remove": (
        lambda by, _: actions.remove_access(by, customer_id="C1", user_id="U1", word="REMOVE", at=AT),
        {"partner admin"},
    ),
    "grant_to": (lambda by, _: actions.grant_to(by, email="ines@mail.example", at=AT), {"customer owner"}),
    "revoke": (lambda by, has: actions.revoke(by, access_id=has.access_id, at=AT), {"customer owner"}),
    "give_seat": (lambda by, has: actions.give_seat(by, access_id=has.access_id, at=AT), {"customer owner"}),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_for_its_roles_and_nobody_elses(stage: Stage, name: str) -> None:
    act, allowed = ACTS[name]
    has = stage.lets_in("U1")
    before = (Access.objects.count(), Entry.objects.count(), Message.objects.count(), Seat.objects.count())
    for who, by in stage.members.items():
        if who in allowed or (name == "grant_to" and who == "stranger owner"):
            continue
        with pytest.raises(ClientsError), transaction.atomic():
            act(by, has)
    has.refresh_from_db()
    assert (Access.objects.count(), Entry.objects.count(), Message.objects.count(), Seat.objects.count()) == before
    for who in allowed:
        with transaction.atomic():
            act(stage.by(who), has)
            assert Entry.objects.filter(actor=stage.by(who).user.pseudonym).exists()
            transaction.set_rollback(True)


def test_another_partner_or_customer_touches_nothing(stage: Stage) -> None:
    has = stage.lets_in("U1")
    with pytest.raises(NoAccessError):
        actions.remove_access(stage.by("rival admin"), customer_id="C1", user_id="U1", word="REMOVE", at=AT)
    with pytest.raises(NoAccessError):
        actions.revoke(stage.by("stranger owner"), access_id=has.access_id, at=AT)
    with pytest.raises(EmployeeUnknownError):
        actions.associate(stage.by("rival admin"), user_id="U1", customer="brasserie.example", at=AT)
    has.refresh_from_db()
    assert has.removed_on is None
    assert not Entry.objects.exists()


def test_somebody_on_an_approved_domain_is_associated_by_access_alone(stage: Stage) -> None:
    asked = actions.associate(stage.by("partner admin"), user_id="U1", customer="https://www.Brasserie.example/", at=AT)
    assert (asked.waits, asked.told, asked.access.associated_on) == (True, 1, None)
    actions.grant(stage.by("customer owner"), access_id=asked.access.access_id, at=AT)
    assert list(client_access()) == [
        {
            "access_id": asked.access.access_id, "user_id": "U1", "customer_id": "C1",
            "associated_on": None, "granted_on": ON, "removed_on": None,
        }
    ]  # fmt: skip


def test_another_is_associated_by_hand_and_nothing_counts_before_the_customers_word(stage: Stage) -> None:
    asked = actions.associate(stage.by("partner employee"), user_id="U2", customer="brasserie.example", at=AT)
    assert asked.access.associated_on == ON
    assert list(client_access()) == []
    later = AT + timedelta(days=3)
    actions.grant(stage.by("customer owner"), access_id=asked.access.access_id, at=later)
    (row,) = client_access()
    assert (row["associated_on"], row["granted_on"]) == (ON, ON + timedelta(days=3))
    assert [entry.verb for entry in Entry.objects.all()] == ["ask for access", "grant access"]
    assert broken_places() == []


def test_access_without_association_is_associated_by_hand_from_today(stage: Stage) -> None:
    has = stage.lets_in("U2")
    asked = actions.associate(stage.by("partner admin"), user_id="U2", customer="C1", at=AT)
    assert not asked.waits
    has.refresh_from_db()
    assert has.associated_on == ON
    with pytest.raises(AlreadyAssociatedError):
        actions.associate(stage.by("partner admin"), user_id="U2", customer="C1", at=AT)


@pytest.mark.parametrize("typed", ["C2", "Stranger", "stranger", "gone.example", "", "  ", "%", "C1"])
def test_a_partner_names_only_customers_that_it_knows(stage: Stage, typed: str) -> None:
    with pytest.raises(CustomerUnknownError):
        actions.associate(stage.by("partner admin"), user_id="U1", customer=typed, at=AT)
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"is_partner_employee": False}, {"deactivated_on": ON}, {"deleted_on": ON}, {"added_on": date(2027, 1, 1)}],
)
def test_only_active_partner_employees_are_let_in(stage: Stage, change: dict[str, object]) -> None:
    stage.person("U3", "P1", "former@lumiere.example", "Former", **change)
    with pytest.raises(EmployeeUnknownError):
        actions.associate(stage.by("partner admin"), user_id="U3", customer="brasserie.example", at=AT)
    with pytest.raises(EmployeeUnknownError):
        actions.grant_to(stage.by("customer owner"), email="former@lumiere.example", at=AT)


def test_a_customer_is_not_asked_twice_within_a_week(stage: Stage) -> None:
    by = stage.by("partner admin")
    asked = actions.associate(by, user_id="U1", customer="brasserie.example", at=AT)
    with pytest.raises(AlreadyAskedError):
        actions.associate(by, user_id="U1", customer="brasserie.example", at=AT)
    with pytest.raises(AlreadyAskedError):
        actions.ask_again(by, access_id=asked.access.access_id, at=AT + timedelta(days=6))
    actions.ask_again(by, access_id=asked.access.access_id, at=AT + timedelta(days=7))
    assert Message.objects.filter(kind="access asked").count() == 2
    actions.withdraw(by, access_id=asked.access.access_id, at=AT + timedelta(days=8))
    with pytest.raises(NoAccessError):
        actions.grant(stage.by("customer owner"), access_id=asked.access.access_id, at=AT + timedelta(days=9))
    assert list(client_access()) == []


def test_an_address_of_two_partners_people_is_the_one_who_asked(stage: Stage) -> None:
    """A freelancer works for both: credit must not go to whichever partner added the person first."""
    stage.person("U8", "P2", "Yann@lumiere.example", "Yann Le Goff")
    owner, email = stage.by("customer owner"), "yann@lumiere.example"
    with pytest.raises(SeveralPartnersError):
        actions.grant_to(owner, email=email, at=AT)
    assert not Access.objects.exists()
    actions.associate(stage.by("rival admin"), user_id="U8", customer="brasserie.example", at=AT)
    granted = actions.grant_to(owner, email=email, at=AT)
    assert (granted.user_id, granted.partner_id, granted.granted_on) == ("U8", "P2", ON)
    with pytest.raises(SeveralPartnersError):
        actions.grant_to(owner, email=email, at=AT)
    actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT)
    assert actions.grant_to(owner, email=email, at=AT).partner_id == "P1"


def test_the_customer_lets_in_by_address_and_answers_what_was_asked(stage: Stage) -> None:
    asked = actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT)
    granted = actions.grant_to(stage.by("customer owner"), email=" YANN@lumiere.example ", at=AT)
    assert granted.access_id == asked.access.access_id
    with pytest.raises(AlreadyGrantedError):
        actions.grant_to(stage.by("customer owner"), email="yann@lumiere.example", at=AT)
    assert Access.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "wrong", "right"),
    [
        ("en", "remove", "REMOVE"),
        ("en", "SUPPRIMER", "REMOVE"),
        ("fr", "REMOVE", "SUPPRIMER"),
        ("fr", "", " SUPPRIMER "),
    ],
)
def test_access_ends_by_the_word_of_ones_language_and_no_other(
    stage: Stage, language: str, wrong: str, right: str
) -> None:
    has, by = stage.lets_in("U1"), stage.by("partner admin")
    by.user.language = language
    with pytest.raises(WrongWordError) as raised:
        actions.remove_access(by, customer_id="C1", user_id="U1", word=wrong, at=AT)
    assert raised.value.expected == right.strip()
    has.refresh_from_db()
    assert (has.removed_on, Entry.objects.count(), Message.objects.count()) == (None, 0, 0)
    actions.remove_access(by, customer_id="C1", user_id="U1", word=right, at=AT)
    has.refresh_from_db()
    assert (has.removed_on, has.removed_side) == (ON, "partner")


def test_a_relationship_ends_for_all_of_ones_people_and_nobody_elses(stage: Stage) -> None:
    for user_id in ("U1", "U2", "U9"):
        stage.lets_in(user_id)
    gone = actions.remove_access(stage.by("partner admin"), customer_id="C1", user_id=None, word="REMOVE", at=AT)
    assert {each.user_id for each in gone} == {"U1", "U2"}
    assert set(Access.objects.filter(removed_on=None).values_list("user_id", flat=True)) == {"U9"}
    assert Entry.objects.filter(verb="remove access").count() == 2
    assert Message.objects.filter(kind="access left", to="owner@customer.example").count() == 2


def test_only_the_customer_restores_and_what_was_done_does_not_count_again(stage: Stage) -> None:
    has, by = stage.lets_in("U1"), stage.by("partner admin")
    actions.remove_access(by, customer_id="C1", user_id="U1", word="REMOVE", at=AT)
    for who in ("partner admin", "partner employee", "vendor administrator", "vendor auditor", "customer member"):
        with pytest.raises(NotAllowedError):
            actions.restore(stage.by(who), access_id=has.access_id, at=AT)
    assert actions.associate(by, user_id="U1", customer="C1", at=AT).waits
    back = actions.restore(stage.by("customer owner"), access_id=has.access_id, at=AT + timedelta(days=5))
    assert back.access_id != has.access_id
    assert back.restores == has
    rows = {str(row["access_id"]): row for row in client_access()}
    assert rows[has.access_id]["removed_on"] == ON
    assert rows[back.access_id]["granted_on"] == ON + timedelta(days=5)
    with pytest.raises(NoAccessError):
        actions.restore(stage.by("customer owner"), access_id=has.access_id, at=AT + timedelta(days=6))


def test_an_association_by_hand_comes_back_with_the_access_from_today(stage: Stage) -> None:
    has = stage.lets_in("U2")
    Access.objects.filter(pk=has.pk).update(associated_on=date(2026, 2, 1))
    actions.revoke(stage.by("customer owner"), access_id=has.access_id, at=AT)
    back = actions.restore(stage.by("customer owner"), access_id=has.access_id, at=AT + timedelta(days=1))
    assert back.associated_on == back.granted_on == ON + timedelta(days=1)


def test_a_seat_goes_to_somebody_with_access_once_and_ends_with_it(stage: Stage) -> None:
    has, owner = stage.lets_in("U1"), stage.by("customer owner")
    seat = actions.give_seat(owner, access_id=has.access_id, at=AT)
    with pytest.raises(SeatGivenError):
        actions.give_seat(owner, access_id=has.access_id, at=AT)
    actions.revoke(owner, access_id=has.access_id, at=AT + timedelta(days=2))
    seat.refresh_from_db()
    assert seat.taken_on == ON + timedelta(days=2)
    with pytest.raises(NoAccessError):
        actions.give_seat(owner, access_id=has.access_id, at=AT + timedelta(days=2))
    assert [entry.verb for entry in Entry.objects.all()] == ["give seat", "take seat", "revoke access"]


def test_a_seat_is_taken_back_and_the_access_stays(stage: Stage) -> None:
    has, owner = stage.lets_in("U1"), stage.by("customer owner")
    actions.give_seat(owner, access_id=has.access_id, at=AT)
    actions.take_seat(owner, access_id=has.access_id, at=AT)
    with pytest.raises(NoAccessError):
        actions.take_seat(owner, access_id=has.access_id, at=AT)
    has.refresh_from_db()
    assert has.removed_on is None


def test_mails_are_in_their_readers_language_and_never_name_another_partner(stage: Stage) -> None:
    for who in ("partner admin", "customer owner"):
        user = stage.by(who).user
        user.language = "fr"
        user.save()
    stage.lets_in("U9")
    asked = actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT)
    granted = actions.grant(stage.by("customer owner"), access_id=asked.access.access_id, at=AT)
    actions.give_seat(stage.by("customer owner"), access_id=granted.access_id, at=AT)
    actions.revoke(stage.by("customer owner"), access_id=granted.access_id, at=AT)
    actions.restore(stage.by("customer owner"), access_id=granted.access_id, at=AT + timedelta(days=1))
    mails = list(Message.objects.order_by("pk"))
    assert [mail.kind for mail in mails] == [
        "access asked", "access granted", "access seat_given", "access revoked", "access restored",
    ]  # fmt: skip
    assert {mail.language for mail in mails} == {"fr"}
    assert mails[0].subject == "Agence Lumière demande un accès pour Yann Le Goff"
    assert "Brasserie" in mails[1].text
    assert "20 novembre 2026" in mails[1].html
    for mail in mails:
        for canary in (RIVAL, RIVAL_PERSON, "canary"):
            assert canary not in mail.subject + mail.text + mail.html


def test_nothing_is_half_done_when_the_mail_cannot_be_written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise OSError

    monkeypatch.setattr("palier.portal.clients.emails.queue_mail", fails)
    with pytest.raises(OSError):  # noqa: PT011  # ours, raised above
        actions.associate(stage.by("partner admin"), user_id="U1", customer="brasserie.example", at=AT)
    assert (Access.objects.count(), Entry.objects.count()) == (0, 0)


def test_the_database_refuses_a_second_living_access(stage: Stage) -> None:
    stage.lets_in("U1")
    with pytest.raises(IntegrityError), transaction.atomic():
        stage.lets_in("U1")


STEPS = ("associate", "grant_to", "grant", "decline", "withdraw", "remove", "revoke", "restore")


def _step(stage: Stage, name: str, day: int) -> None:
    partner, owner, at = stage.by("partner admin"), stage.by("customer owner"), AT + timedelta(days=day)
    newest = Access.objects.order_by("-pk").first()
    access_id = "" if newest is None else newest.access_id
    match name:
        case "associate":
            actions.associate(partner, user_id="U1", customer="brasserie.example", at=at)
        case "grant_to":
            actions.grant_to(owner, email="yann@lumiere.example", at=at)
        case "remove":
            actions.remove_access(partner, customer_id="C1", user_id="U1", word="REMOVE", at=at)
        case "withdraw":
            actions.withdraw(partner, access_id=access_id, at=at)
        case _:
            {"grant": actions.grant, "decline": actions.decline, "revoke": actions.revoke, "restore": actions.restore}[
                name
            ](owner, access_id=access_id, at=at)


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=3, max_size=14))
def test_whatever_is_done_periods_never_overlap_and_the_customer_opened_each(
    stage: Stage, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        day = 0
        for name, later in steps:
            day += later
            try:
                with transaction.atomic():
                    _step(stage, name, day)
            except ClientsError:
                continue
        rows = list(Access.objects.order_by("pk"))
        periods = sorted((row.granted_on, row.removed_on or date.max) for row in rows if row.granted_on is not None)
        assert all(start <= end for start, end in periods)
        assert all(one[1] <= other[0] for one, other in pairwise(periods))
        assert sum(row.removed_on is None for row in rows) <= 1
        owner = stage.by("customer owner").user.pseudonym
        assert {row.granted_by for row in rows if row.granted_on is not None} <= {owner}
        assert len(list(client_access())) == len(periods)
        verbs = Entry.objects.values_list("verb", flat=True)
        opened = sum(verb in {"grant access", "restore access"} for verb in verbs)
        assert opened == len(periods)
        transaction.set_rollback(True)
