"""The team page confirms associations (D28) and leads to what is done there (D22-27, D45-50)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from palier.portal.clients.models import Access
from palier.portal.clients.partner_answers import reach
from palier.portal.partners.asked import Reach
from portal.clients.conftest import ON, Stage
from portal.conftest import client_of


@pytest.fixture
def accesses(stage: Stage) -> Stage:
    """Yann is associated by the domain; Inès, elsewhere, is let in at one customer and asked at another."""
    june = date(2026, 6, 1)
    Access.objects.create(user_id="U1", partner_id="P1", customer_id="C1", granted_on=june)
    Access.objects.create(user_id="U1", partner_id="P1", customer_id="C2", granted_on=june, removed_on=ON)
    Access.objects.create(user_id="U2", partner_id="P1", customer_id="C1", granted_on=june)
    Access.objects.create(user_id="U2", partner_id="P1", customer_id="C2", asked_on=june, made_by="x")
    Access.objects.create(user_id="U9", partner_id="P2", customer_id="C1", granted_on=june, associated_on=june)
    return stage


def test_reach_counts_customers_by_where_they_stand(accesses: Stage) -> None:
    del accesses
    assert reach("P1", ON) == {"U1": Reach(1, 0, 0), "U2": Reach(0, 1, 1)}
    assert reach("P1", date(2026, 11, 19))["U1"] == Reach(2, 0, 0)
    assert reach("nobody", ON) == {}


def test_the_team_leads_to_each_persons_customers(accesses: Stage) -> None:
    page = client_of(accesses.by("partner admin").user).get(reverse("partners:team")).content.decode()
    for said in ("1 associated", "1 not associated", "1 waits for the customer"):
        assert said in page
    for user_id in ("U1", "U2"):
        assert reverse("clients:employee", args=[user_id]) in page
        assert f"{reverse('clients:associate')}?person={user_id}" in page
    assert "U9" not in re.findall(r"\w+", page)
    finance = client_of(accesses.by("partner finance").user).get(reverse("partners:team")).content.decode()
    assert reverse("clients:associate") not in finance
    assert reverse("clients:employee", args=["U1"]) in finance
