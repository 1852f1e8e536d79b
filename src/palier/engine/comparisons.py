"""Comparisons in a program's SQL that fail once there are rows: text with what is no text, days that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.scope import traverse_scope

from palier.engine.compile import Compiled
from palier.engine.parameters import relation_columns
from palier.engine.proof import ProvenSql
from palier.engine.sql_text import line_of
from palier.rulebook.problems import Problem

Types = frozenset[tuple[str, str]]
"""Columns of a relation with their SQL types, as far as these are known."""

_TEXT = "text"
_SAID = {"number": "a number", "date": "a day", "moment": "a moment", "boolean": "true or false", _TEXT: "text"}
_EXAMPLES = {
    "number": "12",
    "date": "DATE '2026-01-31'",
    "moment": "TIMESTAMP '2026-01-31 08:00:00'",
    "boolean": "TRUE",
}
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"})
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)


def unlike_kinds(compiled: Compiled) -> Iterator[Problem]:
    """SQL compares text with text, numbers with numbers, days with days, and a day written out is in the calendar."""
    types: dict[str, Types] = {
        name: frozenset((column.name, column.type.sql) for column in table.columns)
        for name, table in compiled.facts.items()
    }
    types |= {name: frozenset(columns.items()) for name, columns in relation_columns(compiled.program).items()}
    for name, proven in compiled.views.items():
        known, found = _examined(proven, _read_by(proven, types))
        also = (each for each, recalled in compiled.program.recalled.items() if recalled.view == name)
        types |= dict.fromkeys((name, *also), known)
        yield from found
    for proven in compiled.metrics.values():
        yield from _examined(proven, _read_by(proven, types))[1]


def _read_by(proven: ProvenSql, types: Mapping[str, Types]) -> frozenset[tuple[str, Types]]:
    return frozenset((name, types[name]) for name in proven.reads if name in types)


@lru_cache(maxsize=256)
def _examined(proven: ProvenSql, read: frozenset[tuple[str, Types]]) -> tuple[Types, tuple[Problem, ...]]:
    """The types that a query's columns have, and what is wrong in it; once for all readings that share the query."""
    typed = _typed(proven, read)
    known = frozenset((each.alias_or_name, each.type.sql("duckdb")) for each in typed.selects if each.type is not None)
    wrong = (problem for cast in typed.find_all(exp.Cast) for problem in _wrong_literal(cast, proven.file))
    unlike = (problem for left, right in _pairs(typed) for problem in _unlike(left, right, proven.file))
    return known, (*wrong, *unlike)


def _typed(proven: ProvenSql, read: frozenset[tuple[str, Types]]) -> exp.Query:
    """A copy of a proven query in which every part knows its type, where it can be told."""
    tree = proven.tree.copy()
    for scope in traverse_scope(tree):
        if len(scope.selected_sources) == 1:
            (source,) = scope.selected_sources
            for column in scope.columns:
                if not column.table:
                    column.set("table", exp.to_identifier(source))
    schema: dict[str, object] = {name: dict(columns) for name, columns in read}
    return annotate_types(tree, schema=schema, dialect="duckdb")


def _pairs(tree: exp.Query) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """The parts that are compared with each other."""
    for node in tree.walk():
        if isinstance(node, _COMPARED):
            yield node.left, node.right
        elif isinstance(node, exp.Between):
            yield from ((node.this, node.args[bound]) for bound in ("low", "high"))
        elif isinstance(node, exp.Case) and node.this is not None:
            yield from ((node.this, each.this) for each in node.args["ifs"])
        elif isinstance(node, exp.In):
            yield from ((node.this, each) for each in node.expressions)


def _unlike(left: exp.Expr, right: exp.Expr, file: str) -> Iterator[Problem]:
    for text, other in ((left, right), (right, left)):
        kind = _kind(other)
        if _kind(text) != _TEXT or kind is None or kind == _TEXT:
            continue
        written = isinstance(text, exp.Literal)
        if written and _reads_as(str(text.this), kind):
            continue
        said, found = (each.sql(dialect="duckdb", comments=False) for each in (other, text))
        yield Problem(
            severity="error",
            code="unlike_kinds",
            message=f"{said} is {_SAID[kind]} and is compared with {found}, which is {'none' if written else 'text'}",
            file=file,
            line=line_of(text if written else other),
            found=found,
            expected=_SAID[kind],
            mend=f"write it as {_EXAMPLES[kind]}" if written else "compare values of one kind, or CAST one to VARCHAR",
        )


def _wrong_literal(cast: exp.Cast, file: str) -> Iterator[Problem]:
    """Words that are cast to what they are not, such as DATE '2026-02-31'."""
    kind, written = _kind(cast), cast.this
    if kind is None or not (isinstance(written, exp.Literal) and written.is_string):
        return
    if not _reads_as(str(written.this), kind):
        yield Problem(
            severity="error",
            code="bad_literal",
            message=f"{str(written.this)!r} is not {_SAID[kind]}",
            file=file,
            line=line_of(written),
            found=str(written.this),
            expected=_SAID[kind],
            mend=f"write it as {_EXAMPLES[kind]}",
        )


def _kind(node: exp.Expr) -> str | None:
    """What sort of value a part of a query gives, where that is known."""
    of = None if node.type is None else node.type.this
    if of in exp.DataType.TEXT_TYPES:
        return _TEXT
    if of in exp.DataType.NUMERIC_TYPES:
        return "number"
    if of in (exp.DataType.Type.DATE, exp.DataType.Type.DATE32):
        return "date"
    if of in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ):
        return "moment"
    return "boolean" if of == exp.DataType.Type.BOOLEAN else None


def _reads_as(text: str, kind: str) -> bool:
    """Whether text is read as a value of the kind, on either engine."""
    if kind == "boolean":
        return text.strip().lower() in _BOOLEANS
    try:
        if kind == "number":
            return Decimal(text).is_finite()
        if kind == "date":
            return _DAY.fullmatch(text) is not None and bool(date(*map(int, text.split("-"))))
        return kind == _TEXT or bool(datetime.fromisoformat(text))
    except (ValueError, InvalidOperation):
        return False
