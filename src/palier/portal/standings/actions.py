"""Publishing a run: what it says is loaded whole in one transaction, and is current from then on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import transaction

import palier
from palier.portal.journal.actions import record
from palier.portal.standings.models import Figure, Gate, Run, Standing

BATCH = 2000


def publish_run(folder: Path, *, actor: str, at: datetime) -> Run:
    """Load a finished run and make it the current one of its program; loading it again changes nothing.

    Raises:
        RunNotFoundError: the folder holds no finished run.
    """
    with palier.open_run(folder) as source, transaction.atomic():
        program = str(source.about["program"])
        known = Run.objects.filter(program=program, folder=str(folder)).first()
        if known is not None and known.is_current:
            return known
        Run.objects.filter(program=program, is_current=True).update(is_current=False)
        if known is not None:
            known.is_current = True
            known.save(update_fields=["is_current"])
        run = known or _load(source, folder, program, at)
        record(
            actor=actor, verb="publish", subject_kind="run", subject_id=str(run.pk), at=at,
            after={"program": program, "as_of": run.as_of.isoformat(), "rulebook": run.rulebook_digest},
        )  # fmt: skip
        return run


def _load(source: palier.Run, folder: Path, program: str, at: datetime) -> Run:
    run = Run.objects.create(
        program=program,
        as_of=source.on,
        rulebook_digest=source.about["rulebook_hash"],
        facts_digest=source.about["facts_digest"],
        folder=str(folder),
        loaded_at=at,
        is_current=True,
    )
    Standing.objects.bulk_create(_standings(source, run), batch_size=BATCH)
    Figure.objects.bulk_create(_figures(source, run), batch_size=BATCH)
    Gate.objects.bulk_create(_gates(source, run), batch_size=BATCH)
    return run


def _standings(source: palier.Run, run: Run) -> Iterator[Standing]:
    for each in source.standings():
        yield Standing(
            run=run,
            partner_id=each.partner_id,
            tier=each.tier or "",
            tier_kept=each.tier_kept or "",
            qualified_tier=each.qualified_tier or "",
            candidate=each.candidate or "",
            next_tier=each.next_tier or "",
            missing=list(each.missing),
        )


def _figures(source: palier.Run, run: Run) -> Iterator[Figure]:
    for each in source.figures():
        yield Figure(
            run=run,
            partner_id=each.partner_id,
            metric=each.metric,
            grains="" if each.grains is None else str(each.grains),
            denominator="" if each.denominator is None else str(each.denominator),
            unit=each.unit,
            reason=each.reason or "",
        )


def _gates(source: palier.Run, run: Run) -> Iterator[Gate]:
    for partner_id, gates in groupby(source.gates(), key=lambda gate: gate.partner_id):
        for position, each in enumerate(gates):
            yield Gate(
                run=run,
                partner_id=partner_id,
                position=position,
                tier=each.tier,
                purpose=each.purpose,
                gate=each.gate,
                path=each.path,
                metric=each.metric,
                operator=each.operator,
                required=str(each.required),
                value="" if each.value is None else str(each.value),
                held=each.held,
                weight=each.weight,
                waived_by=each.waived_by or "",
                supplied_by=each.supplied_by or "",
                missing=str(each.missing),
            )
