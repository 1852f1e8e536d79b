"""The vendor's own tiers beside Palier's, on the facts of the current run."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

from django.db import transaction

from palier.backends.shadow import shadow
from palier.engine.moves import Holding, State
from palier.engine.shadow import Against, Shadow, agreement_sentences, difference_sentences
from palier.engine.words import Language, Words
from palier.portal.journal.actions import record
from palier.portal.people.models import User
from palier.portal.programs.models import Shadowing
from palier.portal.programs.permissions import EDITORS, require
from palier.portal.programs.queries import rulebook_of
from palier.portal.standings.models import Run

LANGUAGES: tuple[Language, ...] = get_args(Language)
LARGEST = 2 * 1024 * 1024
"""The most bytes of a list: some sixty thousand partners."""


class NothingToShadowError(Exception):
    """Raised when a list is compared before anything was evaluated, or is too large; `case` names why."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(f"the list cannot be compared: {case}")


def make_shadow(  # a comparison has that many parts
    user: User, program: str, *, name: str, content: bytes | None, at: datetime, against: Against = "standing"
) -> Shadowing:
    """Compare a list, or without one the latest decisions of `tier_decisions`, with the current run's rules and facts.

    `against` says with what: `standing`, the tier that the day's figures reach, or `held`, the tier that the calendar
    and the decisions have left each partner, as the run's history tells.

    Raises:
        NotAllowedError: the person may not.
        NothingToShadowError: `no_run`, `too_large`, or `no_history` where the run tells of nothing held.
        InputProblemsError: the list has problems; all of them, with their lines.
    """
    require(user, EDITORS, "compare lists of tiers")
    run = Run.objects.filter(program=program, is_current=True).first()
    if run is None:
        raise NothingToShadowError("no_run")
    if content is not None and len(content) > LARGEST:
        raise NothingToShadowError("too_large")
    held = _held(run) if against == "held" else None
    if held == []:
        raise NothingToShadowError("no_history")
    rulebook = rulebook_of(run.rulebook_folder)
    with tempfile.TemporaryDirectory(prefix="palier-shadow-") as folder:
        tiers = None
        if content is not None:
            tiers = Path(folder) / (Path(name).name or "tiers.csv")
            tiers.write_bytes(content)
        found = shadow(rulebook, facts=run.facts, on=run.as_of, tiers=tiers, against=against, held=held, stale=True)
    told = _told({language: Words(rulebook, language) for language in LANGUAGES}, found)
    with transaction.atomic():
        made = Shadowing.objects.create(
            program=program, run=run, source=found.source[:200], made_by=user, made_at=at, told=told
        )
        record(
            actor=user.pseudonym, verb="shadow", subject_kind="program", subject_id=program, at=at,
            after={"source": found.source, "against": against, "compared": found.compared, "agreed": found.agreed},
        )  # fmt: skip
    return made


def _held(run: Run) -> list[Holding]:
    """What partners hold on the run's day, those that take part."""
    found = run.holdings.filter(effective_from__lte=run.as_of).exclude(effective_until__lte=run.as_of)
    return [
        Holding(
            each.partner_id, each.tier or None, cast("State", each.state), each.effective_from, each.effective_until
        )
        for each in found.exclude(state="left")
    ]


def _told(speakers: dict[Language, Words], found: Shadow) -> dict[str, Any]:
    return {
        "against": found.against,
        "compared": found.compared,
        "agreed": found.agreed,
        "matrix": [[each.theirs, each.ours, each.partners] for each in found.matrix],
        "ladder": list(found.ladder),
        "summary": {language: agreement_sentences(words, found) for language, words in speakers.items()},
        "differences": [
            {
                "partner_id": each.partner_id,
                "name": each.name or each.partner_id,
                "theirs": each.theirs,
                "ours": each.ours,
                "steps": each.steps,
                "metrics": list(dict.fromkeys(gate.metric for gate in each.gates)),
                "why": {language: difference_sentences(words, each) for language, words in speakers.items()},
            }
            for each in found.differences
        ],
    }
