"""`palier check` and `palier facts check`."""

from __future__ import annotations

from pathlib import Path

import typer

from palier.backends.evaluation import check_facts_folder
from palier.backends.trial import check_and_try
from palier.cli.outcome import Outcome
from palier.cli.printing import print_json, print_problems
from palier.engine.compile import compile_rulebook
from palier.rulebook.problems import Problem, errors_in
from palier.rulebook.read import read_program, shipped_programs


def check_programs(programs: list[str], *, as_json: bool) -> None:
    """Check programs (all shipped ones by default) and print every problem; exit 3 if any is structural."""
    found: list[Problem] = []
    for program in programs or shipped_programs():
        problems = check_and_try(program)
        found += problems
        if not as_json:
            typer.echo(f"{program}:" if problems else f"{program}: no problem")
            if problems:
                print_problems(problems)
    if as_json:
        print_json({"programs": list(programs or shipped_programs()), "problems": found})
    if errors_in(found):
        raise typer.Exit(Outcome.PROBLEMS)


def check_facts(folder: Path, *, program: str | None, as_json: bool) -> None:
    """Check a folder of facts whole and print every problem; exit 3 if any is structural."""
    compiled = None if program is None else compile_rulebook(read_program(program))
    problems, rows = check_facts_folder(folder, compiled=compiled)
    if as_json:
        print_json({"facts": str(folder), "rows": dict(rows), "problems": problems})
    else:
        for table, count in rows.items():
            if count:
                typer.echo(f"{table:<20} {count:>12,} rows")
        print_problems(problems)
    if errors_in(problems):
        raise typer.Exit(Outcome.PROBLEMS)
