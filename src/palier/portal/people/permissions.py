"""May this person? What membership allows among people and organisations."""

from __future__ import annotations

from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Role

HEADS: dict[str, Role] = {"vendor": Role.ADMINISTRATOR, "partner": Role.ADMIN, "customer": Role.OWNER}
"""The role that runs an organisation of each kind; the last one of it cannot leave."""
SEERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.REVIEWER})
"""The vendor's roles that may look at the portal as a partner sees it; the auditor reads every page anyway."""


def may_run(membership: Membership | None, organisation: Organisation) -> bool:
    """Whether somebody invites, changes and ends memberships of an organisation.

    Its own head does; the vendor's administrator does so for partners and customers, too.
    """
    if membership is None:
        return False
    if membership.organisation_id == organisation.pk:
        return membership.role == HEADS[organisation.kind]
    return may_govern(membership)


def may_read_people(membership: Membership | None, organisation: Organisation) -> bool:
    """Whether somebody sees who belongs to an organisation: whoever runs it, and the vendor's auditor."""
    return may_run(membership, organisation) or (membership is not None and membership.role == Role.AUDITOR)


def may_govern(membership: Membership | None) -> bool:
    """Whether somebody makes organisations, sets how they sign in and which roles need a second factor."""
    return membership is not None and membership.role == Role.ADMINISTRATOR


def may_see_as_partner(membership: Membership | None) -> bool:
    """Whether somebody may look at the portal as a partner sees it."""
    return membership is not None and membership.role in SEERS
