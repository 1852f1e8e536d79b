"""Proof that a metric or view is one read-only SELECT over declared tables and columns; nothing else runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from palier.rulebook.problems import Problem
from palier.rulebook.read import SqlText

Schema = Mapping[str, frozenset[str]]

FUNCTIONS: tuple[type[exp.Func], ...] = (
    exp.Abs,
    exp.And,
    exp.Case,
    exp.Cast,
    exp.Coalesce,
    exp.Count,
    exp.Exists,
    exp.Greatest,
    exp.If,
    exp.Least,
    exp.Lower,
    exp.Max,
    exp.Min,
    exp.Or,
    exp.RowNumber,
    exp.SplitPart,
    exp.Sum,
    exp.Trim,
    exp.Upper,
)
"""The functions that DuckDB and Spark compute alike; everything else is refused."""

CAST_TYPES = frozenset({"BIGINT", "INT", "INTEGER", "DECIMAL", "DATE", "VARCHAR", "TEXT", "BOOLEAN"})

_REFUSED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Div: ("division", "declare a ratio: two sums compared by cross-multiplication"),
    exp.IntDiv: ("division", "declare a ratio: two sums compared by cross-multiplication"),
    exp.Mod: ("division", "write the remainder as a parameter table"),
    exp.Interval: ("interval arithmetic", "join the relation `spans`, or a window's bound parameter"),
    exp.Limit: ("LIMIT", "number the rows with ROW_NUMBER() and filter them"),
    exp.Fetch: ("FETCH FIRST", "number the rows with ROW_NUMBER() and filter them"),
    exp.Offset: ("OFFSET", "number the rows with ROW_NUMBER() and filter them"),
    exp.TableSample: ("a sample", "read all rows: figures are exact"),
    exp.Into: ("SELECT INTO", "a metric only reads"),
    exp.Lock: ("FOR UPDATE", "a metric only reads"),
    exp.Lambda: ("a lambda", "write a join"),
    exp.Unnest: ("UNNEST", "join a parameter table"),
    exp.Lateral: ("LATERAL", "write a join"),
    exp.Pivot: ("PIVOT", "write a CASE for each column"),
    exp.Values: ("VALUES", "declare a parameter table"),
}


@dataclass(frozen=True, slots=True)
class ProvenSql:
    """A SELECT that has been proven: its tree, the tables it reads, its parameters and output columns."""

    file: str
    sentence: str
    tree: exp.Query
    reads: frozenset[str]
    parameters: frozenset[str]
    columns: tuple[str, ...]


def parse(text: SqlText) -> tuple[exp.Query | None, tuple[Problem, ...]]:
    """The one query of a file, or the problems that keep it from being one."""
    try:
        statements = [tree for tree in sqlglot.parse(text.text, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        line = int(details[0].get("line") or 1)
        said = str(details[0].get("description") or error).splitlines()[0]
        return None, (_problem(text.file, line, "bad_sql", f"not SQL of DuckDB's dialect: {said}"),)
    if len(statements) != 1:
        found = f"{len(statements)} statements"
        return None, (_problem(text.file, 1, "not_one_select", "expected exactly one SELECT", found=found),)
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        found = tree.key.upper()
        message = f"a metric or view is one SELECT and only reads; found {found}"
        return None, (_problem(text.file, _line(tree), "not_a_select", message, found=found),)
    return cast("exp.Query", tree), ()


def tables_read(tree: exp.Query) -> frozenset[str]:
    """The names of the relations a query reads, its own WITH names left out."""
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table) if table.name not in own)


def prove(text: SqlText, schema: Schema, parameters: frozenset[str]) -> tuple[ProvenSql | None, tuple[Problem, ...]]:
    """Prove one SQL file against the declared relations and parameters; all its problems at once."""
    tree, problems = parse(text)
    if tree is None:
        return None, problems
    found = [
        *_refused_nodes(tree, text.file),
        *_refused_tables(tree, text.file, schema),
        *_undeclared_parameters(tree, text.file, parameters),
    ]
    if not found:
        found = [*_undeclared_columns(tree, text.file, schema), *_unnamed_outputs(tree, text.file)]
    if not text.sentence:
        message = "the file needs a header comment that says in one sentence what it counts"
        found.append(_problem(text.file, 1, "no_sentence", message, mend="start the file with `-- ...`"))
    if found:
        return None, tuple(found)
    used = frozenset(str(node.name) for node in tree.find_all(exp.Placeholder))
    columns = tuple(tree.named_selects)
    return ProvenSql(text.file, text.sentence, tree, tables_read(tree), used, columns), ()


def _refused_nodes(tree: exp.Expr, file: str) -> Iterator[Problem]:
    for node in tree.walk():
        refused = next((said for kind, said in _REFUSED.items() if isinstance(node, kind)), None)
        if refused is not None:
            yield _problem(file, _line(node), "refused_sql", f"{refused[0]} is refused in a metric", mend=refused[1])
        elif isinstance(node, exp.DML | exp.DDL | exp.Command) and not isinstance(node, exp.Query):
            yield _problem(file, _line(node), "not_a_select", f"{node.key.upper()} is refused: a metric only reads")
        elif isinstance(node, exp.Func) and not isinstance(node, FUNCTIONS):
            name = node.sql_name() if not isinstance(node, exp.Anonymous) else str(node.this)
            yield _problem(
                file,
                _line(node),
                "unknown_function",
                f"{name.upper()} is not on the list of functions that both engines compute alike",
                found=name.upper(),
                mend="use " + ", ".join(sorted(kind.sql_name() for kind in FUNCTIONS)),
            )
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            yield _problem(
                file,
                _line(node),
                "star",
                "* is refused: name the columns, so that adding one changes nothing",
            )
        elif isinstance(node, exp.Literal) and not node.is_string and not str(node.this).isdigit():
            yield _problem(file, _line(node), "inexact_number", f"{node.this} is not an integer: figures are exact")
        elif isinstance(node, exp.Cast) and node.to.this.name not in CAST_TYPES:
            yield _problem(
                file, _line(node), "inexact_type", f"a cast to {node.to.sql()} is refused: figures are exact"
            )


def _refused_tables(tree: exp.Expr, file: str, schema: Schema) -> Iterator[Problem]:
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            message = "a metric reads declared tables only, never files or table functions"
            yield _problem(file, _line(table), "reads_outside", message, found=table.sql(dialect="duckdb"))
        elif table.db or table.catalog or (table.name not in schema and table.name not in own):
            yield _problem(
                file,
                _line(table),
                "unknown_table",
                f"{table.sql(dialect='duckdb')} is not a declared table, view or parameter table",
                found=table.name,
                mend=_nearest(table.name, schema),
            )


def _undeclared_parameters(tree: exp.Expr, file: str, parameters: frozenset[str]) -> Iterator[Problem]:
    for node in tree.find_all(exp.Placeholder, exp.Parameter):
        if node.name not in parameters:
            yield _problem(
                file,
                _line(node) if node.meta else _line(tree),
                "unknown_parameter",
                f"${node.name} is not a bound parameter",
                found=f"${node.name}",
                expected=", ".join(f"${name}" for name in sorted(parameters)),
            )


def _undeclared_columns(tree: exp.Expr, file: str, schema: Schema) -> Iterator[Problem]:
    for scope in traverse_scope(tree):
        for column in scope.columns:
            known = _columns_in_reach(scope, column.table, schema)
            if column.name not in known:
                spoken = column.sql(dialect="duckdb")
                yield _problem(
                    file,
                    _line(column),
                    "unknown_column",
                    f"{spoken} names no declared column",
                    found=spoken,
                    mend=_nearest(column.name, known),
                )


def _columns_in_reach(scope: Scope, qualifier: str, schema: Schema) -> set[str]:
    known: set[str] = set()
    step: Scope | None = scope
    while step is not None:
        for alias, source in step.sources.items():
            if qualifier in ("", alias):
                known |= _columns_of(source, schema)
        if not qualifier:
            known |= set(getattr(step.expression, "named_selects", ()))
        step = step.parent
    return known


def _columns_of(source: exp.Expr | Scope, schema: Schema) -> set[str]:
    if isinstance(source, Scope):
        return set(getattr(source.expression, "named_selects", ()))
    return set(schema.get(source.name, frozenset()))


def _unnamed_outputs(tree: exp.Query, file: str) -> Iterator[Problem]:
    names = list(tree.named_selects)
    for position, name in enumerate(names, start=1):
        if not name or names.index(name) != position - 1:
            message = f"output column {position} needs a name of its own"
            yield _problem(file, _line(tree), "unnamed_column", message, found=name or None, mend="write ... AS name")
    if isinstance(tree, exp.SetOperation):
        for side in (tree.left, tree.right):
            if isinstance(side, exp.Query) and len(side.named_selects) != len(names):
                message = "both sides of UNION need the same columns in the same order"
                yield _problem(file, _line(side), "uneven_union", message, found=", ".join(side.named_selects))


def _nearest(name: str, known: Mapping[str, object] | set[str] | frozenset[str]) -> str | None:
    import difflib  # noqa: PLC0415  # only when there is something to mend

    near = difflib.get_close_matches(name, list(known), n=3)
    return f"did you mean {' or '.join(near)}?" if near else None


def _line(node: exp.Expr) -> int:
    for each in node.walk():
        if "line" in each.meta:
            return int(each.meta["line"])
    return int(node.parent.meta.get("line", 1)) if node.parent is not None else 1


def _problem(
    file: str,
    line: int,
    code: str,
    message: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    mend: str | None = None,
) -> Problem:
    return Problem(
        severity="error",
        code=code,
        message=message,
        file=file,
        line=line,
        found=found,
        expected=expected,
        mend=mend,
    )
