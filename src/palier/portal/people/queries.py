"""Reads: whose memberships, who belongs to an organisation, which organisations there are."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from palier.portal.people.models import Invitation, Membership, Organisation, RequiredFactor, User


def memberships_of(user: User) -> QuerySet[Membership]:
    """The living memberships of a person, the vendor's first, then by name; each says if it needs a second factor."""
    living = Membership.objects.filter(user=user, ended_at=None, user__is_active=True)
    needed = RequiredFactor.objects.filter(role=OuterRef("role"))
    return (
        living.select_related("organisation", "user")
        .annotate(needs_factor=Exists(needed))
        .order_by("-organisation__kind", "organisation__name", "pk")
    )


def everyone() -> QuerySet[Membership]:
    """Every living membership, for the demo's page of sign-in."""
    living = Membership.objects.filter(ended_at=None, user__is_active=True)
    return living.select_related("organisation", "user").order_by("-organisation__kind", "pk")


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Who belongs to an organisation, by name."""
    living = Membership.objects.filter(organisation=organisation, ended_at=None, user__is_active=True)
    return living.select_related("user", "organisation").order_by("user__name", "user__email")


def invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """The invitations that wait for an answer, those past their day included, the newest first."""
    waiting = Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)
    return waiting.select_related("organisation", "invited_by").order_by("-invited_at")


def organisations(asked: str = "") -> QuerySet[Organisation]:
    """Partners and customers with a place in the portal, each with how many people it has, by name."""
    found = Organisation.objects.exclude(kind=Organisation.Kind.VENDOR)
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(fact_id=asked))
    living = Q(memberships__ended_at=None, memberships__user__is_active=True)
    return (
        found.select_related("identity_provider")
        .annotate(people_count=Count("memberships", filter=living))
        .order_by("name", "pk")
    )
