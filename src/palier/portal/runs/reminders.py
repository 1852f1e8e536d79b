"""What people are reminded of in the morning: a form that is due (B166), credit that is about to lapse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import transaction

import palier
from palier.backends.names import names
from palier.engine.moves import ends_wait
from palier.engine.recalibration import recalibration
from palier.engine.results import Line
from palier.engine.words import Language, Words
from palier.portal.journal.models import Occurrence
from palier.portal.partners.models import ContactForm
from palier.portal.roles import Role
from palier.portal.runs.mailing import partners_with_people, people_of_partner, write_to
from palier.portal.standings.brought import USE, brought
from palier.portal.standings.models import Move
from palier.portal.standings.queries import Published, published
from palier.report.words import Speech

BEFORE = timedelta(days=3)
"""How long before its deadline a form is asked for."""
AFTER = timedelta(days=14)
"""How long after its deadline a late form is still asked for: once."""
AHEAD = timedelta(days=14)
"""How far ahead credit that ends is told of, once a week."""
SHOWN = 8
_OF_FORMS = ("awaiting_form", "lapsed", "activated", "promoted", "published", "overridden", "differs", "left")
"""The moves that may begin or end the wait for a form."""
_TEAM = frozenset({Role.ADMIN, Role.EMPLOYEE})


@dataclass(frozen=True, slots=True)
class Awaited:
    """A form that a partner has to file by a day, for the tier that waits for it."""

    partner_id: str
    tier: str
    deadline: date


@dataclass(frozen=True, slots=True)
class Ending:
    """Credit from a customer that ends on a day."""

    on: date
    customer_id: str
    amounts: Mapping[str, Fraction]


def remind(occurrence: Occurrence, at: datetime, go_on: Callable[[], None]) -> None:
    """Queue the reminders of a program for the day of the occasion: a transaction for each partner."""
    found = published(occurrence.subject)
    if found is None:
        return
    today = occurrence.planned_at.astimezone(UTC).date()
    for each in () if found.rulebook.program.calendar is None else awaited(found):
        go_on()
        with transaction.atomic():
            _ask_for_form(found, each, today=today, at=at)
    for partner_id in partners_with_people():
        go_on()
        _warn_of_lapse(found, partner_id, today=today, at=at)


def awaited(found: Published) -> Iterator[Awaited]:
    """The forms that partners have not filed since the tier was offered to them and nothing has given it since.

    A form of the very day of the offer came before it, and did not supply what the tier needs.
    """
    rules = recalibration(found.rulebook.program)
    waiting: dict[str, Move] = {}
    for move in found.run.moves.filter(kind__in=_OF_FORMS).order_by("position").defer("gates"):
        notice = waiting.get(move.partner_id)
        if move.kind in {"awaiting_form", "lapsed"}:
            waiting[move.partner_id] = move
        elif notice is not None and ends_wait(
            move.kind, (move.after or None, move.computed or None), notice.about, rules
        ):
            del waiting[move.partner_id]
    program = found.run.program
    filed = ContactForm.objects.filter(program=program, partner_id__in=list(waiting))
    filed_on = {each.partner_id: rules.filed_on(each.filed_at) for each in filed.order_by("filed_at")}
    for move in waiting.values():
        if move.deadline is not None and filed_on.get(move.partner_id, date.min) <= move.on:
            yield Awaited(move.partner_id, move.about, move.deadline)


def _ask_for_form(found: Published, each: Awaited, *, today: date, at: datetime) -> None:
    if each.deadline - BEFORE <= today <= each.deadline:
        kind = "form_due"
    elif each.deadline < today <= each.deadline + AFTER:
        kind = "form_overdue"
    else:
        return

    def told(language: Language) -> dict[str, Any]:
        words = Words(found.rulebook, language)
        speech = Speech(words)
        return {"tier": speech.tier(each.tier), "deadline": words.day(each.deadline), "program": _name(words)}

    key = f"{kind}:{found.run.program}:{each.partner_id}:{each.deadline}"
    for user in people_of_partner(each.partner_id, {Role.ADMIN}):
        write_to(user, f"runs/mail/{kind}", kind=kind, key=key, at=at, told=told)


def _warn_of_lapse(found: Published, partner_id: str, *, today: date, at: datetime) -> None:
    """Tell once a week what ends in the next two weeks as things stand."""
    ending = endings(found, partner_id, after=today, until=today + AHEAD)
    if not ending:
        return
    year, week, _ = today.isocalendar()

    def told(language: Language) -> dict[str, Any]:
        return lapse_table(found, partner_id, ending, language)

    key = f"lapse:{found.run.program}:{partner_id}:{year}-{week:02}"
    with transaction.atomic():
        for user in people_of_partner(partner_id, _TEAM):
            write_to(user, "runs/mail/lapse", kind="lapse", key=key, at=at, told=told)


def endings(found: Published, partner_id: str, *, after: date, until: date) -> list[Ending]:
    """What ends after a day, up to and including another, by day and customer; the first to end first."""
    sums: dict[tuple[date, str], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in _lines(found, partner_id):
        if line.counts_until is not None and after < line.counts_until <= until:
            sums[line.counts_until, line.customer_id or ""][line.metric] += line.amount
    return [Ending(on, customer, dict(amounts)) for (on, customer), amounts in sorted(sums.items())]


def _lines(found: Published, partner_id: str) -> Iterable[Line]:
    """The lines that end; a month that leaves a mean is no end of its line (B268)."""
    with palier.open_run(Path(found.run.folder)) as source:
        for metric in _ending(found):
            yield from (each for each in source.lines(partner_id=partner_id, metric=metric) if USE not in each.factors)


def _ending(found: Published) -> tuple[str, ...]:
    """The figures that are told as they end: what customers bring, without those that use alone makes."""
    return brought(found.rulebook.program, found.run.as_of).metrics


def lapse_table(found: Published, partner_id: str, ending: list[Ending], language: Language) -> dict[str, Any]:
    """What ends, as a table of days, customers and figures, the largest part of each drawn as a bar."""
    words = Words(found.rulebook, language)
    speech = Speech(words)
    apart = brought(found.rulebook.program, found.run.as_of).total is None
    metrics = [each for each in _ending(found) if not apart or any(each in ended.amounts for ended in ending)]
    known = names(found.run.facts, partners=[partner_id], customers=[each.customer_id for each in ending])
    totals = {metric: sum((each.amounts.get(metric, Fraction()) for each in ending), Fraction()) for metric in metrics}
    return {
        "program": _name(words),
        "apart": apart,
        "partner": known.get(partner_id, partner_id),
        "as_of": words.day(found.run.as_of),
        "first": words.day(ending[0].on),
        "columns": [speech.metric(metric) for metric in metrics],
        "rows": [
            {
                "on": words.day(each.on),
                "customer": known.get(each.customer_id, each.customer_id),
                "amounts": [speech.figure(metric, each.amounts[metric]) if metric in each.amounts else ""
                            for metric in metrics],
            }
            for each in ending[:SHOWN]
        ],
        "more": max(0, len(ending) - SHOWN),
        "totals": [speech.figure(metric, totals[metric]) for metric in metrics],
    }  # fmt: skip


def _name(words: Words) -> str:
    program = words.rulebook.program.program
    return words.rulebook.text(words.language, "program", "name") or program
