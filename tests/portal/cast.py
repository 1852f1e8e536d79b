"""The cast: both partners, every role, the customer, a former employee, somebody who belongs nowhere, and nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

import palier
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES

FORMER, STRANGER, NOBODY = "former employee", "stranger", "nobody"


def make_cast(run: Path) -> dict[str, User | None]:
    """Everybody by a name that says who it is, such as `partner one admin`."""
    with palier.open_run(run) as source:
        ids = [each.partner_id for each in source.standings() if each.tier in {"gold", "platinum", "diamond"}][:2]
    organisations = {
        "vendor": Organisation.objects.create(kind="vendor", name="Northlight"),
        "partner one": Organisation.objects.create(kind="partner", name="One Canary", fact_id=ids[0]),
        "partner two": Organisation.objects.create(kind="partner", name="Two Canary", fact_id=ids[1]),
        "customer": Organisation.objects.create(kind="customer", name="Client", fact_id="C0000001"),
    }
    cast: dict[str, User | None] = {}
    for name, organisation in organisations.items():
        for role in ROLES[organisation.kind]:
            user = _user(f"{name} {role.value}")
            Membership.objects.create(user=user, organisation=organisation, role=role)
            cast[f"{name} {role.value}"] = user
    former = _user(FORMER)
    left = timezone.now() - timedelta(days=1)
    Membership.objects.create(user=former, organisation=organisations["partner one"], role="admin", ended_at=left)
    return cast | {FORMER: former, STRANGER: _user(STRANGER), NOBODY: None}


def _user(name: str) -> User:
    return User.objects.create_user(f"{name.replace(' ', '.')}@example.com", name=name)
