"""The vendor's people with a published run, and a draft that raises what Gold asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from palier.backends.compare import Compared, compare
from palier.backends.files import facts_digest
from palier.engine.check import check_program
from palier.engine.compare import Comparison
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.programs.actions import trials, versions
from palier.portal.roles import ROLES
from palier.portal.standings.models import Run
from palier.rulebook.problems import Problem
from palier.rulebook.read import read_program
from portal.conftest import publish
from support.kept import kept_value

GOLD = "tiers.gold.requires.all.total_points_goal.at_least"


@pytest.fixture(autouse=True)
def compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same question has the same answer in every test: it is worked out once, for all workers."""

    def once(before: Compared, after: Compared, *, facts: Path, on: date, **more: Any) -> Comparison:  # noqa: ANN401
        sides = [(side.rulebook.digest, side.known_at) for side in (before, after)]
        asked = *sides, facts_digest(facts), on, sorted(more.items())
        return kept_value("compared", asked, make=lambda: compare(before, after, facts=facts, on=on, **more))

    monkeypatch.setattr(trials, "compare", once)


@pytest.fixture(autouse=True)
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files have the same problems in every test: they are checked once, for all workers."""

    def once(folder: Path) -> tuple[Problem, ...]:
        return kept_value("checked", read_program(folder).digest, make=lambda: check_program(folder))

    monkeypatch.setattr(versions, "check_program", once)


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
