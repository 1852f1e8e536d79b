"""Reads: the current run of a program, one partner's report, one figure's explanation, the list of partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast

import palier
from palier.backends.forecast import forecast
from palier.backends.names import names
from palier.engine.explain import Explanation, explain, missing_gates
from palier.engine.forecast import Forecast
from palier.engine.plan import Assumption
from palier.engine.results import Figure, Gate, Standing
from palier.engine.words import Language, Words
from palier.portal.standings import models
from palier.report.content import Report, rungs_of

AHEAD = timedelta(days=365)
ASSUMED: tuple[Assumption, ...] = ("continuing", "idle")


@dataclass(frozen=True, slots=True)
class Published:
    """A program's current run with the rulebook it was made with."""

    run: models.Run
    rulebook: palier.Rulebook

    @property
    def facts(self) -> Path:
        """The facts it was made from."""
        return Path(self.run.folder).parent / "facts"


def published(program: str) -> Published | None:
    """The current run of a program; None before the first."""
    run = models.Run.objects.filter(program=program, is_current=True).first()
    return None if run is None else Published(run, _rulebook(program))


@lru_cache(maxsize=8)
def _rulebook(program: str) -> palier.Rulebook:
    return palier.read_program(program)


def standing_of(found: Published, partner_id: str) -> Standing | None:
    """What the run says of a partner; None when it is not enrolled on the day."""
    row = found.run.standings.filter(partner_id=partner_id).first()
    if row is None:
        return None
    return Standing(
        partner_id=partner_id,
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
    return [
        Figure(
            partner_id=partner_id,
            metric=row.metric,
            grains=int(row.grains) if row.grains else None,
            denominator=int(row.denominator) if row.denominator else None,
            unit=row.unit,
            reason=row.reason or None,
        )
        for row in found.run.figures.filter(partner_id=partner_id).order_by("pk")
    ]


def explanation_of(found: Published, words: Words, partner_id: str, metric: str) -> Explanation | None:
    """One figure with all of its lines, read from the run's Parquet."""
    figure = next((each for each in figures_of(found, partner_id) if each.metric == metric), None)
    if figure is None:
        return None
    with palier.open_run(Path(found.run.folder)) as source:
        return explain(words, figure, source.lines(partner_id=partner_id, metric=metric))


def report_of(found: Published, partner_id: str, language: str) -> Report | None:
    """Everything the home page tells of a partner; None when it is not enrolled on the day."""
    standing = standing_of(found, partner_id)
    if standing is None:
        return None
    words = Words(found.rulebook, cast("Language", language))
    gates = gates_of(found, partner_id)
    with palier.open_run(Path(found.run.folder)) as source:
        lines = source.lines(partner_id=partner_id)
        everyone = source.standings()
    explanations = tuple(
        explain(words, figure, [line for line in lines if line.metric == figure.metric])
        for figure in figures_of(found, partner_id)
    )
    told = {assume: _forecast(found.run.program, found.facts, found.run.as_of, partner_id, assume) for assume in ASSUMED}
    customers = {line.customer_id for line in lines if line.customer_id is not None}
    return Report(
        words=words,
        sample="",
        rungs=rungs_of(found.rulebook.program, found.run.as_of, everyone),
        standing=standing,
        missing=missing_gates(words, standing, gates),
        gates=gates,
        explanations=explanations,
        forecasts=told,
        names=names(found.facts, partners=[partner_id], customers=customers),
        commands=(),
    )


@lru_cache(maxsize=256)
def _forecast(program: str, facts: Path, on: date, partner_id: str, assume: Assumption) -> Forecast:
    return forecast(_rulebook(program), facts=facts, on=on, until=on + AHEAD, partner_id=partner_id, assume=assume)
