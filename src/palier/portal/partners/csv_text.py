"""CSV as people open it in a spreadsheet: no cell is taken for a formula, and what was guarded comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
LINE = "#"
"""Under which a row says on which line of its file it ends: no column is called so."""
ERROR = "error"
"""The column that says what is wrong with a rejected row; it is not read back."""


class UnreadableError(Exception):
    """Raised when a file is no CSV at all; `found` says what it is instead, `line` where, if anywhere."""

    def __init__(self, found: str, line: int = 0) -> None:
        self.found = found
        self.line = line
        super().__init__(f"not a CSV file: {found}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as CSV with a header; the mark at the start has spreadsheets read it as UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row.get(name, "")) for name in columns])
    return out.getvalue()


def read_csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of a file: UTF-8, separated by commas or, as French spreadsheets write, semicolons.

    Empty lines are passed over; each row says its line under LINE.

    Raises:
        UnreadableError: it is no such file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("encoding") from error
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise UnreadableError("quotes", reader.line_num) from error
    if not lines or "\x00" in text:
        raise UnreadableError("empty" if not lines else "zero")
    header = [name.strip().lower() for name in lines[0][1]]
    return header, [
        {name: unguarded(cell) for name, cell in zip(header, line, strict=False)}
        | _wrong_length(header, line)
        | {LINE: str(number)}
        for number, line in lines[1:]
    ]


def _wrong_length(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """A mark on a row that has not as many cells as the header."""
    return {} if len(header) == len(line) else {"": str(len(line))}
