"""What a password may not be, beyond its length and the list of leaked ones."""

from __future__ import annotations

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OURS = ("palier", "partner", "partenaire", "vendor", "editeur", "portal", "portail")
"""Words that stand on every page; docs/security.md lists them."""
ENOUGH = 6
"""How many other characters make a password of ours one of the person's own."""


class NoWordOfOurs:
    """Refuses a password that is hardly more than words of the portal."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Check a password.

        Raises:
            ValidationError: little is left when the portal's words and digits at its end are taken away.
        """
        del user
        left = re.sub("|".join(OURS), "", password.lower())
        if left != password.lower() and len(left) < ENOUGH:
            raise ValidationError(_("A password made of this portal's own words is tried first."), code="word_of_ours")

    def get_help_text(self) -> str:
        """What is asked, for the form."""
        return _("Your password is more than words of this portal.")
