"""`palier portal`, `palier work` and `palier journal verify`: the portal's commands, as a process of its own."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import Annotated

import typer

from palier.rulebook.problems import PalierError

NEEDED = ("django", "allauth", "granian", "cryptography", "whitenoise", "dj_database_url", "django_htmx", "psycopg")
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


class PortalNotInstalledError(PalierError):
    """Raised when a command of the portal is called and the portal's packages are not there."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"the portal is not installed ({', '.join(missing)} missing): pip install 'palier[portal]', then try again"
        )


def register(app: typer.Typer) -> None:
    """Add the commands to the program's."""
    app.command(context_settings=PASSED_ON, epilog="Example:  palier portal migrate")(portal)
    app.command(context_settings=PASSED_ON, epilog="Example:  palier work")(work)
    journal = typer.Typer(help="The portal's journal: prove that nobody rewrote it.", no_args_is_help=True)
    journal.command(
        "verify", context_settings=PASSED_ON, epilog="Example:  palier journal verify --anchor 812:5f0c..."
    )(journal_verify)
    app.add_typer(journal, name="journal")


def portal(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="COMMAND [...]", help="The command.")] = None,
) -> None:
    """Run a command of the portal: migrate, demo, feed, work, erase_person, verify_journal, ... (help lists them)."""
    become(arguments or ["help"])


def work(arguments: Annotated[list[str] | None, typer.Argument(metavar="[...]")] = None) -> None:
    """Deliver the portal's mails, run its programs and keep its calendar, until told to stop."""
    become(["work", *(arguments or [])])


def journal_verify(arguments: Annotated[list[str] | None, typer.Argument(metavar="[...]")] = None) -> None:
    """Find any edit, removal, reordering or cut of the portal's journal: exit code 0 when there is none, else 3."""
    become(["verify_journal", *(arguments or [])])


def become(arguments: list[str]) -> None:
    """Become the portal's command: its signals and exit code are this process's.

    Raises:
        PortalNotInstalledError: the portal's packages are missing.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise PortalNotInstalledError(missing)
    sys.stdout.flush()
    command = [sys.executable, "-m", "palier.portal", *arguments]
    os.execv(sys.executable, command)  # noqa: S606  # our own program
