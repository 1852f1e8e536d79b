"""Tables that read well in a terminal, JSON that machines read, progress that stays out of results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from os import environ
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from palier.rulebook.problems import Problem, errors_in

PIPED_WIDTH = "160"


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
    """Print a result as JSON on standard output."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2))  # noqa: T201


def table(title: str | None, columns: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> Table:
    """A table; a column is its heading and whether it holds numbers."""
    drawn = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, numeric in columns:
        drawn.add_column(heading, justify="right" if numeric else "left", overflow="fold", header_style="dim")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    return drawn


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
