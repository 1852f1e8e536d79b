"""Who may do what with a customer's access: the partner asks and leaves, the customer alone lets in (D42-52)."""

from __future__ import annotations

from palier.portal.clients.errors import NotAllowedError
from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Role

ASKERS = frozenset({Role.ADMIN, Role.EMPLOYEE})
"""Who associates a partner's people with customers and asks for access."""
REMOVERS = frozenset({Role.ADMIN})
"""Who ends what a partner's people have at a customer."""
KEEPERS = frozenset({Role.OWNER})
"""Who gives and takes access and seats for a customer."""


def partner_of(by: Membership, roles: frozenset[Role]) -> str:
    """The partner that somebody acts for in one of the roles.

    Raises:
        NotAllowedError: in no such role.
    """
    return _acts_for(by, Organisation.Kind.PARTNER, roles)


def customer_of(by: Membership, roles: frozenset[Role] = KEEPERS) -> str:
    """The customer that somebody acts for in one of the roles.

    Raises:
        NotAllowedError: in no such role.
    """
    return _acts_for(by, Organisation.Kind.CUSTOMER, roles)


def _acts_for(by: Membership, kind: str, roles: frozenset[Role]) -> str:
    organisation = by.organisation
    if by.ended_at is not None or organisation.kind != kind or by.role not in roles or not organisation.fact_id:
        raise NotAllowedError
    return organisation.fact_id
