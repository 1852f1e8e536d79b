"""The monthly performance report by mail to a partner's people (B864, B937): a month beside the ones before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction

from palier.backends.names import names
from palier.engine.words import Language, Words
from palier.portal.journal.models import Occurrence
from palier.portal.roles import PARTNER
from palier.portal.runs.calendar import reported_month
from palier.portal.runs.mailing import partners_with_people, people_of_partner, write_to
from palier.portal.standings.behind import months_of
from palier.portal.standings.queries import Published, figures_of, gates_of, published, standing_of
from palier.report.content import tracked_metrics
from palier.report.words import Speech

SHOWN = 12
WIDTH = 100
"""The whole width of a bar, in per cent."""


def queue_reports(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Queue the report of the month before the occasion to everybody who wants it: a transaction for each partner."""
    found = published(occurrence.subject)
    if found is None:
        return
    first, end = reported_month(occurrence.planned_at)
    for partner_id in partners_with_people():
        go_on()
        if standing_of(found, partner_id) is None:
            continue

        def told(language: Language, partner_id: str = partner_id) -> dict[str, Any]:
            return report(found, partner_id, language, month=first, end=end)

        key = f"report:{found.run.program}:{partner_id}:{first:%Y-%m}"
        with transaction.atomic():
            for user in people_of_partner(partner_id, PARTNER):
                write_to(user, "runs/mail/report", kind="report", key=key, at=at, told=told)


def report(found: Published, partner_id: str, language: Language, *, month: date, end: date) -> dict[str, Any]:
    """What the mail says: tier, each figure with its threshold and its last months, what is missing."""
    words = Words(found.rulebook, language)
    speech = Speech(words, addressed=True)
    standing = standing_of(found, partner_id)
    assert standing is not None  # noqa: S101  # the caller asked
    last = end - timedelta(days=1)
    return {
        "program": words.rulebook.text(language, "program", "name") or found.run.program,
        "partner": names(found.run.facts, partners=[partner_id], customers=[]).get(partner_id, partner_id),
        "month": speech.month_year(month),
        "last": words.day(last),
        "as_of": words.day(found.run.as_of),
        "tier": speech.tier(standing.tier),
        "has_tier": standing.tier is not None,
        "next_tier": speech.tier(standing.next_tier) if standing.next_tier else "",
        "missing": len(standing.missing),
        "tracks": _tracks(found, partner_id, speech, last, standing.next_tier),
    }


def _tracks(found: Published, partner_id: str, speech: Speech, last: date, tier: str | None) -> list[dict[str, Any]]:
    """Each figure that tiers ask for: now, what the next tier asks, and the last days of the months before."""
    values = {each.metric: each.value for each in figures_of(found, partner_id)}
    asked = {
        gate.metric: gate.required
        for gate in gates_of(found, partner_id)
        if gate.tier == tier and gate.purpose == "reach"
    }
    ends = months_of(found.run, partner_id)
    tracks = []
    for metric in tracked_metrics(found.rulebook.program, found.run.as_of):
        months = [(day, value) for day, value in ends.get(metric, ()) if day <= last][-SHOWN:]
        if metric not in values:
            continue
        track = {
            "name": speech.metric(metric),
            "now": speech.counted(metric, values[metric]),
            "asked": speech.figure(metric, Fraction(asked[metric])) if metric in asked else "",
            "months": _bars(speech, metric, months),
            "change": _change(speech, metric, months),
        }
        tracks.append(track)
    return tracks


def _bars(speech: Speech, metric: str, months: list[tuple[date, Fraction | None]]) -> list[dict[str, Any]]:
    """Month ends as bars, the longest the whole width; an undefined figure has none."""
    most = max((value for _, value in months if value is not None), default=Fraction())
    return [
        {
            "month": speech.month_year(day),
            "value": speech.figure(metric, value),
            "width": int(WIDTH * value / most) if value and most > 0 and value > 0 else 0,
        }
        for day, value in months
    ]


def _change(speech: Speech, metric: str, months: list[tuple[date, Fraction | None]]) -> dict[str, str] | None:
    """By how much the figure grew or fell in the last month; None where one of its ends is undefined."""
    if len(months) < 2 or months[-1][1] is None or months[-2][1] is None:  # noqa: PLR2004  # two ends make a change
        return None
    change = months[-1][1] - months[-2][1]
    way = "same" if not change else "up" if change > 0 else "down"
    return {"way": way, "by": speech.counted(metric, abs(change))}
