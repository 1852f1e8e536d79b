"""Every address against every member of the cast: an address outside the table fails, and nobody sees another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from palier.portal.access import DOORS
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.standings.queries import lines_of, published
from portal.cast import FORMER, NOBODY, STRANGER, make_cast
from portal.conftest import client_of, publish

CLOSED_TO_ALL = {"account_signup", "account_inactive", "account_email", "account_email_verification_sent"}
"""Allauth's pages that this portal does not open to anybody."""
ABOUT_A_PARTNER = {
    "standings:explain",
    "standings:lines_csv",
    "standings:partner",
    "standings:partner_points",
    "standings:partner_points_csv",
    "standings:partner_portfolio",
    "standings:source",
}
ARGUMENTS: dict[str, dict[str, object]] = {
    "demo_sign_in": {"user_id": 1},
    "account_reset_password_from_key": {"uidb36": "1", "key": "none"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "account_confirm_email": {"key": "none"},
}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of every address of the portal."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{prefix}{each.namespace}:" if each.namespace else prefix
            yield from addresses(each, inner)
        elif isinstance(each, URLPattern):
            yield f"{prefix}{each.name}"


def test_every_address_stands_in_the_table_and_the_table_has_no_other() -> None:
    named = set(addresses(get_resolver()))
    unlisted = {name for name in named - set(DOORS) if not name.startswith(("account_", "mfa_"))}
    assert unlisted == set()
    assert set(DOORS) - named == set()


@pytest.fixture
def cast(db: None, published_folder: Path) -> dict[str, User | None]:
    del db
    publish(published_folder)
    return make_cast(published_folder / "run")


def address_of(name: str, partner_id: str) -> str:
    arguments = dict(ARGUMENTS.get(name, {}))
    if name in ABOUT_A_PARTNER:
        arguments["partner_id"] = partner_id
    if name in {"standings:explain", "standings:lines_csv"}:
        arguments["metric"] = "sold_points"
    if name == "standings:source":
        found = published("solutions")
        assert found is not None
        line = lines_of(found, partner_id, metric="sold_points")[0]
        arguments |= {"table": line.source_table, "source_id": line.source_id}
    return reverse(name, kwargs=arguments)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_the_table_is_what_each_of_the_cast_meets(name: str, cast: dict[str, User | None]) -> None:
    one = Organisation.objects.get(name="One Canary").fact_id
    wrong = []
    for who, user in cast.items():
        membership = Membership.objects.filter(user=user, ended_at=None).first() if user is not None else None
        for method in ("GET", "POST"):
            if name == "account_logout" and method == "POST":
                continue
            role = membership.role if membership is not None else None
            opens = DOORS[name].opens(method, role, signed_in=user is not None)
            response = client_of(user).generic(method, address_of(name, one))
            turned_away = response.status_code == 403 or (
                response.status_code == 302 and user is None and "/account/login/?next=" in response["Location"]
            )
            if opens == turned_away and not (opens and name.startswith(("account_", "mfa_"))):
                wrong.append(f"{who} {method}: {response.status_code}, expected {'in' if opens else 'out'}")
    assert wrong == []


@pytest.mark.parametrize(
    "who", ["partner two admin", "partner two employee", "customer owner", FORMER, STRANGER, NOBODY]
)
def test_nobody_else_reads_a_partners_figures(who: str, cast: dict[str, User | None]) -> None:
    one = Organisation.objects.get(name="One Canary").fact_id
    for name in sorted(ABOUT_A_PARTNER):
        response = client_of(cast[who]).get(address_of(name, one))
        assert response.status_code in {302, 403, 404}
        assert "Canary" not in response.content.decode()


@pytest.mark.parametrize("name", sorted(CLOSED_TO_ALL))
def test_what_allauth_offers_besides_is_closed(name: str, cast: dict[str, User | None]) -> None:
    for who in ("vendor administrator", "partner one admin"):
        response = client_of(cast[who]).get(reverse(name))
        assert response.status_code == 403
