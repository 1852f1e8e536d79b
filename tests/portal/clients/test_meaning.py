"""Whom a partner means that submits a deal by a name: the vendor is offered customers and decides."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from palier.portal.clients.meaning import MOST, meant
from palier.portal.clients.models import Customer
from palier.portal.partners.models import Influenced
from palier.portal.people.models import Membership, Organisation, User
from portal.conftest import NOW, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def customers() -> None:
    for number, (name, domain) in enumerate(
        (
            ("Orion Finance", "orion.example"), ("Orion Media", "orion-media.example"), ("Société Éclair", ""),
            ("Nova Travel", "nova.example"), *((f"Globe Energy {each}", f"globe{each}.example") for each in range(20)),
        ),
        start=1,
    ):  # fmt: skip
        Customer.objects.create(customer_id=f"C{number}", name=name, domain=domain)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("Orion Finance", ["C1", "C2"]),
        ("ORION MEDIA, Inc.", ["C2", "C1"]),
        ("Their shop www.nova.example", ["C4"]),
        ("Orion Finance, nova.example", ["C4", "C1", "C2"]),
        ("éclair", ["C3"]),
        ("Nobody at all", []),
        ("of", []),
        ("", []),
    ],
)
def test_customers_are_found_by_domain_then_by_name(said: str, ids: list[str]) -> None:
    assert [each.customer_id for each in meant(said)] == ids


def test_only_so_many_are_offered() -> None:
    assert len(meant("Globe Energy")) == MOST


def test_the_vendor_takes_one_and_confirms_it() -> None:
    organisation = Organisation.objects.create(kind="vendor", name="Northlight")
    user = User.objects.create_user("ruth@vendor.example", name="Ruth", language="en")
    Membership.objects.create(user=user, organisation=organisation, role="reviewer")
    Influenced.objects.create(
        influenced_id="I1", partner_id="P1", customer_said="Orion Finance", role="sourced", mrr_minor=100_00,
        currency="EUR", closed_on=date(2026, 10, 1), submitted_at=NOW,
    )  # fmt: skip
    address, client = reverse("partners:influence_of", args=["I1"]), client_of(user)
    page = client.get(address).content.decode()
    assert "Customers that may be meant" in page
    assert page.index("?customer=C1") < page.index("?customer=C2")
    chosen = client.get(address, {"customer": "C1"}).content.decode()
    assert 'value="C1"' in chosen
    assert Influenced.objects.get().customer_id == "", "nothing is matched before the vendor accepts"
