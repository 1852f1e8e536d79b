"""A goal from a finished run: the partner's figures, gates and medians read, the rest is arithmetic."""

from __future__ import annotations

from palier.backends.runs import PartnerNotFoundError, Run
from palier.engine.goal import Goal, Position, UnknownTierError, goal_of, medians_missed
from palier.rulebook.read import Rulebook


def goal(rulebook: Rulebook, run: Run, *, partner_id: str, tier: str) -> Goal:
    """What a partner misses for a tier to reach on the run's day, and the smallest amounts that close each gate.

    Args:
        rulebook: the program that the run was made with.
        run: a finished evaluation.
        partner_id: the partner.
        tier: the wished tier.

    Raises:
        UnknownTierError: the tier is not in force on the day.
        PartnerNotFoundError: the partner is not enrolled on the day.
    """
    program = rulebook.program
    ladder = [each.tier for each in program.tiers if each.in_force(run.on)]
    if tier not in ladder:
        raise UnknownTierError(tier, ladder)
    standings = run.standings(partner_id=partner_id)
    if not standings:
        raise PartnerNotFoundError(partner_id, program.program, run.on)
    gates = [each for each in run.gates(partner_id=partner_id) if (each.tier, each.purpose) == (tier, "reach")]
    position = Position(
        program=program,
        on=run.on,
        figures={each.metric: each for each in run.figures(partner_id=partner_id)},
        gates={each.path: each for each in gates},
        medians={
            metric: [line.amount for line in run.lines(partner_id=partner_id, metric=metric)]
            for metric in medians_missed(program, gates)
        },
        line_units=run.denominators,
    )
    return goal_of(position, partner_id, tier=tier, stands=standings[0].tier)
