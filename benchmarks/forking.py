"""Starts processes of the portal by forking one that has imported everything: `python -m benchmarks.forking`.

Nine tenths of the start of a portal process is the import of its modules. Where processes are killed and started again
hundreds of times that would be the whole proof. What runs in a fork is the same: granian's own command line, and the
portal's own commands, each in a session of its own; only mails go to a server that takes its time, and what is named
as an argument is broken (`benchmarks.breaking`). Each line on stdin asks for a process, as JSON: `program`
(`granian` or `portal`), `arguments` and `log`; its process id comes back on a line of stdout. The end of stdin ends
this process, not those that it started.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.breaking import BREAKAGES
from benchmarks.measuring import ROOT


class Forking:
    """The other side: a process to ask for processes."""

    def __init__(self, environment: Mapping[str, str], broken: str = "") -> None:
        """Start it and wait until it has imported everything; `broken` names what its processes do wrong."""
        self._source = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.forking", *filter(None, [broken])], env=dict(environment), cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        self._answer()

    def start(self, program: str, arguments: Sequence[str], log: Path) -> int:
        """Start a process in a session of its own; gives its id."""
        assert self._source.stdin is not None  # noqa: S101  # it is a pipe
        self._source.stdin.write(json.dumps({"program": program, "arguments": arguments, "log": str(log)}) + "\n")
        return int(self._answer())

    def _answer(self) -> str:
        assert self._source.stdout is not None  # noqa: S101  # it is a pipe
        said = self._source.stdout.readline()
        if not said:
            message = f"the process that forks ended with {self._source.wait()}"
            raise RuntimeError(message)
        return said

    def close(self) -> None:
        """End it."""
        assert self._source.stdin is not None  # noqa: S101  # it is a pipe
        self._source.stdin.close()
        self._source.wait()


def is_running(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Import what the portal's processes need, then fork them as they are asked for."""
    import granian.cli  # noqa: PLC0415  # imported before the first fork, used in the forks
    import granian.server.mp  # noqa: PLC0415  # same

    import palier.portal.wsgi  # noqa: PLC0415  # same; needs the settings, which the asking process names
    from palier.portal import urls  # noqa: PLC0415  # same
    from palier.portal.management.commands import work  # noqa: PLC0415  # same

    del granian, palier, urls, work
    from django.conf import settings  # noqa: PLC0415  # same

    settings.EMAIL_BACKEND = "benchmarks.slow_mails.EmailBackend"
    for broken in sys.argv[1:]:
        BREAKAGES[broken]()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that nobody has to wait for those that were killed
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(asked["program"], asked["arguments"], asked["log"])
        print(pid, flush=True)


def _become(program: str, arguments: list[str], log: str) -> None:
    """Be the process that was asked for, to its end."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, stream in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(given, stream)
    sys.argv = [program, *arguments]
    try:
        if program == "granian":
            from granian.cli import entrypoint  # noqa: PLC0415  # imported before the fork

            entrypoint()  # type: ignore[no-untyped-call]  # granian's own
        else:
            from palier.portal.__main__ import main as portal  # noqa: PLC0415  # same

            portal()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
