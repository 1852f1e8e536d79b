# ruff: noqa: SLF001  # models are asked by their labels: _default_manager is Django's own way
"""What belongs to an organisation, by the names under which addresses and forms ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import models

from palier.portal.journal.outbox import queue_mail
from palier.portal.people.models import Invitation, Membership, Organisation
from palier.portal.programs.actions import versions
from palier.portal.programs.models import RulebookVersion
from palier.portal.rows import OWNED
from palier.portal.standings.models import Run
from portal.planting import UNGUARDED, canary, owns, whose

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
Things = Mapping[str, object]
OF_MODELS = {
    "access_id": "clients.Access",
    "user_id": "partners.Employee",
    "import_id": "partners.Import",
    "influenced_id": "partners.Influenced",
    "domain_id": "partners.Domain",
    "contact_id": "partners.VendorContact",
}
"""The models whose rows an address or a form names, by the name of the argument."""
NOT_THERE: Things = {
    **dict.fromkeys((*OF_MODELS, "partner_id", "customer_id", "application_id"), "none-such"),
    **dict.fromkeys(("domain_id", "contact_id", "organisation_id", "membership_id", "invitation_id"), 987654321),
    **dict.fromkeys(("version_id", "moved_id", "message_id", "occurrence_id"), 987654321),
    "email": "none.such@canary.example",
    "domain": "none-such.example",
}
"""Nobody's things, by the same names."""


def things_of(organisation: Organisation, run: Run) -> Things:
    """One of each kind of thing that belongs to an organisation, of those that it has."""
    member = Membership.objects.filter(organisation=organisation, ended_at=None)[0]
    found: dict[str, object] = {
        "organisation_id": organisation.pk,
        "membership_id": member.pk,
        "invitation_id": _invited(organisation, member).pk,
        "email": member.user.email,
        "message_id": _written_to(organisation, member),
    }
    if organisation.kind == "vendor":
        return found | _vendors(member, run)
    found[f"{organisation.kind}_id"] = organisation.fact_id
    for name, label in OF_MODELS.items():
        owner = OWNED[label]
        if owns(owner, organisation):
            row = apps.get_model(label)._default_manager.filter(**whose(owner, organisation)).order_by("pk")[0]
            found[name] = _said(row, name)
            if label == "partners.Domain":
                found["domain"] = row.domain
            if label == "clients.Access":
                found.setdefault("customer_id", row.customer_id)
    return found


def _said(row: models.Model, name: str) -> object:
    return getattr(row, name, row.pk)


def _invited(organisation: Organisation, member: Membership) -> Invitation:
    said = canary(organisation, UNGUARDED)
    return Invitation.objects.create(
        organisation=organisation, email=f"{said.lower()}@canary.example", role=member.role, token_hash=said,
        invited_by=member.user, invited_at=AT, expires_at=AT + timedelta(days=3650),
    )  # fmt: skip


def _written_to(organisation: Organisation, member: Membership) -> int:
    said = canary(organisation, UNGUARDED)
    queue_mail(key=said, kind="canary", to=member.user.email, language="en", subject=said, text=said, html=said, at=AT)
    return int(apps.get_model("journal.Message")._default_manager.get(key=said).pk)


def _vendors(member: Membership, run: Run) -> dict[str, object]:
    """What only the vendor has: a draft with its reason, a move that is decided, an application."""
    versions.adopt_shipped(run.program, at=AT)
    draft = versions.draft(member.user, run.program, on=run.as_of, at=AT)
    RulebookVersion.objects.filter(pk=draft.pk).update(note=canary(member.organisation, UNGUARDED))
    said = canary(member.organisation, UNGUARDED)
    application = apps.get_model("partners.Application")._default_manager.create(
        application_id=said, company=said, country="FR", domain=f"{said}.example".lower(), contact=said,
        email=f"{said.lower()}@canary.example", program=run.program, level="partner", received_at=AT,
    )  # fmt: skip
    moved = apps.get_model("programs.Moved")._default_manager.order_by("pk")[0]
    return {"version_id": draft.pk, "application_id": application.application_id, "moved_id": moved.pk}
