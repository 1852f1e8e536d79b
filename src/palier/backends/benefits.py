"""What one partner has of a program's benefits: its figures, the tier it holds and its uses, read and put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from palier.backends.evaluate import evaluate
from palier.backends.evaluation import Progress, late_table, refuse
from palier.backends.runs import PartnerNotFoundError
from palier.backends.session import connect, rows
from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.engine.benefits import Entitlement, entitlements, known
from palier.engine.compile import own_tables
from palier.engine.conditions import Figures
from palier.engine.moves import State
from palier.engine.quotas import Use
from palier.facts.tables import Table
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

_USES = "benefit_uses"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerBenefits:
    """The benefits of one partner on a day; `known` is whether the program says what it grants on that day."""

    partner_id: str
    program: str
    on: date
    tier: str | None
    state: State
    known: bool
    entitlements: tuple[Entitlement, ...]
    problems: tuple[Problem, ...] = ()


def benefits(
    rulebook: Rulebook,
    *,
    facts: Path,
    on: date,
    partner_id: str,
    known_at: datetime | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> PartnerBenefits:
    """Every benefit of the program for one partner on a day.

    The tier is the one that the program's calendar left the partner with; a program without a calendar gives the
    tier that the day's figures reach.

    Raises:
        InputProblemsError: the rulebook or the facts have structural problems, or the day lies in no edition.
        FactsNotFoundError: there is no such folder.
        PartnerNotFoundError: the partner is not enrolled on the day.
    """
    program = rulebook.program
    with evaluate(rulebook, facts=facts, on=on, known_at=known_at, stale=stale, progress=progress) as run:
        standing = next(iter(run.standings(partner_id=partner_id)), None)
        figures: Figures = {figure.metric: figure.value for figure in run.figures(partner_id=partner_id)}
        problems = run.problems
    if standing is None:
        raise PartnerNotFoundError(partner_id, program.program, on)
    tier: str | None = standing.tier
    state: State = "active"
    if program.calendar is not None:
        tier, state = _held(
            rulebook, facts, on, partner_id=partner_id, known_at=known_at, stale=stale, progress=progress
        )
    own = own_tables(program)
    uses, found = read_uses(facts, on=on, partner_id=partner_id, known_at=known_at, stale=stale, own=own)
    return PartnerBenefits(
        partner_id=partner_id,
        program=program.program,
        on=on,
        tier=tier,
        state=state,
        known=known(program, on),
        entitlements=entitlements(program, tier, figures, uses, on, state=state),
        problems=tuple(dict.fromkeys((*problems, *found))),
    )


def _held(
    rulebook: Rulebook,
    facts: Path,
    on: date,
    *,
    partner_id: str,
    known_at: datetime | None,
    stale: bool,
    progress: Progress | None,
) -> tuple[str | None, State]:
    """The tier that a partner holds on a day, and whether it may have its benefits."""
    from palier.backends.history import replay  # noqa: PLC0415  # only a program with a calendar has a history

    history = replay(
        rulebook, facts=facts, until=on, known_at=known_at, partner_id=partner_id, stale=stale, progress=progress
    )
    holding = history.holding_on(partner_id, on)
    return (None, "active") if holding is None else (holding.tier, holding.state)


def read_uses(
    facts: Path,
    *,
    on: date,
    partner_id: str,
    known_at: datetime | None = None,
    stale: bool = False,
    own: Iterable[Table] = (),
) -> tuple[tuple[Use, ...], tuple[Problem, ...]]:
    """The uses that a partner made of benefits up to a day, in the order of days, with the oddities of the table.

    `own` are the tables that the program declares: their files are no odd ones.

    Raises:
        InputProblemsError: the table of uses has structural problems, or ends before the day.
        FactsNotFoundError: there is no such folder.
    """
    connection = connect()
    try:
        wanted = {_USES, "partners"}
        snapshot = open_snapshot(connection, facts, known_at=known_at, extra_tables=own, tables=wanted)
        problems = list(check_snapshot(connection, snapshot))
        until = snapshot.complete_until.get(_USES)
        if until is not None and until < on:
            problems.append(late_table(_USES, until, on, "warning" if stale else "error"))
        refuse(tuple(problems))
        found = rows(
            connection,
            "SELECT benefit, used_on, quantity FROM benefit_uses WHERE partner_id = $partner AND used_on <= $on "
            "ORDER BY used_on, use_id",
            {"partner": partner_id, "on": on},
        )
    finally:
        connection.close()
    return tuple(Use(**row) for row in found), tuple(problems)
