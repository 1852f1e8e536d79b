"""SQL text as one parsed query, and where each of its parts stands."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from palier.rulebook.problems import Problem
from palier.rulebook.read import SqlText

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it falls back to parse is refused here, with its line

_MENDS = {
    "bad_sql": "mend the text until DuckDB would read it",
    "not_one_select": "write one SELECT in each file",
    "not_a_select": "write one SELECT that names its columns; a rulebook only reads",
    "reads_outside": "read facts, views and parameter tables; what else is needed is a table of `facts`",
    "unknown_table": "mend the name, add views/<name>.sql, or declare it under `tables` or `facts`",
    "unknown_column": "mend the name, or put the column's relation under FROM",
    "unknown_parameter": "declare it under `values`, or a window under `windows`",
    "inexact_number": "write whole numbers; a rate with decimals is a parameter table in smaller units",
    "uneven_union": "select the same columns on both sides",
}


@lru_cache(maxsize=256)
def parse(text: SqlText) -> tuple[exp.Query | None, tuple[Problem, ...]]:
    """The one query of a file, or the problems that keep it from being one."""
    try:
        statements = [tree for tree in sqlglot.parse(text.text, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        line, said = _said(error, text.text)
        return None, (sql_problem(text.file, line, "bad_sql", f"not SQL of DuckDB's dialect: {said}"),)
    except RecursionError:
        return None, (too_deep(text),)
    if len(statements) != 1:
        found = f"{len(statements)} statements"
        return None, (sql_problem(text.file, 1, "not_one_select", "expected exactly one SELECT", found=found),)
    tree = statements[0]
    _number_lines(tree, text.text)
    _know_functions(tree)
    if isinstance(tree, exp.Select) and not tree.expressions:
        return None, (sql_problem(text.file, _first_line(text), "not_a_select", "the SELECT names no columns"),)
    told = next(tree.find_all(exp.Describe, exp.Summarize), None)
    if told is not None or not isinstance(tree, exp.Select | exp.SetOperation):
        found = (told or tree).key.upper()
        message = f"a metric or view is one SELECT and only reads; found {found}"
        line = _first_line(text) if told in (None, tree) else line_of(told)
        return None, (sql_problem(text.file, line, "not_a_select", message, found=found),)
    return cast("exp.Query", tree), ()


def line_of(node: exp.Expr) -> int:
    """The line on which a part of a query stands, or the nearest part around it that knows its own."""
    step: exp.Expr | None = node
    while step is not None:
        for each in step.walk():
            if "line" in each.meta:
                return int(each.meta["line"])
        step = step.parent
    return 1


def _first_line(text: SqlText) -> int:
    """The line on which the statement begins, after its header comment."""
    lines = enumerate(text.text.splitlines(), start=1)
    return next((number for number, line in lines if line.strip() and not line.startswith("--")), 1)


def _number_lines(tree: exp.Expr, text: str) -> None:
    """Number lines from offsets: sqlglot counts some line ends twice."""
    ends = [offset for offset, letter in enumerate(text) if letter == "\n"]
    for node in tree.walk():
        if "start" in node.meta:
            node.meta["line"] = 1 + bisect_left(ends, int(node.meta["start"]))


def _know_functions(tree: exp.Expr) -> None:
    """Give BIT_COUNT, which sqlglot does not know in DuckDB's dialect, its own kind of node."""
    for node in list(tree.find_all(exp.Anonymous)):
        if node.name.upper() == "BIT_COUNT" and len(node.expressions) == 1:
            node.replace(exp.BitwiseCount(this=node.expressions[0]))


def _said(error: SqlglotError, text: str) -> tuple[int, str]:
    """The line and the words of what sqlglot could not read."""
    details = (getattr(error, "errors", None) or [{}])[0]
    reason = error.__cause__ or error.__context__  # the compiled sqlglot tells it as the context only
    if isinstance(reason, IndexError):
        return 1 + text[: text.rfind("/*")].count("\n"), "a comment is not closed"
    said = str(details.get("description") or reason or error).splitlines()[0]
    if details:
        before = str(details.get("start_context") or "")
        found = text.find(before + str(details.get("highlight") or ""))
        return 1 + text[: max(found, 0) + len(before)].count("\n"), said
    place = re.search(r" from (\d+):\d+$", said)
    return int(place.group(1)) if place else 1, said


def too_deep(text: SqlText) -> Problem:
    """The problem of a text that nests deeper than Python follows."""
    message = "the query is nested too deeply to be read"
    return sql_problem(text.file, 1, "too_deep", message, mend="write it flatter, in several views")


def sql_problem(
    file: str,
    line: int,
    code: str,
    message: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    mend: str | None = None,
) -> Problem:
    """A problem of an SQL file, with the usual way to mend it where none is given."""
    return Problem(
        severity="error",
        code=code,
        message=message,
        file=file,
        line=line,
        found=found,
        expected=expected,
        mend=mend or _MENDS.get(code, "see docs/rulebook.md for what SQL may say"),
    )
