"""What periods of all tables have in common."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


def in_order(name: str, start: str, end: str) -> models.CheckConstraint:
    """A period ends no earlier than it starts."""
    return models.CheckConstraint(condition=Q(**{end: None}) | Q(**{f"{end}__gte": F(start)}), name=name)
