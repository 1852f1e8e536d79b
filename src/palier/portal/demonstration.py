"""The demo's cast: one organisation of each kind, one account per role, on sample facts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

import palier
from palier.backends.evaluate import evaluate
from palier.backends.names import names
from palier.backends.sampling import write_sample
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES, Role
from palier.portal.standings.actions import publish_run
from palier.portal.standings.queries import Published
from palier.portal.standings.tasks import foretell_all

ON = date(2026, 11, 20)
PROGRAM = "solutions"
NAMES = {
    Role.ADMINISTRATOR: "Ada Lindqvist",
    Role.MANAGER: "Noé Garnier",
    Role.REVIEWER: "Ruth Adeyemi",
    Role.VENDOR_FINANCE: "Felix Brandt",
    Role.AUDITOR: "Aude Keller",
    Role.ADMIN: "Inès Moreau",
    Role.EMPLOYEE: "Yann Le Goff",
    Role.FINANCE: "Marta Silva",
    Role.OWNER: "Hugo Petit",
    Role.MEMBER: "Jana Novák",
}


def make_demonstration(folder: Path, *, partners: int, seed: int, at: datetime) -> None:
    """Make sample facts, evaluate them, publish the run and make the cast; what is there already stays."""
    facts, run = folder / "facts", folder / "run"
    if not facts.exists():
        write_sample(facts, partners=partners, seed=seed, until=ON)
    if not run.exists():
        evaluate(palier.read_program(PROGRAM), facts=facts, on=ON, out=run).close()
    published_run = publish_run(run, facts=facts, rulebook=PROGRAM, actor="demo", at=at)
    with palier.open_run(run) as source:
        partner_id = _worth_showing(source)
        customers = [line.customer_id for line in source.lines(partner_id=partner_id, metric="managed_points")]
    customer_id = next(each for each in customers if each is not None)
    known = names(facts, partners=[partner_id], customers=[customer_id])
    with transaction.atomic():
        _organisation("vendor", "Northlight", "")
        _organisation("partner", known.get(partner_id, partner_id), partner_id)
        _organisation("customer", known.get(customer_id, customer_id), customer_id)
    foretell_all(Published(published_run, palier.read_program(PROGRAM)), partners=[partner_id])


def _worth_showing(source: palier.Run) -> str:
    """A gold or platinum partner that misses little, so that every part of its page has something to say."""
    lines: dict[str, int] = {}
    for line in source.lines(metric="managed_points"):
        lines[line.partner_id] = lines.get(line.partner_id, 0) + 1
    near = [each for each in source.standings() if each.tier in {"gold", "platinum"} and lines.get(each.partner_id)]
    return min(near, key=lambda each: (len(each.missing), -min(lines[each.partner_id], 40), each.partner_id)).partner_id


def _organisation(kind: str, name: str, fact_id: str) -> None:
    organisation, _ = Organisation.objects.get_or_create(kind=kind, fact_id=fact_id, defaults={"name": name})
    for role in ROLES[kind]:
        email = f"{role.value.replace('_', '.')}@{kind}.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=NAMES[role])
        Membership.objects.get_or_create(user=user, organisation=organisation, ended_at=None, defaults={"role": role})
