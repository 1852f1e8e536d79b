"""An organisation's own sign-in, against a real OpenID Connect provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from palier.portal.journal.models import Entry
from palier.portal.people import actions
from palier.portal.people.errors import DomainTakenError, NotAllowedError
from palier.portal.people.factors import require
from palier.portal.people.models import Membership, User
from palier.portal.people.single_sign_on import remove_provider, set_provider
from portal.people.conftest import NOW, signed_in
from portal.people.provider import CLIENT_ID, SECRET, Provider, running

House = dict[str, Membership]


@pytest.fixture
def provider(house: House) -> Iterator[Provider]:
    """Partner one's provider, set up by the vendor."""
    with running() as found:
        set_up(house, found)
        yield found


def set_up(house: House, found: Provider, *, who: str = "paul", admits: str = "") -> None:
    organisation = house[who].organisation
    set_provider(
        house["vera"], organisation=organisation, issuer=found.issuer, client_id=CLIENT_ID, secret=SECRET,
        domains=["one.example"], admits=admits, at=NOW,
    )  # fmt: skip


def come_in(house: House, provider: Provider, **person: Any) -> tuple[Client, int]:  # noqa: ANN401  # any claim
    """Walk the whole way: from the sign-in page to the provider and back; the browser and the last answer's status."""
    provider.person = {"sub": "u1", "email_verified": True, **person}
    client = Client()
    page = client.get("/sign-in/organisation", {"email": "somebody@one.example"})
    there = client.get(page.context["address"])
    assert there.status_code == 302
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == f"/account/oidc/organisation-{house['paul'].organisation_id}/login/callback/"
    return client, client.get(f"{parts.path}?{parts.query}").status_code


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_member_comes_in_and_again_by_the_providers_id_alone(house: House, provider: Provider) -> None:
    client, status = come_in(house, provider, email="paula@one.example", name="Paula")
    assert (status, is_in(client)) == (302, True)
    assert client.get("/me").context["membership"].organisation.name == "One"
    again, _ = come_in(house, provider, email="paula.new-name@one.example")
    assert again.session["_auth_user_id"] == str(house["paula"].user.pk)
    assert provider.refused == []


def test_nobody_is_made_without_an_invitation(house: House, provider: Provider) -> None:
    client, status = come_in(house, provider, email="new@one.example")
    assert (status, is_in(client)) == (403, False)
    assert not User.objects.filter(email="new@one.example").exists()


def test_somebody_invited_comes_in_with_the_role_of_the_invitation(house: House, provider: Provider) -> None:
    actions.invite(
        house["paul"], organisation=house["paul"].organisation, email="new@one.example", role="finance", language="fr",
        address_of=lambda token: token, at=NOW,
    )  # fmt: skip
    from palier.portal.people.models import Invitation  # noqa: PLC0415  # beside its use

    Invitation.objects.update(expires_at="2100-01-01T00:00Z")
    client, _ = come_in(house, provider, email="new@one.example", name="Nina")
    assert is_in(client)
    membership = Membership.objects.get(user__email="new@one.example")
    assert (membership.role, membership.user.name, membership.user.language) == ("finance", "Nina", "fr")
    assert not membership.user.has_usable_password()


def test_the_organisation_may_admit_whoever_its_provider_knows(house: House, provider: Provider) -> None:
    set_up(house, provider, admits="employee")
    client, _ = come_in(house, provider, email="new@one.example", name="Nina")
    assert is_in(client)
    assert Membership.objects.get(user__email="new@one.example").role == "employee"
    assert Entry.objects.order_by("-place")[0].after == {"role": "employee", "by": "identity provider"}


@pytest.mark.parametrize(
    "person",
    [
        {"email": "petra@two.example"},
        {"email": "vera@vendor.example"},
        {"email": "paula@one.example", "email_verified": False},
        {"email": "paula@one.example", "email_verified": "true"},
        {"email": ""},
        {"email": "paula@one.example.evil.example"},
    ],
)
def test_the_provider_speaks_for_its_own_members_and_domains_only(
    person: dict[str, Any], house: House, provider: Provider
) -> None:
    set_up(house, provider, admits="employee")
    client, status = come_in(house, provider, **person)
    assert (status, is_in(client)) == (403, False)
    assert Membership.objects.count() == 7


def test_a_former_member_is_turned_away(house: House, provider: Provider) -> None:
    come_in(house, provider, email="paula@one.example")
    actions.end_membership(house["paul"], membership=house["paula"], at=NOW)
    client, status = come_in(house, provider, email="paula@one.example")
    assert (status, is_in(client)) == (403, False)


def test_a_token_signed_for_somebody_else_or_long_ago_opens_nothing(house: House, provider: Provider) -> None:
    for wrong in ({"aud": "another"}, {"iss": "http://elsewhere.example"}, {"exp": 1_600_000_000}):
        client, _ = come_in(house, provider, email="paula@one.example", **wrong)
        assert not is_in(client)


def test_an_answer_that_was_not_asked_for_opens_nothing(house: House, provider: Provider) -> None:
    del provider
    address = f"/account/oidc/organisation-{house['paul'].organisation_id}/login/callback/"
    client = Client()
    client.get(f"{address}?code=x&state=made-up")
    assert not is_in(client)


def test_the_session_acts_for_that_organisation_only(house: House, provider: Provider) -> None:
    Membership.objects.create(user=house["paula"].user, organisation=house["vera"].organisation, role="administrator")
    client, _ = come_in(house, provider, email="paula@one.example")
    assert client.get("/organisations").status_code == 403
    assert client.post("/organisation", {"organisation": house["vera"].organisation_id}).status_code == 404
    assert [each.organisation.name for each in client.get("/me").context["memberships"]] == ["One"]


@pytest.mark.parametrize("page", ["/account/2fa/", "/account/2fa/webauthn/add/", "/account/password/set/"])
def test_the_session_does_not_change_how_the_account_is_entered(page: str, house: House, provider: Provider) -> None:
    client, _ = come_in(house, provider, email="paula@one.example")
    assert client.get(page).status_code == 403
    assert client.post(page, {}).status_code == 403


@pytest.mark.parametrize(("amr", "status"), [(["pwd", "mfa"], 200), (["pwd"], 403), ("mfa", 403), (None, 403)])
def test_a_required_factor_is_the_providers_to_ask(amr: object, status: int, house: House, provider: Provider) -> None:
    require(house["vera"], roles=["admin"], at=NOW)
    client, _ = come_in(house, provider, email="paul@one.example", **({} if amr is None else {"amr": amr}))
    assert client.get("/people").status_code == status


def test_the_secret_is_never_shown_and_kept_when_left_empty(house: House, provider: Provider) -> None:
    client = signed_in(house["vera"])
    address = f"/organisations/{house['paul'].organisation_id}/sign-in"
    assert SECRET.encode() not in client.get(address).content
    said = {"issuer": provider.issuer, "client_id": CLIENT_ID, "secret": "", "domains": "one.example", "admits": ""}
    assert client.post(address, said).status_code == 302
    browser, _ = come_in(house, provider, email="paula@one.example")
    assert is_in(browser)
    assert SECRET not in str([each.after for each in Entry.objects.all()])


def test_only_the_vendors_administrator_sets_it_and_a_domain_has_one_provider(house: House, provider: Provider) -> None:
    for who in ("marc", "aude", "paul", "petra"):
        with pytest.raises(NotAllowedError):
            set_provider(
                house[who], organisation=house["paul"].organisation, issuer=provider.issuer, client_id="x",
                secret=SECRET, domains=["x.example"], admits="", at=NOW,
            )  # fmt: skip
    with pytest.raises(DomainTakenError):
        set_up(house, provider, who="petra")


def test_removed_it_opens_nothing(house: House, provider: Provider) -> None:
    remove_provider(house["vera"], organisation=house["paul"].organisation, at=NOW)
    address = f"/account/oidc/organisation-{house['paul'].organisation_id}/login/"
    assert Client().get(address).status_code == 404
    assert Client().get("/sign-in/organisation", {"email": "a@one.example"}).context["provider"] is None
    del provider
