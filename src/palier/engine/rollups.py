"""A query made to read a rollup of a fact table: its rows counted by the columns that queries read.

Only what is proven is rewritten: a grouped select over inner joins, whose aggregates cannot tell equal rows apart
except by counting them. The rollup holds each different row once with how many there were, and names identifiers by
a number, so that joins compare integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from palier.facts.schema import ColumnType, Table

COUNTED = "palier_rows"
"""The column of a rollup that says how many rows of the table a row stands for."""
KEY = "palier_key"
"""The column of a rollup that stands for its identifiers."""

_PLAIN_JOINS = frozenset({"", "INNER", "CROSS"})
_BOUNDING: dict[type[exp.Expr], str] = {exp.GTE: ">=", exp.GT: ">", exp.LTE: "<=", exp.LT: "<"}
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a rollup of a table keeps: the columns that name something else, and those it is counted by."""

    table: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    days: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table that the rollup keeps."""
        return self.names + self.others


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound parameter that limits a column of the rows a query reads."""

    column: str
    operator: str
    parameter: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query that reads a rollup: its text, what limits every row it reads of it, and what must stand before it.

    `keyed` are relations with the number of their identifiers, by name; queries may share them.
    """

    sql: str
    bounds: tuple[Bound, ...]
    keyed: Mapping[str, tuple[str, str]]
    """By name, the relation it is made from and its text."""


def rollup_of(table: Table, columns: frozenset[str]) -> Rollup | None:
    """The rollup of a table by the columns read; None where it would hold every row as it is.

    A table read with its key has no equal rows; one without an identifier or a day has nothing to gain.
    """
    kept = [column for column in table.columns if column.name in columns]
    names = tuple(each.name for each in kept if each.references is not None and each.type is ColumnType.TEXT)
    days = tuple(column.name for column in kept if column.type is ColumnType.DATE)
    if not names or not days or columns.issuperset(table.key):
        return None
    others = tuple(column.name for column in kept if column.name not in names)
    return Rollup(table.name, names, others, days)


def columns_read(sql: str, table: str) -> frozenset[str]:
    """The columns of a table that a query names; only meaningful where `refusal` finds nothing."""
    tree = _parsed(sql)
    return frozenset(
        column.name
        for select, alias in _readers(tree, table)
        for column in _own_columns(select)
        if column.table == alias
    )


def refusal(sql: str, table: str) -> str | None:
    """Why a query cannot read a rollup of a table in its place, or None where it is proven to give the same rows."""
    tree = _parsed(sql)
    readers = list(_readers(tree, table))
    if len(readers) != sum(1 for each in tree.find_all(exp.Table) if each.name == table):
        return f"{table} is read outside a FROM or JOIN of a plain SELECT"
    selects = [id(select) for select, _ in readers]
    if len(set(selects)) != len(selects):
        return f"one SELECT reads {table} twice"
    return next((said for select, _ in readers if (said := _shape(select)) is not None), None)


def through_rollup(sql: str, rollup: Rollup, *, rows: str, keys: str) -> Rewritten:
    """A query found without `refusal` that reads the rollup `rows`, with its identifiers in `keys`, for the table."""
    tree = _parsed(sql).copy()
    keyed: dict[str, tuple[str, str]] = {}
    bounds: list[list[Bound]] = []
    for select, alias in list(_readers(tree, rollup.table)):
        bounds.append(list(_bounds(select, alias)))
        for count in [each for each in _own(select, exp.Count) if isinstance(each.this, exp.Star)]:
            counted = exp.Sum(this=exp.column(COUNTED, table=alias))
            count.replace(exp.cast(counted, exp.DataType.Type.BIGINT))
        source = next(each for each in _sources(select) if each.alias_or_name == alias)
        other = _partner(select, alias, rollup.names)
        if other is None:
            _place(source, _spelled_out(rollup, rows, keys), alias)
        else:
            keyed |= _join_by_key(select, alias, other, rollup, keys)
            _place(source, exp.to_table(f'"{rows}"', dialect="duckdb"), alias)
    shared = tuple(bound for bound in bounds[0] if all(bound in each for each in bounds)) if bounds else ()
    return Rewritten(tree.sql(dialect="duckdb", comments=False), shared, keyed)


@lru_cache(maxsize=64)
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="duckdb")


def _readers(tree: exp.Expr, table: str) -> Iterator[tuple[exp.Select, str]]:
    """The selects that read a table in their FROM or a JOIN, each with the name it has there."""
    for each in tree.find_all(exp.Table):
        select = each.parent_select
        if each.name == table and isinstance(each.parent, exp.From | exp.Join) and isinstance(select, exp.Select):
            yield select, each.alias_or_name


def _shape(select: exp.Select) -> str | None:
    """What in a select's shape could tell equal rows apart other than by COUNT(*), if anything."""
    group = select.args.get("group")
    beyond = (
        group is None or not group.expressions or any(group.args[key] for key in group.args if key != "expressions")
    )
    checks = (
        (beyond, "it has no plain GROUP BY"),
        (any(select.args.get(each) for each in ("distinct", "qualify", "limit", "offset", "windows", "sample")),
         "it has more than joins, conditions and groups"),
        (any(True for _ in _own(select, exp.Window)), "it numbers rows"),
        (any(True for _ in _own(select, exp.Query)), "it has a query within a query"),
        (any(True for _ in _own(select, exp.Filter)), "it filters an aggregate"),
        (any(not _plain(join) for join in select.args.get("joins") or ()), "it has another join than an inner one"),
        (any(not column.table for column in _own_columns(select)), "it names a column without its relation"),
        (any(not _blind(each) for each in _own(select, exp.AggFunc)), "it aggregates other than by MIN, MAX or COUNT"),
    )  # fmt: skip
    return next((said for wrong, said in checks if wrong), None)


def _plain(join: exp.Join) -> bool:
    return not (
        join.side or join.method or join.args.get("using") or join.kind.upper() not in _PLAIN_JOINS
    ) and not isinstance(join.this, exp.Subquery)


def _blind(aggregate: exp.Expr) -> bool:
    """Whether an aggregate sees equal rows as one, or is the count that a rollup answers by its sum."""
    if isinstance(aggregate, exp.Count):
        return isinstance(aggregate.this, exp.Star | exp.Distinct) and not aggregate.expressions
    return isinstance(aggregate, exp.Min | exp.Max) and not aggregate.expressions


def _sources(select: exp.Select) -> Iterator[exp.Expr]:
    from_ = select.args.get("from_") or select.args.get("from")
    if from_ is not None:
        yield from_.this
    for join in select.args.get("joins") or ():
        yield join.this


def _own(select: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The nodes of a kind in a select, its WITH left out: that holds selects of their own."""
    for name, value in select.args.items():
        if name in {"with_", "with"}:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr):
                yield from part.find_all(kind)


def _own_columns(select: exp.Select) -> list[exp.Column]:
    return [column for column in _own(select, exp.Column) if isinstance(column, exp.Column)]


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """The conditions that every row of a select of inner joins meets."""
    where = select.args.get("where")
    held = [join.args.get("on") for join in select.args.get("joins") or ()]
    for condition in [*held, None if where is None else where.this]:
        if condition is not None:
            yield from _conjuncts(condition)


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    else:
        yield condition


def _bounds(select: exp.Select, alias: str) -> Iterator[Bound]:
    for each in _conditions(select):
        operator = _BOUNDING.get(type(each))
        if operator is None or not isinstance(each, exp.Binary):
            continue
        for column, limit, spoken in ((each.left, each.right, operator), (each.right, each.left, _TURNED[operator])):
            if isinstance(column, exp.Column) and column.table == alias and isinstance(limit, exp.Placeholder):
                yield Bound(column.name, spoken, str(limit.name))


def _equalities(select: exp.Select, alias: str, name: str) -> dict[str, exp.EQ]:
    """The conditions that equate an identifier of the table with a column of another relation, by that relation."""
    found: dict[str, exp.EQ] = {}
    for each in _conditions(select):
        if isinstance(each, exp.EQ) and isinstance(each.left, exp.Column) and isinstance(each.right, exp.Column):
            sides = {each.left.table: each.left, each.right.table: each.right}
            if len(sides) == 2 and alias in sides and sides[alias].name == name:  # noqa: PLR2004  # both sides
                found[next(side for side in sides if side != alias)] = each
    return found


def _partner(select: exp.Select, alias: str, names: Sequence[str]) -> str | None:
    """The one relation with which every identifier of the table is equated, if they serve nothing else."""
    equated = [_equalities(select, alias, name) for name in names]
    uses = [column for column in _own_columns(select) if column.table == alias and column.name in names]
    shared = set.intersection(*(set(each) for each in equated))
    named = {source.alias_or_name for source in _sources(select) if isinstance(source, exp.Table)}
    return min(shared & named, default=None) if len(uses) == len(names) else None


def _join_by_key(
    select: exp.Select, alias: str, other: str, rollup: Rollup, keys: str
) -> Mapping[str, tuple[str, str]]:
    """Join the rollup with another relation by number alone; what must stand for that, by name."""
    theirs = []
    for place, name in enumerate(rollup.names):
        equality = _equalities(select, alias, name)[other]
        theirs += [side.name for side in (equality.left, equality.right) if _relation(side) == other]
        by_key = exp.column(KEY, table=other).eq(exp.column(KEY, table=alias))
        equality.replace(by_key if place == 0 else exp.true())
    source = next(each for each in _sources(select) if each.alias_or_name == other)
    inner = exp.to_identifier(source.name, quoted=True).sql(dialect="duckdb")
    pairs = zip(rollup.names, theirs, strict=True)
    matched = " AND ".join(f'k."{name}" = s."{column}"' for name, column in pairs)
    text = f'SELECT s.*, k.{KEY} FROM {inner} AS s JOIN "{keys}" AS k ON {matched}'
    if any(cte.alias_or_name == source.name for cte in select.root().find_all(exp.CTE)):
        _place(source, exp.Subquery(this=sqlglot.parse_one(text, dialect="duckdb")), other)
        return {}
    keyed = f"{source.name} by {keys} {' '.join(theirs)}"
    _place(source, exp.to_table(f'"{keyed}"', dialect="duckdb"), other)
    return {keyed: (source.name, text)}


def _relation(column: exp.Expr) -> str:
    return column.table if isinstance(column, exp.Column) else ""


def _spelled_out(rollup: Rollup, rows: str, keys: str) -> exp.Expr:
    """The rollup with its identifiers in place of their number."""
    listed = ", ".join([*(f'k."{name}"' for name in rollup.names), *(f'r."{each}"' for each in rollup.others)])
    text = f'SELECT {listed}, r.{COUNTED} FROM "{rows}" AS r JOIN "{keys}" AS k ON k.{KEY} = r.{KEY}'
    return exp.Subquery(this=sqlglot.parse_one(text, dialect="duckdb"))


def _place(source: exp.Expr, instead: exp.Expr, alias: str) -> None:
    instead.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    source.replace(instead)
