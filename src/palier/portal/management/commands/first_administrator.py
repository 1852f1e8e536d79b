"""`python -m palier.portal first_administrator`: the vendor, and the person who lets everybody else in."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from palier.portal.people.actions import found_vendor
from palier.portal.people.errors import VendorThereError
from palier.portal.people.models import User

ACTOR = "first_administrator"


class Command(BaseCommand):
    """Make the vendor's organisation and its first administrator, and print where the password is chosen."""

    help = "Make the vendor and its first administrator; prints a link that holds one hour. Again: another link."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who."""
        parser.add_argument("vendor", help="What people call the organisation that runs the program.")
        parser.add_argument("email", help="The administrator's address: its account.")
        parser.add_argument("--name", default="", help="The administrator's name.")
        parser.add_argument("--language", choices=[code for code, _ in User.LANGUAGES], default="en")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Make what is not there yet, and print the link."""
        name, email = options["vendor"].strip(), options["email"].strip()
        try:
            validate_email(email)
        except ValidationError as error:
            message = f"{email!r} is no e-mail address"
            raise CommandError(message) from error
        if not name:
            message = "the vendor needs a name"
            raise CommandError(message)
        try:
            made = found_vendor(
                name, email=email, person=options["name"], language=options["language"], actor=ACTOR, at=timezone.now()
            )
        except VendorThereError as error:
            raise CommandError(str(error)) from error
        key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(made.user)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(made.user), "key": key})
        self.stdout.write(f"{made.user.email} is administrator of {made.organisation.name}.")
        self.stdout.write(f"Choose a password here within one hour, then sign in: {settings.ADDRESS}{path}")
