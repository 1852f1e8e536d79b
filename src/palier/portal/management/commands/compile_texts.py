"""`python -m palier.portal compile_texts`: the catalogues as Django reads them."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from palier.portal.texts import compile_texts


class Command(BaseCommand):
    """Compile the portal's texts."""

    help = "Compile the portal's texts in other languages; what is compiled already stays."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's signature

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Compile, and say what."""
        for compiled in compile_texts():
            self.stdout.write(str(compiled))
