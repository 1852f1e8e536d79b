"""Reads: whose memberships, which organisation a person acts for."""

from __future__ import annotations

from django.db.models import QuerySet

from palier.portal.people.models import Membership, User


def memberships_of(user: User) -> QuerySet[Membership]:
    """The living memberships of a person, the vendor's first, then by name."""
    living = Membership.objects.filter(user=user, ended_at=None, user__is_active=True)
    return living.select_related("organisation").order_by("-organisation__kind", "organisation__name", "pk")


def chosen(user: User, organisation_id: int | None) -> Membership | None:
    """The membership a person acts under: the one chosen, else the first; None without any."""
    found = list(memberships_of(user))
    return next((each for each in found if each.organisation_id == organisation_id), found[0] if found else None)


def everyone() -> QuerySet[Membership]:
    """Every living membership, for the demo's page of sign-in."""
    living = Membership.objects.filter(ended_at=None, user__is_active=True)
    return living.select_related("organisation", "user").order_by("-organisation__kind", "pk")
