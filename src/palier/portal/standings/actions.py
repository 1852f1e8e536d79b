"""Publishing a run, whole in one transaction; and keeping what is worked out from it, so that it is done once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Model

import palier
from palier.backends.behind import Behind
from palier.backends.forecast import forecast
from palier.engine.forecast import Forecast
from palier.engine.plan import Assumption
from palier.portal.journal.actions import record
from palier.portal.standings.behind import load_behind
from palier.portal.standings.models import Figure, Foretold, Gate, Run, Standing, Written
from palier.portal.standings.packing import pack_forecast, pack_parts, unpack_forecast

BATCH = 2000
FIGURE_TEXTS = ("partner_id", "metric", "grains", "denominator", "unit", "reason")
GATE_TEXTS = (
    "partner_id", "held", "tier", "purpose", "gate", "path", "metric", "operator", "required", "value", "weight",
    "waived_by", "supplied_by", "missing",
)  # fmt: skip
"""What is kept of a run's figures and gates, as text; only `held` is not."""
AHEAD = timedelta(days=365)
ASSUMED: tuple[Assumption, ...] = ("continuing", "idle")


def publish_run(
    folder: Path, *, facts: Path, rulebook: str, actor: str, at: datetime, moves: Behind | None = None
) -> Run:
    """Load a finished run and make it the current one of its program; loading it again changes nothing.

    Args:
        folder: the finished run.
        facts: the folder it was made from.
        rulebook: the name or folder of the version that it was made with.
        actor: who publishes, by pseudonym.
        at: when.
        moves: what lies behind it (`palier.backends.behind.look_behind`); without it no history is told.

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
            known.is_current, known.failed_at = True, None
            known.save(update_fields=["is_current", "failed_at"])
        run = known or _load(source, folder, facts, rulebook, at, filed=moves.filed if moves else frozenset())
        if known is None and moves is not None:
            load_behind(run, palier.read_program(rulebook), moves)
        record(
            actor=actor, verb="publish", subject_kind="run", subject_id=str(run.pk), at=at,
            after={"program": program, "as_of": run.as_of.isoformat(), "rulebook": run.rulebook_digest},
        )  # fmt: skip
        return run


def mark_failed(program: str, *, at: datetime, actor: str) -> Run | None:
    """Say on every page of the current run that a later attempt failed; None where no run is current."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(program=program, is_current=True).first()
        if run is None:
            return None
        run.failed_at = at
        run.save(update_fields=["failed_at"])
        record(
            actor=actor, verb="mark_failed", subject_kind="run", subject_id=str(run.pk), at=at,
            after={"program": program, "as_of": run.as_of.isoformat(), "failed_at": at.isoformat()},
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
    run: Run, partner_id: str, page: str, parts: Mapping[str, str], *, language: str, addressed: bool, version: str
) -> None:
    """Keep what was written of a partner for a page; in one statement, so that two readers at once do not clash."""
    written = Written(
        run=run, partner_id=partner_id, page=page, language=language, addressed=addressed,
        version=version, packed=pack_parts(parts),
    )  # fmt: skip
    key = ["run", "partner_id", "page", "language", "addressed"]
    Written.objects.bulk_create(
        [written], update_conflicts=True, unique_fields=key, update_fields=["version", "packed"]
    )


def _load(
    source: palier.Run, folder: Path, facts: Path, rulebook: str, at: datetime, *, filed: AbstractSet[str]
) -> Run:
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
        line_units=source.denominators,
    )
    Standing.objects.bulk_create(_standings(source, run, filed), batch_size=BATCH)
    _insert(Figure, ("run_id", *FIGURE_TEXTS), _figures(source, run))
    _insert(Gate, ("run_id", "position", *GATE_TEXTS), _gates(source, run))
    return run


def _insert(model: type[Model], columns: Sequence[str], rows: Iterator[tuple[str | int, ...]]) -> None:
    """Add rows of a run to a table, many at a time: a million of Django's objects would take minutes."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))  # noqa: SLF001  # Django's own way
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", batch)


def _standings(source: palier.Run, run: Run, filed: AbstractSet[str]) -> Iterator[Standing]:
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
            form_on_file=each.partner_id in filed,
        )


def _figures(source: palier.Run, run: Run) -> Iterator[tuple[str | int, ...]]:
    return ((run.pk, *texts) for texts in source.each_text("figures", FIGURE_TEXTS))


def _gates(source: palier.Run, run: Run) -> Iterator[tuple[str | int, ...]]:
    for _, gates in groupby(source.each_text("gates", GATE_TEXTS), key=itemgetter(0)):
        for position, (partner_id, held, *texts) in enumerate(gates):
            yield run.pk, position, partner_id, held == "true", *texts
