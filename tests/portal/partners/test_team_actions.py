"""Changes of a team: who may, what is written, what is told, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from palier.portal.journal.models import Entry
from palier.portal.journal.persons import revealed
from palier.portal.partners import actions
from palier.portal.partners.errors import (
    AddressTakenError,
    DeletedError,
    ExplanationMissingError,
    NotAllowedError,
    NothingToChangeError,
    OwnUserError,
)
from palier.portal.partners.models import Employee
from palier.portal.people.actions import accept, invite
from palier.portal.people.errors import InvitationGoneError
from palier.portal.people.models import Membership
from portal.partners.people import AT, ON, ONE, TWO, Stage


def add(by: Membership, email: str = "ana@one.example", **more: object) -> Employee:
    told = {"partner_id": ONE, "name": "Ana", "is_partner_employee": True, "explanation": "", "on": ON, "at": AT}
    return actions.add_employee(by=by, email=email, **(told | more))  # type: ignore[arg-type]


def test_an_admin_adds_a_person_and_the_journal_says_it_without_naming(stage: Stage) -> None:
    made = add(stage.one["admin"], " Ana@One.example ")
    assert (made.email, made.added_on, made.is_partner_employee) == ("ana@one.example", ON, True)
    (entry,) = Entry.objects.all()
    assert (entry.actor, entry.verb, entry.subject_id) == (stage.one["admin"].user.pseudonym, "add", made.user_id)
    assert "ana" not in str(entry.after)


def test_only_the_partners_own_admin_changes_its_team(stage: Stage) -> None:
    held = add(stage.one["admin"])
    for by in stage.everybody:
        if by == stage.one["admin"]:
            continue
        with pytest.raises(NotAllowedError):
            add(by, "else@one.example")
        with pytest.raises(NotAllowedError):
            actions.tag_employee(by=by, employee=held, tagged=False, at=AT)
        with pytest.raises(NotAllowedError):
            actions.deactivate_employee(by=by, employee=held, on=ON, at=AT)
        with pytest.raises(NotAllowedError):
            actions.reactivate_employee(by=by, employee=held, at=AT)
        with pytest.raises(NotAllowedError):
            actions.delete_employee(by=by, employee=held, on=ON, at=AT)
    held.refresh_from_db()
    assert (held.is_partner_employee, held.deactivated_on, held.deleted_on) == (True, None, None)
    assert Entry.objects.count() == 1


def test_a_former_admin_changes_nothing(stage: Stage) -> None:
    former = stage.one["admin"]
    former.ended_at = AT
    former.save()
    with pytest.raises(NotAllowedError):
        add(former)


def test_an_address_elsewhere_is_explained(stage: Stage) -> None:
    with pytest.raises(ExplanationMissingError):
        add(stage.one["admin"], "ana@else.example")
    assert add(stage.one["admin"], "ana@else.example", explanation="A freelancer").explanation == "A freelancer"
    entry = Entry.objects.get()
    assert "freelancer" not in f"{entry.reason} {entry.after}", "it is of the person, and goes with it"
    assert revealed([entry]) == {entry.place: {"explanation": "A freelancer"}}


def test_an_address_stands_once_a_partner_until_it_is_deleted(stage: Stage) -> None:
    first = add(stage.one["admin"])
    with pytest.raises(AddressTakenError):
        add(stage.one["admin"], "ANA@one.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.create(user_id="x", partner_id=ONE, email="Ana@one.example", added_on=ON)
    Employee.objects.create(user_id="y", partner_id=TWO, email="ana@one.example", added_on=ON)
    actions.delete_employee(by=stage.one["admin"], employee=first, on=ON, at=AT)
    assert add(stage.one["admin"]).user_id != first.user_id


def test_each_change_is_made_once_and_deletion_is_final(stage: Stage) -> None:
    by, held = stage.one["admin"], add(stage.one["admin"])
    with pytest.raises(NothingToChangeError):
        actions.tag_employee(by=by, employee=held, tagged=True, at=AT)
    actions.tag_employee(by=by, employee=held, tagged=False, at=AT)
    actions.deactivate_employee(by=by, employee=held, on=ON, at=AT)
    with pytest.raises(NothingToChangeError):
        actions.deactivate_employee(by=by, employee=held, on=ON + timedelta(days=1), at=AT)
    assert actions.reactivate_employee(by=by, employee=held, at=AT).deactivated_on is None
    assert actions.delete_employee(by=by, employee=held, on=ON, at=AT).deleted_on == ON
    with pytest.raises(DeletedError):
        actions.delete_employee(by=by, employee=held, on=ON, at=AT)
    with pytest.raises(DeletedError):
        actions.reactivate_employee(by=by, employee=held, at=AT)
    with pytest.raises(DeletedError):
        actions.tag_employee(by=by, employee=held, tagged=True, at=AT)
    assert list(Entry.objects.values_list("verb", flat=True)) == ["add", "untag", "deactivate", "reactivate", "delete"]


def test_who_leaves_the_team_no_longer_acts_for_the_partner(stage: Stage) -> None:
    colleague = stage.one["employee"]
    held = Employee.objects.create(
        user_id="U9", partner_id=ONE, email=colleague.user.email.upper(), added_on=date(2025, 1, 1)
    )
    actions.deactivate_employee(by=stage.one["admin"], employee=held, on=ON, at=AT)
    colleague.refresh_from_db()
    assert colleague.ended_at == AT
    stage.two["employee"].refresh_from_db()
    assert stage.two["employee"].ended_at is None
    ended = Entry.objects.get(verb="membership.ended")
    assert (ended.actor, ended.before) == (stage.one["admin"].user.pseudonym, {"role": "employee"})


@pytest.mark.parametrize("change", [actions.deactivate_employee, actions.delete_employee])
def test_who_leaves_the_team_does_not_come_in_by_an_invitation_either(
    change: Callable[..., Employee], stage: Stage
) -> None:
    by, tokens = stage.one["admin"], []
    held = add(by)
    place = by.organisation

    def address_of(token: str) -> str:
        tokens.append(token)
        return token

    invite(by, organisation=place, email=held.email, role="admin", language="en", address_of=address_of, at=AT)
    change(by=by, employee=held, on=ON, at=AT)
    with pytest.raises(InvitationGoneError):
        accept(tokens[0], user=None, name="Ana", at=AT)
    assert Entry.objects.filter(verb="invitation.withdrawn").count() == 1


def test_nobody_locks_themselves_out(stage: Stage) -> None:
    by = stage.one["admin"]
    own = add(by, by.user.email)
    for change in (actions.deactivate_employee, actions.delete_employee):
        with pytest.raises(OwnUserError):
            change(by=by, employee=own, on=ON, at=AT)
    by.refresh_from_db()
    assert by.ended_at is None
