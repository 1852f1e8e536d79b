"""The plan of a rulebook: each view once, what it reads before it, then lines, figures, gates and standings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast

import sqlglot
from sqlglot import exp

from palier.engine.batch import DAY, for_many_days
from palier.engine.calendar import add_months
from palier.engine.compile import Compiled, Rendered
from palier.engine.figures import (
    ENROLLED,
    FIGURES,
    READABLE,
    line_sources_relation,
    metrics_relation,
    repeats_parts,
)
from palier.engine.lines import combined, line_sql
from palier.engine.parameters import DATED_RELATIONS, Relation, bound_values, months, spans
from palier.engine.plan import (
    Carried,
    Plan,
    Stage,
    Step,
    instance_name,
    kept_name,
    require_editions,
    same_or_by_day,
)
from palier.engine.proof import ProvenSql, tables_read
from palier.engine.results import LINE_COLUMNS
from palier.engine.standings import (
    GATES,
    GROUP_LEVEL,
    LEAVES,
    STANDINGS,
    ladder_relation,
)
from palier.engine.together import Together, together

PARAMETER_KINDS = {bool: "BOOLEAN", int: "BIGINT", str: "VARCHAR", date: "DATE"}


def make_plan(
    compiled: Compiled,
    days: Sequence[date],
    *,
    carried: Carried | None = None,
    metrics: frozenset[str] | None = None,
) -> Plan:
    """The plan for one day, or for many days at once (the results then carry the day they answer for).

    Args:
        compiled: the proven rulebook.
        days: the days, ascending.
        carried: a forecast's standpoint; its kept views must exist in the connection.
        metrics: compute the lines of these only (all by default); the figures of others are not to be read.

    Raises:
        NoEditionError: the program has no rules on one of the days.
    """
    require_editions(compiled, days)
    maker = _Maker(compiled, tuple(days), carried)
    maker.engine_step("enrolled", ENROLLED, "views")
    maker.metrics(metrics)
    maker.standings()
    return Plan(
        tuple(days),
        tuple(maker.relations.values()),
        tuple(maker.steps.values()),
        frozenset(maker.bearing),
        repeated(compiled, days[-1]),
        maker.together(),
    )


class _Maker:
    """Collects relations and steps; in a batch it knows which relations carry the day."""

    def __init__(self, compiled: Compiled, days: tuple[date, ...], carried: Carried | None) -> None:
        self.compiled = compiled
        self.days = days
        self.carried = carried
        self.batch = len(days) > 1 or carried is not None
        self.relations: dict[str, Relation] = {relation.name: relation for relation in compiled.relations}
        self.steps: dict[str, Step] = {}
        self.bearing: set[str] = set()
        self.bound: dict[int, tuple[Mapping[str, Any], frozenset[str]]] = {}
        self.queries: dict[str, exp.Query] = {}

    # ---- days and parameters

    def dates(self, offset: int) -> dict[date, date]:
        """The days that have rules some months before, each with that earlier day."""
        shifted = {day: add_months(day, -offset) for day in self.days}
        return {day: then for day, then in shifted.items() if self.compiled.program.edition(then) is not None}

    def parameters(self, offset: int) -> tuple[Mapping[str, Any], frozenset[str]]:
        """The values that are the same on all days, and the names of those that vary; makes the days relation."""
        if offset not in self.bound:
            dates = self.dates(offset)
            by_day = {day: bound_values(self.compiled.program, then) for day, then in dates.items()}
            first = next(iter(by_day.values()))
            varying = frozenset(name for name in first if any(each[name] != first[name] for each in by_day.values()))
            if self.batch:
                varying |= {"on_day"}
                name = instance_name("days", offset)
                kinds = {each: PARAMETER_KINDS[type(first[each])] for each in sorted(varying)}
                rows = tuple((day, *(by_day[day][each] for each in kinds)) for day in by_day)
                self.relations[name] = Relation(name, {DAY: "DATE", **kinds}, rows)
                self.spread(spans, instance_name("spans", offset), offset)
                self.spread(lambda made, day: months(made.program, day), instance_name("months", offset), offset)
            else:
                for made in (spans, months):
                    relation = made(self.compiled.program, next(iter(dates.values())))
                    name = instance_name(relation.name, offset)
                    self.relations[name] = relation.renamed(name)
                varying = frozenset()
            self.bound[offset] = first, varying
        return self.bound[offset]

    def spread(self, made: Any, name: str, offset: int = 0) -> None:  # noqa: ANN401  # a maker of relations by day
        """Add a relation that may differ from day to day."""
        dates = self.dates(offset)
        if made is spans:
            relation, by_day = self._spans(dates)
        else:
            relation, by_day = same_or_by_day(list(dates), lambda day: made(self.compiled, dates[day]), DAY)
        self.relations[name] = relation.renamed(name)
        if by_day:
            self.bearing.add(name)

    def _spans(self, dates: Mapping[date, date]) -> tuple[Relation, bool]:
        """Window ends: one relation for all days where the lengths agree, since ends depend on the start only."""
        program = self.compiled.program
        asked = list(dates.values())
        lengths = [{name: window.length.at(day) for name, window in program.windows.items()} for day in asked]
        if any(each != lengths[0] for each in lengths):
            return same_or_by_day(list(dates), lambda day: spans(program, dates[day]), DAY)
        return spans(program, asked[-1], since=asked[0]), False

    # ---- statements

    def add(self, step: Step, tree: Callable[[], exp.Query], offset: int) -> None:
        """Add a step from its tree, made to answer for many days in a batch."""
        fixed, varying = self.parameters(offset)
        known: tuple[Hashable, ...] = (step.name, step.sql or step.file, str(self.names(step.file, offset)))
        days = instance_name("days", offset)
        if self.batch:
            if known not in self.compiled.named:
                named = tree()
                self.compiled.named[known] = tables_read(named), _bound(named)
            reads, marks = self.compiled.named[known]
            known = (*known, reads & self.bearing, marks & varying, days)
        if known not in self.compiled.rendered:
            self.compiled.rendered[known] = self.rendered(tree(), varying, days)
        made = self.compiled.rendered[known]
        if made.by_day:
            self.bearing.add(step.name)
        values = {**fixed, **step.parameters}
        key = step.name if not step.feeds else f"{step.name} <- {step.file} {len(self.steps)}"
        bound = {name: values[name] for name in made.used}
        self.steps[key] = replace(step, sql=made.sql, parameters=bound, reads=made.reads)

    def rendered(self, tree: exp.Query, varying: frozenset[str], days: str) -> Rendered:
        """A tree's text: as it is, or made to answer for many days."""
        if not self.batch:
            return _rendered(tree)
        many = tree.copy()
        by_day = for_many_days(many, bearing=frozenset(self.bearing), varying=varying, days=days)
        return _rendered(many, by_day=by_day)

    def engine_step(
        self,
        name: str,
        sql: str,
        stage: Stage,
        *,
        values: Mapping[str, Any] | None = None,
        feeds: bool = False,
        metric: str = "",
    ) -> None:
        """Add one of the engine's own statements, which may feed the lines of a metric that combines others."""
        repeats = metric in repeats_parts(self.compiled.program)
        step = Step(name, sql, values or {}, "engine", stage, feeds, repeats=repeats, metric=metric)
        self.add(step, lambda: _parsed(sql), 0)

    # ---- views

    def stands_today(self, name: str, offset: int) -> bool:
        """Whether a view of some months before is the same as the day's: nothing it binds differs."""
        if self.batch or not offset or name not in self.compiled.views or not self.dates(offset):
            return False
        bound = self.compiled.bound_by(name)
        if bound is None:
            return False
        (then, _), (now, _) = self.parameters(offset), self.parameters(0)
        return all(then[parameter] == now[parameter] for parameter in bound)

    def names(self, file: str, offset: int) -> dict[str, str]:
        """What the relations that a program's query reads are called, as of some months before the day."""
        proven = self.compiled.by_file.get(file)
        names: dict[str, str] = {}
        for name in () if proven is None else sorted(proven.reads):
            recalled = self.compiled.program.recalled.get(name)
            view, before = (name, offset) if recalled is None else (recalled.view, offset + recalled.months_before)
            if view in self.compiled.views or name in DATED_RELATIONS:
                names[name] = view if self.stands_today(view, before) else instance_name(view, before)
        return names

    def query(self, proven: ProvenSql, offset: int) -> exp.Query:
        """A proven query as of some months before the day; it is shared, so nobody may change it."""
        names = self.names(proven.file, offset)
        known = (proven.file, str(names))
        if known not in self.compiled.renamed:
            self.compiled.renamed[known] = renamed(proven, names)
        return self.compiled.renamed[known]

    def require_all(self, proven: ProvenSql, offset: int) -> bool:
        """Add every view a query reads; False when one lies in no edition on any day."""
        found = [self.require(name, offset) for name in sorted(proven.reads)]
        return all(found)

    def require(self, name: str, offset: int) -> bool:
        """Add a view as of some months before; False when no day has an edition then."""
        recalled = self.compiled.program.recalled.get(name)
        if recalled is not None:
            return self.require(recalled.view, offset + recalled.months_before)
        proven = self.compiled.views.get(name)
        if self.stands_today(name, offset):
            offset = 0
        target = instance_name(name, offset)
        if proven is None or target in self.steps:
            return True
        dates = self.dates(offset)
        if not dates:
            return False
        kept = self.carried is not None and self.carried.keeps(self.compiled, name)
        if kept and self.carried is not None and min(dates.values()) >= self.carried.as_of:
            self.kept(name, offset, proven, after=None)
            return True
        if not self.require_all(proven, offset):
            return False
        self.add(Step(target, "", {}, proven.file), lambda: self.query(proven, offset), offset)
        if kept and self.carried is not None and max(dates.values()) > self.carried.as_of:
            self.kept(name, offset, proven, after=self.carried.as_of)
        return True

    def kept(self, name: str, offset: int, proven: ProvenSql, *, after: date | None) -> None:
        """Let a view's rows of the day asked stand for later days; with `after`, in place of what they gave."""
        declared = self.compiled.program.views[name]
        moves = declared.carried != "always" and not declared.shared
        target = instance_name(name, offset)
        self.parameters(offset)
        columns = [
            "d.on_day AS " + each if moves and each == declared.dated else f"k.{each}" for each in proven.columns
        ]
        days = f'"{instance_name("days", offset)}"'
        sql = f'SELECT d.{DAY} AS {DAY}, {", ".join(columns)} FROM "{kept_name(name)}" AS k CROSS JOIN {days} AS d'
        if after is not None:
            earlier = self.steps.pop(target)
            self.steps[f"{target}@before"] = Step(
                f"{target}@before", earlier.sql, earlier.parameters, earlier.file, earlier.stage
            )
            mine = ", ".join([DAY, *proven.columns])
            sql = (
                f'SELECT {mine} FROM "{target}@before" AS b JOIN {days} AS d USING ({DAY}) '
                f"WHERE d.on_day <= $as_of UNION ALL {sql} WHERE d.on_day > $as_of"
            )
        values = {} if after is None else {"as_of": after}
        self.bearing.add(target)
        self.steps[target] = Step(target, sql, values, proven.file)

    # ---- metrics, figures, standings

    def metrics(self, wanted: frozenset[str] | None = None) -> None:
        """Add the lines of every metric in force on some day, or of those wanted only, then the figures."""
        program = self.compiled.program
        columns = {**LINE_COLUMNS, **self.compiled.factors}
        typed = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
        first = f"{f'CAST(NULL AS DATE) AS {DAY}, ' if self.batch else ''}{typed}"
        self.steps["lines"] = Step("lines", f"SELECT {first} FROM enrolled WHERE FALSE", {}, "engine", "lines")
        if self.batch:
            self.bearing.add("lines")
        asked = [
            name
            for name, metric in program.metrics.items()
            if any(metric.in_force(day) for day in self.days) and (wanted is None or name in wanted)
        ]
        own = [name for name in asked if program.metrics[name].has_sql]
        for name in [name for name in own if self.require_all(self.compiled.metrics[name], 0)]:
            self.lines(name)
        for name in [name for name in asked if name not in own]:
            sql, values = combined(self.compiled, name, self.days[-1])
            self.engine_step("lines", sql, "lines", values=values, feeds=True, metric=name)
        self.spread(lambda compiled, day: metrics_relation(compiled, day, self.undefined_on(day)), "metrics")
        self.relations["line_sources"] = line_sources_relation(program)
        self.engine_step("exact_figures", FIGURES, "figures")
        self.engine_step("figures", READABLE, "figures")

    def lines(self, metric: str) -> None:
        """Add the lines of one metric's own SQL."""
        proven = self.compiled.metrics[metric]
        query = self.queries[metric] = self.query(proven, 0)

        def wrapped() -> exp.Query:
            wrapper = _parsed(line_sql(self.compiled, metric, proven.columns)).copy()
            placed = next(table for table in wrapper.find_all(exp.Table) if table.name == "metric_lines")
            placed.replace(exp.Subquery(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier("q"))))
            return wrapper

        self.add(Step("lines", "", {}, proven.file, "lines", feeds=True, metric=metric), wrapped, 0)

    def together(self) -> tuple[tuple[Together, Step], ...]:
        """The metrics whose lines can be made in one statement, on one day."""
        if self.batch:
            return ()
        views = frozenset(step.name for step in self.steps.values() if step.stage == "views")
        fixed, _ = self.parameters(0)
        own = self.compiled.metrics
        known = frozenset((each, str(self.names(own[each].file, 0))) for each in self.queries), views
        if known not in self.compiled.together:
            found = together(self.queries, views, {**LINE_COLUMNS, **self.compiled.factors})
            self.compiled.together[known] = found
        return tuple(
            (each, Step("lines", each.sql, {name: fixed[name] for name in each.bound}, each.base, "lines", feeds=True))
            for each in self.compiled.together[known]
        )

    def undefined_on(self, day: date) -> dict[str, str]:
        """The metrics that recall a day without an edition, with the reason."""
        program = self.compiled.program
        lacking = {
            name
            for name, recalled in program.recalled.items()
            if program.edition(add_months(day, -recalled.months_before)) is None
        }
        return {name: "no_edition" for name in program.metrics if self.compiled.recalls(name) & lacking}

    def standings(self) -> None:
        """Add gates, their groups from the deepest level up, and the standings."""
        for name in ("tiers", "tier_gates", "tier_groups", "tier_choices"):
            self.spread(partial(ladder_relation, name=name), name)
        self.engine_step("weighed_gates", GATES, "standings")
        self.engine_step("nodes", LEAVES, "standings")
        groups = {ladder_relation(self.compiled, day, "tier_groups").rows for day in self.days}
        for depth in sorted({row[4] for rows in groups for row in rows if row[3] is not None}, reverse=True):
            self.engine_step("nodes", GROUP_LEVEL, "standings", values={"depth": depth}, feeds=True)
        self.engine_step("standings", STANDINGS, "standings")


def repeated(compiled: Compiled, on: date) -> tuple[tuple[str, str], ...]:
    """Each part with the total in force on the day whose lines only repeat those of its parts."""
    metrics = compiled.program.metrics
    totals = [name for name in sorted(repeats_parts(compiled.program)) if metrics[name].in_force(on)]
    return tuple((part, total) for total in totals for part in metrics[total].of)


def _rendered(tree: exp.Query, *, by_day: bool = False) -> Rendered:
    return Rendered(tree.sql(dialect="duckdb", comments=False), _bound(tree), tables_read(tree), by_day)


def _bound(tree: exp.Query) -> frozenset[str]:
    return frozenset(str(mark.name) for mark in tree.find_all(exp.Placeholder))


@lru_cache(maxsize=512)
def _parsed(sql: str) -> exp.Query:
    return cast("exp.Query", sqlglot.parse_one(sql, dialect="duckdb"))


def renamed(proven: ProvenSql, names: Mapping[str, str]) -> exp.Query:
    """A copy of a proven query that reads relations under other names."""
    tree = proven.tree.copy()
    for table in tree.find_all(exp.Table):
        if table.name in names:
            table.set("this", exp.to_identifier(names[table.name], quoted=True))
    return tree
