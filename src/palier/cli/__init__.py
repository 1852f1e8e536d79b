"""The command line: each command translates its words, makes one call and prints the answer."""

from __future__ import annotations

import codecs
import gc
import io
import signal
import sys

_PLAINLY = "palier.plainly"


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What a terminal's encoding cannot say: the letter without its accent, a space for a narrow one, else a mark."""
    from unicodedata import normalize  # noqa: PLC0415  # few terminals ask for it

    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = (
        normalize("NFKD", each).encode("ascii", "ignore")
        for each in error.object[error.start : error.end].replace("’", "'")
    )
    return b"".join(each or b"?" for each in plain).decode(), error.end


def main() -> None:
    """Run the command line; the exit code is the outcome (see `palier --help`)."""
    # A command loads thousands of lasting objects and ends: looking for garbage among them is a tenth of its start.
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop, we leave nothing half written either
    codecs.register_error(_PLAINLY, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_PLAINLY)
    from palier.cli.app import run  # noqa: PLC0415  # importing palier must cost nothing

    sys.exit(run(sys.argv[1:]))
