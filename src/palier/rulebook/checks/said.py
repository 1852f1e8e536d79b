"""How a check says what it found: a problem at the place of a value."""

from __future__ import annotations

from collections.abc import Iterable

from palier.rulebook.document import Trail
from palier.rulebook.problems import Problem, Severity
from palier.rulebook.read import Rulebook


def problem_at(
    rulebook: Rulebook,
    trail: Iterable[object],
    *,
    code: str,
    message: str,
    mend: str,
    found: object = None,
    expected: object = None,
    severity: Severity = "error",
    file: str = "program.yaml",
) -> Problem:
    """A problem at the line of the value that `trail` leads to, or of its nearest ancestor."""
    place = rulebook.place(*(str(part) for part in trail), file=file)
    return Problem(
        severity=severity,
        code=code,
        message=message,
        file=place.file,
        line=place.line,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
        mend=mend,
    )


def dotted(trail: Trail) -> str:
    """A trail as people write it: `tiers.3.requires`."""
    return ".".join(trail)
