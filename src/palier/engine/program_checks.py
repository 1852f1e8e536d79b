"""Checks of a program that need more than its rulebook: its SQL, the facts' tables and codes, the engine's names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from palier.engine.column_kinds import never_null
from palier.engine.comparisons import unlike_kinds
from palier.engine.compile import Compiled
from palier.engine.membership import period_views
from palier.engine.parameters import DAY_PARAMETERS, ENGINE_RELATIONS
from palier.engine.proof import ProvenSql
from palier.engine.results import FACTOR_COLUMNS, LINE_COLUMNS
from palier.engine.sql_text import line_of
from palier.facts.codes import country_codes
from palier.facts.schema import VERSION_COLUMNS
from palier.facts.tables import TABLES
from palier.rulebook.checks.said import problem_at
from palier.rulebook.dated import Dated
from palier.rulebook.model import Program
from palier.rulebook.problems import Problem
from palier.rulebook.schema import near

# fmt: off
ENGINE_NAMES = frozenset(
    {
        "days", "enrolled", "exact_figures", "figures", "gates", "line_sources", "lines", "metric_lines", "metrics",
        "nodes", "problems", "run", "standings", "tier_choices", "tier_gates", "tier_groups", "tiers", "weighed_gates",
    }
)
# fmt: on
"""Relations that an evaluation makes; a program's own would stand in their way."""

ProgramCheck = Callable[[Compiled], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Uses:
    """What a program's SQL reads, binds and writes out, over all readings."""

    relations: frozenset[str]
    parameters: frozenset[str]
    words: frozenset[str]
    columns: frozenset[str]
    whole: bool

    def together(self, other: Uses) -> Uses:
        """The uses of two readings."""
        return Uses(
            self.relations | other.relations,
            self.parameters | other.parameters,
            self.words | other.words,
            self.columns | other.columns,
            self.whole and other.whole,
        )


def uses(compiled: Compiled) -> Uses:
    """What the SQL of one reading uses; not `whole` where a file could not be proven."""
    proven = [*compiled.metrics.values(), *compiled.views.values()]
    rulebook = compiled.rulebook
    return Uses(
        frozenset(name for each in proven for name in each.reads),
        frozenset(name for each in proven for name in each.parameters),
        frozenset(name for each in proven for name in each.words),
        frozenset(name for each in compiled.metrics.values() for name in each.columns),
        len(proven) == len(rulebook.metrics) + len(rulebook.views),
    )


def unused(compiled: Compiled, used: Uses) -> Iterator[Problem]:
    """What a program declares and nothing reads: warnings, since no figure depends on it."""
    if not used.whole:
        return
    program, rulebook = compiled.program, compiled.rulebook
    recalled = frozenset(each.view for name, each in program.recalled.items() if name in used.relations)
    units = {unit for metric in program.metrics.values() for unit in (metric.unit, metric.lines_in)}
    bound = used.parameters
    declared: Mapping[str, Mapping[str, bool]] = {
        "tables": {name: name in used.relations for name in program.tables},
        "facts": {name: name in used.relations for name in program.facts},
        "recalled": {name: name in used.relations for name in program.recalled},
        "values": {name: name in bound for name in program.values},
        "windows": {name: f"{name}_from" in bound or name in used.words for name in program.windows},
        "territories": {name: name in used.words for name in program.territories},
        "factors": {name: name in used.columns for name in program.factors},
        "units": {name: name in units for name in program.units},
    }
    for section, names in declared.items():
        for name in (name for name, read in names.items() if not read):
            yield problem_at(
                rulebook,
                (section, name),
                code="unused",
                severity="warning",
                message=f"{section}.{name} is read by no metric or view",
                found=name,
                mend="use it in SQL, or take it out",
            )
    calendar = program.calendar
    named = {calendar.members, calendar.suspensions} if calendar is not None else set()
    for name, text in rulebook.views.items():
        if name not in used.relations | recalled | named:
            message = f"{text.file} is read by no metric or view"
            yield _in_file(text.file, 1, "unused", message, found=name, severity="warning")


def taken_names(compiled: Compiled) -> Iterator[Problem]:
    """A program's names do not hide those of facts and engine, nor each other."""
    program = compiled.program
    rulebook = compiled.rulebook
    held = {**dict.fromkeys(TABLES, "a table of facts"), **dict.fromkeys(program.facts, "a table of facts")}
    held |= {
        **dict.fromkeys(ENGINE_RELATIONS, "a relation of the engine"),
        **dict.fromkeys(ENGINE_NAMES, "a relation of the engine"),
    }
    windows = {f"{name}_from": f"the start of the window {name}" for name in program.windows}
    windows |= {f"{name}_length": f"the length of the window {name}" for name in program.windows}
    days = dict.fromkeys(DAY_PARAMETERS, "a bound parameter of every program")
    columns = dict.fromkeys([*LINE_COLUMNS, *FACTOR_COLUMNS], "a column that every line has")
    engines = {name: said for name, said in held.items() if said == "a relation of the engine"}
    for section, names, taken in (
        ("tables", program.tables, held),
        ("facts", program.facts, engines),
        ("recalled", program.recalled, engines),
        ("values", program.values, {**days, **windows}),
        ("factors", program.factors, columns),
    ):
        for name in names:
            if name in taken:
                yield problem_at(
                    rulebook,
                    (section, name),
                    code="name_taken",
                    message=f"{name} is already the name of {taken[name]}",
                    found=name,
                    mend="give it a name of its own",
                )
    for name, text in rulebook.views.items():
        if name in ENGINE_NAMES:
            yield _in_file(text.file, 1, "name_taken", f"{name} is a relation of the engine", found=name)


def version_columns(compiled: Compiled) -> Iterator[Problem]:
    """A program's own facts leave to the engine the columns that say which version of a row holds."""
    version = [column.name for column in VERSION_COLUMNS]
    for table, column in ((name, each) for name, facts in compiled.program.facts.items() for each in facts.columns):
        if column in version:
            yield problem_at(
                compiled.rulebook,
                ("facts", table, "columns", column),
                code="name_taken",
                message=f"{column} is a column that every table may carry without declaring it",
                found=column,
                expected=f"columns other than {' and '.join(version)}",
                mend="take it out, or give it a name of its own where it means something else",
            )


def countries(compiled: Compiled) -> Iterator[Problem]:
    """Territories list countries of ISO 3166-1, and requests are answered on the working days of one."""
    for trail, code in _countries(compiled.program):
        if code not in country_codes():
            yield problem_at(
                compiled.rulebook,
                trail,
                code="unknown_country",
                message=f"{code} is no country code of ISO 3166-1",
                found=code,
                expected="two capital letters, such as FR",
                mend="look the code up; a territory has beside it the name that the source uses",
            )


def _countries(program: Program) -> Iterator[tuple[tuple[object, ...], str]]:
    for territory, editions in program.territories.items():
        for day, edition in editions.items():
            yield from ((("territories", territory, day, "countries", code), code) for code in edition.countries)
    granted = {} if program.benefits is None else program.benefits.granted
    for name, benefit in granted.items():
        if benefit.answer is not None:
            yield ("benefits", "granted", name, "answer", "country"), benefit.answer.country


def references(compiled: Compiled) -> Iterator[Problem]:
    """A program's own facts refer to tables that exist and have one key column."""
    for name, facts in compiled.program.facts.items():
        for column, declared in facts.columns.items():
            target = declared.references
            if target is None or (target in compiled.facts and len(compiled.facts[target].key) == 1):
                continue
            known = [table for table, each in compiled.facts.items() if len(each.key) == 1]
            yield problem_at(
                compiled.rulebook,
                ("facts", name, "columns", column, "references"),
                code="unknown_table",
                message=f"{column} of {name} refers to {target}, which is no table of facts with one key column",
                found=target,
                mend=near(target, known) or "name a table of the contract, or one of `facts`",
            )


def moved_dates(compiled: Compiled) -> Iterator[Problem]:
    """The date that moves in a carried view is a column of the view."""
    for name, declared in compiled.program.views.items():
        proven = compiled.views.get(name)
        if declared.dated is not None and proven is not None and declared.dated not in proven.columns:
            yield problem_at(
                compiled.rulebook,
                ("views", name, "dated"),
                code="unknown_column",
                message=f"view {name} has no column {declared.dated}",
                found=declared.dated,
                expected=", ".join(proven.columns),
                mend=near(declared.dated, proven.columns) or "name a date column of the view",
            )


def recalled_circles(compiled: Compiled) -> Iterator[Problem]:
    """A view may not read itself as of an earlier day: it would go back without end."""
    recalled = compiled.program.recalled
    for name, declared in recalled.items():
        pending, seen = [declared.view], set[str]()
        while pending:
            each = pending.pop()
            if each in seen:
                continue
            seen.add(each)
            view = recalled[each].view if each in recalled else each
            pending += compiled.views[view].reads if view in compiled.views else ()
        if name in seen:
            yield problem_at(
                compiled.rulebook,
                ("recalled", name),
                code="view_circle",
                message=f"recalled {name} is views/{declared.view}.sql, which reads {name}",
                found=declared.view,
                mend="recall a view that does not read what is recalled",
            )


def clauses(compiled: Compiled) -> Iterator[Problem]:
    """A clause written in SQL is a line that the sources quote."""
    for proven in (*compiled.metrics.values(), *compiled.views.values()):
        for literal in _written(proven, "clause"):
            citation = str(literal.this)
            if compiled.rulebook.quote(citation) is None:
                message = f"the clause {citation!r} is not a line that `sources` quotes"
                yield _in_file(proven.file, line_of(literal), "unknown_citation", message, found=citation)


def ratio_parts(compiled: Compiled) -> Iterator[Problem]:
    """A line of a ratio is part of the numerator or of the denominator."""
    for name, proven in compiled.metrics.items():
        metric = compiled.program.metrics.get(name)
        if metric is None or metric.kind != "ratio":
            continue
        found = [(str(literal.this), line_of(literal)) for literal in _written(proven, "part")]
        for part, line in found:
            if part not in {"numerator", "denominator"}:
                message = f"a line of the ratio {name} is numerator or denominator; found {part!r}"
                yield _in_file(proven.file, line, "bad_part", message, found=part)
        if found and len({part for part, _ in found}) == 1:
            message = f"the ratio {name} has lines of the {found[0][0]} only"
            yield _in_file(proven.file, found[0][1], "bad_part", message, found=found[0][0])


def unknown_words(compiled: Compiled) -> Iterator[Problem]:
    """A word that SQL compares with a column of few words is one of them."""
    words = _words(compiled)
    for proven in (*compiled.metrics.values(), *compiled.views.values()):
        for scope in traverse_scope(proven.tree):
            for column in scope.columns:
                source = scope.selected_sources.get(column.table, (None, None))[1]
                known = words.get((source.name, column.name)) if isinstance(source, exp.Table) else None
                for literal in _compared(column) if known is not None else ():
                    word = str(literal.this)
                    if known is not None and word not in known:
                        message = f"{column.sql()} is never {word!r}"
                        expected = ", ".join(sorted(known))
                        yield _in_file(
                            proven.file, line_of(literal), "unknown_word", message, found=word, expected=expected
                        )


PROGRAM_CHECKS: tuple[ProgramCheck, ...] = (
    taken_names,
    version_columns,
    countries,
    references,
    moved_dates,
    recalled_circles,
    clauses,
    ratio_parts,
    unknown_words,
    unlike_kinds,
    never_null,
    period_views,
)


def _words(compiled: Compiled) -> Mapping[tuple[str, str], frozenset[str]]:
    """The columns that hold one of a few words, with these words."""
    program = compiled.program
    money = [name for name, unit in program.units.items() if unit.money is not None]
    words = {
        ("spans", "span"): frozenset(name for name, each in program.windows.items() if each.whole_months is None),
        ("months", "span"): frozenset(name for name, each in program.windows.items() if each.whole_months),
        ("currency_units", "unit"): frozenset(money),
        ("territories", "territory"): frozenset(program.territories),
    }
    for name, table in program.tables.items():
        for column in (key for key, kind in table.keys.items() if kind == "text"):
            words[name, column] = frozenset(str(row[column]) for row in table.rows)
        if table.value[table.column] == "text":
            cells = [row[table.column] for row in table.rows]
            entries = (entry for cell in cells if isinstance(cell, Dated) for _, entry in cell.entries)
            words[name, table.column] = frozenset(str(entry.value) for entry in entries)
    for table_name, facts in compiled.facts.items():
        closed = ((column.name, column.values) for column in facts.columns)
        words |= {(table_name, column): frozenset(values) for column, values in closed if values is not None}
    return words


def _compared(column: exp.Expr) -> Iterator[exp.Literal]:
    """The words that a column is compared with by `=`, `<>` or IN."""
    parent = column.parent
    if isinstance(parent, exp.EQ | exp.NEQ):
        others = [parent.left, parent.right]
    elif isinstance(parent, exp.In) and parent.this is column:
        others = list(parent.expressions)
    else:
        others = []
    yield from (each for each in others if isinstance(each, exp.Literal) and each.is_string)


def _written(proven: ProvenSql, column: str) -> Iterator[exp.Literal]:
    """The words written out as an output column of this name."""
    for alias in proven.tree.find_all(exp.Alias):
        if alias.alias == column and isinstance(alias.this, exp.Literal) and alias.this.is_string:
            yield alias.this


def _in_file(
    file: str, line: int, code: str, message: str, *, found: str, expected: str | None = None, severity: str = "error"
) -> Problem:
    return Problem(
        severity="warning" if severity == "warning" else "error",
        code=code,
        message=message,
        file=file,
        line=line,
        found=found,
        expected=expected,
        mend="mend the word, or declare it in program.yaml" if severity == "error" else "use it, or delete the file",
    )
