"""The command line: each command translates its words, makes one call and prints the answer."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the exit code is the outcome (see `palier --help`)."""
    from palier.cli.app import run  # noqa: PLC0415  # importing palier must cost nothing

    sys.exit(run(sys.argv[1:]))
