"""The vendor's queue of e-mail domains: what helps to decide stands there, and each is decided once (D21, D29)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from palier.portal.journal.models import Entry, Message
from palier.portal.partners import actions
from palier.portal.partners.errors import DecidedAlreadyError, NotAllowedError
from palier.portal.partners.models import Domain, Employee
from portal.conftest import client_of
from portal.partners.people import AT, ON, ONE, TWO, Stage

QUEUE = "partners:domains"


@pytest.fixture
def asked(stage: Stage) -> Domain:
    """A domain that the first partner asks for: one of its people is there, and another partner has it already."""
    Domain.objects.create(partner_id=TWO, domain="shared.example", approved_on=date(2025, 1, 1))
    Employee.objects.create(user_id="U1", partner_id=ONE, email="Ana@Shared.example", added_on=ON)
    return actions.request_domain(by=stage.one["admin"], partner_id=ONE, domain="shared.example", at=AT)


def test_the_queue_says_who_asks_who_uses_it_and_who_has_it(stage: Stage, asked: Domain) -> None:
    page = client_of(stage.vendor["manager"].user).get(reverse(QUEUE)).content.decode()
    assert "1 e-mail domain waits for approval." in page
    assert "1 person of the team has an address there" in page
    assert "approved for Two already" in page
    assert reverse("partners:company_of", args=[ONE]) in page
    assert f'value="{asked.pk}"' in page
    reads = client_of(stage.vendor["auditor"].user).get(reverse(QUEUE)).content.decode()
    assert "shared.example" in reads
    assert f'value="{asked.pk}"' not in reads, "an auditor decides nothing"


def test_a_domain_is_approved_from_the_queue_once(stage: Stage, asked: Domain) -> None:
    client, told = client_of(stage.vendor["manager"].user), {"act": "approve", "domain_id": str(asked.pk)}
    assert client.post(reverse(QUEUE), told)["Location"] == reverse(QUEUE)
    asked.refresh_from_db()
    assert asked.approved_on is not None
    assert Entry.objects.filter(verb="approve", subject_id=f"{ONE}/shared.example").count() == 1
    assert Message.objects.filter(kind="partners.domain").count() == 1
    again = client.post(reverse(QUEUE), told)
    assert again.status_code == 400
    assert "decided in the meantime" in again.content.decode()
    assert "No e-mail domain waits." in client.get(reverse(QUEUE)).content.decode()


def test_a_refusal_has_a_reason_and_is_not_overruled_by_a_late_approval(stage: Stage, asked: Domain) -> None:
    client, told = client_of(stage.vendor["administrator"].user), {"act": "refuse", "domain_id": str(asked.pk)}
    without = client.post(reverse(QUEUE), told | {"reason": " "})
    assert without.status_code == 400
    assert 'role="alert"' in without.content.decode()
    asked.refresh_from_db()
    assert asked.refused_at is None
    assert client.post(reverse(QUEUE), told | {"reason": "It is Two's"}).status_code == 302
    with pytest.raises(DecidedAlreadyError):
        actions.approve_asked(by=stage.vendor["manager"], domain=asked, on=ON, at=AT)
    assert Domain.objects.filter(partner_id=ONE, domain="shared.example", approved_on__isnull=False).count() == 0


@pytest.mark.parametrize("domain_id", ["", "x", "0", "9" * 40])
def test_a_domain_that_is_none_is_not_found(stage: Stage, domain_id: str) -> None:
    told = {"act": "approve", "domain_id": domain_id}
    assert client_of(stage.vendor["manager"].user).post(reverse(QUEUE), told).status_code == 404


def test_only_who_keeps_records_decides(stage: Stage, asked: Domain) -> None:
    for role in ("reviewer", "vendor_finance", "auditor"):
        if role in stage.vendor:
            told = {"act": "approve", "domain_id": str(asked.pk)}
            assert client_of(stage.vendor[role].user).post(reverse(QUEUE), told).status_code in (403, 404)
            with pytest.raises(NotAllowedError):
                actions.approve_asked(by=stage.vendor[role], domain=asked, on=ON, at=AT)
    asked.refresh_from_db()
    assert asked.approved_on is None
