"""Tables that read well in a terminal, JSON that machines read, progress that stays out of results."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from os import environ
from typing import Any, cast

from rich import _wrap, control
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.table import Table
from rich.text import Text

from palier.rulebook.problems import Problem, errors_in

BREAKS = re.compile(r"[ \t\n]+")
"""Where a line may end. Rich ends lines at every space there is, the no-break ones within a French figure too."""
_wrap.re_word = re.compile(r"[ \t\n]*[^ \t\n]+[ \t\n]*")

# What facts hold is shown, never obeyed: an escape within a name could rewrite what stands on the screen.
_obeyed = dict.fromkeys((*range(9), *range(14, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")
cast("dict[int, str | None]", control._CONTROL_STRIP_TRANSLATE).update(_obeyed)  # noqa: SLF001  # Rich strips too few

PIPED_WIDTH = "160"
LONGEST_WORD = 24
"""A longer word, such as a path, may be cut in a table."""


def console(*, stderr: bool = False) -> Console:
    """Where to print; a pipe gets a fixed width so that rows stay whole."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else int(environ.get("COLUMNS", PIPED_WIDTH))
    return Console(stderr=stderr, highlight=False, width=width)


def progress(stage: str) -> None:
    """Say on standard error what begins."""
    print(f"palier: {stage} ...", file=sys.stderr, flush=True)  # noqa: T201


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911  # any value of a result
    """A value as JSON can carry it: fractions exact as text, days in ISO form."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def print_json(value: Any) -> None:  # noqa: ANN401  # any result
    """Print a result as JSON on standard output, in ASCII where that is not in UTF-8."""
    narrow = codecs.lookup(sys.stdout.encoding or "ascii").name != "utf-8"
    print(json.dumps(plain(value), ensure_ascii=narrow, indent=2))  # noqa: T201


@dataclass(frozen=True, slots=True)
class Fitted:
    """A table as wide as the terminal; where a figure or a word would be cut, each row as a list of its cells."""

    title: str | None
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the width there is."""
        widths = [self._least(place) for place in range(len(self.columns))]
        drawn = Table(
            title=self.title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
        )
        if sum(widths) + 2 * (len(widths) - 1) > options.max_width:
            yield self._listed(drawn)
            return
        for (heading, numeric), width in zip(self.columns, widths, strict=True):
            justify: JustifyMethod = "right" if numeric else "left"
            drawn.add_column(
                heading, justify=justify, overflow="fold", header_style="dim", min_width=width, no_wrap=numeric
            )
        for row in self.rows:
            drawn.add_row(*map(Text, row))
        yield drawn

    def _least(self, place: int) -> int:
        """How wide a column must be: a figure stands on one line, a word is not cut unless it is very long."""
        heading, numeric = self.columns[place]
        cells = (heading, *(row[place] for row in self.rows))
        if numeric:
            return max(cell_len(line) for cell in cells for line in (*cell.splitlines(), ""))
        return min(max(cell_len(word) for cell in cells for word in BREAKS.split(cell)), LONGEST_WORD)

    def _listed(self, drawn: Table) -> Table:
        drawn.show_header = False
        drawn.add_column(style="dim", overflow="fold")
        drawn.add_column(overflow="fold")
        for number, row in enumerate(self.rows):
            if number:
                drawn.add_row()
            for (heading, _), cell in zip(self.columns, row, strict=True):
                if cell:
                    drawn.add_row(heading, Text(cell))
        return drawn


def table(title: str | None, columns: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> Fitted:
    """A table; a column is its heading and whether it holds numbers."""
    return Fitted(title, tuple(columns), tuple(tuple(row) for row in rows))


def print_problems(problems: Iterable[Problem], *, to_stderr: bool = False) -> None:
    """Print problems one by one: where, what, and how to mend it; then how many."""
    listed = tuple(problems)
    out = console(stderr=to_stderr)
    for problem in listed:
        mark = "error" if problem.severity == "error" else "warning"
        out.print(
            Text.assemble(
                (f"{problem.place}: " if problem.place else "", "bold"),
                (mark, "red" if mark == "error" else "yellow"),
                f" [{problem.code}] {problem.message}",
            )
        )
        for label, said in (("found", problem.found), ("expected", problem.expected), ("mend", problem.mend)):
            if said:
                out.print(Text(f"    {label}: {said}", style="dim"))
    errors = len(errors_in(listed))
    out.print(f"{errors} error{'s' * (errors != 1)}, {len(listed) - errors} warning{'s' * (len(listed) - errors != 1)}")


def print_oddities(problems: Iterable[Problem]) -> None:
    """Say on standard error how many warnings of each kind came up, with the first of each."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.table or problem.file or "", problem.code), []).append(problem)
    out = console(stderr=True)
    for (place, code), found in kinds.items():
        times = f"{len(found)} times, first " if len(found) > 1 else ""
        where = f"{place}: " if place else ""
        first = f"{found[0].place}: " if found[0].place else ""
        out.print(Text.assemble(("warning", "yellow"), f" [{code}] {where}{times}{first}{found[0].message}"))
