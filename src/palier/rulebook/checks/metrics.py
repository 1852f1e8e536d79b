"""Checks of metrics: their units, the metrics they combine, their SQL files; and of what is said of views."""

from __future__ import annotations

from collections.abc import Iterator

from palier.rulebook.checks.periods import changing_days
from palier.rulebook.checks.said import problem_at
from palier.rulebook.model import Metric, Program
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near

_ADDITIVE = frozenset({"sum", "total", "capped"})


def units(rulebook: Rulebook) -> Iterator[Problem]:
    """Every metric counts in a declared unit, and so do the lines of a ratio."""
    known = rulebook.program.units
    for name, metric in rulebook.program.metrics.items():
        for key, unit in (("unit", metric.unit), ("lines_in", metric.lines_in)):
            if unit is not None and unit not in known:
                yield problem_at(
                    rulebook,
                    ("metrics", name, key),
                    code="unknown_unit",
                    message=f"metric {name} counts in {unit}, which is not a unit of the program",
                    found=unit,
                    expected=", ".join(known),
                    mend=near(unit, known) or "declare it under `units`",
                )


def parts(rulebook: Rulebook) -> Iterator[Problem]:
    """A combined metric names other metrics, each once, declared before it, of which sums can be made."""
    metrics = rulebook.program.metrics
    order = list(metrics)
    for name, metric in metrics.items():
        if metric.has_sql:
            continue
        for place, part in _placed_parts(metric):
            if part not in metrics:
                code, said = (
                    "unknown_metric",
                    f"metric {name} names {part}, which is not a metric of the program",
                )
                mend = near(part, metrics) or "declare it under `metrics`"
            elif name in _reached(part, metrics):
                code, said = "metric_circle", f"metric {name} is made of {part}, which is made of {name}"
                mend = "a metric may not be made of itself"
            elif metrics[part].kind not in _ADDITIVE:
                code, said = (
                    "part_not_a_sum",
                    f"metric {name} adds {part}, whose lines are those of a {metrics[part].kind}",
                )
                mend = "combine sums, totals and capped metrics only"
            elif order.index(part) > order.index(name):
                code, said = (
                    "part_declared_later",
                    f"metric {name} is made of {part}, which is declared after it",
                )
                mend = f"move {name} below {part}"
            else:
                continue
            yield problem_at(rulebook, ("metrics", name, *place), code=code, message=said, found=part, mend=mend)


def repeated_parts(rulebook: Rulebook) -> Iterator[Problem]:
    """A metric that is added twice would count twice."""
    for name, metric in rulebook.program.metrics.items():
        placed = _placed_parts(metric)
        for index, (place, part) in enumerate(placed):
            if part in [earlier for _, earlier in placed[:index]]:
                yield problem_at(
                    rulebook,
                    ("metrics", name, *place),
                    code="repeated_part",
                    message=f"metric {name} names {part} twice",
                    found=part,
                    mend="name each metric once",
                )


def mixed_units(rulebook: Rulebook) -> Iterator[Problem]:
    """What is added or compared is counted in one unit."""
    metrics = rulebook.program.metrics
    for name, metric in metrics.items():
        known = [(place, part) for place, part in _placed_parts(metric) if part in metrics]
        if not known:
            continue
        expected = metrics[known[0][1]].unit if metric.kind == "share" else metric.unit
        for place, part in known:
            if metrics[part].unit != expected:
                yield problem_at(
                    rulebook,
                    ("metrics", name, *place),
                    code="mixed_units",
                    message=f"metric {name} needs {expected}, and {part} counts in {metrics[part].unit}",
                    found=metrics[part].unit,
                    expected=expected,
                    mend="combine metrics of one unit",
                )


def parts_in_force(rulebook: Rulebook) -> Iterator[Problem]:
    """The metrics that another is made of hold on all its days."""
    metrics = rulebook.program.metrics
    days = changing_days(rulebook.program)
    for name, metric in metrics.items():
        for place, part in _placed_parts(metric):
            late = [day for day in days if metric.in_force(day) and part in metrics and not metrics[part].in_force(day)]
            if late:
                yield problem_at(
                    rulebook,
                    ("metrics", name, *place),
                    code="metric_not_in_force",
                    message=f"metric {name} holds on {late[0]}, and {part}, of which it is made, does not",
                    found=late[0],
                    mend="give both the same period",
                )


def unused_keys(rulebook: Rulebook) -> Iterator[Problem]:
    """A metric has no keys that its kind does not read."""
    reads = {
        "total": {"of"},
        "capped": {"of", "cap"},
        "share": {"numerator", "denominator"},
        "ratio": {"lines_in"},
    }
    for name, metric in rulebook.program.metrics.items():
        for key in ("of", "cap", "numerator", "denominator", "lines_in"):
            if getattr(metric, key) and key not in reads.get(metric.kind, set()):
                yield problem_at(
                    rulebook,
                    ("metrics", name, key),
                    code="unused_key",
                    message=f"metric {name} is a {metric.kind}, which has no `{key}`",
                    found=key,
                    mend=f"take `{key}` out, or mend `kind`",
                )


def raised(rulebook: Rulebook) -> Iterator[Problem]:
    """How a figure is raised names a table of whole rates and a window, and what is best where the figure is a mean."""
    program = rulebook.program
    for name, metric in program.metrics.items():
        by = metric.raised_by
        if by is None:
            continue
        table = program.tables.get(by.rates or "")
        for key, wrong, expected in (
            (
                "rates",
                by.rates is not None and (table is None or "integer" not in table.value.values()),
                program.tables,
            ),
            (
                "each",
                by.each is not None and (by.rates is not None or not _is_whole(program, by.each, metric)),
                program.values,
            ),
            ("window", by.window is not None and by.window not in program.windows, program.windows),
            ("best", (by.best is not None) != (metric.kind == "mean"), ("a number, for a mean only",)),
        ):
            if wrong:
                found = getattr(by, key)
                yield problem_at(
                    rulebook,
                    ("metrics", name, "raised_by", key),
                    code="bad_raise",
                    message=f"metric {name} is raised by the {key} {found or 'of nothing'}, which does not fit",
                    found=found,
                    expected=", ".join(expected),
                    mend=near(str(found), expected)
                    or "name a table of whole rates, a window, a whole value for a sum; say `best` of a mean",
                )


def _is_whole(program: Program, value: str, metric: Metric) -> bool:
    """Whether a value is a whole number on every day, more than nothing, and the metric a sum."""
    dated = program.values.get(value)
    numbers = [entry.value for _, entry in dated.entries] if dated is not None and metric.kind == "sum" else [False]
    return all(isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in numbers)


def sql_files(rulebook: Rulebook) -> Iterator[Problem]:
    """A metric with lines of its own has its SQL file, and each SQL file its metric."""
    metrics = rulebook.program.metrics
    for name, metric in metrics.items():
        if metric.has_sql and name not in rulebook.metrics and not (rulebook.folder / f"metrics/{name}.sql").exists():
            yield problem_at(
                rulebook,
                ("metrics", name),
                code="missing_sql",
                message=f"metric {name} is a {metric.kind} of lines, and there is no metrics/{name}.sql",
                expected=f"metrics/{name}.sql",
                mend="write the file, or declare the metric as total, share or capped",
            )
    for name, text in rulebook.metrics.items():
        if name not in metrics or not metrics[name].has_sql:
            what = "no metric has this name" if name not in metrics else f"{name} is a {metrics[name].kind} of others"
            yield Problem(
                severity="error",
                code="sql_without_metric",
                message=f"{text.file} is read by nothing: {what}",
                file=text.file,
                line=1,
                found=name,
                mend=near(name, metrics) or f"declare {name} under `metrics`, or delete the file",
            )


def views(rulebook: Rulebook) -> Iterator[Problem]:
    """What is said of views is said of views that exist, and a date moves only in rows that are kept."""
    for name, view in rulebook.program.views.items():
        if name not in rulebook.views and not (rulebook.folder / f"views/{name}.sql").exists():
            yield problem_at(
                rulebook,
                ("views", name),
                code="unknown_view",
                message=f"views names {name}, and there is no views/{name}.sql",
                found=name,
                expected=f"views/{name}.sql",
                mend=near(name, rulebook.views) or "write the file, or take the entry out",
            )
        if view.dated is not None and view.carried != "continuing":
            yield problem_at(
                rulebook,
                ("views", name, "dated"),
                code="unused_key",
                message=f"view {name} has a date that moves, and its rows are not kept while work goes on",
                found=view.dated,
                expected="carried: continuing",
                mend="add `carried: continuing`, or take `dated` out",
            )


def recalled_names(rulebook: Rulebook) -> Iterator[Problem]:
    """A recalled view has a name of its own."""
    for name in rulebook.program.recalled:
        if name in rulebook.views:
            yield problem_at(
                rulebook,
                ("recalled", name),
                code="name_taken",
                message=f"{name} is already the view views/{name}.sql",
                found=name,
                mend="give the recalled view a name of its own",
            )


def _placed_parts(metric: Metric) -> list[tuple[tuple[str, ...], str]]:
    placed: list[tuple[tuple[str, ...], str]] = [(("of", str(at)), part) for at, part in enumerate(metric.of)]
    named = (("numerator", metric.numerator), ("denominator", metric.denominator))
    return placed + [((key,), part) for key, part in named if part is not None]


def _reached(name: str, metrics: dict[str, Metric]) -> set[str]:
    """The metrics that a metric is made of, itself included."""
    pending, seen = [name], set()
    while pending:
        each = pending.pop()
        if each not in seen and each in metrics:
            seen.add(each)
            pending += metrics[each].parts
    return seen
