"""`python -m palier.portal`: Django's own commands, and those of the portal's apps."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from palier.portal.environment import fresh_secret

HELP = frozenset({"help", "--help", "-h"})


def main() -> None:
    """Run a management command with the portal's settings; help needs none of them, and leaves nothing behind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.portal.settings")
    with ExitStack() as gone_after:
        if not sys.argv[1:] or not HELP.isdisjoint(sys.argv[1:]):
            os.environ["PALIER_FOLDER"] = folder = gone_after.enter_context(TemporaryDirectory())
            os.environ["PALIER_SECRET_KEY"] = fresh_secret(Path(folder))
        run_command()


def run_command() -> None:
    """Run the management command that was called."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # after the settings are named
    from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415  # same

    from palier.portal.rows import speak_for_vendor  # noqa: PLC0415  # same

    speak_for_vendor()
    try:
        execute_from_command_line(["palier portal", *sys.argv[1:]])
    except (OperationalError, ProgrammingError) as error:
        said = missing_from_database(error)
        if said is None or "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"palier portal: {said}\n")
        sys.exit(2)


def missing_from_database(error: Exception) -> str | None:
    """What a command fails for that is no fault of its own: no database answers, or its tables are not made yet."""
    from django.db import connection  # noqa: PLC0415  # after the settings are named
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415  # same
    from django.db.utils import DatabaseError  # noqa: PLC0415  # same

    try:
        connection.rollback()
        made = MigrationExecutor(connection)
        waiting = len(made.migration_plan(made.loader.graph.leaf_nodes()))
    except DatabaseError:
        return f"the database does not answer ({str(error).splitlines()[0]}): start it, or look at DATABASE_URL"
    if not waiting:
        return None
    return f"the database lacks {waiting} migrations: run palier portal migrate first"


if __name__ == "__main__":
    main()
