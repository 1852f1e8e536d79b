"""The stage of clients: two partners at one customer, everybody's roles, and days of August 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from palier.portal.clients import facts as clients
from palier.portal.clients.models import Access, Customer
from palier.portal.partners import facts as partners
from palier.portal.partners.models import Company, Domain, Employee
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES
from palier.portal.standings.models import Run
from portal.conftest import publish

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ON = date(2026, 11, 20)
RIVAL = "Canary Rivals"
"""The other partner of the shared customer: its name must never reach the first."""
RIVAL_PERSON = "Ornella Canary"


class Stage:
    """Everybody by what they are, such as `stage.by("customer owner")`."""

    def __init__(self) -> None:
        self.members: dict[str, Membership] = {}
        organisations = {
            "vendor": Organisation.objects.create(kind="vendor", name="Northlight"),
            "partner": Organisation.objects.create(kind="partner", name="Agence Lumière", fact_id="P1"),
            "rival": Organisation.objects.create(kind="partner", name=RIVAL, fact_id="P2"),
            "customer": Organisation.objects.create(kind="customer", name="Brasserie", fact_id="C1"),
            "stranger": Organisation.objects.create(kind="customer", name="Stranger", fact_id="C2"),
        }
        for name, organisation in organisations.items():
            for role in ROLES[organisation.kind]:
                user = User.objects.create_user(f"{role.value}@{name}.example", name=f"{name} {role.value}")
                self.members[f"{name} {role.value}"] = Membership.objects.create(
                    user=user, organisation=organisation, role=role
                )
        Company.objects.create(partner_id="P1", name="Agence Lumière")
        Company.objects.create(partner_id="P2", name=RIVAL)
        Customer.objects.create(customer_id="C1", name="Brasserie", domain="brasserie.example")
        Customer.objects.create(customer_id="C2", name="Stranger", domain="stranger.example")
        Customer.objects.create(customer_id="C3", name="Gone", domain="gone.example", churned_on=date(2026, 1, 1))
        Domain.objects.create(partner_id="P1", domain="lumiere.example", approved_on=date(2026, 1, 1))
        self.person("U1", "P1", "yann@lumiere.example", "Yann Le Goff")
        self.person("U2", "P1", "ines@mail.example", "Inès Moreau")
        self.person("U9", "P2", "ornella@canary.example", RIVAL_PERSON)

    def person(self, user_id: str, partner_id: str, email: str, name: str, **more: object) -> Employee:
        tagged: dict[str, Any] = {"is_partner_employee": True, "added_on": date(2026, 1, 1)} | more
        return Employee.objects.create(user_id=user_id, partner_id=partner_id, email=email, name=name, **tagged)

    def by(self, who: str) -> Membership:
        return self.members[who]

    def lets_in(self, user_id: str, *, customer_id: str = "C1", since: date = date(2026, 2, 1)) -> Access:
        partner_id = Employee.objects.get(user_id=user_id).partner_id
        return Access.objects.create(
            user_id=user_id, partner_id=partner_id, customer_id=customer_id, granted_on=since, made_by="before"
        )


@pytest.fixture
def stage(db: None) -> Stage:
    del db
    return Stage()


def rows_of(folder: Path, table: str) -> Iterator[Mapping[str, object]]:
    """The rows of a fact table as the app `runs` hands them over."""
    found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(folder / f"{table}.parquet")])
    names = [column[0] for column in found.description or ()]
    for row in found.fetchall():
        yield dict(zip(names, row, strict=True))


@pytest.fixture
def adopted(db: None, published_folder: Path) -> Run:
    """A published run, and the portal's own tables as they are in its facts."""
    del db
    run = publish(published_folder)
    for table in ("partners", "partner_users", "partner_domains"):
        partners.ADOPTS[table](rows_of(run.facts, table))
    for table in ("customers", "client_access"):
        clients.ADOPTS[table](rows_of(run.facts, table))
    return run
