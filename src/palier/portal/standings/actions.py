"""Publishing a run, whole in one transaction; and keeping what is worked out from it, so that it is done once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.db import transaction

import palier
from palier.backends.forecast import forecast
from palier.engine.forecast import Forecast
from palier.engine.plan import Assumption
from palier.portal.journal.actions import record
from palier.portal.standings.models import Figure, Foretold, Gate, Run, Standing, Written
from palier.portal.standings.packing import pack_forecast, pack_parts, unpack_forecast

BATCH = 2000
AHEAD = timedelta(days=365)
ASSUMED: tuple[Assumption, ...] = ("continuing", "idle")


def publish_run(folder: Path, *, facts: Path, rulebook: str, actor: str, at: datetime) -> Run:
    """Load a finished run and make it the current one of its program; loading it again changes nothing.

    `facts` is the folder it was made from, `rulebook` the name or folder of the version that it was made with.

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
        run = known or _load(source, folder, facts, rulebook, at)
        record(
            actor=actor, verb="publish", subject_kind="run", subject_id=str(run.pk), at=at,
            after={"program": program, "as_of": run.as_of.isoformat(), "rulebook": run.rulebook_digest},
        )  # fmt: skip
        return run


def foretold(run: Run, partner_id: str) -> dict[str, Forecast]:
    """The forecasts of a partner that are kept, by assumption."""
    rows = Foretold.objects.filter(run=run, partner_id=partner_id)
    return {row.assume: unpack_forecast(bytes(row.packed)) for row in rows}


def foretell(run: Run, rulebook: palier.Rulebook, partner_id: str) -> dict[str, Forecast]:
    """A partner's forecasts from a run; what is not kept yet is worked out and kept.

    Raises:
        PartnerNotFoundError: the partner is not enrolled on the day.
    """
    kept = {
        row.assume: unpack_forecast(bytes(row.packed))
        for row in Foretold.objects.filter(run=run, partner_id=partner_id)
    }
    for assume in ASSUMED:
        if assume not in kept:
            told = forecast(
                rulebook, facts=run.facts, on=run.as_of, until=run.as_of + AHEAD, partner_id=partner_id, assume=assume
            )
            Foretold.objects.update_or_create(
                run=run, partner_id=partner_id, assume=assume, defaults={"packed": pack_forecast(told)}
            )
            kept[assume] = told
    return {assume: kept[assume] for assume in ASSUMED}


def keep_written(
    run: Run, partner_id: str, parts: Mapping[str, str], *, language: str, addressed: bool, version: str
) -> None:
    """Keep what was written of a partner."""
    Written.objects.update_or_create(
        run=run, partner_id=partner_id, language=language, addressed=addressed,
        defaults={"version": version, "packed": pack_parts(parts)},
    )  # fmt: skip


def _load(source: palier.Run, folder: Path, facts: Path, rulebook: str, at: datetime) -> Run:
    run = Run.objects.create(
        program=str(source.about["program"]),
        as_of=source.on,
        rulebook_digest=source.about["rulebook_hash"],
        facts_digest=source.about["facts_digest"],
        folder=str(folder),
        facts_folder=str(facts),
        rulebook_folder=rulebook,
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
