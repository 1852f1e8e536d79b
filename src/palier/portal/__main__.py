"""`python -m palier.portal`: Django's own commands, and those of the portal's apps."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command with the portal's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.portal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # after the settings are named

    from palier.portal.rows import speak_for_vendor  # noqa: PLC0415  # same

    speak_for_vendor()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
