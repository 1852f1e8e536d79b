"""The menu: a long one keeps its first pages in sight and the others behind one word."""

from __future__ import annotations

import re

import pytest

from palier.portal.access import IN_THE_BAR, MENUS
from palier.portal.people.models import Membership, Organisation, User
from portal.conftest import client_of

pytestmark = pytest.mark.django_db


def page_of(kind: str, role: str, address: str) -> str:
    organisation = Organisation.objects.create(kind=kind, name=kind, fact_id="" if kind == "vendor" else "X1")
    user = User.objects.create_user(f"{role}@{kind}.example", name=role, language="en")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    response = client_of(user).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def parts_of(page: str) -> tuple[list[str], list[str]]:
    """What stands in the bar, and what waits behind it."""
    menu = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    bar, _, further = menu.partition("<details")
    return tuple(re.findall(r">([^<>]+)</a>", each) for each in (bar, further))  # type: ignore[return-value]  # two


@pytest.mark.parametrize(("kind", "role"), [("partner", "admin"), ("vendor", "administrator")])
def test_a_long_menu_has_its_first_pages_in_the_bar_and_the_rest_behind_one_word(kind: str, role: str) -> None:
    bar, further = parts_of(page_of(kind, role, "/me"))
    assert len(bar) == IN_THE_BAR
    assert bar + further == [str(each.said) for each in MENUS if each.kind == kind]


def test_the_word_says_that_the_page_of_now_is_behind_it() -> None:
    page = page_of("partner", "admin", "/people")
    assert '<summary class="current">' in page
    assert re.search(r'<li><a href="/people" aria-current="page">', page)


def test_a_short_menu_stands_in_the_bar_as_a_whole() -> None:
    page = page_of("customer", "owner", "/me")
    assert parts_of(page)[1] == []
    assert "menu.js" not in page
