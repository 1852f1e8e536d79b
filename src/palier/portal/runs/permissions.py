"""Who may run programs, resend mails, read the journal and erase persons."""

from __future__ import annotations

from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import VENDOR, Audience, Role

RUNNERS: Audience = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
"""Who asks for runs and resends mails."""
READERS: Audience = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.ADMIN})
"""Who reads the journal: the vendor's administrator and auditor all of it, a partner's admin what concerns it."""
ERASERS: Audience = frozenset({Role.ADMINISTRATOR})
"""Who erases a person."""
IDENTIFIERS: Audience = frozenset({Role.ADMINISTRATOR})
"""Who says under which ids the warehouse knows what the portal knows."""
OWNERS: Audience = frozenset({Role.ADMINISTRATOR})
"""Who decides which side owns a table of facts."""
STAFF: Audience = VENDOR


class NotAllowedError(Exception):
    """Raised when somebody's role does not let them."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"your role does not let you {verb}")
        self.verb = verb


def may_run(membership: Membership) -> bool:
    """Whether somebody may ask for a run and resend a mail."""
    return _vendors(membership) and membership.role in RUNNERS


def may_erase(membership: Membership) -> bool:
    """Whether somebody may erase a person."""
    return _vendors(membership) and membership.role in ERASERS


def may_identify(membership: Membership) -> bool:
    """Whether somebody may change the identity map."""
    return _vendors(membership) and membership.role in IDENTIFIERS


def may_own(membership: Membership) -> bool:
    """Whether somebody may decide who owns a fact table."""
    return _vendors(membership) and membership.role in OWNERS


def reads_all(membership: Membership) -> bool:
    """Whether somebody reads the whole journal."""
    return _vendors(membership) and membership.role in READERS


def _vendors(membership: Membership) -> bool:
    return membership.ended_at is None and membership.organisation.kind == Organisation.Kind.VENDOR
