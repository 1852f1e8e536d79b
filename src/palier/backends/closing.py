"""What a partner held on the day a sale was closed: the tier, and the gates a commission asks for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from palier.backends.evaluation import Progress, compute, open_facts, refuse
from palier.backends.history import replay
from palier.backends.session import connect, rows
from palier.engine.compile import compile_rulebook
from palier.engine.guarded import GUARDED, guarded_by
from palier.engine.planning import make_plan
from palier.rulebook.commissions import CommissionKind
from palier.rulebook.gates import GateNode
from palier.rulebook.read import Rulebook

PartnerDay = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts that conditions are asked of."""

    rulebook: Rulebook
    facts: Path
    known_at: datetime | None
    stale: bool
    progress: Progress | None


def conditions_held(asked: Asked, kind: CommissionKind, days: Iterable[PartnerDay]) -> frozenset[PartnerDay]:
    """Those of the partners and days on which a kind of commission's tier and gates held.

    Raises:
        InputProblemsError: the facts that the conditions rest on have structural problems.
    """
    held = frozenset(days)
    if held and kind.requires is not None:
        held &= _gates_held(asked, kind.requires, {on for _, on in held})
    if held and kind.tier is not None:
        held = _tier_held(asked, kind, held)
    return held


def _gates_held(asked: Asked, requires: GateNode, days: Iterable[date]) -> frozenset[PartnerDay]:
    """The partners and days on which the gates hold, computed for all days at once."""
    compiled = compile_rulebook(guarded_by(asked.rulebook, requires))
    known = sorted(day for day in days if compiled.program.edition(day) is not None)
    if not known:
        return frozenset()
    with closing(connect()) as connection:
        _, problems = open_facts(
            connection, compiled, asked.facts, on=known[-1], known_at=asked.known_at, stale=asked.stale
        )
        refuse(problems)
        compute(connection, compiled, make_plan(compiled, known))
        found = rows(connection, f"SELECT partner_id, on_date FROM standings WHERE tier = '{GUARDED}'")
    return frozenset((row["partner_id"], row["on_date"]) for row in found)


def _tier_held(asked: Asked, kind: CommissionKind, days: frozenset[PartnerDay]) -> frozenset[PartnerDay]:
    """Those of the partners and days on which the tier held was high enough.

    An opening decision says nothing of the days before it: of these, the history as it was before the decision does.
    """
    assert kind.tier is not None  # noqa: S101  # asked only of kinds with a tier
    ladder = {tier.tier: place for place, tier in enumerate(asked.rulebook.program.tiers)}
    held = set()
    unanswered: dict[date | None, frozenset[PartnerDay]] = {None: days}
    while unanswered:
        decided_until, wanted = unanswered.popitem()
        history = replay(
            asked.rulebook,
            facts=asked.facts,
            until=max(on for _, on in wanted),
            known_at=asked.known_at,
            among={partner for partner, _ in wanted},
            decided_until=decided_until,
            stale=asked.stale,
            progress=asked.progress,
        )
        for partner, on in wanted:
            opened_on = history.openings.get(partner)
            if opened_on is not None and on < opened_on:
                eve = opened_on - timedelta(days=1)
                unanswered[eve] = unanswered.get(eve, frozenset()) | {(partner, on)}
                continue
            holding = history.holding_on(partner, on)
            if holding is not None and holding.tier is not None and ladder[holding.tier] >= ladder[kind.tier.at(on)]:
                held.add((partner, on))
    return frozenset(held)
