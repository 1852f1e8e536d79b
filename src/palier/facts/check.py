"""The checks of a snapshot, each declared as set-wise SQL over the rows that hold; nothing runs here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from palier.facts.relations import held_of
from palier.rulebook.problems import Problem, Severity

SHOWN = 20
"""How many rows of one check are listed one by one before the rest is only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question to one column of one table: which rows meet `condition`?

    `condition` and `found` are SQL over the alias `f` of `source` (where none is given, the rows of the table
    that hold). `needs` names the other tables it reads. `message` is a sentence in which `{found}` stands for
    what was found.
    """

    code: str
    severity: Severity
    table: str
    column: str
    condition: str
    found: str
    expected: str
    message: str
    mend: str
    source: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """The FROM item it reads, alias `f` included."""
        return f"{held_of(self.table)} AS f" if self.source is None else self.source

    def problems(self, rows: Sequence[tuple[int | None, str | None, str | None]], total: int) -> Iterable[Problem]:
        """The problems of the first `rows` (row, file, found) and, beyond them, one that counts the rest."""
        for row, file, found in rows:
            shown = "nothing" if found is None else found
            where = "" if file is None else f" (in {file})"
            yield self._problem(self.message.replace("{found}", shown) + where, row=row, found=shown)
        if total > len(rows):
            more = f"{total - len(rows):,} more"
            message = f"{more} rows of {self.table} have the same problem in {self.column} ({self.code})."
            yield self._problem(message, row=None, found=more)

    def _problem(self, message: str, *, row: int | None, found: str) -> Problem:
        return Problem(
            severity=self.severity,
            code=self.code,
            message=message,
            table=self.table,
            row=row,
            column=self.column,
            found=found,
            expected=self.expected,
            mend=self.mend,
        )
