"""What lies behind a run, as rows: moves with their sentences, holdings, and the figures of month ends; and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from palier import Rulebook
from palier.backends.behind import Behind, MonthEnds
from palier.engine import moves as engine
from palier.engine.deciding import Background
from palier.engine.move_words import sentences
from palier.engine.results import Gate
from palier.portal.standings import models
from palier.portal.standings.packing import pack_months, unpack_months

BATCH = 2000
_NUMBERS = ("required", "value", "missing")


def load_behind(run: models.Run, rulebook: Rulebook, behind: Behind) -> None:
    """Load the moves, holdings and past figures of a run; inside the transaction that publishes it."""
    models.Move.objects.bulk_create(_moves(run, rulebook, behind.history), batch_size=BATCH)
    models.Holding.objects.bulk_create(_holdings(run, behind.history), batch_size=BATCH)
    pasts = (
        models.Past(run=run, partner_id=partner, packed=pack_months(months))
        for partner, months in behind.months.items()
    )
    models.Past.objects.bulk_create(pasts, batch_size=BATCH)


def history_of(run: models.Run, partner_id: str) -> engine.History:
    """The moves and holdings of one partner."""
    return engine.History(
        moves=tuple(_move(run, row) for row in run.moves.filter(partner_id=partner_id)),
        holdings=tuple(_holding(row) for row in run.holdings.filter(partner_id=partner_id)),
    )


def background_of(run: models.Run, history: engine.History, partner_id: str, *, form_on_file: bool) -> Background:
    """Where a partner's history has led it on the run's day."""
    return Background(holding=history.holding_on(partner_id, run.as_of), moves=history.moves, form_on_file=form_on_file)


def months_of(run: models.Run, partner_id: str) -> MonthEnds:
    """A partner's figures on the last days of the months before the run."""
    row = run.pasts.filter(partner_id=partner_id).first()
    return {} if row is None else unpack_months(bytes(row.packed))


def held_of(run: models.Run) -> dict[str, models.Holding]:
    """What every partner holds on the run's day, in one query; those that left are not in it."""
    begun = run.holdings.filter(effective_from__lte=run.as_of).exclude(state="left")
    rows = begun.exclude(effective_until__lte=run.as_of)
    return {row.partner_id: row for row in rows}


def _moves(run: models.Run, rulebook: Rulebook, history: engine.History) -> Iterator[models.Move]:
    for position, each in enumerate(history.moves):
        said = sentences(rulebook, each)
        yield models.Move(
            run=run,
            partner_id=each.partner_id,
            position=position,
            on=each.on,
            kind=each.kind,
            before=each.tier_before or "",
            after=each.tier_after or "",
            state=each.state,
            reason=each.reason,
            about=each.about or "",
            computed=each.computed_tier or "",
            deadline=each.deadline,
            decision_id=each.decision_id or "",
            said=each.said or "",
            rulebook_digest=each.rulebook,
            sentence_en=said["en"],
            sentence_fr=said["fr"],
            gates=[_cells(gate) for gate in each.gates],
        )


def _holdings(run: models.Run, history: engine.History) -> Iterator[models.Holding]:
    for each in history.holdings:
        yield models.Holding(
            run=run,
            partner_id=each.partner_id,
            tier=each.tier or "",
            state=each.state,
            effective_from=each.effective_from,
            effective_until=each.effective_until,
        )


def _cells(gate: Gate) -> dict[str, Any]:
    """A gate as JSON: numbers as text, so that none is rounded."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(gate).items()}


def _gate(cells: dict[str, Any]) -> Gate:
    numbers = {name: None if cells[name] is None else Decimal(cells[name]) for name in _NUMBERS}
    return Gate(**{**cells, **numbers})


def _move(run: models.Run, row: models.Move) -> engine.Move:
    told: dict[str, Any] = {
        "partner_id": row.partner_id,
        "program": run.program,
        "on": row.on,
        "kind": row.kind,
        "tier_before": row.before or None,
        "tier_after": row.after or None,
        "state": row.state,
        "reason": row.reason,
        "rulebook": row.rulebook_digest,
        "about": row.about or None,
        "computed_tier": row.computed or None,
        "deadline": row.deadline,
        "decision_id": row.decision_id or None,
        "said": row.said or None,
        "gates": tuple(_gate(cells) for cells in row.gates),
    }
    return engine.Move(**told)


def _holding(row: models.Holding) -> engine.Holding:
    told: dict[str, Any] = {
        "partner_id": row.partner_id,
        "tier": row.tier or None,
        "state": row.state,
        "effective_from": row.effective_from,
        "effective_until": row.effective_until,
    }
    return engine.Holding(**told)
