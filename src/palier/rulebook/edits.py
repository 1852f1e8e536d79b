"""Edited values over a program as its files hold it: dotted paths to the values to read instead."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from palier.rulebook.document import Place, Plain, Trail, read_text
from palier.rulebook.problems import InputProblemsError, Problem, errors_in

Edits = Mapping[str, Plain]
ON_COMMAND_LINE = "--set"
"""How problems name the place of an edit, as if it were a file."""


def parse_edits(given: Iterable[str]) -> dict[str, Plain]:
    """Edits written `PATH=VALUE`, the path as ERRATA.yaml writes it, the value as YAML.

    Raises:
        InputProblemsError: some are not written so; all problems at once.
    """
    edits: dict[str, Plain] = {}
    problems: list[Problem] = []
    for each in given:
        path, mark, text = each.partition("=")
        path = path.strip()
        document = read_text(text, file=ON_COMMAND_LINE)
        if not mark or not path or not text.strip():
            problems.append(_problem("bad_edit", f"{each!r} is not an edit", path, expected="PATH=VALUE"))
        elif document.problems:
            problems += [_problem(found.code, f"{path}: {found.message}", path) for found in document.problems]
        elif path in edits:
            problems.append(_problem("bad_edit", f"{path} is edited twice", path, mend="keep one of the two"))
        edits[path] = document.value
    if errors_in(problems):
        raise InputProblemsError(problems)
    return edits


def apply_edits(values: Plain, edits: Edits) -> tuple[dict[Trail, str], list[Problem]]:
    """Put edited values in place; a path that leads nowhere is a problem and changes nothing.

    Returns:
        Each edit's trail of keys and positions with its path, and the problems.
    """
    applied: dict[Trail, str] = {}
    problems = []
    for path, value in edits.items():
        trail, lost = _walk(values, path)
        if lost is None:
            replace_at(values, trail, copy.deepcopy(value))
            applied[trail] = path
        else:
            problems.append(lost)
    return applied, problems


def blamed(problem: Problem, edited: Mapping[Place, str]) -> Problem:
    """A problem of the program as it is read, told of the edit where the value is an edited one."""
    path = edited.get(Place(problem.file or "", problem.line or 0))
    if path is None:
        return problem
    return replace(problem, file=ON_COMMAND_LINE, line=None, message=f"{path}: {problem.message}")


def replace_at(values: Plain, trail: Trail, value: Plain) -> bool:
    """Set the value at a dotted trail in place; a list item is named by its position, tier or gate.

    Returns:
        Whether the trail leads to an existing container.
    """
    *parents, last = trail
    for segment in parents:
        values = child(values, segment)[1]
    if isinstance(values, dict):
        values[last] = value
        return True
    position, _ = child(values, last)
    if isinstance(values, list) and position is not None:
        values[int(position)] = value
        return True
    return False


def child(values: Plain, segment: str) -> tuple[str | None, Plain]:
    """The key or position, and the value, that a segment of a dotted trail names; None where there is none."""
    if isinstance(values, dict) and segment in values:
        return segment, values[segment]
    if isinstance(values, list):
        for position, item in enumerate(values):
            if segment == str(position) or (isinstance(item, dict) and segment in (item.get("tier"), item.get("gate"))):
                return str(position), item
    return None, None


def _walk(values: Plain, path: str) -> tuple[Trail, Problem | None]:
    """The trail that a path leads along, and a problem where it is lost; a new date of a dated value is none."""
    from palier.rulebook.schema import near  # noqa: PLC0415  # only when there is something to mend

    trail: Trail = ()
    segments = path.split(".")
    for segment in segments:
        key, below = child(values, segment)
        if key is None:
            if len(trail) + 1 == len(segments) and _is_dated(values) and _is_day(segment):
                return (*trail, segment), None
            known = _known(values)
            message = f"{path} leads nowhere: {'.'.join(trail) or 'the program'} has no {segment or 'empty key'}"
            mend = near(segment, known) or "name keys as program.yaml does, list items by tier, gate or position"
            lost = _problem("path_leads_nowhere", message, path, expected=", ".join(known) or None, mend=mend)
            return trail, lost
        trail = (*trail, key)
        values = below
    return trail, None


def _known(values: Plain) -> list[str]:
    if isinstance(values, dict):
        return list(values)
    items = [item for item in values if isinstance(item, dict)] if isinstance(values, list) else []
    return [str(item[key]) for item in items for key in ("tier", "gate") if key in item]


def _is_dated(values: Plain) -> bool:
    return isinstance(values, dict) and bool(values) and all(_is_day(key) for key in values)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _problem(code: str, message: str, path: str, *, expected: str | None = None, mend: str | None = None) -> Problem:
    return Problem(
        severity="error",
        code=code,
        message=message,
        file=ON_COMMAND_LINE,
        found=path,
        expected=expected,
        mend=mend or "write --set PATH=VALUE, such as --set 'values.minimum_seats={2022-07-18: 5}'",
    )
