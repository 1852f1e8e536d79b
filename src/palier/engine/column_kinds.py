"""The columns that an evaluation reads, each of the kind that it is declared to have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp

from palier.engine.compile import Compiled
from palier.engine.membership import PERIOD_COLUMNS
from palier.engine.plan import Step
from palier.engine.proof import ProvenSql
from palier.engine.results import LINE_COLUMNS
from palier.engine.sql_text import line_of
from palier.rulebook.problems import Problem

NEVER_NULL = frozenset({"partner_id", "source_table", "source_id", "grains"})
"""What every line says: whose it is, of which fact, and how much."""

_PERIOD_TYPES = {name: "VARCHAR" if name == "partner_id" else "DATE" for name in PERIOD_COLUMNS}
_NOTHING = '"NULL"'
_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,0\)")
_SAID = {"VARCHAR": "text", "DATE": "a day (DATE)", "BOOLEAN": "true or false (BOOLEAN)", _NOTHING: "nothing (NULL)"}


def period_queries(compiled: Compiled) -> Iterator[tuple[ProvenSql, str, Mapping[str, str]]]:
    """The views that give the calendar its periods: each with its text and the type of each of its columns."""
    calendar = compiled.program.calendar
    named = () if calendar is None else (calendar.members, calendar.suspensions)
    for proven in (compiled.views[name] for name in named if name is not None):
        yield proven, proven.tree.sql(dialect="duckdb", comments=False), _PERIOD_TYPES


def line_query(compiled: Compiled, step: Step) -> tuple[ProvenSql, str, Mapping[str, str]]:
    """A metric's own query, out of the step that feeds its lines, and the type of each of its columns."""
    own = sqlglot.parse_one(step.sql, dialect="duckdb").find(exp.Subquery)
    text = step.sql if own is None else own.this.sql(dialect="duckdb", comments=False)
    return compiled.metrics[step.metric], text, {**LINE_COLUMNS, **compiled.factors}


def mistyped(proven: ProvenSql, found: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[Problem]:
    """The columns of a query whose type, as the database finds it, is not of the kind that is expected."""
    for select in proven.tree.selects:
        name = select.alias_or_name
        wanted = expected.get(name)
        if wanted is None or name not in found or _fits(name, found[name], wanted):
            continue
        said = _spoken(wanted)
        yield Problem(
            severity="error",
            code="mistyped_column",
            message=f"{name} of {proven.file} is {_spoken(found[name])}; it must be {said}",
            file=proven.file,
            line=line_of(select),
            found=_spoken(found[name]),
            expected=said,
            mend=f"select a column of this kind, or CAST(... AS {wanted})",
        )


def never_null(compiled: Compiled) -> Iterator[Problem]:
    """Every line says whose it is, of which fact and how much: no SQL leaves these empty."""
    for proven in compiled.metrics.values():
        names = proven.tree.named_selects
        for select in _selects(proven.tree):
            for name, value in zip(names, select.selects, strict=False):
                given = value.unalias()
                given = given.this if isinstance(given, exp.Cast) else given
                if name in NEVER_NULL and isinstance(given, exp.Null):
                    yield Problem(
                        severity="error",
                        code="null_column",
                        message=f"{name} of {proven.file} is always NULL, and every line has one",
                        file=proven.file,
                        line=line_of(value),
                        found="NULL",
                        expected=f"a {name}",
                        mend="select it from the fact that the line counts",
                    )


def _selects(query: exp.Expr) -> Iterator[exp.Select]:
    """The SELECTs that a query unites, itself where it is one."""
    if isinstance(query, exp.SetOperation):
        yield from _selects(query.left)
        yield from _selects(query.right)
    elif isinstance(inner := query.unnest(), exp.Select):
        yield inner


def _fits(name: str, found: str, wanted: str) -> bool:
    if found == _NOTHING:
        return name not in NEVER_NULL
    return found == wanted or (_is_whole(found) and _is_whole(wanted))


def _is_whole(kind: str) -> bool:
    return _WHOLE.fullmatch(kind) is not None


def _spoken(kind: str) -> str:
    return "a whole number" if _is_whole(kind) else _SAID.get(kind, kind)
