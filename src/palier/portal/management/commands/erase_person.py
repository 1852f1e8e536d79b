"""`python -m palier.portal erase_person`: what names a person goes; the journal's chain holds."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from palier.portal.people.models import User
from palier.portal.runs.erasure import LastAdministratorError, NobodyNamedError, erase, erase_address


class Command(BaseCommand):
    """Erase a person by e-mail address, or by pseudonym where a back-up brought somebody back."""

    help = "Erase a person: name, address, ways to sign in, mails, and the key to what the journal knows of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and why."""
        parser.add_argument("person", help="The e-mail address, or the pseudonym that an earlier erasure printed.")
        parser.add_argument("--reason", required=True, help="Why; it stands in the journal. Do not name the person.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Erase, or say why not."""
        said = options["person"].strip()
        person = User.objects.filter(Q(email__iexact=said) | Q(pseudonym=said)).first()
        if person is None:
            try:
                pseudonym = erase_address(said, actor="erase_person", reason=options["reason"], at=timezone.now())
            except NobodyNamedError as error:
                message = f"nobody has the address or pseudonym {said}, and nothing names it"
                raise CommandError(message) from error
            self.stdout.write(f"Erased. Nobody signed in with it; the journal knows of it as {pseudonym}.")
            return
        try:
            erase(person, actor="erase_person", reason=options["reason"], at=timezone.now())
        except LastAdministratorError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Erased. The journal knows this person as {person.pseudonym}, and nothing else.")
