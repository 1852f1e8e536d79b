"""A program's SQL on facts without rows: what is written well and still cannot run, such as a day added to a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from palier.backends.session import StepFailedError, connect, create_relation, run
from palier.backends.snapshot import open_snapshot
from palier.engine.check import by_place, check_program
from palier.engine.column_kinds import line_query, mistyped, period_queries
from palier.engine.compile import Compiled, compile_rulebook, own_tables
from palier.engine.plan import Plan
from palier.engine.planning import make_plan
from palier.rulebook.problems import Problem, errors_in
from palier.rulebook.read import Rulebook, read_program


def check_and_try(program: str | Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a program; where nothing structural is, also what its SQL says when it is run.

    Raises:
        ProgramNotFoundError: no such program.
    """
    problems = check_program(program)
    if errors_in(problems):
        return problems
    return tuple(sorted((*problems, *try_sql(read_program(program))), key=by_place))


def try_sql(rulebook: Rulebook) -> tuple[Problem, ...]:
    """The statements of a sound program that DuckDB refuses, in every edition and every reading of its own files."""
    others = (
        {erratum: reading}
        for erratum, each in rulebook.errata.items()
        for reading, switch in each.switch.items()
        if switch.files
    )
    problems: list[Problem] = []
    with TemporaryDirectory() as nothing, connect() as connection:
        trial = _Trial(connection, Path(nothing))
        for switches in (rulebook.switches, *others):
            problems += trial.of(compile_rulebook(read_program(rulebook.folder, switches=switches)))
    return tuple({(each.file, each.line): each for each in reversed(problems)}.values())[::-1]


@dataclass
class _Trial:
    """Relations without rows; what stands already as it is written is not made again."""

    connection: duckdb.DuckDBPyConnection
    nothing: Path
    made: dict[str, str] = field(default_factory=dict)

    def of(self, compiled: Compiled) -> Iterator[Problem]:
        """What the SQL of a program says in each of its editions."""
        if not self.made:
            own = own_tables(compiled.program)
            open_snapshot(self.connection, self.nothing, extra_tables=own)
        for edition in compiled.program.editions:
            plan = make_plan(compiled, [edition.effective_from])
            yield from self.through(plan, compiled)
        for proven, text, expected in period_queries(compiled):
            bound = dict.fromkeys(proven.parameters, compiled.program.program)
            yield from mistyped(proven, self.types(text, bound), expected)

    def through(self, plan: Plan, compiled: Compiled) -> Iterator[Problem]:
        """What the steps of a plan say; what rests on a relation that could not be made is not tried."""
        for relation in plan.relations:
            if self.is_new(relation.name, str(relation.columns)):
                create_relation(self.connection, replace(relation, rows=()))
        changed: set[str] = set()
        failed: set[str] = set()
        for step in plan.steps:
            if step.stage not in {"views", "lines"} or step.reads & failed:
                failed |= set() if step.feeds else {step.name}
                continue
            name = f"{step.name} <- {step.file}" if step.feeds else step.name
            if not self.is_new(name, step.sql) and not step.reads & changed:
                continue
            try:
                run(self.connection, step)
                changed |= set() if step.feeds else {step.name}
                if step.metric in compiled.metrics:
                    proven, text, expected = line_query(compiled, step)
                    yield from mistyped(proven, self.types(text, step.parameters), expected)
            except StepFailedError as error:
                yield from error.problems
                del self.made[name]
                failed |= set() if step.feeds else {step.name}

    def types(self, text: str, bound: Mapping[str, Any]) -> Mapping[str, str]:
        """The columns of a query with their types, as the database finds them; none where it refuses the query."""
        try:
            described = self.connection.execute(f"DESCRIBE {text}", dict(bound) or None).fetchall()
        except duckdb.Error:
            return {}  # the step that runs it says so
        return {str(name): str(kind) for name, kind, *_ in described}

    def is_new(self, name: str, text: str) -> bool:
        """Whether a relation must be made: it is not there, or was made of another text."""
        known = self.made.get(name)
        self.made[name] = text
        return known != text
