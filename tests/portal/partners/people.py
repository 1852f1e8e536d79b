"""A partner, its people and the vendor's, without any run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from palier.portal.partners.models import Company, Domain, Enrolment
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ON = date(2026, 11, 20)
ONE, TWO = "P1", "P2"


class Stage(NamedTuple):
    """Everybody by organisation and role."""

    vendor: dict[str, Membership]
    one: dict[str, Membership]
    two: dict[str, Membership]
    customer: dict[str, Membership]

    @property
    def everybody(self) -> list[Membership]:
        """All of them."""
        return [each for group in self for each in group.values()]


def set_stage() -> Stage:
    """Two partners with the domain of the first approved, the vendor and a customer."""
    for partner_id, name in ((ONE, "One"), (TWO, "Two")):
        Company.objects.create(partner_id=partner_id, name=name, country="FR", payment_currency="EUR")
    Domain.objects.create(partner_id=ONE, domain="one.example", approved_on=date(2025, 1, 1))
    Enrolment.objects.create(
        enrolment_id="E1", partner_id=ONE, program="solutions", level="partner", enrolled_on=date(2025, 1, 1)
    )
    Enrolment.objects.create(
        enrolment_id="E2", partner_id=ONE, program="technology", level="member", enrolled_on=date(2026, 1, 15)
    )
    groups = [
        _organisation("vendor", "vendor", ""),
        _organisation("one", "partner", ONE),
        _organisation("two", "partner", TWO),
        _organisation("customer", "customer", "C1"),
    ]
    return Stage(*groups)


def _organisation(name: str, kind: str, fact_id: str) -> dict[str, Membership]:
    organisation = Organisation.objects.create(kind=kind, name=name, fact_id=fact_id)
    made = {}
    for role in ROLES[kind]:
        language = "fr" if role == "admin" else "en"
        user = User.objects.create_user(f"{role}@{name}.example", name=f"{role} of {name}", language=language)
        made[role.value] = Membership.objects.create(user=user, organisation=organisation, role=role)
    return made
