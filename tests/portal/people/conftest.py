"""A small house: a vendor, two partners and a customer, each with whoever runs it and one more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from palier.portal.people.models import Membership, Organisation, User

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PASSWORD = "seven quiet herons wade"  # noqa: S105  # a password of the tests

PEOPLE = {
    "vera": ("vendor", "administrator"),
    "marc": ("vendor", "manager"),
    "aude": ("vendor", "auditor"),
    "paul": ("one", "admin"),
    "paula": ("one", "employee"),
    "petra": ("two", "admin"),
    "carl": ("customer", "owner"),
}


@pytest.fixture
def house(db: None) -> dict[str, Membership]:
    """Memberships by first name."""
    del db
    cache.clear()
    places = {
        "vendor": Organisation.objects.create(kind="vendor", name="Northlight"),
        "one": Organisation.objects.create(kind="partner", name="One", fact_id="P1"),
        "two": Organisation.objects.create(kind="partner", name="Two", fact_id="P2"),
        "customer": Organisation.objects.create(kind="customer", name="Client", fact_id="C1"),
    }
    found = {}
    for name, (place, role) in PEOPLE.items():
        user = User.objects.create_user(f"{name}@{place}.example", PASSWORD, name=name.title())
        found[name] = Membership.objects.create(user=user, organisation=places[place], role=role)
    return found


def signed_in(membership: Membership) -> Client:
    """A browser of a member."""
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
