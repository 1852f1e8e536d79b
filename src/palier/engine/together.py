"""Lines of several metrics that come from the rows of one view, made in one SELECT: each row is held and sorted once.

Metrics that begin FROM the same view and only join more to it become one SELECT with the joins of all of them, every
one a LEFT JOIN. A row holds in slots what its lines say, and in bits of which metrics it gives a line. Where no join
finds two rows for one of the view, this is what each metric gives by itself. Whether that is so is seen by counting:
whoever runs the SELECT compares its rows with those of the view and, if they differ, runs each metric by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import sqlglot
from sqlglot import exp

from palier.engine.proof import tables_read

GIVES = "palier_gives"
"""The column whose bits say of which branches a row gives a line, the first the lowest."""
MOST_BRANCHES = 30

_ROW, _OWN, _MET = "palier_row", "palier_own", "palier_met"
_BEYOND = ("group", "having", "distinct", "qualify", "limit", "offset", "order", "windows", "sample", "laterals")


@dataclass(frozen=True, slots=True)
class Branch:
    """The lines that one SELECT of a metric makes: the text of each column, a slot of the row or a constant."""

    metric: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Together:
    """Metrics made in one SELECT over a view: its text, the column that each slot is for, what it binds and reads."""

    base: str
    sql: str
    slots: Mapping[str, str]
    branches: tuple[Branch, ...]
    bound: frozenset[str]
    reads: frozenset[str]

    @property
    def metrics(self) -> frozenset[str]:
        """The metrics whose lines it makes."""
        return frozenset(branch.metric for branch in self.branches)


def together(queries: Mapping[str, exp.Query], views: Iterable[str], kinds: Mapping[str, str]) -> list[Together]:
    """The metrics that can be made together.

    Args:
        queries: the query of each metric, its columns named as those of lines.
        views: the relations that stand as tables: only these are worth reading whole for several metrics.
        kinds: the SQL type of each column of lines.
    """
    standing = frozenset(views)
    by_base: dict[str, dict[str, exp.Query]] = {}
    for metric, query in queries.items():
        bases = {_base(select) for select in _selects(query)}
        named = {cte.alias for cte in query.ctes}
        if len(bases) == 1 and bases <= standing - named and _fits_all(query):
            by_base.setdefault(bases.pop(), {})[metric] = query
    rows = [_Row(base, found, kinds) for base, found in by_base.items()]
    return [row.made() for row in rows if 1 < len(row.branches) <= MOST_BRANCHES]


@dataclass(slots=True)
class _Joined:
    """A join of the common SELECT; where it was an inner one, whether it found a row is asked of it."""

    alias: str
    relation: str
    on: str
    asked: bool = False


@dataclass(slots=True)
class _Made:
    """A branch while it is made: when a row gives its line, and the text of each column."""

    branch: Branch
    gives: str


@dataclass
class _Row:
    base: str
    queries: Mapping[str, exp.Query]
    kinds: Mapping[str, str]
    joins: dict[tuple[str, str], _Joined] = field(default_factory=dict)
    slots: dict[tuple[str, str], str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    branches: list[_Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        for metric, query in self.queries.items():
            own = {cte.alias: f"{metric} {cte.alias}" for cte in query.ctes}
            for cte in query.ctes:
                self.named[own[cte.alias]] = _renamed(cte.this, own).sql(dialect="duckdb", comments=False)
            for select in _selects(query):
                named = dict(zip(query.named_selects, select.expressions, strict=True))
                self.branches.append(self.branch(metric, select, named, own))

    def branch(self, metric: str, select: exp.Select, named: Mapping[str, exp.Expr], own: Mapping[str, str]) -> _Made:
        """Add the joins and slots of one SELECT, those that stand already being shared."""
        aliases = {_from(select).alias_or_name: _ROW}
        conditions = []
        for join in select.args.get("joins") or ():
            found = self.join(join, aliases, own)
            aliases[join.this.alias_or_name] = found.alias
            if join.side != "LEFT":
                found.asked = True
                conditions.append(f"{found.alias}.{_MET}")
        where = select.args.get("where")
        if where is not None:
            conditions.append(f"({_text(where.this, aliases)})")
        columns = {name: self.column(name, each, aliases) for name, each in named.items() if name != "partner_id"}
        gives = f"COALESCE({' AND '.join(conditions)}, FALSE)" if conditions else "TRUE"
        return _Made(Branch(metric, columns), gives)

    def join(self, join: exp.Join, aliases: Mapping[str, str], own: Mapping[str, str]) -> _Joined:
        relation = own.get(join.this.name, join.this.name)
        on = _text(join.args["on"], {**aliases, join.this.alias_or_name: _OWN})
        return self.joins.setdefault((relation, on), _Joined(f"palier_{len(self.joins)}", relation, on))

    def column(self, name: str, selected: exp.Expr, aliases: Mapping[str, str]) -> str:
        """The slot of a column of lines, or its text where it is the same in every row."""
        value = selected.this if isinstance(selected, exp.Alias) else selected
        text = _text(value, aliases)
        if value.find(exp.Column, exp.Placeholder) is None:
            return text
        place = 1 + sum(1 for column, _ in self.slots if column == name)
        return self.slots.setdefault((name, text), slot(name, place))

    def made(self) -> Together:
        gives = " + ".join(
            f"CASE WHEN {made.gives} THEN {1 << place} ELSE 0 END" for place, made in enumerate(self.branches)
        )
        slots = [f"CAST({text} AS {self.kinds[name]}) AS {made}" for (name, text), made in self.slots.items()]
        listed = ", ".join([f"{_ROW}.partner_id", f"CAST({gives} AS INTEGER) AS {GIVES}", *slots])
        given = ", ".join(f"{_quoted(name)} AS ({text})" for name, text in self.named.items())
        sql = (
            f"{f'WITH {given} ' if given else ''}SELECT {listed} FROM {_quoted(self.base)} AS {_ROW} "
            f"JOIN enrolled AS e ON e.partner_id = {_ROW}.partner_id {' '.join(map(_joined, self.joins.values()))}"
        )
        tree = cast("exp.Query", sqlglot.parse_one(sql, dialect="duckdb"))
        bound = frozenset(str(mark.name) for mark in tree.find_all(exp.Placeholder))
        branches = tuple(made.branch for made in self.branches)
        columns = {made: name for (name, _), made in self.slots.items()}
        return Together(self.base, sql, columns, branches, bound, tables_read(tree))


def slot(column: str, place: int = 1) -> str:
    """The name of a slot for a column of lines."""
    return f"{column}_{place}"


def _joined(join: _Joined) -> str:
    source = _quoted(join.relation)
    if join.asked:
        source = f"(SELECT *, TRUE AS {_MET} FROM {source})"
    return f"LEFT JOIN {source} AS {join.alias} ON {join.on.replace(_OWN, join.alias)}"


def _selects(query: exp.Query) -> Iterator[exp.Select]:
    """The SELECTs whose rows a query puts together."""
    if isinstance(query, exp.Union) and not query.args.get("distinct"):
        yield from _selects(query.left)
        yield from _selects(query.right)
    elif isinstance(query, exp.Select):
        yield query


def _from(select: exp.Select) -> exp.Expr:
    clause = select.args.get("from_") or select.args.get("from")
    return clause.this if clause is not None else exp.null()


def _base(select: exp.Select) -> str:
    source = _from(select)
    return source.name if isinstance(source, exp.Table) else ""


def _fits_all(query: exp.Query) -> bool:
    within = [node for node in query.find_all(exp.Query) if node is not query and node.ctes]
    return not within and all(
        _fits(select) and _begins(select, query.named_selects.index("partner_id")) for select in _selects(query)
    )


def _fits(select: exp.Select) -> bool:
    """Whether a SELECT only joins and picks: a row of its FROM gives at most one line unless a join finds several."""
    joins: list[exp.Join] = list(select.args.get("joins") or ())
    names = {_from(select).alias_or_name, *(join.this.alias_or_name for join in joins)}
    within = [node for node in _own(select) if node is not select]
    return (
        all(isinstance(join.this, exp.Table) and join.args.get("on") is not None for join in joins)
        and all(join.side in {"", "LEFT"} and join.kind in {"", "INNER"} and not join.method for join in joins)
        and all(node.table in names for node in within if isinstance(node, exp.Column))
        and not any(isinstance(node, exp.Query | exp.AggFunc | exp.Window | exp.Star) for node in within)
        and not any(select.args.get(each) for each in _BEYOND)
    )


def _begins(select: exp.Select, place: int) -> bool:
    """Whether the partner of a line is a column of the FROM."""
    partner = select.expressions[place]
    return partner.find(exp.Column) is partner and partner.table == _from(select).alias_or_name


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a SELECT, its WITH left out."""
    for name, value in select.args.items():
        for part in value if isinstance(value, list) else [value]:
            if name not in {"with_", "with"} and isinstance(part, exp.Expr):
                yield from part.walk()


def _text(expression: exp.Expr, aliases: Mapping[str, str]) -> str:
    """The text of an expression, its columns taken from relations of other names."""
    copied = expression.copy()
    for column in list(copied.find_all(exp.Column)):
        column.set("table", exp.to_identifier(aliases[column.table]))
    return copied.sql(dialect="duckdb", comments=False)


def _renamed(query: exp.Query, own: Mapping[str, str]) -> exp.Query:
    tree = query.copy()
    for table in tree.find_all(exp.Table):
        if table.name in own:
            alias = table.alias_or_name
            table.set("this", exp.to_identifier(own[table.name], quoted=True))
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return tree


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
