"""Before a recalibration the vendor's managers hear of it, so that what needs a human is decided in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from palier.engine.words import Language, Words
from palier.portal.journal.models import Occurrence
from palier.portal.roles import Role
from palier.portal.runs.calendar import NOTICE
from palier.portal.runs.mailing import people_of_vendor, write_to
from palier.portal.standings.queries import published

MANAGERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER})


def give_notice(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Queue the notice of the recalibration that follows an occasion to administrators and managers.

    Kept so late that the day has come, it says nothing any more.
    """
    del go_on
    found = published(occurrence.subject)
    if found is None:
        return
    day = occurrence.planned_at.astimezone(UTC).date() + NOTICE
    left = (day - at.astimezone(UTC).date()).days
    if left <= 0:
        return

    def told(language: Language) -> dict[str, Any]:
        words = Words(found.rulebook, language)
        name = found.rulebook.text(language, "program", "name") or found.run.program
        return {"program": name, "day": words.day(day), "days": left}

    for user in people_of_vendor(MANAGERS):
        key = f"recalibration:{found.run.program}:{day}"
        write_to(user, "runs/mail/recalibration", kind="recalibration", key=key, at=at, told=told)
