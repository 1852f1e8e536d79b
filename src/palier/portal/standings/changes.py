"""What changed in a partner's credit between two published days, from the lines of their runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Value

from palier.engine.results import Line
from palier.engine.words import Words
from palier.portal.standings.csv_files import exactly, harmless
from palier.portal.standings.models import Run
from palier.portal.standings.queries import Published, customer_names, lines_of
from palier.report.content import credit_metrics, total_metric
from palier.report.waterfall import Waterfall, waterfall
from palier.report.words import Speech

HEADINGS = (
    "partner_id", "metric", "step", "source_table", "source_id", "customer_id", "customer", "before", "before_exact",
    "after", "after_exact", "change", "change_exact",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The comparison of two runs, with the names of the customers in it."""

    first: Run
    last: Run
    waterfall: Waterfall
    names: dict[str, str]


def runs_with(found: Published, partner_id: str) -> list[Run]:
    """The published runs of the program in which the partner takes part, one a day, the earliest first."""
    rows = Run.objects.filter(program=found.run.program, standings__partner_id=partner_id)
    rows = rows.annotate(enrolled=Value(value=True)).order_by("as_of", "loaded_at")
    by_day: dict[date, Run] = {}
    for row in rows:
        if row.as_of not in by_day or not by_day[row.as_of].is_current:
            by_day[row.as_of] = row
    return [run for run in by_day.values() if run.as_of <= found.run.as_of and Path(run.folder).is_dir()]


def compare_runs(found: Published, partner_id: str, first: Run, last: Run) -> Told:
    """The waterfall from one run to another; each day's credits are those of its own program."""
    program = found.rulebook.program
    metrics = tuple(dict.fromkeys((*credit_metrics(program, first.as_of), *credit_metrics(program, last.as_of))))
    before, after = (_lines(found, run, partner_id, metrics) for run in (first, last))
    told = waterfall(total_metric(program, last.as_of), metrics, (first.as_of, before), (last.as_of, after))
    customers = {each.customer_id for step in told.steps for each in step.changed if each.customer_id is not None}
    return Told(first=first, last=last, waterfall=told, names=dict(customer_names(found, customers)))


def change_rows(told: Told, partner_id: str, words: Words) -> Iterator[Sequence[object]]:
    """The heading, then every source that changed, exact beside what people read."""
    speech = Speech(words)
    yield HEADINGS
    for step in told.waterfall.steps:
        for each in step.changed:
            yield (
                partner_id,
                each.metric,
                each.kind,
                each.source_table,
                harmless(each.source_id),
                harmless(each.customer_id),
                harmless(told.names.get(each.customer_id or "")),
                speech.figure(each.metric, each.before),
                exactly(each.before),
                speech.figure(each.metric, each.after),
                exactly(each.after),
                speech.figure(each.metric, each.change),
                exactly(each.change),
            )


def _lines(found: Published, run: Run, partner_id: str, metrics: Sequence[str]) -> list[Line]:
    asked = Published(run, found.rulebook)
    return [line for metric in metrics for line in lines_of(asked, partner_id, metric=metric)]
