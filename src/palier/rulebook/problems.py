"""Bad input as values: where it is, what was found, what was expected, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a rulebook or with facts.

    An `error` is structural: nothing is computed until it is mended. A `warning` is an oddity that is
    computed as the readings say. `file` and `line` place it in a rulebook; `table`, `row` (1-based, the
    header not counted) and `column` place it in a snapshot of facts.
    """

    severity: Severity
    code: str
    message: str
    file: str | None = None
    line: int | None = None
    table: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    mend: str | None = None

    @property
    def place(self) -> str:
        """Where the problem is, as one word: `file:line` or `table[row].column`."""
        if self.file is not None:
            return self.file if self.line is None else f"{self.file}:{self.line}"
        row = "" if self.row is None else f"[{self.row}]"
        column = "" if self.column is None else f".{self.column}"
        return f"{self.table or ''}{row}{column}"


class PalierError(Exception):
    """The base of every error of Palier: a wrong call, never bad data met on the way."""


class InputProblemsError(PalierError):
    """Raised when input has structural problems; carries all of them, nothing was computed or written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.severity == "error"]
        super().__init__("\n".join(": ".join(filter(None, (each.place, each.message))) for each in errors))


def errors_in(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The structural problems among `problems`, in their order."""
    return tuple(problem for problem in problems if problem.severity == "error")
