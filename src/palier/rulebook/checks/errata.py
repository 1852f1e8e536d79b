"""Checks of ERRATA.yaml: paths that lead somewhere, files that exist."""

from __future__ import annotations

from collections.abc import Iterator

from palier.rulebook.checks.paths import errata_unread, leads_to, written
from palier.rulebook.checks.said import problem_at
from palier.rulebook.document import Plain, Trail
from palier.rulebook.edits import child
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near

_FILE = "ERRATA.yaml"


def settled_paths(rulebook: Rulebook) -> Iterator[Problem]:
    """What an erratum settles exists in program.yaml."""
    values = written(rulebook)
    for name, erratum in rulebook.errata.items():
        for position, path in enumerate(erratum.settles):
            if leads_to(values, path) is None:
                yield _lost(rulebook, (name, "settles", str(position)), path, values)


def switched_paths(rulebook: Rulebook) -> Iterator[Problem]:
    """What a reading sets exists in program.yaml, or is a new key in a mapping that exists."""
    values = written(rulebook)
    for name, erratum in rulebook.errata.items():
        for reading, switched in erratum.switch.items():
            for path in switched.set:
                if not _can_set(values, path):
                    yield _lost(rulebook, (name, "switch", reading, "set", path), path, values)


def switched_files(rulebook: Rulebook) -> Iterator[Problem]:
    """A reading reads one SQL file that exists in place of another that exists."""
    for name, erratum in rulebook.errata.items():
        for reading, switched in erratum.switch.items():
            trail = (name, "switch", reading, "files")
            for replaced, file in switched.files.items():
                for each in (replaced, file):
                    if not (rulebook.folder / each).is_file():
                        yield problem_at(
                            rulebook,
                            (*trail, replaced),
                            code="missing_file",
                            message=f"the reading {reading} of {name} names {each}, which is missing",
                            found=each,
                            mend=f"create {each}, or mend the name",
                            file=_FILE,
                        )


def empty_readings(rulebook: Rulebook) -> Iterator[Problem]:
    """A reading that can be computed changes something."""
    for name, erratum in rulebook.errata.items():
        for reading, switched in erratum.switch.items():
            if not switched.set and not switched.files:
                yield problem_at(
                    rulebook,
                    (name, "switch", reading),
                    code="empty_reading",
                    message=f"the reading {reading} of {name} changes nothing",
                    mend="say what it changes under `set` or `files`, or take it out",
                    file=_FILE,
                )


def unused_files(rulebook: Rulebook) -> Iterator[Problem]:
    """Each SQL file of another reading is named by a switch."""
    if errata_unread(rulebook):
        return
    named = {
        file for erratum in rulebook.errata.values() for each in erratum.switch.values() for file in each.files.values()
    }
    for kind in ("metrics", "views"):
        for path in sorted((rulebook.folder / kind).glob("*--*.sql")):
            file = f"{kind}/{path.name}"
            if file not in named:
                yield Problem(
                    severity="warning",
                    code="unused_file",
                    message=f"{file} is the file of another reading, and no switch of {_FILE} names it",
                    file=file,
                    line=1,
                    mend="name it under `switch` of an erratum, or delete it",
                )


def _can_set(values: Plain, path: str) -> bool:
    if leads_to(values, path) is not None:
        return True
    *parents, last = path.split(".")
    for segment in parents:
        key, values = child(values, segment)
        if key is None:
            return False
    return isinstance(values, dict) and near(last, values) is None


def _lost(rulebook: Rulebook, trail: Trail, path: str, values: Plain) -> Problem:
    walked: list[str] = []
    last = path
    for last in path.split("."):
        key, below = child(values, last)
        if key is None:
            break
        walked.append(last)
        values = below
    if isinstance(values, dict):
        known = list(values)
    else:
        items = [item for item in values if isinstance(item, dict)] if isinstance(values, list) else []
        known = [str(item[key]) for item in items for key in ("tier", "gate") if key in item]
    return problem_at(
        rulebook,
        trail,
        code="path_leads_nowhere",
        message=f"{path} leads nowhere in program.yaml: {'.'.join(walked) or 'it'} has no {last}",
        found=path,
        expected=", ".join(known) or None,
        mend=near(last, known) or "name keys as program.yaml does, list items by tier, gate or position",
        file=_FILE,
    )
