"""What to run for one day: parameter relations, views and lines in order, as bound static SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from sqlglot import exp

from palier.engine.calendar import add_months
from palier.engine.compile import LINE_COLUMNS, Compiled
from palier.engine.parameters import Relation, bound_values, spans
from palier.engine.proof import ProvenSql
from palier.rulebook.problems import InputProblemsError, PalierError, Problem

Assumption = Literal["continuing", "idle"]
Vantage = Literal["partner", "vendor"]


class NoEditionError(InputProblemsError):
    """Raised when the day asked about lies in no edition of the program."""

    def __init__(self, program: str, on: date, editions: str) -> None:
        super().__init__(
            [
                Problem(
                    severity="error",
                    code="no_edition",
                    message=f"{program} has no rules on {on}; its editions are {editions}",
                    file="program.yaml",
                    found=str(on),
                    expected=editions,
                    mend="ask about a day inside an edition, or add one",
                )
            ]
        )


class UnknownAssumptionError(PalierError):
    """Raised when a forecast is asked under an assumption that does not exist."""

    def __init__(self, found: str) -> None:
        super().__init__(f"no assumption {found!r}: expected continuing or idle")


@dataclass(frozen=True, slots=True)
class Carried:
    """A forecast's standpoint: the day it is made, what is assumed after it, and through whose eyes."""

    as_of: date
    assume: Assumption
    vantage: Vantage

    def keeps(self, compiled: Compiled, view: str) -> bool:
        """Whether a view's rows of the day asked stand for later days."""
        declared = compiled.program.views.get(view)
        if declared is None:
            return False
        if declared.shared and self.vantage == "partner":
            return True
        return declared.carried == "always" or declared.carried == self.assume


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: the relation it makes (or feeds), its SQL and its bound values."""

    name: str
    sql: str
    parameters: Mapping[str, Any]
    file: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to run for one day, in order."""

    on: date
    relations: tuple[Relation, ...]
    views: tuple[Step, ...]
    lines: tuple[Step, ...]
    undefined: Mapping[str, str] = field(default_factory=dict)


def make_plan(compiled: Compiled, on: date, *, carried: Carried | None = None) -> Plan:
    """The plan for one day, under today's facts or a forecast's standpoint.

    Raises:
        NoEditionError: the program has no rules on that day.
    """
    program = compiled.program
    if program.edition(on) is None:
        raise NoEditionError(program.program, on, _editions(compiled))
    maker = _Maker(compiled, on, carried)
    lines = []
    undefined = {}
    for name, metric in program.metrics.items():
        if not metric.in_force(on):
            continue
        if not metric.has_sql:
            lines.append(_combined(compiled, name, on))
            continue
        proven = compiled.metrics[name]
        if maker.require_all(proven, 0):
            lines.append(maker.line_step(name, proven))
        else:
            undefined[name] = "no_edition"
    relations = (*compiled.relations, *maker.spans.values())
    return Plan(on, relations, tuple(maker.steps.values()), tuple(lines), undefined)


def instance_name(view: str, months_before: int) -> str:
    """The relation that holds a view as of some months before the day (`managed@12`)."""
    return view if months_before == 0 else f"{view}@{months_before}"


def kept_name(view: str) -> str:
    """The relation that keeps a view's rows of the day a forecast was asked."""
    return f"{view}@kept"


class _Maker:
    """Collects the views that metrics need, each instance once, what it reads before it."""

    def __init__(self, compiled: Compiled, on: date, carried: Carried | None) -> None:
        self.compiled = compiled
        self.on = on
        self.carried = carried
        self.steps: dict[tuple[str, int], Step] = {}
        self.spans: dict[int, Relation] = {}

    def require_all(self, proven: ProvenSql, offset: int) -> bool:
        """Add every view a query reads; False when one lies in no edition."""
        if "spans" in proven.reads and offset not in self.spans:
            made = spans(self.compiled.program, self.day(offset))
            self.spans[offset] = Relation(instance_name("spans", offset), made.columns, made.rows)
        return all([self.require(name, offset) for name in sorted(proven.reads)])

    def require(self, name: str, offset: int) -> bool:
        recalled = self.compiled.program.recalled.get(name)
        if recalled is not None:
            return self.require(recalled.view, offset + recalled.months_before)
        proven = self.compiled.views.get(name)
        if proven is None or (name, offset) in self.steps:
            return True
        day = self.day(offset)
        if self.compiled.program.edition(day) is None:
            return False
        if self.carried is not None and day > self.carried.as_of and self.carried.keeps(self.compiled, name):
            self.steps[name, offset] = self.kept_step(name, offset, proven)
            return True
        if not self.require_all(proven, offset):
            return False
        self.steps[name, offset] = self.bound(instance_name(name, offset), proven, offset)
        return True

    def day(self, offset: int) -> date:
        return add_months(self.on, -offset)

    def bound(self, target: str, proven: ProvenSql, offset: int) -> Step:
        values = bound_values(self.compiled.program, self.day(offset))
        return Step(
            target,
            rendered(self.compiled, proven.file, offset),
            {name: values[name] for name in proven.parameters},
            proven.file,
        )

    def kept_step(self, name: str, offset: int, proven: ProvenSql) -> Step:
        declared = self.compiled.program.views[name]
        moved = declared.dated if declared.carried != "always" else None
        columns = ", ".join(f"$on_day AS {column}" if column == moved else column for column in proven.columns)
        values = {"on_day": self.day(offset)} if moved else {}
        sql = f'SELECT {columns} FROM "{kept_name(name)}"'
        return Step(instance_name(name, offset), sql, values, proven.file)

    def line_step(self, metric: str, proven: ProvenSql) -> Step:
        step = self.bound(metric, proven, 0)
        return Step(metric, line_sql(self.compiled, metric, proven.columns, f"({step.sql})"), step.parameters, step.file)


@lru_cache(maxsize=1024)
def _rendered(tree: exp.Query, names: tuple[tuple[str, str], ...]) -> str:
    renamed = dict(names)
    copy = tree.copy()
    for table in copy.find_all(exp.Table):
        if table.name in renamed:
            table.set("this", exp.to_identifier(renamed[table.name], quoted=True))
    return copy.sql(dialect="duckdb", comments=False)


def rendered(compiled: Compiled, file: str, offset: int) -> str:
    """A proven query's text with its views named as of some months before the day."""
    by_file = {proven.file: proven for proven in (*compiled.views.values(), *compiled.metrics.values())}
    proven = by_file[file]
    names = []
    for name in sorted(proven.reads):
        recalled = compiled.program.recalled.get(name)
        if recalled is not None:
            names.append((name, instance_name(recalled.view, offset + recalled.months_before)))
        elif offset and (name in compiled.views or name == "spans"):
            names.append((name, instance_name(name, offset)))
    return _rendered(proven.tree, tuple(names))


def line_sql(compiled: Compiled, metric: str, given: tuple[str, ...], source: str) -> str:
    """The lines of a metric with every line and factor column, those not given being null."""
    columns = {**LINE_COLUMNS, **compiled.factors}
    listed = [
        f"'{metric}' AS metric"
        if name == "metric"
        else f"CAST(q.{name} AS {kind}) AS {name}"
        if name in given
        else f"CAST(NULL AS {kind}) AS {name}"
        for name, kind in columns.items()
    ]
    return f"SELECT {', '.join(listed)} FROM {source} AS q JOIN enrolled AS e ON e.partner_id = q.partner_id"


def _combined(compiled: Compiled, metric: str, on: date) -> Step:
    """The lines of a total, share or capped metric: those of its parts, each saying which part it is."""
    declared = compiled.program.metrics[metric]
    columns = {**LINE_COLUMNS, **compiled.factors}
    named = [(part, part) for part in declared.of]
    if declared.kind == "share":
        named = [(str(declared.numerator), "numerator"), (str(declared.denominator), "denominator")]
    selects = []
    for source, part in named:
        own = {"metric": f"'{metric}'", "part": f"'{part}'"}
        listed = ", ".join(f"{own.get(column, column)} AS {column}" for column in columns)
        selects.append(f"SELECT {listed} FROM lines WHERE metric = '{source}'")
    if declared.kind != "capped" or declared.cap is None:
        return Step(metric, " UNION ALL ".join(selects), {}, "program.yaml")
    own = {
        "partner_id": "partner_id",
        "metric": f"'{metric}'",
        "part": "'cap'",
        "source_table": "'rulebook'",
        "source_id": f"'{metric}'",
        "grains": "$cap - SUM(grains)",
    }
    listed = ", ".join(f"CAST({own.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in columns.items())
    over = f"SELECT {listed} FROM lines WHERE metric = '{declared.of[0]}' GROUP BY partner_id HAVING SUM(grains) > $cap"
    cap = Fraction(declared.cap.at(on)) * compiled.units[declared.unit].denominator
    return Step(metric, " UNION ALL ".join([*selects, over]), {"cap": int(cap)}, "program.yaml")


def _editions(compiled: Compiled) -> str:
    spoken = [
        f"{each.effective_from} to {each.effective_until or 'now'}" for each in compiled.program.editions
    ]
    return ", ".join(spoken)
