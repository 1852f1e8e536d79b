"""A rulebook to proven SQL in dependency order; every problem of every file at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from sqlglot import exp

from palier.engine.grains import DenominatorTooLargeError, UnitGrains, unit_grains
from palier.engine.parameters import DATED_RELATIONS, KINDS, Relation, parameter_names, relation_columns, relations
from palier.engine.proof import ProvenSql, parse, prove, tables_read
from palier.engine.results import FACTOR_COLUMNS, LINE_COLUMNS
from palier.engine.together import Together
from palier.facts.schema import Column, ColumnType, Table
from palier.facts.tables import TABLES
from palier.rulebook.checks import SOUND, run_checks
from palier.rulebook.dated import days_named
from palier.rulebook.model import FactTable, Program
from palier.rulebook.problems import InputProblemsError, Problem, errors_in
from palier.rulebook.read import Rulebook, SqlText

_GIVEN_BY_METRIC = frozenset(LINE_COLUMNS) - {"metric", "part"}
_TYPES = {
    "text": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "money": ColumnType.INTEGER,
    "timestamp": ColumnType.TIMESTAMP,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A statement's text, the parameters it binds, the relations it reads, and whether its rows carry the day."""

    sql: str
    used: frozenset[str]
    reads: frozenset[str]
    by_day: bool = False


@dataclass(frozen=True)
class Compiled:
    """A rulebook whose SQL has been proven: what a plan for any day is made from."""

    rulebook: Rulebook
    facts: Mapping[str, Table]
    metrics: Mapping[str, ProvenSql]
    views: Mapping[str, ProvenSql]
    rendered: dict[tuple[Hashable, ...], Rendered] = field(default_factory=dict, compare=False)
    """Texts already rendered, by relation, file, names and what differs between the days asked at once."""
    named: dict[tuple[Hashable, ...], tuple[frozenset[str], frozenset[str]]] = field(
        default_factory=dict, compare=False
    )
    """What each statement reads and binds before it is made to answer for many days."""
    renamed: dict[tuple[str, str], exp.Query] = field(default_factory=dict, compare=False)
    """Proven queries that read relations under other names, by file and names; nobody changes them."""
    together: dict[Hashable, Sequence[Together]] = field(default_factory=dict, compare=False)
    """Metrics made together, by the queries of all metrics and the views that stand."""

    ladders: dict[tuple[str, date | None], Relation] = field(default_factory=dict, compare=False)
    """Relations of tiers and their gates, by name and the day since which these rules hold."""
    reached: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)
    """By metric, every relation that it reads, directly or through views and other metrics."""

    @property
    def program(self) -> Program:
        """The rulebook's values."""
        return self.rulebook.program

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The parameter relations that are the same on all days."""
        return relations(self.program)

    @cached_property
    def units(self) -> Mapping[str, UnitGrains]:
        """The denominator of each unit."""
        return {unit: unit_grains(self.program, unit) for unit in self.program.units}

    @cached_property
    def by_file(self) -> Mapping[str, ProvenSql]:
        """The proven queries by file."""
        return {proven.file: proven for proven in (*self.views.values(), *self.metrics.values())}

    def bound_by(self, view: str) -> frozenset[str] | None:
        """The parameters that a view's rows depend on, or None where they depend on more (windows, recalled views)."""
        proven = self.views[view]
        if proven.reads & (DATED_RELATIONS | frozenset(self.program.recalled)):
            return None
        found = proven.parameters
        for name in proven.reads & frozenset(self.views):
            inner = self.bound_by(name)
            if inner is None:
                return None
            found |= inner
        return found

    def line_denominator(self, metric: str) -> int:
        """The denominator of a metric's lines: that of its unit, or of the unit a ratio's lines are counted in."""
        declared = self.program.metrics[metric]
        if declared.kind == "share":
            return self.line_denominator(str(declared.numerator))
        return self.units[declared.lines_in or declared.unit].denominator

    @cached_property
    def factors(self) -> Mapping[str, str]:
        """The factor columns of this program's lines and their SQL types."""
        return {**FACTOR_COLUMNS, **{name: KINDS[kind] for name, kind in self.program.factors.items()}}

    @cached_property
    def tables_read(self) -> frozenset[str]:
        """The fact tables that this program's SQL reads, the enrolments always."""
        named = frozenset(name for proven in (*self.metrics.values(), *self.views.values()) for name in proven.reads)
        return (named & frozenset(self.facts)) | {"partners", "enrolments"}

    def rests_on(self, metric: str) -> frozenset[str]:
        """The fact tables that a metric's lines are made from, through views and other metrics."""
        return self._reached(metric) & frozenset(self.facts)

    def recalls(self, metric: str) -> frozenset[str]:
        """The recalled views that a metric's lines are made from."""
        return self._reached(metric) & frozenset(self.program.recalled)

    def windows_of(self, metric: str) -> tuple[str, ...]:
        """The windows by which a metric's lines count: those whose start, length or name its SQL uses."""
        proven = [each for name, each in self.views.items() if name in self._viewed(metric)]
        proven += [self.metrics[name] for name in self._summed(metric) if name in self.metrics]
        used = {name for each in proven for name in each.parameters | each.words}
        return tuple(name for name in self.program.windows if used & {name, f"{name}_from", f"{name}_length"})

    def _viewed(self, metric: str) -> frozenset[str]:
        """The views that a metric's lines are made from, recalled ones as well."""
        recalled = self.program.recalled
        return frozenset(recalled[name].view if name in recalled else name for name in self._reached(metric))

    def _summed(self, metric: str) -> frozenset[str]:
        """A metric and all that it is made of."""
        return frozenset({metric}).union(*map(self._summed, self.program.metrics[metric].parts))

    @cached_property
    def tier_days(self) -> tuple[date, ...]:
        """The days on which something about a tier or its gates may begin or end, in order."""
        return tuple(sorted({day for tier in self.program.tiers for day in days_named(tier)}))

    def _reached(self, metric: str) -> frozenset[str]:
        if metric not in self.reached:
            self.reached[metric] = self._read_for(metric)
        return self.reached[metric]

    def _read_for(self, metric: str) -> frozenset[str]:
        declared = self.program.metrics[metric]
        pending = list(self.metrics[metric].reads) if metric in self.metrics else []
        found = frozenset(name for part in declared.parts for name in self._reached(part))
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            recalled = self.program.recalled.get(name)
            view = name if recalled is None else recalled.view
            if view in self.views:
                pending += self.views[view].reads
        return found | frozenset(seen)


@lru_cache(maxsize=32)
def compile_rulebook(rulebook: Rulebook) -> Compiled:
    """Prove every SQL file of a rulebook; the same version is proven once.

    Raises:
        InputProblemsError: a file is refused; all problems at once, nothing has run.
    """
    compiled, problems = examine_sql(rulebook)
    problems = (*run_checks(rulebook, SOUND), *problems)
    if errors_in(problems):
        raise InputProblemsError(problems)
    return compiled


def examine_sql(rulebook: Rulebook) -> tuple[Compiled, tuple[Problem, ...]]:
    """Prove every SQL file as far as it goes, with all problems found on the way."""
    program = rulebook.program
    facts = {**TABLES, **{table.name: table for table in own_tables(program)}}
    problems = [*_names_taken(rulebook, facts)]
    order, cycles = _in_order(rulebook.views)
    problems += cycles
    schema = {name: frozenset(table.column_names) for name, table in facts.items()}
    schema |= {name: frozenset(columns) for name, columns in relation_columns(program).items()}
    schema |= _view_columns(rulebook, program)
    parameters = parameter_names(program)
    views = _proven(((name, rulebook.views[name]) for name in order), schema, parameters, problems)
    metrics = _proven(rulebook.metrics.items(), schema, parameters, problems)
    compiled = Compiled(rulebook, facts, metrics, views)
    for name, proven in metrics.items():
        problems += _line_columns(name, proven, compiled)
    problems += _unit_problems(rulebook)
    return compiled, tuple(problems)


def own_tables(program: Program) -> tuple[Table, ...]:
    """The fact tables that a program declares, in the form of the contract's."""
    return tuple(_own_table(name, declared) for name, declared in program.facts.items())


def _own_table(name: str, declared: FactTable) -> Table:
    columns = tuple(
        Column(
            column, _TYPES[each.type], each.meaning, required=each.required or column in declared.key,
            references=each.references,
        )
        for column, each in declared.columns.items()
    )  # fmt: skip
    return Table(name, declared.meaning, columns, key=tuple(declared.key))


def _proven(
    texts: Iterable[tuple[str, SqlText]],
    schema: Mapping[str, frozenset[str]],
    parameters: frozenset[str],
    problems: list[Problem],
) -> dict[str, ProvenSql]:
    proven: dict[str, ProvenSql] = {}
    for name, text in texts:
        each, found = prove(text, schema, parameters)
        problems += found
        if each is not None:
            proven[name] = each
    return proven


def _view_columns(rulebook: Rulebook, program: Program) -> dict[str, frozenset[str]]:
    columns: dict[str, frozenset[str]] = {}
    for name, text in rulebook.views.items():
        tree, _ = parse(text)
        columns[name] = frozenset(tree.named_selects) if tree is not None else frozenset()
    for name, recalled in program.recalled.items():
        columns[name] = columns.get(recalled.view, frozenset())
    return columns


def _in_order(views: Mapping[str, SqlText]) -> tuple[list[str], list[Problem]]:
    """The views with what each reads before it; a circle is a problem."""
    reads = {}
    for name, text in views.items():
        tree, _ = parse(text)
        named = tables_read(tree) if tree is not None else frozenset()
        reads[name] = sorted(named & frozenset(views))
    order: list[str] = []
    problems: list[Problem] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            message = f"views read each other in a circle: {circle}"
            problems.append(
                Problem(severity="error", code="view_circle", message=message, file=views[name].file, line=1)
            )
        elif name not in order:
            for each in reads[name]:
                visit(each, (*path, name))
            if name not in order:
                order.append(name)

    for name in sorted(views):
        visit(name, ())
    return order, problems


def _names_taken(rulebook: Rulebook, facts: Mapping[str, Table]) -> Iterable[Problem]:
    program = rulebook.program
    taken = dict.fromkeys(facts, "a fact table")
    taken |= dict.fromkeys(relation_columns(program), "a parameter table")
    named = [(name, text.file, 1) for name, text in rulebook.views.items()]
    named += [(name, "program.yaml", rulebook.place("recalled", name).line) for name in program.recalled]
    for name, file, line in named:
        if name in taken:
            message = f"{name} is already the name of {taken[name]}; a view needs a name of its own"
            yield Problem(severity="error", code="name_taken", message=message, file=file, line=line, found=name)
    for name in program.facts:
        if name in TABLES:
            place = rulebook.place("facts", name)
            message = f"{name} is a table of the contract; a program's own table needs its own name"
            yield Problem(severity="error", code="name_taken", message=message, file=place.file, line=place.line)
    for name, recalled in program.recalled.items():
        if recalled.view not in rulebook.views:
            place = rulebook.place("recalled", name, "view")
            yield Problem(
                severity="error", code="unknown_view", file=place.file, line=place.line, found=recalled.view,
                message=f"recalled {name} names the view {recalled.view}, and there is no views/{recalled.view}.sql",
            )  # fmt: skip


def _line_columns(name: str, proven: ProvenSql, compiled: Compiled) -> Iterable[Problem]:
    given = frozenset(proven.columns)
    metric = compiled.program.metrics.get(name)
    needed = _GIVEN_BY_METRIC | ({"part"} if metric is not None and metric.kind == "ratio" else frozenset())
    for column in sorted(needed - given):
        message = f"a line of {name} needs the column {column}"
        yield Problem(
            severity="error", code="missing_line_column", message=message, file=proven.file, line=1,
            expected=", ".join(sorted(needed)),
        )  # fmt: skip
    for column in sorted(given - frozenset(LINE_COLUMNS) - frozenset(compiled.factors)):
        message = f"{column} is not a column of lines; declare it under `factors` in program.yaml"
        yield Problem(
            severity="error",
            code="unknown_line_column",
            message=message,
            file=proven.file,
            line=1,
            found=column,
        )


def _unit_problems(rulebook: Rulebook) -> Iterable[Problem]:
    for unit in rulebook.program.units:
        try:
            unit_grains(rulebook.program, unit)
        except DenominatorTooLargeError as error:
            place = rulebook.place("units", unit)
            yield Problem(
                severity="error",
                code="denominator_too_large",
                message=str(error),
                file=place.file,
                line=place.line,
            )
        except KeyError:
            continue  # an unknown currency: the rulebook's own check names it
