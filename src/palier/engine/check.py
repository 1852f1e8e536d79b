"""`palier check`: everything that is wrong with a program at once, its SQL and its other readings included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from palier.engine.compile import Compiled, examine_sql
from palier.engine.program_checks import PROGRAM_CHECKS, unused, uses
from palier.rulebook.checks import run_checks
from palier.rulebook.checks.cases import case_names
from palier.rulebook.problems import Problem
from palier.rulebook.read import PARTS, Rulebook, examine_documents, examine_program


def check_program(program: str | Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a program, by file and line; nothing runs, and no content makes it raise.

    Raises:
        ProgramNotFoundError: no such program.
    """
    rulebook, read = examine_program(program)
    problems = list(read)
    if rulebook is not None:
        compiled, found = _checked(rulebook)
        problems += (*found, *case_names(rulebook))
        used = uses(compiled)
        for erratum, reading in _readings(rulebook):
            other, found_there = _as_read(rulebook, erratum, reading)
            problems += _told(rulebook, erratum, reading, set(found_there) - set(problems))
            if other is not None:
                used = used.together(uses(other))
        problems += unused(compiled, used)
    unread = _unread_views(read)
    told = (each for each in problems if each.code not in {"unknown_table", "unknown_view"} or each.found not in unread)
    return tuple(sorted(dict.fromkeys(_mended(each) for each in told), key=by_place))


def _checked(rulebook: Rulebook) -> tuple[Compiled, list[Problem]]:
    """A rulebook that reads well, with what is wrong with it by itself and in its SQL."""
    compiled, found = examine_sql(rulebook)
    return compiled, [*run_checks(rulebook), *found, *_beyond(compiled)]


_MENDS = {
    "name_taken": "give it a name of its own",
    "view_circle": "take one of the views apart, so that each reads only views before it",
    "unknown_view": "mend the name, or write the view's file",
    "missing_line_column": "select it under this name; where it has no value, CAST(NULL AS ...)",
    "unknown_line_column": "declare it under `factors`, or leave it out",
    "denominator_too_large": "lower max_sharers, or round the equivalents as the source does",
}


def _mended(problem: Problem) -> Problem:
    """The problem with a way to mend it, where it was found without one."""
    return problem if problem.mend is not None else replace(problem, mend=_MENDS.get(problem.code, problem.expected))


def _unread_views(read: Iterable[Problem]) -> frozenset[str]:
    """The views whose files could not be read: that others do not find them is no news."""
    files = (Path(problem.file) for problem in read if problem.file is not None)
    return frozenset(file.stem for file in files if file.parent.name == "views")


def _beyond(compiled: Compiled) -> Iterator[Problem]:
    yield from (problem for check in PROGRAM_CHECKS for problem in check(compiled))


def _readings(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Each reading that a switch can take, by its erratum."""
    yield from ((name, reading) for name, erratum in rulebook.errata.items() for reading in erratum.switch)


def _as_read(plain: Rulebook, erratum: str, reading: str) -> tuple[Compiled | None, list[Problem]]:
    rulebook, read = examine_documents(plain.folder, plain.documents, switches={erratum: reading})
    if rulebook is None:
        return None, list(read)
    if rulebook.errata[erratum].switch[reading].set:
        compiled, found = _checked(rulebook)
    else:
        compiled, sql_found = examine_sql(rulebook)
        found = [*sql_found, *_beyond(compiled)]
    return compiled, [*read, *found]


def _told(rulebook: Rulebook, erratum: str, reading: str, found: Iterable[Problem]) -> Iterator[Problem]:
    """What goes wrong under a reading only: at the switch, or in the file that the reading reads."""
    place = rulebook.place(erratum, "switch", reading, file="ERRATA.yaml")
    for problem in found:
        said = f"with {erratum}={reading}: {problem.message}"
        if problem.file in {"program.yaml", *(f"{part}.yaml" for part in PARTS)}:
            yield replace(problem, message=said, file=place.file, line=place.line)
        else:
            yield replace(problem, message=said)


def by_place(problem: Problem) -> tuple[str, int, str, str, str]:
    """The order in which problems of a program are told: by file and line."""
    return problem.file or "", problem.line or 0, problem.severity, problem.code, problem.message
