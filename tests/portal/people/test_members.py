"""Who belongs to an organisation: roles change, memberships end at once, and somebody always runs it."""

from __future__ import annotations

import pytest
from django.test import Client

from palier.portal.journal.models import Entry
from palier.portal.people import actions
from palier.portal.people.errors import LastHeadError, NotAllowedError, PeopleError, RoleNotHereError
from palier.portal.people.models import Membership, Organisation
from portal.people.conftest import NOW, signed_in

House = dict[str, Membership]


def test_a_role_changes_and_the_journal_says_from_what_to_what(house: House) -> None:
    actions.change_role(house["paul"], membership=house["paula"], role="finance", at=NOW)
    assert Membership.objects.get(pk=house["paula"].pk).role == "finance"
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor) == ("membership.role_changed", house["paul"].user.pseudonym)
    assert (entry.before, entry.after) == ({"role": "employee"}, {"role": "finance"})


def test_an_ended_membership_opens_nothing_from_the_next_request_on(house: House) -> None:
    paula = signed_in(house["paula"])
    assert paula.get("/me").context["memberships"] != []
    actions.end_membership(house["paul"], membership=house["paula"], at=NOW)
    assert paula.get("/me").context["memberships"] == []
    assert paula.get("/points").status_code == 403


@pytest.mark.parametrize("who", ["vera", "paul", "carl"])
def test_the_last_who_runs_an_organisation_stays(who: str, house: House) -> None:
    with pytest.raises(LastHeadError):
        actions.end_membership(house[who], membership=house[who], at=NOW)
    lower = {"vera": "manager", "paul": "employee", "carl": "member"}[who]
    with pytest.raises(LastHeadError):
        actions.change_role(house[who], membership=house[who], role=lower, at=NOW)
    assert Entry.objects.count() == 0


def test_with_a_second_who_runs_it_the_first_may_leave(house: House) -> None:
    actions.change_role(house["paul"], membership=house["paula"], role="admin", at=NOW)
    actions.end_membership(house["paul"], membership=house["paul"], at=NOW)
    held = Membership.objects.get(pk=house["paula"].pk)
    with pytest.raises(LastHeadError):
        actions.end_membership(held, membership=held, at=NOW)


@pytest.mark.parametrize(
    ("who", "whom", "error"),
    [
        ("paula", "paula", NotAllowedError),
        ("petra", "paula", NotAllowedError),
        ("marc", "paula", NotAllowedError),
        ("aude", "paula", NotAllowedError),
        ("carl", "paula", NotAllowedError),
        ("paul", "petra", NotAllowedError),
        ("paul", "marc", NotAllowedError),
    ],
)
def test_who_may_not_end_a_membership(who: str, whom: str, error: type[PeopleError], house: House) -> None:
    with pytest.raises(error):
        actions.end_membership(house[who], membership=house[whom], at=NOW)
    assert Entry.objects.count() == 0


def test_a_role_of_another_kind_of_organisation_is_refused(house: House) -> None:
    with pytest.raises(RoleNotHereError):
        actions.change_role(house["paul"], membership=house["paula"], role="administrator", at=NOW)


def test_another_organisations_people_are_not_found(house: House) -> None:
    petra = signed_in(house["petra"])
    assert petra.post(f"/memberships/{house['paula'].pk}/end").status_code == 404
    assert petra.post(f"/memberships/{house['paula'].pk}/role", {"role": "admin"}).status_code == 404
    assert petra.post(f"/organisations/{house['paul'].organisation_id}/invite", {}).status_code == 404
    assert Membership.objects.get(pk=house["paula"].pk).ended_at is None


def test_the_page_lists_its_own_people_only(house: House) -> None:
    shown = signed_in(house["paul"]).get("/people").content.decode()
    assert "paula@one.example" in shown
    assert "petra@two.example" not in shown


def test_the_auditor_reads_and_finds_nothing_to_press(house: House) -> None:
    shown = signed_in(house["aude"]).get(f"/organisations/{house['paul'].organisation_id}")
    assert b"paula@one.example" in shown.content
    assert b"/invite" not in shown.content
    assert b"/end" not in shown.content


def test_somebody_in_two_organisations_acts_for_the_one_chosen(house: House) -> None:
    two = house["petra"].organisation
    Membership.objects.create(user=house["paula"].user, organisation=two, role="finance")
    paula: Client = signed_in(house["paula"])
    first = paula.get("/me")
    assert b'name="organisation"' in first.content
    assert first.context["membership"].organisation.name == "One"
    assert paula.post("/organisation", {"organisation": two.pk}).status_code == 302
    assert paula.get("/me").context["membership"].organisation.name == "Two"
    other = Organisation.objects.get(kind="customer")
    assert paula.post("/organisation", {"organisation": other.pk}).status_code == 404
    assert paula.post("/organisation", {"organisation": "x"}).status_code == 404


def test_refusals_are_said_on_the_page(house: House) -> None:
    paul = signed_in(house["paul"])
    response = paul.post(f"/memberships/{house['paul'].pk}/end", follow=True)
    assert b"Nobody else runs this organisation." in response.content
