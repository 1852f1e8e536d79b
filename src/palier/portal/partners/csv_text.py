"""CSV as people open it in a spreadsheet: no cell is taken for a formula, and what was guarded comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
ERROR = "error"
"""The column that says what is wrong with a rejected row; it is not read back."""


class UnreadableError(Exception):
    """Raised when a file is no CSV at all; `found` says what it is instead."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"not a CSV file: {found}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row.get(name, "")) for name in columns])
    return out.getvalue()


def read_csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of a file: UTF-8, separated by commas or, as French spreadsheets write, semicolons.

    Raises:
        UnreadableError: it is no such file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("encoding") from error
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True) if line]
    except csv.Error as error:
        raise UnreadableError("quotes") from error
    if not lines or "\x00" in text:
        raise UnreadableError("empty" if not lines else "zero")
    header = [name.strip().lower() for name in lines[0]]
    return header, [
        {name: unguarded(cell) for name, cell in zip(header, line, strict=False)} | _wrong_length(header, line)
        for line in lines[1:]
    ]


def _wrong_length(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """A mark on a row that has not as many cells as the header."""
    return {} if len(header) == len(line) else {"": str(len(line))}
