"""A recalibration as a reviewed act: tried on the facts, exceptions decided, then published once and for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import get_args

from django.db import transaction

from palier.backends.evaluation import Progress
from palier.backends.history import replay
from palier.backends.names import names
from palier.engine.move_words import move_sentence
from palier.engine.moves import History, Move
from palier.engine.recalibration import recalibration as calendar_of
from palier.engine.words import Language, Words
from palier.portal.journal.actions import record
from palier.portal.partners.models import Decision
from palier.portal.people.models import User
from palier.portal.programs.emails import tell_moved
from palier.portal.programs.models import Moved, Recalibration
from palier.portal.programs.permissions import DECIDERS, EDITORS, require
from palier.portal.programs.queries import governing_version, recalibration_days, rulebook_of
from palier.portal.standings.models import Run
from palier.rulebook.read import Rulebook

BATCH = 500
SCHEDULE = "schedule"
"""The actor of what nobody asked for."""
LANGUAGES: tuple[Language, ...] = get_args(Language)
STEPS = frozenset({"promoted", "demoted", "kept", "awaiting_form", "candidate", "published", "differs", "overridden"})
"""The moves that a recalibration day itself makes."""


class RecalibrationError(Exception):
    """Raised when a recalibration cannot be tried, decided or published; `case` names why."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(f"the recalibration cannot go on: {case}")


def try_recalibration(user: User, program: str, on: date, *, at: datetime) -> Recalibration:
    """Replay a recalibration day on the current run's facts and keep what each partner would make of it.

    Tried again, what the rules say is made anew and the exceptions decided so far stay.

    Raises:
        NotAllowedError: the person may not.
        RecalibrationError: `no_run`, `no_such_day`, or `published`.
        InputProblemsError: the facts or the rules have structural problems.
    """
    require(user, DECIDERS, "try a recalibration")
    return _try(program, on, actor=user.pseudonym, at=at)


def dry_run(program: str, on: date, *, at: datetime, progress: Progress | None = None) -> Recalibration | None:
    """Try a recalibration before anybody asks, so that it lies ready; what is tried on these facts already stays.

    Args:
        program: what recalibrates.
        on: the day.
        at: now.
        progress: told the name of each stage of the replay.

    Returns:
        What is kept; None where there is nothing to try: no run yet, or published already.

    Raises:
        RecalibrationError: `no_such_day`.
        InputProblemsError: the facts or the rules have structural problems.
    """
    run = Run.objects.filter(program=program, is_current=True).first()
    kept = Recalibration.objects.filter(program=program, on_day=on).select_related("version").first()
    if run is None or (kept is not None and kept.published_at is not None):
        return None
    if kept is not None and kept.facts_digest == run.facts_digest and kept.version == governing_version(program, on):
        return kept
    return _try(program, on, actor=SCHEDULE, at=at, progress=progress)


def _try(program: str, on: date, *, actor: str, at: datetime, progress: Progress | None = None) -> Recalibration:
    run = Run.objects.filter(program=program, is_current=True).first()
    if run is None:
        raise RecalibrationError("no_run")
    version = governing_version(program, on)
    rulebook = rulebook_of(version.folder)
    if on not in recalibration_days(rulebook, on, on):
        raise RecalibrationError("no_such_day")
    if Recalibration.objects.filter(program=program, on_day=on, published_at__isnull=False).exists():
        raise RecalibrationError("published")
    history = replay(rulebook, facts=run.facts, until=on, since=on, stale=True, progress=progress)
    known = names(run.facts, partners=[each.partner_id for each in history.holdings], customers=[])
    with transaction.atomic():
        kept, _ = Recalibration.objects.update_or_create(
            program=program, on_day=on, published_at=None,
            defaults={
                "version": version, "facts_until": run.as_of, "facts_digest": run.facts_digest, "tried_at": at,
            },
        )  # fmt: skip
        decided = {each.partner_id: each for each in kept.moves.exclude(exception="")}
        kept.moves.all().delete()
        made = [_with(each, decided.get(each.partner_id)) for each in _moved(kept, rulebook, history, known)]
        Moved.objects.bulk_create(made, batch_size=BATCH)
        record(
            actor=actor, verb="try", subject_kind="recalibration", subject_id=f"{program}/{on}", at=at,
            after={"partners": len(made), "facts": run.facts_digest, "rulebook": version.digest},
        )  # fmt: skip
    return kept


def _moved(
    kept: Recalibration, rulebook: Rulebook, history: History, known: dict[str, str] | object
) -> Iterator[Moved]:
    """What the day makes of everybody who takes part in the program on it."""
    speakers = {language: Words(rulebook, language) for language in LANGUAGES}
    ranks = calendar_of(rulebook.program).ranks
    moves = {each.partner_id: each for each in history.moves if each.on == kept.on_day and each.kind in STEPS}
    held = {each.partner_id: each for each in history.holdings if _on(each.effective_from, each.effective_until, kept)}
    for partner_id in sorted(held):
        holding = held[partner_id]
        if holding.state == "left":
            continue
        move = moves.get(partner_id) or Move(
            partner_id=partner_id, program=kept.program, on=kept.on_day, kind="kept", tier_before=holding.tier,
            tier_after=holding.tier, state=holding.state, reason="", rulebook=rulebook.digest,
        )  # fmt: skip
        was, is_ = ranks[move.tier_before], ranks[move.tier_after]
        yield Moved(
            recalibration=kept,
            partner_id=partner_id,
            name=(known.get(partner_id) if isinstance(known, dict) else None) or partner_id,
            kind=move.kind,
            way="rise" if is_ > was else "fall" if is_ < was else "stay",
            tier_before=move.tier_before or "",
            tier_after=move.tier_after or "",
            sentences={language: move_sentence(words, move) for language, words in speakers.items()},
        )


def _on(start: date, end: date | None, kept: Recalibration) -> bool:
    return start <= kept.on_day and (end is None or kept.on_day < end)


def _with(moved: Moved, decided: Moved | None) -> Moved:
    """The move with the exception that was decided before it was tried again."""
    if decided is not None:
        moved.exception, moved.decided_tier, moved.reason = decided.exception, decided.decided_tier, decided.reason
        moved.decided_by_id = decided.decided_by_id
        moved.sentences |= _decided_sentences(moved)
    return moved


@transaction.atomic
def decide_exception(user: User, moved_id: int, *, exception: str, tier: str, reason: str, at: datetime) -> Moved:
    """Hold a partner at its present tier or give it another one, with a reason; the empty exception takes it back.

    Raises:
        NotAllowedError: the person may not.
        RecalibrationError: `published`, `reason` is missing, or `unknown_tier`.
    """
    require(user, DECIDERS, "decide an exception")
    moved = Moved.objects.select_for_update().select_related("recalibration__version").get(pk=moved_id)
    kept = moved.recalibration
    if kept.published_at is not None:
        raise RecalibrationError("published")
    if exception and not reason.strip():
        raise RecalibrationError("reason")
    tiers = {each.tier for each in rulebook_of(kept.version.folder).program.tiers if each.in_force(kept.on_day)}
    if exception == Moved.Instead.OVERRIDE and tier not in tiers:
        raise RecalibrationError("unknown_tier")
    before = {"exception": moved.exception, "tier": moved.final_tier, "reason": moved.reason}
    moved.exception = exception
    moved.decided_tier = tier if exception == Moved.Instead.OVERRIDE else ""
    moved.reason, moved.decided_by = (reason.strip(), user) if exception else ("", None)
    moved.sentences = {name: each for name, each in moved.sentences.items() if name in LANGUAGES}
    if exception:
        moved.sentences |= _decided_sentences(moved)
    moved.save()
    record(
        actor=user.pseudonym, verb="except" if exception else "except no more", subject_kind="partner",
        subject_id=moved.partner_id, at=at, before=before,
        after={"exception": exception, "tier": moved.final_tier, "on": kept.on_day.isoformat()}, reason=moved.reason,
    )  # fmt: skip
    return moved


def _decided_sentences(moved: Moved) -> dict[str, str]:
    kept = moved.recalibration
    rulebook = rulebook_of(kept.version.folder)
    told = Move(
        partner_id=moved.partner_id, program=kept.program, on=kept.on_day, kind="overridden",
        tier_before=moved.tier_before or None, tier_after=moved.final_tier or None, state="active", reason="decision",
        rulebook=rulebook.digest, said=moved.reason,
    )  # fmt: skip
    return {f"decided_{language}": move_sentence(Words(rulebook, language), replace(told)) for language in LANGUAGES}


@transaction.atomic
def publish_recalibration(user: User, program: str, on: date, *, at: datetime) -> int:
    """Publish what was tried and decided: a decision for every partner that takes part, a notice to those that move.

    Facts that come later change none of it: the replay follows published decisions. Published again, nothing changes.

    Returns:
        How many notices were queued.

    Raises:
        NotAllowedError: the person may not.
        RecalibrationError: `untried`, `too_early` (the facts do not reach the day), `stale` (there is a newer run
            than the one that it was tried on).
    """
    require(user, EDITORS, "publish a recalibration")
    kept = Recalibration.objects.select_for_update().select_related("version").filter(program=program, on_day=on)
    found = kept.first()
    if found is None:
        raise RecalibrationError("untried")
    if found.published_at is not None:
        return 0
    if found.facts_until < on:
        raise RecalibrationError("too_early")
    run = Run.objects.filter(program=program, is_current=True).first()
    if run is None or run.facts_digest != found.facts_digest or found.version != governing_version(program, on):
        raise RecalibrationError("stale")
    moves = list(found.moves.all())
    Decision.objects.bulk_create((_decision(found, each, user, at) for each in moves), batch_size=BATCH)
    found.published_at, found.published_by = at, user
    found.save()
    moving = [each for each in moves if each.final_tier != each.tier_before or each.exception]
    record(
        actor=user.pseudonym, verb="publish", subject_kind="recalibration", subject_id=f"{program}/{on}", at=at,
        after={
            "rulebook": found.version.digest, "facts": found.facts_digest, "partners": len(moves),
            "moves": [[each.partner_id, each.tier_before, each.final_tier, each.exception] for each in moving],
        },
    )  # fmt: skip
    return tell_moved(found, moving, at=at)


def _decision(kept: Recalibration, moved: Moved, user: User, at: datetime) -> Decision:
    return Decision(
        decision_id=f"published-{kept.program}-{kept.on_day}-{moved.partner_id}",
        partner_id=moved.partner_id,
        program=kept.program,
        tier=moved.final_tier,
        kind=Decision.Kind.PUBLISHED,
        reason=moved.reason,
        effective_on=kept.on_day,
        decided_by=user.pseudonym,
        decided_at=at,
    )
