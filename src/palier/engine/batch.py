"""One day's SQL made to answer for many days at once: the same rows, each with the day it answers for.

A query that depends on the day gains a join with the relation of days and a column that says which day a row
is about; bound parameters that change from day to day become columns of that relation. What does not depend
on the day is left as it is and computed once.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from palier.rulebook.problems import PalierError

DAY = "palier_day"
"""The column that says which day a row answers for."""

_ALIAS = "palier_days"


class NotForManyDaysError(PalierError):
    """Raised when a query's shape cannot answer for many days at once; it still answers for one."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        super().__init__(
            f"{shape} cannot answer for many days at once: write a join, with GROUP BY where it aggregates"
        )


def for_many_days(
    query: exp.Query, *, bearing: frozenset[str], varying: frozenset[str], days: str, force: bool = False
) -> bool:
    """Rewrite a query in place so that it answers for every day of the relation `days`.

    Args:
        query: the tree to rewrite.
        bearing: the relations that already carry the day column.
        varying: the parameters that differ between the days, columns of `days`.
        days: the name of the relation of days.
        force: join the days even if nothing in the query depends on them.

    Returns:
        Whether the query now carries the day column.

    Raises:
        NotForManyDaysError: its shape is not supported.
    """
    within = set(bearing)
    for cte in query.ctes:
        if for_many_days(cte.this, bearing=frozenset(within), varying=varying, days=days):
            within.add(cte.alias)
        else:
            within.discard(cte.alias)
    inner = frozenset(within)
    if isinstance(query, exp.SetOperation):
        return _both_sides(query, inner, varying, days, force=force)
    if not isinstance(query, exp.Select):
        raise NotForManyDaysError(query.key.upper())
    return _select(query, inner, varying, days, force=force)


def _both_sides(
    query: exp.SetOperation, bearing: frozenset[str], varying: frozenset[str], days: str, *, force: bool
) -> bool:
    sides = (query.left, query.right)
    probes = [for_many_days(side.copy(), bearing=bearing, varying=varying, days=days) for side in sides]
    needed = force or any(probes)
    for side in sides:
        for_many_days(side, bearing=bearing, varying=varying, days=days, force=needed)
    return needed


def _select(select: exp.Select, bearing: frozenset[str], varying: frozenset[str], days: str, *, force: bool) -> bool:
    from_ = select.args.get("from_") or select.args.get("from")
    if from_ is None:
        raise NotForManyDaysError("a SELECT without FROM")
    joins: list[exp.Join] = list(select.args.get("joins") or [])
    tied = [_tie(source, bearing, varying, days) for source in (from_.this, *(join.this for join in joins))]
    marks = [mark for mark in _own(select, exp.Placeholder) if mark.name in varying]
    if any(True for _ in _own(select, exp.Select)):
        raise NotForManyDaysError("a subquery outside FROM")
    if not (force or marks or any(tied)):
        return False
    used = {mark.name for mark in marks}
    for mark in marks:
        mark.replace(exp.column(mark.name, table=_ALIAS))
    if tied[0]:
        select.where(_same_day(from_.this.alias_or_name), copy=False)
    for join, is_tied in zip(joins, tied[1:], strict=True):
        if join.args.get("using"):
            raise NotForManyDaysError("JOIN ... USING")
        if is_tied and join.args.get("on") is not None:
            join.on(_same_day(join.this.alias_or_name), copy=False)
        elif is_tied:
            select.where(_same_day(join.this.alias_or_name), copy=False)
    cross = exp.Join(this=exp.to_table(f'"{days}"', dialect="duckdb").as_(_ALIAS), kind="CROSS")
    select.set("joins", [cross, *joins])
    _carry(select, used)
    return True


def _carry(select: exp.Select, used: set[str]) -> None:
    """Let the day into the output, the groups and the windows of a select."""
    day = exp.column(DAY, table=_ALIAS)
    for window in list(_own(select, exp.Window)):
        window.set("partition_by", [*(window.args.get("partition_by") or []), day.copy()])
    grouped = select.args.get("group")
    if grouped is not None:
        columns = [day.copy(), *(exp.column(name, table=_ALIAS) for name in sorted(used))]
        grouped.set("expressions", [*grouped.expressions, *columns])
    elif any(each.find_ancestor(exp.Window) is None for each in _own(select, exp.AggFunc)):
        raise NotForManyDaysError("an aggregate without GROUP BY")
    select.set("expressions", [exp.alias_(day, DAY), *select.expressions])


def _tie(source: exp.Expr, bearing: frozenset[str], varying: frozenset[str], days: str) -> bool:
    """Whether a source of FROM carries the day; a derived table is rewritten on the way."""
    if isinstance(source, exp.Table):
        return source.name in bearing
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Query):
        return for_many_days(source.this, bearing=bearing, varying=varying, days=days)
    raise NotForManyDaysError(source.key.upper())


def _own(select: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The nodes of a kind in a select's own clauses, outside its WITH and FROM."""
    skipped = {"with_", "with", "from_", "from"}
    for name, value in select.args.items():
        if name in skipped:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Join):
                condition = part.args.get("on")
                if isinstance(condition, exp.Expr):
                    yield from condition.find_all(kind)
            elif isinstance(part, exp.Expr):
                yield from part.find_all(kind)


def _same_day(alias: str) -> exp.Expr:
    return exp.column(DAY, table=exp.to_identifier(alias, quoted=True)).eq(exp.column(DAY, table=_ALIAS))
