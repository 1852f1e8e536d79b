"""Checks of parameter tables and of the program's own fact tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from math import prod
from typing import Any

from palier.rulebook.checks.said import problem_at
from palier.rulebook.dated import Dated
from palier.rulebook.kinds import ColumnKind
from palier.rulebook.model import Table
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

_MOST_COMBINATIONS = 10_000


def empty_tables(rulebook: Rulebook) -> Iterator[Problem]:
    """A table without rows or keys says nothing."""
    for name, table in rulebook.program.tables.items():
        for part, given in (("rows", table.rows), ("keys", table.keys)):
            if not given:
                yield problem_at(
                    rulebook,
                    ("tables", name, part),
                    code="empty_table",
                    message=f"table {name} has no {part}",
                    mend="fill it, or write a single dated value under `values`",
                )


def shared_columns(rulebook: Rulebook) -> Iterator[Problem]:
    """The value's column has a name of its own, and none takes a name that every table has."""
    for name, table in rulebook.program.tables.items():
        taken = {"clause", "effective_from", "effective_until"}
        for part, columns in (("keys", table.keys), ("value", table.value)):
            for column in columns:
                if column in taken:
                    yield problem_at(
                        rulebook,
                        ("tables", name, part, column),
                        code="name_taken",
                        message=f"{name} has the column {column} already",
                        found=column,
                        mend="give each column a name of its own",
                    )
                taken.add(column)


def equal_keys(rulebook: Rulebook) -> Iterator[Problem]:
    """Two rows of a table may not have the same keys: a fact would count twice."""
    for name, table in rulebook.program.tables.items():
        first: dict[tuple[Any, ...], int] = {}
        for position, row in enumerate(table.rows):
            keys = tuple(row[column] for column in table.keys if column in row)
            if keys in first:
                line = rulebook.place("tables", name, "rows", str(first[keys])).line
                yield problem_at(
                    rulebook,
                    ("tables", name, "rows", position),
                    code="equal_keys",
                    message=f"two rows of {name} are for {_spoken(keys)}; the first is on line {line}",
                    found=_spoken(keys),
                    mend="join the two into one row, its value dated",
                )
            first.setdefault(keys, position)


def wrong_kinds(rulebook: Rulebook) -> Iterator[Problem]:
    """Each value is of its column's kind."""
    for name, table in rulebook.program.tables.items():
        for position, row in enumerate(table.rows):
            for column, kind in {**table.keys, **table.value}.items():
                cell = row[column]
                trail = ("tables", name, "rows", position, column)
                for day, value in _dated(cell):
                    if _is(value, kind):
                        continue
                    yield problem_at(
                        rulebook,
                        (*trail, *day),
                        code="wrong_kind",
                        message=f"{column} of {name} is {kind}; found {value!r}",
                        found=value,
                        expected=kind,
                        mend="mend the value, or the column's kind",
                    )


def dated_keys(rulebook: Rulebook) -> Iterator[Problem]:
    """Keys do not change over time: only the value is dated."""
    for name, table in rulebook.program.tables.items():
        for position, row in enumerate(table.rows):
            for column in table.keys:
                if isinstance(row[column], Dated):
                    yield problem_at(
                        rulebook,
                        ("tables", name, "rows", position, column),
                        code="dated_key",
                        message=f"the key {column} of {name} is dated",
                        mend="write a row for each key; only the value changes over time",
                    )


def gaps(rulebook: Rulebook) -> Iterator[Problem]:
    """A table with several keys has a row for each combination; a list of yes and no may be open."""
    for name, table in rulebook.program.tables.items():
        for missing in _missing(table):
            yield problem_at(
                rulebook,
                ("tables", name, "rows"),
                code="gap_in_table",
                message=f"table {name} has no row for {_spoken(missing)}",
                expected=_spoken(missing),
                mend="add the row; what is not listed has no value, and its lines would have none",
            )


def own_fact_keys(rulebook: Rulebook) -> Iterator[Problem]:
    """The key of a program's own fact table is made of its columns."""
    for name, facts in rulebook.program.facts.items():
        for position, column in enumerate(facts.key):
            if column not in facts.columns:
                yield problem_at(
                    rulebook,
                    ("facts", name, "key", position),
                    code="unknown_column",
                    message=f"the key of {name} names {column}, which is not one of its columns",
                    found=column,
                    expected=", ".join(facts.columns),
                    mend="declare the column, or mend the key",
                )


def _missing(table: Table) -> Iterator[tuple[Any, ...]]:
    if len(table.keys) < 2 or next(iter(table.value.values())) == "boolean":  # noqa: PLR2004  # several keys
        return
    if any(isinstance(row[column], Dated) for row in table.rows for column in table.keys):
        return
    present = [tuple(row[column] for column in table.keys) for row in table.rows]
    found = [list(dict.fromkeys(column)) for column in zip(*present, strict=True)]
    if prod(len(each) for each in found) <= _MOST_COMBINATIONS:
        yield from sorted(set(product(*found)) - set(present), key=str)


def _dated(cell: object) -> Iterator[tuple[tuple[date, ...], object]]:
    """The values of a cell, each with its day if it has one."""
    if isinstance(cell, Dated):
        yield from (((day,), entry.value) for day, entry in cell.entries)
    else:
        yield (), cell


def _is(value: object, kind: ColumnKind) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "money":
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
        case "text":
            return isinstance(value, str)
        case _:
            return isinstance(value, str) and _is_moment(value, kind)


def _is_moment(value: str, kind: ColumnKind) -> bool:
    try:
        date.fromisoformat(value) if kind == "date" else datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _spoken(keys: tuple[Any, ...]) -> str:
    return "(" + ", ".join(str(key) for key in keys) + ")"
