"""The roles, and what a page asks of whoever opens it: a door, with the audiences that it lets in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do in an organisation."""

    ADMINISTRATOR = "administrator", _("administrator")
    MANAGER = "manager", _("program manager")
    REVIEWER = "reviewer", _("reviewer")
    VENDOR_FINANCE = "vendor_finance", _("finance")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("admin")
    EMPLOYEE = "employee", _("employee")
    FINANCE = "finance", _("finance")
    OWNER = "owner", _("owner")
    MEMBER = "member", _("member")


ROLES: dict[str, tuple[Role, ...]] = {
    "vendor": (Role.ADMINISTRATOR, Role.MANAGER, Role.REVIEWER, Role.VENDOR_FINANCE, Role.AUDITOR),
    "partner": (Role.ADMIN, Role.EMPLOYEE, Role.FINANCE),
    "customer": (Role.OWNER, Role.MEMBER),
}
"""The roles of each kind of organisation."""


Audience = frozenset[str]
ANYONE: Audience = frozenset({"*"})
SIGNED_IN: Audience = frozenset({"+"})
NO_ONE: Audience = frozenset()
VENDOR: Audience = frozenset(ROLES["vendor"])
PARTNER: Audience = frozenset(ROLES["partner"])
CUSTOMER: Audience = frozenset(ROLES["customer"])


@dataclass(frozen=True, slots=True)
class Door:
    """Who may read a page, and who may send something to it."""

    read: Audience
    write: Audience = NO_ONE

    def opens(self, method: str, role: str | None, *, signed_in: bool) -> bool:
        """Whether somebody in a role may use the method on the page."""
        audience = self.read if method in {"GET", "HEAD", "OPTIONS"} else self.write
        if audience == ANYONE:
            return True
        if not signed_in:
            return False
        return audience == SIGNED_IN or (role is not None and role in audience)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page in the menu of one kind of organisation; a smaller `place` stands further left."""

    kind: str
    place: int
    address: str
    said: Promise | str
