"""Proof that a metric or view is one read-only SELECT over declared tables and columns; nothing else runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, ScopeType, traverse_scope

from palier.engine.sql_text import line_of, parse, sql_problem, too_deep
from palier.rulebook.problems import Problem
from palier.rulebook.read import SqlText

__all__ = ["CAST_TYPES", "FUNCTIONS", "ProvenSql", "parse", "prove", "tables_read"]

Schema = Mapping[str, frozenset[str]]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALIASES_IN = frozenset({"order", "group", "having", "qualify"})
_ODD_JOINS = frozenset({"ASOF", "POSITIONAL", "NATURAL"})

FUNCTIONS: tuple[type[exp.Func], ...] = (
    exp.Abs,
    exp.And,
    exp.BitwiseCount,
    exp.BitwiseOrAgg,
    exp.Case,
    exp.Cast,
    exp.Coalesce,
    exp.Count,
    exp.DateDiff,
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

NUMBERED = "number the rows with ROW_NUMBER() OVER (ORDER BY ...) and filter them"

_REFUSED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Div: ("division", "declare a ratio: two sums compared by cross-multiplication"),
    exp.IntDiv: ("division", "declare a ratio: two sums compared by cross-multiplication"),
    exp.Mod: ("division", "write the remainder as a parameter table"),
    exp.Interval: ("interval arithmetic", "join the relation `spans`, or a window's bound parameter"),
    exp.Limit: ("LIMIT", NUMBERED),
    exp.Fetch: ("FETCH FIRST", NUMBERED),
    exp.Offset: ("OFFSET", NUMBERED),
    exp.TableSample: ("a sample", "read all rows: figures are exact"),
    exp.Into: ("SELECT INTO", "a metric only reads"),
    exp.Lock: ("FOR UPDATE", "a metric only reads"),
    exp.Lambda: ("a lambda", "write a join"),
    exp.Unnest: ("UNNEST", "join a parameter table"),
    exp.Lateral: ("LATERAL", "write a join"),
    exp.Pivot: ("PIVOT", "write a CASE for each column"),
    exp.Values: ("VALUES", "declare a parameter table"),
}


@dataclass(frozen=True, slots=True, eq=False)
class ProvenSql:
    """A SELECT that has been proven: its tree, the tables it reads, its parameters, words and output columns.

    It is equal to itself only: comparing trees takes as long as proving them.
    """

    file: str
    sentence: str
    tree: exp.Query
    reads: frozenset[str]
    parameters: frozenset[str]
    words: frozenset[str]
    columns: tuple[str, ...]


def function_names() -> list[str]:
    """The functions of the allow-list as DuckDB calls them."""
    named: dict[type[exp.Func], str] = {exp.BitwiseCount: "BIT_COUNT", exp.BitwiseOrAgg: "BIT_OR"}
    return sorted(named.get(kind, kind.sql_name()) for kind in FUNCTIONS)


def tables_read(tree: exp.Query) -> frozenset[str]:
    """The names of the relations a query reads, its own WITH names left out."""
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table) if table.name not in own)


def prove(text: SqlText, schema: Schema, parameters: frozenset[str]) -> tuple[ProvenSql | None, tuple[Problem, ...]]:
    """Prove one SQL file against the declared relations and parameters; all its problems at once."""
    return _prove(text, frozenset(schema.items()), parameters)


@lru_cache(maxsize=256)
def _prove(
    text: SqlText, declared: frozenset[tuple[str, frozenset[str]]], parameters: frozenset[str]
) -> tuple[ProvenSql | None, tuple[Problem, ...]]:
    """The proof, done once for a text among the same relations: the other readings share most of theirs."""
    schema = dict(declared)
    tree, problems = parse(text)
    if tree is None:
        return None, problems
    try:
        found = list(dict.fromkeys(_problems(tree, text.file, schema, parameters)))
    except RecursionError:
        return None, (too_deep(text),)
    if not text.sentence:
        message = "the file needs a header comment that says in one sentence what it counts"
        found.append(sql_problem(text.file, 1, "no_sentence", message, mend="start the file with `-- ...`"))
    if found:
        return None, tuple(found)
    used = frozenset(str(node.name) for node in tree.find_all(exp.Placeholder))
    words = frozenset(str(node.this) for node in tree.find_all(exp.Literal) if node.is_string)
    columns = tuple(tree.named_selects)
    return ProvenSql(text.file, text.sentence, tree, tables_read(tree), used, words, columns), ()


def _problems(tree: exp.Query, file: str, schema: Schema, parameters: frozenset[str]) -> list[Problem]:
    """What is wrong with the parts, and only if nothing is, with the columns."""
    found = [
        *_refused_nodes(tree, file),
        *_refused_shapes(tree, file),
        *_refused_picks(tree, file),
        *_refused_differences(tree, file),
        *_refused_names(tree, file, schema),
        *_refused_tables(tree, file, schema),
        *_undeclared_parameters(tree, file, parameters),
    ]
    return found or [*_undeclared_columns(tree, file, schema), *_unnamed_outputs(tree, file)]


def _refused_shapes(tree: exp.Expr, file: str) -> Iterator[Problem]:
    """WITH RECURSIVE, joins and lists of columns that are not the same on both engines."""
    for clause in tree.find_all(exp.With):
        if clause.recursive:
            mend = "write the steps out, or declare a parameter table"
            yield sql_problem(file, line_of(clause), "refused_sql", "WITH RECURSIVE is refused in a metric", mend=mend)
    for join in tree.find_all(exp.Join):
        odd = {join.method.upper(), join.kind.upper(), join.side.upper()} & _ODD_JOINS
        if odd:
            said = f"{odd.pop()} JOIN is refused in a metric"
            yield sql_problem(file, line_of(join), "refused_sql", said, mend="name the columns that join under ON")
    for alias in tree.find_all(exp.TableAlias):
        if alias.columns:
            said = "a list of columns after a relation's name is refused"
            yield sql_problem(file, line_of(alias), "refused_sql", said, mend="name the columns in its SELECT with AS")


def _refused_picks(tree: exp.Expr, file: str) -> Iterator[Problem]:
    """Rows that are picked, numbered or summed from one to another in an order that is not said."""
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on") is not None:
            said = "DISTINCT ON is refused in a metric: which row it keeps is not said"
            yield sql_problem(file, line_of(distinct), "refused_sql", said, mend=NUMBERED)
    framed = [each for each in tree.find_all(exp.Window) if each.args.get("spec") is not None]
    placed = [(each.find_ancestor(exp.Window), "ROW_NUMBER()", each) for each in tree.find_all(exp.RowNumber)]
    for window, which, node in (*placed, *((each, "a window's frame", each) for each in framed)):
        if window is None or not _in_order(window):
            said = f"{which} without ORDER BY is refused in a metric: which row comes first is not said"
            mend = "order by columns that tell the rows apart, such as a day and then an identifier"
            yield sql_problem(file, line_of(node), "refused_sql", said, mend=mend)


def _in_order(window: exp.Window) -> bool:
    """Whether a window says which row comes first, itself or by the named one."""
    select = window.find_ancestor(exp.Select)
    named = [each for each in (select.args.get("windows") or [] if select else []) if each.name == window.alias]
    return any(each.args.get("order") is not None for each in (window, *named))


def _refused_differences(tree: exp.Expr, file: str) -> Iterator[Problem]:
    """A difference of dates is a number of days: both engines count other units in their own way."""
    for difference in tree.find_all(exp.DateDiff):
        if str(difference.unit).upper() != "DAY":
            said = f"DATE_DIFF in units of {difference.unit} is refused in a metric"
            mend = "count in days, or join the relation `spans`"
            yield sql_problem(file, line_of(difference), "refused_sql", said, mend=mend)


def _refused_names(tree: exp.Expr, file: str, schema: Schema) -> Iterator[Problem]:
    """A WITH name is no declared relation's, stands once and is not read by its own query."""
    seen: set[str] = set()
    for cte in tree.find_all(exp.CTE):
        name = cte.alias_or_name
        said = None
        if name in schema:
            said = f"WITH {name} hides the relation of that name"
        elif name in seen:
            said = f"WITH {name} stands twice in this file"
        elif any(table.name == name for table in cte.this.find_all(exp.Table)):
            said = f"WITH {name} reads itself"
        seen.add(name)
        if said is not None:
            yield sql_problem(file, line_of(cte), "name_taken", said, found=name, mend="give it a name of its own")


def _refused_nodes(tree: exp.Expr, file: str) -> Iterator[Problem]:
    for node in tree.walk():
        refused = next((said for kind, said in _REFUSED.items() if isinstance(node, kind)), None)
        if refused is not None:
            yield sql_problem(
                file, line_of(node), "refused_sql", f"{refused[0]} is refused in a metric", mend=refused[1]
            )
        elif isinstance(node, exp.DML | exp.DDL | exp.Command) and not isinstance(node, exp.Query):
            yield sql_problem(
                file, line_of(node), "not_a_select", f"{node.key.upper()} is refused: a metric only reads"
            )
        elif isinstance(node, exp.Func) and not isinstance(node, FUNCTIONS):
            name = node.sql_name() if not isinstance(node, exp.Anonymous) else str(node.this)
            yield sql_problem(
                file,
                line_of(node),
                "unknown_function",
                f"{name.upper()} is not on the list of functions that both engines compute alike",
                found=name.upper(),
                mend="use " + ", ".join(function_names()),
            )
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            yield sql_problem(
                file,
                line_of(node),
                "star",
                "* is refused: name the columns, so that adding one changes nothing",
            )
        elif isinstance(node, exp.Literal) and not node.is_string and not str(node.this).isdigit():
            yield sql_problem(
                file, line_of(node), "inexact_number", f"{node.this} is not an integer: figures are exact"
            )
        elif isinstance(node, exp.Cast) and node.to.this.name not in CAST_TYPES:
            yield sql_problem(
                file, line_of(node), "inexact_type", f"a cast to {node.to.sql()} is refused: figures are exact"
            )


def _refused_tables(tree: exp.Expr, file: str, schema: Schema) -> Iterator[Problem]:
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.args.get("version") is not None:
            message = "a metric reads declared tables only, never files or table functions"
            yield sql_problem(file, line_of(table), "reads_outside", message, found=table.sql(dialect="duckdb"))
        elif table.db or table.catalog or (table.name not in schema and table.name not in own):
            yield sql_problem(
                file,
                line_of(table),
                "unknown_table",
                f"{table.sql(dialect='duckdb')} is not a declared table, view or parameter table",
                found=table.name,
                mend=_nearest(table.name, schema),
            )


def _undeclared_parameters(tree: exp.Expr, file: str, parameters: frozenset[str]) -> Iterator[Problem]:
    for node in tree.find_all(exp.Placeholder, exp.Parameter):
        if node.name not in parameters:
            yield sql_problem(
                file,
                line_of(node),
                "unknown_parameter",
                f"${node.name} is not a bound parameter",
                found=f"${node.name}",
                expected=", ".join(f"${name}" for name in sorted(parameters)),
            )


def _undeclared_columns(tree: exp.Expr, file: str, schema: Schema) -> Iterator[Problem]:
    try:
        scopes = traverse_scope(tree)
    except SqlglotError as error:
        yield sql_problem(file, line_of(tree), "bad_sql", f"not SQL of DuckDB's dialect: {str(error).splitlines()[0]}")
        return
    repeated = [problem for scope in scopes for problem in _repeated_aliases(scope, file)]
    yield from repeated
    for scope in scopes if not repeated else ():
        for column, known in _columns(scope, schema):
            if column.name not in known:
                spoken = column.sql(dialect="duckdb")
                yield sql_problem(
                    file,
                    line_of(column),
                    "unknown_column",
                    f"{spoken} names no declared column",
                    found=spoken,
                    mend=_nearest(column.name, known),
                )


def _columns(scope: Scope, schema: Schema) -> Iterator[tuple[exp.Expr, set[str]]]:
    """Each column that a query names, those under USING among them, with what it may be."""
    for column in scope.columns:
        known = _columns_in_reach(scope, column.table, schema)
        if known is None:
            continue
        yield column, known | (_aliases(scope, column) if not column.table else set())
    for join in scope.expression.args.get("joins") or ():
        joined = _relations(scope).get(join.alias_or_name)
        for identifier in join.args.get("using") or ():
            yield identifier, set() if joined is None else _columns_of(joined, schema)


def _repeated_aliases(scope: Scope, file: str) -> Iterator[Problem]:
    names = [name for name, _ in scope.references]
    for name in dict.fromkeys(each for each in names if names.count(each) > 1):
        said = f"{name} stands for two relations of one query"
        mend = "give each relation an alias of its own"
        yield sql_problem(file, line_of(scope.expression), "name_taken", said, found=name, mend=mend)


def _columns_in_reach(scope: Scope, qualifier: str, schema: Schema) -> set[str] | None:
    """The columns of the query's own relations and, in a subquery, of those around it.

    None where one of them is a view that could not be read: its own file says what is wrong.
    """
    known: set[str] = set()
    step: Scope | None = scope
    while step is not None:
        for alias, source in _relations(step).items():
            if qualifier in ("", alias):
                if not isinstance(source, Scope) and not schema.get(source.name, True):
                    return None
                known |= _columns_of(source, schema)
        around = step.scope_type in (ScopeType.SUBQUERY, ScopeType.SET_OPERATION)
        step = step.parent if around else None
    return known


def _relations(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """What a query reads under which name, the sides of semi and anti joins among them."""
    joined = [join.alias_or_name for join in scope.expression.args.get("joins") or ()]
    read = {alias: source for alias, (_, source) in scope.selected_sources.items()}
    return {**{name: scope.sources[name] for name in joined if name in scope.sources}, **read}


def _aliases(scope: Scope, column: exp.Expr) -> set[str]:
    """The output names that a column may mean where it stands: in ORDER BY, GROUP BY, HAVING and QUALIFY."""
    step = column
    while step.parent is not None and step.parent is not scope.expression:
        step = step.parent
    if step.arg_key not in _ALIASES_IN:
        return set()
    if isinstance(scope.expression, exp.Select):
        return {each.alias for each in scope.expression.expressions if isinstance(each, exp.Alias)}
    return set(getattr(scope.expression, "named_selects", ()))


def _columns_of(source: exp.Expr | Scope, schema: Schema) -> set[str]:
    if isinstance(source, Scope):
        return set(getattr(source.expression, "named_selects", ()))
    return set(schema.get(source.name, frozenset()))


def _unnamed_outputs(tree: exp.Query, file: str) -> Iterator[Problem]:
    names = [each.output_name for each in tree.selects]
    for position, name in enumerate(names, start=1):
        if not _NAME.fullmatch(name) or names.index(name) != position - 1:
            message = f"output column {position} needs a name of its own"
            yield sql_problem(
                file, line_of(tree), "unnamed_column", message, found=name or None, mend="write ... AS name"
            )
    if isinstance(tree, exp.SetOperation):
        for side in (tree.left, tree.right):
            if isinstance(side, exp.Query) and len(side.selects) != len(names):
                message = "both sides of UNION need the same columns in the same order"
                yield sql_problem(file, line_of(side), "uneven_union", message, found=", ".join(side.named_selects))


def _nearest(name: str, known: Mapping[str, object] | set[str] | frozenset[str]) -> str | None:
    import difflib  # noqa: PLC0415  # only when there is something to mend

    near = difflib.get_close_matches(name, list(known), n=3)
    return f"did you mean {' or '.join(near)}?" if near else None
