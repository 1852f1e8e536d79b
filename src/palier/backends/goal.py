"""A goal from a finished run: the partner's figures, gates and medians read, the rest is arithmetic."""

from __future__ import annotations

from palier.backends.runs import PartnerNotFoundError, Run
from palier.engine.goal import Goal, Position, UnknownTierError, missing_gates, plans
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
    medians = [gate.metric for gate in gates if not gate.held and program.metrics[gate.metric].kind == "median"]
    position = Position(
        program=program,
        on=run.on,
        figures={each.metric: each for each in run.figures(partner_id=partner_id)},
        gates={each.path: each for each in gates},
        medians={
            metric: [line.amount for line in run.lines(partner_id=partner_id, metric=metric)] for metric in medians
        },
        line_units=run.denominators,
    )
    missing = missing_gates(position, tier)
    return Goal(
        program=program.program,
        partner_id=partner_id,
        on=run.on,
        tier=tier,
        stands=standings[0].tier,
        reached=not missing,
        missing=missing,
        plans=plans(position, missing),
    )
