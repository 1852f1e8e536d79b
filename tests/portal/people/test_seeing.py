"""See as this partner: everything is read, nothing sent, an hour at most, and the journal knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from palier.portal.access import DOORS
from palier.portal.journal.models import Entry
from palier.portal.people.models import Invitation, Membership
from palier.portal.people.seeing import KEY, LASTS, MAY_WRITE
from portal.people.conftest import signed_in

House = dict[str, Membership]


def verbs() -> list[str]:
    return list(Entry.objects.values_list("verb", flat=True))


def test_staff_reads_what_the_partner_reads_under_a_banner(house: House) -> None:
    client = signed_in(house["marc"])
    assert client.post("/see/P1").status_code == 302
    page = client.get("/people")
    assert page.status_code == 200
    assert page.context["membership"].organisation.name == "One"
    assert b"You see the portal as One sees it" in page.content
    assert b"paula@one.example" in page.content
    assert b"Organisations</a>" not in page.content
    assert client.get("/organisations").status_code == 403
    assert Membership.objects.filter(user=house["marc"].user).count() == 1


def test_nothing_is_sent_while_looking(house: House) -> None:
    client = signed_in(house["vera"])
    client.post("/see/P1")
    place = house["paul"].organisation_id
    said = {"email": "x@one.example", "role": "admin", "language": "en"}
    response = client.post(f"/organisations/{place}/invite", said)
    assert response.status_code == 403
    assert b"everything can be read, nothing sent" in response.content
    assert not Invitation.objects.exists()
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)("/me").status_code == 403
    assert client.post("/me", {"name": "Other", "language": "fr"}).status_code == 403
    assert verbs() == ["seeing.started"]


def test_only_stopping_and_signing_out_are_sent() -> None:
    assert {"people:stop_seeing", "account_logout"} == MAY_WRITE
    assert set(DOORS) >= MAY_WRITE


def test_start_and_stop_are_in_the_journal(house: House) -> None:
    client = signed_in(house["vera"])
    client.post("/see/P1")
    client.post("/stop-seeing")
    assert client.get("/people").context["membership"].organisation.name == "Northlight"
    assert verbs() == ["seeing.started", "seeing.stopped"]
    assert {each.actor for each in Entry.objects.all()} == {house["vera"].user.pseudonym}
    assert {each.subject_id for each in Entry.objects.all()} == {str(house["paul"].organisation_id)}


def test_it_ends_by_itself_after_an_hour(house: House) -> None:
    client = signed_in(house["vera"])
    client.post("/see/P1")
    session = client.session
    session[KEY] = {**session[KEY], "until": (timezone.now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert timedelta(minutes=60) == LASTS
    assert client.get("/people").context["membership"].organisation.name == "Northlight"
    assert [each.reason for each in Entry.objects.filter(verb="seeing.stopped")] == ["over"]


@pytest.mark.parametrize("who", ["aude", "paul", "paula", "petra", "carl"])
def test_nobody_else_looks_as_a_partner(who: str, house: House) -> None:
    client = signed_in(house[who])
    assert client.get("/see/P1").status_code == 403
    assert client.post("/see/P1").status_code == 403
    assert verbs() == []


def test_whoever_loses_the_role_looks_no_longer(house: House) -> None:
    client = signed_in(house["marc"])
    client.post("/see/P1")
    Membership.objects.filter(pk=house["marc"].pk).update(role="vendor_finance")
    assert client.get("/me").context["seeing"] is None
    assert client.get("/people").status_code == 403
    assert verbs() == ["seeing.started", "seeing.stopped"]


def test_a_partner_without_a_place_is_offered_one(house: House) -> None:
    page = signed_in(house["vera"]).get("/see/P9?name=Atelier")
    assert b"This partner has no place in the portal yet." in page.content
    assert b"/organisations?kind=partner&amp;fact_id=P9&amp;name=Atelier" in page.content
    assert b"An administrator does this." in signed_in(house["marc"]).get("/see/P9").content
    assert signed_in(house["vera"]).post("/see/P9").status_code == 200
    assert verbs() == []


def test_the_way_there_stands_on_the_partners_people_and_for_who_may_only(house: House) -> None:
    page = f"/organisations/{house['paul'].organisation_id}"
    assert b'href="/see/P1"' in signed_in(house["vera"]).get(page).content
    assert b'href="/see/P1"' not in signed_in(house["aude"]).get(page).content
    client = f"/organisations/{house['carl'].organisation_id}"
    assert b"/see/" not in signed_in(house["vera"]).get(client).content
