"""Exit codes: what each error means to whoever called the command."""

from __future__ import annotations

import re
import sys
import traceback
from enum import IntEnum
from os import environ

from palier.rulebook.problems import InputProblemsError, PalierError

_NOT_FOUND = {
    "ProgramNotFoundError",
    "PartnerNotFoundError",
    "RunNotFoundError",
    "FactsNotFoundError",
    "MetricNotFoundError",
    "UnknownPartnerError",
}


_UNWRITTEN = re.compile(r'Could not write file \\?"(?P<file>[^"\\]+)\\?": (?P<why>[^"]+)')
"""What DuckDB says, among much else, where a disk is full."""


class Outcome(IntEnum):
    """The exit codes of the command line."""

    DONE = 0
    UNEXPECTED = 1
    WRONG_CALL = 2
    PROBLEMS = 3
    NOT_FOUND = 4
    INTERRUPTED = 130


class MetricNotFoundError(PalierError):
    """Raised when a metric is not one of the program's on the day."""

    def __init__(self, metric: str, known: list[str]) -> None:
        super().__init__(f"no metric {metric!r} on that day; there are {', '.join(known)}")


def outcome_of(error: Exception, *, as_json: bool = False) -> Outcome:
    """Say an error on standard error and give its exit code; problems of the input also as JSON, where it was asked."""
    if isinstance(error, InputProblemsError):
        from palier.cli.printing import print_json, print_problems  # noqa: PLC0415  # loads rich, only to print

        if as_json:
            print_json({"problems": error.problems})
        print_problems(error.problems, to_stderr=True)
        return Outcome.PROBLEMS
    if isinstance(error, PalierError):
        print(f"palier: {error}", file=sys.stderr)  # noqa: T201
        return Outcome.NOT_FOUND if type(error).__name__ in _NOT_FOUND else Outcome.WRONG_CALL
    if isinstance(error, OSError) and error.strerror is not None:
        named = "" if error.filename is None else f"{error.filename}: "
        print(f"palier: {named}{error.strerror}", file=sys.stderr)  # noqa: T201
        return Outcome.WRONG_CALL
    if (unwritten := _UNWRITTEN.search(str(error))) is not None:
        print(f"palier: {unwritten['file']}: {unwritten['why']}", file=sys.stderr)  # noqa: T201
        return Outcome.WRONG_CALL
    if isinstance(error, RuntimeError) and str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
        return Outcome.INTERRUPTED
    if environ.get("PALIER_DEBUG"):
        traceback.print_exception(error)
    print(f"palier: unexpected {type(error).__name__}: {error} (PALIER_DEBUG=1 shows where)", file=sys.stderr)  # noqa: T201
    return Outcome.UNEXPECTED
