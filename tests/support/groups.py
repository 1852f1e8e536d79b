"""Many small worlds in one folder of facts: each under identifiers of its own, so that one evaluation answers all.

An evaluation costs about as much for two hundred worlds as for one. That partners stand among others as they stand
alone is a law with tests of its own (tests/engine/test_laws.py); with PALIER_ALONE=1 every case is asked by itself.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import pytest

from support.cases import Facts

ALONE = os.environ.get("PALIER_ALONE") == "1"


class Case(Protocol):
    """A worked case: its facts, its file and its name, no two alike."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> Path: ...
    @property
    def facts(self) -> Facts: ...


Told = TypeVar("Told", bound=Any)
C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class Group(Generic[C]):
    """Cases that one evaluation answers."""

    name: str
    cases: tuple[C, ...]

    def mark(self, case: C) -> str:
        """What stands before every identifier of a case: nothing where it is alone."""
        number = [each.name for each in self.cases].index(case.name)
        return "" if len(self.cases) == 1 else f"w{number:03}-"

    def facts(self) -> Facts:
        """The facts of all cases; what no identifier tells apart, such as a currency's rate, once."""
        merged: Facts = defaultdict(list)
        for case in self.cases:
            for table, rows in marked(case.facts, self.mark(case)).items():
                merged[table] += [row for row in rows if _identified(row) or row not in merged[table]]
        return dict(merged)


def grouped(cases: Sequence[C], question: Callable[[C], Hashable | None], *, kind: str) -> dict[str, Group[C]]:
    """Each case's group, by the case's name: cases of one question share one, None and each folder's first are alone.

    Facts that no identifier tells apart must be equal within a group.
    """
    found: dict[Hashable, list[C]] = defaultdict(list)
    folders: set[Path] = set()
    for case in cases:
        asked = question(case)
        alone = ALONE or asked is None or case.file.parent not in folders
        folders.add(case.file.parent)
        found[case.name if alone else (asked, _shared(case.facts))].append(case)
    groups = [Group(f"{kind} {number}", tuple(members)) for number, members in enumerate(found.values())]
    return {case.name: group for group in groups for case in group.cases}


def parameters(groups: Mapping[str, Group[C]], cases: Iterable[C]) -> list[Any]:
    """The cases as parameters of a test; those of one group run on the worker that has evaluated it."""
    return [pytest.param(case, marks=pytest.mark.xdist_group(groups[case.name].name), id=case.name) for case in cases]


def marked(facts: Facts, mark: str) -> Facts:
    """The facts with `mark` before every identifier."""
    return {
        table: [
            {
                name: f"{mark}{value}" if _identifies(name) and value is not None else value
                for name, value in row.items()
            }
            for row in rows
        ]
        for table, rows in facts.items()
    }


def own(told: Iterable[Told], mark: str) -> list[Told]:
    """Of what was told of partners, what is about those of one case, in its own words."""
    return [unmarked(each, mark) for each in told if each.partner_id.startswith(mark)]


def unmarked(told: Told, mark: str) -> Told:
    """The same without `mark` in the texts of its fields."""
    if not mark:
        return told
    given = {each.name: getattr(told, each.name) for each in fields(told) if each.init}
    texts = {name: value.replace(mark, "") for name, value in given.items() if isinstance(value, str)}
    return replace(told, **texts)


def _shared(facts: Facts) -> tuple[str, ...]:
    rows = ((table, row) for table, rows in facts.items() for row in rows)
    return tuple(sorted(f"{table} {sorted(row.items())}" for table, row in rows if not _identified(row)))


def _identified(row: Mapping[str, object]) -> bool:
    return any(map(_identifies, row))


def _identifies(column: str) -> bool:
    return column.endswith("_id")
