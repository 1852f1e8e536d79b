"""Who may do what about a partner: asked by every action before it changes anything."""

from __future__ import annotations

from collections.abc import Iterable

from palier.portal.partners.errors import NotAllowedError
from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Role

DECIDERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.REVIEWER})
"""Who decides for the vendor on compliance, exceptions, joining and submissions."""
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
"""Who keeps the vendor's records of a partner: domains, levels, contacts, imports."""


def is_of_vendor(by: Membership, among: Iterable[str] = ()) -> bool:
    """Whether somebody acts for the vendor, in one of some roles if any are named."""
    roles = frozenset(among)
    return (
        by.ended_at is None
        and by.organisation.kind == Organisation.Kind.VENDOR
        and (not roles or by.role in roles)
    )  # fmt: skip


def is_of_partner(by: Membership, partner_id: str, among: Iterable[str] = ()) -> bool:
    """Whether somebody acts for this very partner, in one of some roles if any are named."""
    roles = frozenset(among)
    return (
        by.ended_at is None
        and by.organisation.kind == Organisation.Kind.PARTNER
        and bool(partner_id)
        and by.organisation.fact_id == partner_id
        and (not roles or by.role in roles)
    )


def may_read(by: Membership, partner_id: str) -> bool:
    """Whether somebody may read what is recorded of a partner: its own people and the vendor's."""
    return is_of_partner(by, partner_id) or is_of_vendor(by)


def may_keep_team(by: Membership, partner_id: str) -> bool:
    """Whether somebody may add, tag, deactivate and delete the people of a partner."""
    return is_of_partner(by, partner_id, {Role.ADMIN})


def may_file(by: Membership, partner_id: str) -> bool:
    """Whether somebody may file a partner's form, ask for a domain, or submit a deal."""
    return is_of_partner(by, partner_id, {Role.ADMIN, Role.EMPLOYEE})


def may_decide(by: Membership) -> bool:
    """Whether somebody decides for the vendor."""
    return is_of_vendor(by, DECIDERS)


def may_keep(by: Membership) -> bool:
    """Whether somebody keeps the vendor's records of partners."""
    return is_of_vendor(by, KEEPERS)


def require(allowed: bool, what: str) -> None:  # the answer of one of the questions above
    """Go on only if it is allowed.

    Raises:
        NotAllowedError: it is not.
    """
    if not allowed:
        raise NotAllowedError(what)
