"""Reads: the current run of a program, one partner's report, one figure's explanation, the list of partners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.db.models import Exists, OuterRef

import palier
from palier.backends.behind import TOLD
from palier.backends.evidence import worked_days
from palier.backends.names import names
from palier.engine.calendar import add_months
from palier.engine.explain import Explanation, explain, missing_gates
from palier.engine.forecast import Forecast
from palier.engine.results import Figure, Gate, Line, Standing
from palier.engine.words import Language, Words
from palier.portal.partners.queries import company_of
from palier.portal.standings import models
from palier.portal.standings.behind import background_of, history_of, months_of
from palier.portal.standings.brought import brought
from palier.portal.standings.customers import Customer, customers_of
from palier.portal.standings.packing import unpack_parts
from palier.report.content import Report
from palier.report.links import Links
from palier.report.past import Past
from palier.rulebook.dated import Dated

STRIP = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Published:
    """A program's current run with the rulebook it was made with."""

    run: models.Run
    rulebook: palier.Rulebook


def published(program: str) -> Published | None:
    """The current run of a program; None before the first."""
    run = models.Run.objects.filter(program=program, is_current=True).first()
    return None if run is None else with_rulebook(run)


def with_rulebook(run: models.Run) -> Published:
    """A run with the rulebook version that it was made with."""
    return Published(run, _rulebook(run.rulebook_folder))


def current_runs(partner_id: str) -> list[tuple[models.Run, bool]]:
    """The current run of every program, by name, and whether the partner takes part in it."""
    standing = models.Standing.objects.filter(run=OuterRef("pk"), partner_id=partner_id)
    runs = models.Run.objects.filter(is_current=True).annotate(enrolled=Exists(standing)).order_by("program")
    return [(run, bool(run.enrolled)) for run in runs]


@lru_cache(maxsize=8)
def _rulebook(folder: str) -> palier.Rulebook:
    """A version's files never change, so it is read once."""
    return palier.read_program(folder)


def standing_of(found: Published, partner_id: str) -> Standing | None:
    """What the run says of a partner; None when it is not enrolled on the day."""
    row = _row_of(found, partner_id)
    return None if row is None else _standing(found, row)


def _row_of(found: Published, partner_id: str) -> models.Standing | None:
    return found.run.standings.filter(partner_id=partner_id).first()


def _standing(found: Published, row: models.Standing) -> Standing:
    return Standing(
        partner_id=row.partner_id,
        program=found.run.program,
        on_date=found.run.as_of,
        tier=row.tier or None,
        tier_kept=row.tier_kept or None,
        qualified_tier=row.qualified_tier or None,
        candidate=row.candidate or None,
        next_tier=row.next_tier or None,
        missing=tuple(row.missing),
    )


def gates_of(found: Published, partner_id: str) -> tuple[Gate, ...]:
    """Every gate of every tier for a partner, in the program's order."""
    return tuple(
        Gate(
            partner_id=partner_id,
            tier=row.tier,
            purpose=row.purpose,
            gate=row.gate,
            path=row.path,
            metric=row.metric,
            operator=row.operator,
            required=Decimal(row.required),
            value=Decimal(row.value) if row.value else None,
            held=row.held,
            weight=row.weight,
            waived_by=row.waived_by or None,
            supplied_by=row.supplied_by or None,
            missing=Decimal(row.missing),
        )
        for row in found.run.gates.filter(partner_id=partner_id)
    )


def figures_of(found: Published, partner_id: str) -> list[Figure]:
    """A partner's figures, exact, in the program's order."""
    order = list(found.rulebook.program.metrics)
    return [
        Figure(
            partner_id=partner_id,
            metric=row.metric,
            grains=int(row.grains) if row.grains else None,
            denominator=int(row.denominator) if row.denominator else None,
            unit=row.unit,
            reason=row.reason or None,
        )
        for row in sorted(found.run.figures.filter(partner_id=partner_id), key=lambda row: order.index(row.metric))
    ]


def explained(found: Published, partner_id: str, language: str, metric: str, links: Links) -> Report | None:
    """One figure with all of its lines; None when the partner or the figure is not in the run."""
    standing = standing_of(found, partner_id)
    figure = next((each for each in figures_of(found, partner_id) if each.metric == metric), None)
    if standing is None or figure is None:
        return None
    words = Words(found.rulebook, cast("Language", language))
    lines = lines_of(found, partner_id, metric=metric)
    return _report(found, words, standing, (explain(words, figure, lines),), told={}, links=links)


def lines_of(
    found: Published,
    partner_id: str,
    *,
    metric: str | None = None,
    source_table: str | None = None,
    source_id: str | None = None,
    customer_id: str | None = None,
) -> list[Line]:
    """A partner's lines: of a metric, of a source or about a customer."""
    if not shows(found, partner_id):
        return []
    with palier.open_run(Path(found.run.folder)) as source:
        return source.lines(
            partner_id=partner_id,
            metric=metric,
            source_table=source_table,
            source_id=source_id,
            customer_id=customer_id,
        )


def report_of(
    found: Published, partner_id: str, language: str, told: Mapping[str, Forecast], links: Links
) -> Report | None:
    """Everything the home page tells of a partner; None when it is not enrolled on the day."""
    row = _row_of(found, partner_id)
    if row is None:
        return None
    words = Words(found.rulebook, cast("Language", language))
    by_metric: dict[str, list[Line]] = defaultdict(list)
    for line in lines_of(found, partner_id):
        by_metric[line.metric].append(line)
    explanations = tuple(explain(words, figure, by_metric[figure.metric]) for figure in figures_of(found, partner_id))
    whole = _report(found, words, _standing(found, row), explanations, told=told, links=links)
    return _with_past(whole, found, form_on_file=row.form_on_file)


def _with_past(report: Report, found: Published, *, form_on_file: bool) -> Report:
    """The report with the partner's moves, where they have led it, and its figures of past month ends."""
    run, partner_id = found.run, report.standing.partner_id
    history = history_of(run, partner_id)
    if not history.holdings:
        return report
    since = add_months(run.as_of, -TOLD)
    return replace(
        report,
        background=background_of(run, history, partner_id, form_on_file=form_on_file),
        months=months_of(run, partner_id),
        pasts=(Past(words=report.words, history=history, since=since, until=run.as_of),),
    )


def is_enrolled(found: Published, partner_id: str) -> bool:
    """Whether the run knows the partner."""
    return found.run.standings.filter(partner_id=partner_id).exists()


def shows(found: Published, partner_id: str) -> bool:
    """Whether the database shows the one it speaks for that the partner takes part in the run.

    Row-level security knows no files: without this nothing of a partner is read from them.
    """
    known = getattr(found.run, "enrolled", None)
    return is_enrolled(found, partner_id) if known is None else bool(known)


def written_of(
    found: Published, partner_id: str, page: str, *, language: str, addressed: bool, version: str
) -> dict[str, str] | None:
    """What this version wrote of a partner for a page; None before the first opening."""
    kept = found.run.written.filter(
        partner_id=partner_id, page=page, language=language, addressed=addressed, version=version
    )
    packed = next(iter(kept.values_list("packed", flat=True)), None)
    return None if packed is None else unpack_parts(bytes(packed))


def _report(
    found: Published,
    words: Words,
    standing: Standing,
    explanations: tuple[Explanation, ...],
    *,
    told: Mapping[str, Forecast],
    links: Links,
) -> Report:
    gates = gates_of(found, standing.partner_id)
    lines = [each.line for explanation in explanations for each in explanation.lines]
    customers = {line.customer_id for line in lines if line.customer_id is not None}
    return Report(
        words=words,
        sample="",
        rungs=(),
        standing=standing,
        missing=missing_gates(words, standing, gates),
        gates=gates,
        explanations=explanations,
        forecasts=told,
        names=names(found.run.facts, partners=[standing.partner_id], customers=customers),
        commands=(),
        links=links,
    )


def customers_in(found: Published, partner_id: str) -> list[Customer]:
    """The customers that bring a partner credit."""
    if not shows(found, partner_id):
        return []
    metrics = brought(found.rulebook.program, found.run.as_of).metrics
    with palier.open_run(Path(found.run.folder)) as source:
        lines = [line for metric in metrics for line in source.lines(partner_id=partner_id, metric=metric)]
    known = {line.customer_id for line in lines if line.customer_id is not None}
    return customers_of(lines, names(found.run.facts, partners=[], customers=known))


def partner_name(found: Published, partner_id: str) -> str:
    """What people call a partner."""
    if not shows(found, partner_id):
        return str(company_of(partner_id) or partner_id)
    return names(found.run.facts, partners=[partner_id], customers=[]).get(partner_id) or partner_id


def customer_names(found: Published, customers: Iterable[str]) -> Mapping[str, str]:
    """What people call customers, by id."""
    return names(found.run.facts, partners=[], customers=customers)


def worked(found: Published, partner_id: str) -> Mapping[str, Mapping[date, int]]:
    """On which of the last ninety days a partner's own users did work that qualifies, by customer."""
    if not shows(found, partner_id):
        return {}
    on = found.run.as_of
    actions = qualifying_actions(found)
    return worked_days(found.run.facts, partner_id, since=on - STRIP, until=on, actions=actions)


def qualifying_actions(found: Published) -> frozenset[str] | None:
    """The actions that count on the run's day; None where the rules name none, and every action does."""
    table = found.rulebook.program.tables.get("qualifying_actions")
    if table is None:
        return None
    return frozenset(str(row["action"]) for row in table.rows if _dated(row[table.column], found.run.as_of))


def _dated(value: Any, on: date) -> bool:  # noqa: ANN401  # a cell of a parameter table
    return isinstance(value, Dated) and bool(value.at(on))
