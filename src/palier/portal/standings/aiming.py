"""A goal on a partner's home: what a tier still asks of the run's stored figures, and the smallest ways to it."""

from __future__ import annotations

from collections.abc import Iterable

from palier.backends.evidence import source_rows
from palier.engine.goal import Goal, Position, goal_of, medians_missed
from palier.engine.results import Figure, Gate, Standing
from palier.portal.standings.queries import Published, figures_of, gates_of, lines_of, standing_of
from palier.report.aiming import goal_section
from palier.report.content import Report
from palier.report.html import Markup
from palier.report.links import Links
from palier.report.words import Speech


def goal_for(found: Published, partner_id: str, tier: str) -> Goal | None:
    """What a partner misses for a tier; None when it is not enrolled on the day.

    Only what the run stored is read: figures and gates, and the lines of a median that is missed.

    Raises:
        UnknownTierError: the tier is not in force on the day.
    """
    standing = standing_of(found, partner_id)
    if standing is None:
        return None
    return _goal(found, standing, figures_of(found, partner_id), gates_of(found, partner_id), tier)


def _goal(found: Published, standing: Standing, figures: Iterable[Figure], every: Iterable[Gate], tier: str) -> Goal:
    program, partner_id = found.rulebook.program, standing.partner_id
    gates = [gate for gate in every if (gate.tier, gate.purpose) == (tier, "reach")]
    position = Position(
        program=program,
        on=found.run.as_of,
        figures={each.metric: each for each in figures},
        gates={gate.path: gate for gate in gates},
        medians={
            metric: [line.amount for line in lines_of(found, partner_id, metric=metric)]
            for metric in medians_missed(program, gates)
        },
        line_units=found.run.line_units,
    )
    return goal_of(position, partner_id, tier=tier, stands=standing.tier)


def goal_markup(found: Published, partner_id: str, tier: str, speech: Speech, links: Links | None) -> Markup | None:
    """A goal in the partner's own currency and in the program's; None when it is not enrolled on the day.

    Raises:
        UnknownTierError: the tier is not in force on the day.
    """
    goal = goal_for(found, partner_id, tier)
    return None if goal is None else goal_section(speech, goal, currencies(found, partner_id), links)


def goal_part(report: Report, speech: Speech, tier: str | None, found: Published) -> Markup | None:
    """The goal that a home shows unasked: the next tier; nothing where there is no higher."""
    if tier is None:
        return None
    figures = [each.figure for each in report.explanations]
    goal = _goal(found, report.standing, figures, report.gates, tier)
    return goal_section(speech, goal, currencies(found, report.standing.partner_id), report.links)


def currencies(found: Published, partner_id: str) -> list[str]:
    """The currency in which a partner is paid, then the one in which the program counts."""
    units = found.rulebook.program.currency_units
    if units is None:
        return []
    rows = source_rows(found.run.facts, "partners", partner_id, partner_id=partner_id)
    paid = [str(row["payment_currency"]) for row in rows[:1] if row.get("payment_currency")]
    return [each for each in dict.fromkeys((*paid, units.basis)) if each in units.equivalents]
