"""The vendor's people with a published run, and a draft that raises what Gold asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from palier.backends.compare import Compared, compare
from palier.engine.compare import Comparison
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.programs.actions import trials
from palier.portal.roles import ROLES
from palier.portal.standings.models import Run
from portal.conftest import publish

GOLD = "tiers.gold.requires.all.total_points_goal.at_least"


COMPARED: dict[tuple[object, ...], Comparison] = {}
"""The comparisons worked out so far: the same question has the same answer in every test."""


@pytest.fixture(autouse=True)
def compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(before: Compared, after: Compared, *, facts: Path, on: date, **more: Any) -> Comparison:  # noqa: ANN401
        key = before.rulebook.digest, after.rulebook.digest, str(facts), on, str(more)
        if key not in COMPARED:
            COMPARED[key] = compare(before, after, facts=facts, on=on, **more)
        return COMPARED[key]

    monkeypatch.setattr(trials, "compare", once)


@pytest.fixture
def run(db: None, published_folder: Path) -> Run:
    del db
    return publish(published_folder)


@pytest.fixture
def vendor(db: None) -> dict[str, User]:
    """One person per role at the vendor, and a second program manager."""
    del db
    organisation = Organisation.objects.create(kind="vendor", name="Northlight")
    people = {}
    for name in [*ROLES["vendor"], "colleague"]:
        role = "manager" if name == "colleague" else str(name)
        user = User.objects.create_user(f"{name}@vendor.example", name=str(name).title())
        Membership.objects.create(user=user, organisation=organisation, role=role)
        people[str(name)] = user
    return people


def partner_admin(partner_id: str, language: str = "en") -> User:
    organisation, _ = Organisation.objects.get_or_create(
        kind="partner", fact_id=partner_id, defaults={"name": f"Partner {partner_id}"}
    )
    user = User.objects.create_user(f"{partner_id}.{language}@partner.example", name="Admin", language=language)
    Membership.objects.create(user=user, organisation=organisation, role="admin")
    return user
