"""Who may try rules, approve them, and decide a recalibration."""

from __future__ import annotations

from palier.portal.people.models import Membership, User
from palier.portal.programs import doors
from palier.portal.roles import VENDOR, Audience

EDITORS: Audience = doors.EDITORS
"""They try, propose and approve versions, and publish recalibrations; nobody approves what they proposed."""
DECIDERS: Audience = doors.DECIDERS
"""They decide exceptions of a recalibration."""


class NotAllowedError(Exception):
    """Raised when a person's role does not allow what they ask."""

    def __init__(self, user: User, verb: str) -> None:
        super().__init__(f"{user.pseudonym} may not {verb}: ask an administrator of the vendor")


def require(user: User, audience: Audience, verb: str) -> None:
    """Go no further unless the person has such a role at the vendor.

    Raises:
        NotAllowedError: the person has none.
    """
    held = Membership.objects.filter(user=user, ended_at=None, organisation__kind="vendor", role__in=audience)
    if not user.is_active or not held.exists():
        raise NotAllowedError(user, verb)


def vendor_people(audience: Audience = VENDOR) -> list[User]:
    """The vendor's people in some roles, whom mails of programs go to."""
    held = Membership.objects.filter(ended_at=None, organisation__kind="vendor", role__in=audience)
    return list(User.objects.filter(memberships__in=held, is_active=True).distinct().order_by("pk"))
