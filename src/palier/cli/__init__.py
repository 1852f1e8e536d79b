"""The command line: each command translates its words, makes one call and prints the answer."""

from __future__ import annotations

import gc
import signal
import sys


def main() -> None:
    """Run the command line; the exit code is the outcome (see `palier --help`)."""
    # A command loads thousands of lasting objects and ends: looking for garbage among them is a tenth of its start.
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop, we leave nothing half written either
    from palier.cli.app import run  # noqa: PLC0415  # importing palier must cost nothing

    sys.exit(run(sys.argv[1:]))
