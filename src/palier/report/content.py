"""What a report is made of: the values of a finished run and of one partner's forecasts, nothing computed anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from palier.backends.behind import MonthEnds
from palier.engine.deciding import Background
from palier.engine.explain import Explanation, MissingGate
from palier.engine.forecast import Forecast
from palier.engine.results import Gate, Standing
from palier.engine.words import Words
from palier.report.links import Links
from palier.report.past import Past, Stated, Tried
from palier.rulebook.model import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A tier with how many partners reach it and keep it; tier None counts those on no tier."""

    tier: str | None
    reach: int
    keep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to type, and what it shows."""

    shows: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a page shows; `names` are what people call partners and customers, by id.

    `forecasts` are of the same partner, day and horizon, by assumption. `pasts` are of several programs, the report's
    own among them; `stated` is its partner's; without them, and without a rule `tried`, their sections are left out.
    `links` say where its figures can be opened. `background` is where the partner's history has led it, `months` its
    figures on the last days of the months before; without them only the day itself is told.
    """

    words: Words
    sample: str
    rungs: tuple[Rung, ...]
    standing: Standing
    missing: tuple[MissingGate, ...]
    gates: tuple[Gate, ...]
    explanations: tuple[Explanation, ...]
    forecasts: Mapping[str, Forecast]
    names: Mapping[str, str]
    commands: tuple[Command, ...]
    links: Links | None = None
    pasts: tuple[Past, ...] = ()
    stated: Stated | None = None
    tried: Tried | None = None
    background: Background | None = None
    months: MonthEnds = field(default_factory=dict)

    @property
    def on(self) -> date:
        """The day the report is about."""
        return self.standing.on_date

    @property
    def program(self) -> Program:
        """The program."""
        return self.words.rulebook.program

    @property
    def partner(self) -> str:
        """The explained partner's name."""
        return self.name(self.standing.partner_id)

    @property
    def partners(self) -> int:
        """How many partners stand somewhere on the ladder, or on no tier."""
        return sum(rung.reach for rung in self.rungs)

    @property
    def until(self) -> date:
        """The last day forecast."""
        return next(iter(self.forecasts.values())).until

    def name(self, identifier: str) -> str:
        """What people call a partner or customer; its id where the facts give no name."""
        return self.names.get(identifier) or identifier

    def explanation(self, metric: str) -> Explanation | None:
        """The explanation of a figure, if it was asked."""
        return next((each for each in self.explanations if each.metric == metric), None)

    def value(self, metric: str) -> Fraction:
        """A figure's value on the day; an undefined one counts as nothing."""
        found = self.explanation(metric)
        return Fraction(0) if found is None or found.figure.value is None else found.figure.value

    def gates_on(self, metric: str) -> list[Gate]:
        """What the tiers ask of a metric to be reached, the lowest first."""
        asked = [gate for gate in self.gates if gate.metric == metric and gate.purpose == "reach"]
        return sorted(asked, key=lambda gate: gate.required)


def rungs_of(program: Program, on: date, standings: Iterable[Standing]) -> tuple[Rung, ...]:
    """Each tier in force with how many partners reach and keep it, the highest first, then those on none."""
    listed = tuple(standings)
    reached = Counter(standing.tier for standing in listed)
    kept = Counter(standing.tier_kept for standing in listed)
    tiers: list[str | None] = [tier.tier for tier in reversed(program.tiers) if tier.in_force(on)]
    return tuple(Rung(tier=tier, reach=reached[tier], keep=kept[tier]) for tier in [*tiers, None])


def total_metric(program: Program, on: date) -> str:
    """The metric that adds up the program's credits on the day; where none does, its first figure."""
    living = {name: metric for name, metric in program.metrics.items() if metric.in_force(on)}
    totals = [name for name, metric in living.items() if metric.kind == "total"]
    return (totals or list(living))[0]


def credit_metrics(program: Program, on: date) -> tuple[str, ...]:
    """The credits that a partner gains and loses: what the total adds up, else the total itself."""
    total = total_metric(program, on)
    return program.metrics[total].parts or (total,)


def measured_apart(program: Program, on: date) -> bool:
    """Whether a program compares several figures that nothing adds up, as the technology program does (B220-223)."""
    return total_metric(program, on) in credit_metrics(program, on) and len(tracked_metrics(program, on)) > 1


def tracked_metrics(program: Program, on: date) -> tuple[str, ...]:
    """The metrics drawn against what the tiers ask: a total and its credits, else every one with a threshold above one.

    A threshold of one asks only that something is there (an agreement, a contact), which a list says better.
    """
    total, credits_ = total_metric(program, on), credit_metrics(program, on)
    if total not in credits_:
        return (total, *credits_)
    asked = {
        leaf.metric
        for tier in program.tiers
        if tier.in_force(on)
        for leaf in tier.requires.leaves()
        if leaf.in_force(on) and leaf.threshold.reach.at(on) != 1
    }
    return tuple(name for name, metric in program.metrics.items() if name in asked and metric.headline) or credits_
