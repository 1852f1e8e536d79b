"""Proven SQL in Spark's words: one tree, values bound as typed literals, and what the two engines read differently.

DuckDB is what the SQL is written for. Where Spark would take the same words in another way (order of nulls, division,
text functions, casts), the tree says what DuckDB means before Spark's text is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from palier.engine.parameters import GRAINS, Relation

DIALECT = "spark"

_WHOLE = frozenset({exp.DataType.Type.BIGINT, exp.DataType.Type.INT})
_SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What DuckDB trims."""


def spark_sql(sql: str, values: Mapping[str, Any] | None = None) -> str:
    """A statement of DuckDB's dialect as Spark's text that means the same.

    Args:
        sql: one SELECT; its parameters are marks such as `$on_day`.
        values: what each parameter is.

    Raises:
        sqlglot.errors.UnsupportedError: Spark has no words for a part of it.
    """
    return _bound(_translated(sql), values or {}).sql(
        dialect=DIALECT, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE
    )


def relations_named(sql: str) -> tuple[str, ...]:
    """The relations that a statement of DuckDB's dialect reads, as often as it names them."""
    return tuple(table.name for table in _translated(sql).find_all(exp.Table))


def spark_type(kind: str) -> str:
    """A type of DuckDB's dialect in Spark's words."""
    return _typed(exp.DataType.build(kind, dialect="duckdb")).sql(dialect=DIALECT)


def spark_name(name: str) -> str:
    """A name as Spark's identifier, whatever letters it has (`managed@12`)."""
    return exp.to_identifier(name, quoted=True).sql(dialect=DIALECT)


def spark_literal(value: Any) -> str:  # noqa: ANN401  # a bound value of any type
    """A value as a literal of Spark's."""
    return _literal(value).sql(dialect=DIALECT)


def relation_sql(relation: Relation) -> str:
    """A small relation of the rulebook as a SELECT: its cells stand as text and are cast to their types."""
    places = [f"c{place}" for place in range(len(relation.columns))]
    cells = ", ".join(
        f"CAST({place} AS {spark_type(kind)}) AS {spark_name(name)}"
        for place, (name, kind) in zip(places, relation.columns.items(), strict=True)
    )
    if not relation.rows:
        return f"SELECT {cells} FROM VALUES {_row([None] * len(places))} AS r({', '.join(places)}) WHERE FALSE"
    rows = ", ".join(_row(row) for row in relation.rows)
    return f"SELECT {cells} FROM VALUES {rows} AS r({', '.join(places)})"


def _row(cells: Iterable[object]) -> str:
    return f"({', '.join(spark_literal(None if cell is None else _text(cell)) for cell in cells)})"


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _bound(tree: exp.Expr, values: Mapping[str, Any]) -> exp.Expr:
    """A copy of a tree with a literal for each parameter."""
    return tree.copy().transform(
        lambda node: _literal(values[node.name]) if isinstance(node, exp.Placeholder) else node, copy=False
    )


def _literal(value: Any) -> exp.Expr:  # noqa: ANN401  # a bound value of any type
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP", dialect="duckdb")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if isinstance(value, Decimal):
        return exp.Literal.number(format(value, "f"))
    return exp.convert(value)


@lru_cache(maxsize=1024)
def _translated(sql: str) -> exp.Expr:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for node in reversed(list(tree.walk(bfs=False))):  # what is inside comes first
        change = _CHANGES.get(type(node))
        changed = node if change is None else change(node)
        if changed is not node:
            node.replace(changed)
    return tree


def _typed(kind: exp.DataType) -> exp.DataType:
    """A type with the digits that DuckDB gives it."""
    if kind.is_type("HUGEINT"):
        return exp.DataType.build(GRAINS)
    if kind.is_type("DECIMAL") and not kind.expressions:
        return exp.DataType.build("DECIMAL(18,3)")
    return kind


def _cast(node: exp.Expr) -> exp.Expr:
    """DuckDB rounds a decimal that becomes an integer, half away from zero; Spark cuts it off."""
    kind = node.args["to"]
    if kind.this not in _WHOLE or isinstance(node.this, exp.Null | exp.Literal):
        return node
    is_decimal = exp.Like(this=_call("TYPEOF", node.this.copy()), expression=exp.Literal.string("decimal%"))
    whole = exp.Cast(this=node.this.copy(), to=exp.DataType.build(GRAINS))
    rounded = exp.Cast(this=whole, to=kind.copy())
    return exp.func("IF", is_decimal, rounded, node.copy())  # decided when the query is planned, not for each row


def _whole_division(node: exp.Expr) -> exp.Expr:
    """Division of integers of 38 digits without its remainder; Spark's own DIV ends at 64 bits."""
    above, below = exp.paren(node.this.copy()), exp.paren(node.expression.copy())
    whole = exp.paren(above - exp.Mod(this=above.copy(), expression=below.copy()))
    return exp.cast(exp.Div(this=whole, expression=below.copy(), typed=False, safe=False), GRAINS)


def _ordered_list(node: exp.Expr) -> exp.Expr:
    """LIST(x ORDER BY y): Spark collects in any order, so pairs are collected and sorted."""
    if not isinstance(node.this, exp.Order):
        return node
    (order,) = node.this.expressions
    pair = _call("NAMED_STRUCT", exp.Literal.string("y"), order.this, exp.Literal.string("x"), node.this.this)
    picked = exp.Lambda(this=exp.column("x", table="pair"), expressions=[exp.to_identifier("pair")])
    return _call("TRANSFORM", _call("ARRAY_SORT", _call("COLLECT_LIST", pair)), picked)


def _call(name: str, *given: exp.Expr) -> exp.Expr:
    """A function of Spark's that sqlglot is to write as it is."""
    return exp.Anonymous(this=name, expressions=list(given))


def _named(node: exp.Expr) -> exp.Expr:
    """QUALIFY becomes a query around this one, which calls every column by its name."""
    if node.args.get("qualify") is not None:
        columns = [
            each if isinstance(each, exp.Alias | exp.Column) else exp.alias_(each, f"palier_{place}", quoted=True)
            for place, each in enumerate(node.expressions)
        ]
        node.set("expressions", columns)
    return node


def _nulls_last(node: exp.Expr) -> exp.Expr:
    if node.args.get("nulls_first") is None:
        node.set("nulls_first", False)
    return node


def _lower(node: exp.Expr) -> exp.Expr:
    """DuckDB makes one letter of one; the two of which Spark makes more, or another at a word's end, go first."""
    letters = [exp.Literal.string("\u0130\u03a3"), exp.Literal.string("i\u03c3")]
    node.set("this", _call("TRANSLATE", node.this, *letters))
    return node


def _refused(node: exp.Expr) -> exp.Expr:
    """Some hundred letters have a capital of two letters on Spark and of one on DuckDB."""
    message = f"{node.key.upper()} gives other letters on Spark than on DuckDB: write LOWER on both sides"
    raise UnsupportedError(message)


def _trim(node: exp.Expr) -> exp.Expr:
    """DuckDB trims every kind of space, Spark only the plain one."""
    if node.args.get("expression") is None:
        node.set("expression", exp.Literal.string(_SPACES))
    return node


_CHANGES: Mapping[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.ArrayAgg: _ordered_list,
    exp.Cast: _cast,
    exp.DataType: _typed,
    exp.IntDiv: _whole_division,
    exp.Lower: _lower,
    exp.Ordered: _nulls_last,
    exp.Select: _named,
    exp.Trim: _trim,
    exp.Upper: _refused,
}
