"""`python -m palier.portal erase_person`: what names a person goes; the journal's chain holds."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from palier.portal.people.models import User
from palier.portal.runs.erasure import LastAdministratorError, erase


class Command(BaseCommand):
    """Erase a person by e-mail address."""

    help = "Erase a person: name, address, ways to sign in, mails, and the key to what the journal knows of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and why."""
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="Why; it stands in the journal. Do not name the person.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Erase, or say why not."""
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            message = f"nobody has the address {options['email']}"
            raise CommandError(message)
        try:
            erase(person, actor="erase_person", reason=options["reason"], at=timezone.now())
        except LastAdministratorError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Erased. The journal knows this person as {person.pseudonym}, and nothing else.")
