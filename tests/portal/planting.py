# ruff: noqa: SLF001  # models are asked by their labels: _meta and _default_manager are Django's own way
"""A row in any table for any organisation, every text of it a word that is found nowhere else: a canary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from palier.portal.people.models import Organisation
from palier.portal.rows import OWNED, Owner

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SAMPLES: Mapping[str, Mapping[str, object]] = {
    "clients.Access": {"asked_on": ON, "granted_on": ON},
    "partners.Domain": {"approved_on": ON},
    "partners.Import": {"table": "partner_users"},
    "partners.ImportedRow": {
        "after": lambda organisation: {
            "email": f"{canary(organisation).lower()}@canary.example",
            "name": canary(organisation),
            "is_partner_employee": "true",
            "explanation": canary(organisation),
        }
    },
    "programs.Moved": {
        "way": "rise",
        "exception": "",
        "reason": "",
        "sentences": lambda organisation: {"en": canary(organisation), "fr": canary(organisation)},
    },
    "programs.Shadowing": {
        "told": lambda organisation: {
            "compared": 1,
            "agreed": 0,
            "ladder": ["gold"],
            "matrix": [["gold", "platinum", 1]],
            "summary": {"en": [canary(organisation)], "fr": [canary(organisation)]},
            "differences": [
                {
                    "partner_id": "P00001",
                    "name": canary(organisation),
                    "theirs": "gold",
                    "ours": "platinum",
                    "steps": 1,
                    "metrics": ["total_points"],
                    "why": {"en": [canary(organisation)], "fr": [canary(organisation)]},
                }
            ],
        }
    },
}
"""What the constraints of a table ask of a row, by model: values, or what makes one of an organisation."""

CODES: Mapping[str, object] = {
    "code": "onboarded", "country": "FR", "currency": "EUR", "language": "en", "payment_currency": "EUR",
    "program": "solutions", "tier": "gold",
}  # fmt: skip
"""Texts that a page looks up, by the name of their field."""

_serial = count(1)


SECRET, SHARED, UNGUARDED = "x", "s", "e"
"""The letter in canaries that nobody else reads, in those that a partner's customers read too, and in those that stand
in tables without row-level security (rows.EXCEPTED), which the application alone keeps."""


def canary(organisation: Organisation, letter: str = SECRET) -> str:
    """A word that belongs to one organisation."""
    return f"Canary{organisation.pk}{letter}{next(_serial)}y"


def beginning(organisation: Organisation, letter: str = SECRET) -> str:
    """How the canaries of an organisation begin, in lower case."""
    return f"canary{organisation.pk}{letter}"


def send_to(partner: Organisation, customer: Organisation) -> None:
    """Somebody of a partner who has access to a customer's account, with a seat, somebody who asks, one who left."""
    for number, days in enumerate(({"granted_on": ON}, {"asked_on": ON}, {"granted_on": ON, "removed_on": ON})):
        made = apps.get_model("partners.Employee")._default_manager.create(
            user_id=canary(partner, SHARED), partner_id=partner.fact_id, name=canary(partner, SHARED),
            email=f"{canary(partner, SHARED).lower()}@canary.example", is_partner_employee=True, added_on=ON,
        )  # fmt: skip
        whose_it_is = {"user_id": made.user_id, "partner_id": partner.fact_id, "customer_id": customer.fact_id}
        apps.get_model("clients.Access")._default_manager.create(made_by=canary(partner), **whose_it_is, **days)
        if number == 0:
            given = {"given_on": ON, "given_by": canary(partner)}
            apps.get_model("clients.Seat")._default_manager.create(**whose_it_is, **given)


def plant(label: str, organisation: Organisation, letter: str = "") -> models.Model:
    """Add a row that is the organisation's to a guarded table; what others read of it besides is said by its letter."""
    owner, model = OWNED.get(label, Owner()), apps.get_model(label)
    letter = letter or (SECRET if owner.read_by is None else SHARED)
    told = whose(owner, organisation)
    sample = {name: value(organisation) if callable(value) else value for name, value in SAMPLES.get(label, {}).items()}
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.column in told:
            values[field.attname] = told[field.column]
        elif field.name in sample:
            values[field.name] = sample[field.name]
        elif not (field.primary_key or field.has_default() or field.null):
            values[field.attname] = something(field, organisation, letter)
    made: models.Model = model._default_manager.create(**values)
    return made


def owns(owner: Owner, organisation: Organisation) -> bool:
    """Whether an organisation of this kind has rows in a table at all."""
    columns = {"partner": owner.partner, "customer": owner.customer, "vendor": "vendor"}
    if owner.within is not None:
        return owns(OWNED[owner.within[1]], organisation) or bool(columns[organisation.kind])
    return bool(columns[organisation.kind] or owner.organisation)


def whose(owner: Owner, organisation: Organisation) -> dict[str, object]:
    """The columns that make a row the organisation's."""
    told: dict[str, object] = {}
    if owner.partner and organisation.kind == "partner":
        told[owner.partner] = organisation.fact_id
    if owner.customer and organisation.kind == "customer":
        told[owner.customer] = organisation.fact_id
    if owner.organisation:
        told[owner.organisation] = organisation.pk
    if owner.within is not None and owns(OWNED[owner.within[1]], organisation):
        column, label, asked = owner.within
        parent = OWNED[label]
        model = apps.get_model(label)
        found = model._default_manager.filter(**whose(parent, organisation)).order_by("-pk").first()
        row = found if found is not None else plant(label, organisation)
        told[column] = getattr(row, next(each.attname for each in model._meta.concrete_fields if each.column == asked))
    return told


def something(field: Any, organisation: Organisation, letter: str = SECRET) -> object:  # noqa: ANN401  # any field
    """A value that a field takes."""
    if field.remote_field is not None:
        found = field.remote_field.model._default_manager.order_by("-pk").first()
        return (found or plant(field.remote_field.model._meta.label, organisation)).pk
    if field.choices:
        return field.choices[0][0]
    if field.name == "domain":
        return f"{canary(organisation, letter)}.example".lower()
    if field.name in CODES:
        return CODES[field.name]
    kinds: Mapping[type[models.Field[Any, Any]], Callable[[], object]] = {
        models.EmailField: lambda: f"{canary(organisation, letter).lower()}@canary.example",
        models.DateTimeField: lambda: AT,
        models.DateField: lambda: ON + timedelta(days=next(_serial)),
        models.TimeField: lambda: time(9),
        models.BooleanField: lambda: False,
        models.DecimalField: lambda: 1,
        models.IntegerField: lambda: next(_serial),
        models.JSONField: lambda: {"said": canary(organisation, letter)},
        models.BinaryField: lambda: canary(organisation, letter).encode(),
        models.CharField: lambda: canary(organisation, letter)[: field.max_length or 200],
        models.TextField: lambda: f"{canary(organisation, letter)}.",
    }
    return next(make() for kind, make in kinds.items() if isinstance(field, kind))
