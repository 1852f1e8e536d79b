"""What pages show of rulebooks: sections of values, gates in words, the calendar, errata; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from palier.engine.words import Language, Words
from palier.portal.people.models import User
from palier.portal.programs.labels import SECTION_NAMES
from palier.portal.programs.queries import recalibration_days
from palier.portal.programs.rewriting import flow
from palier.portal.programs.values import Period, RuleValue, ValueDifference, change_days, label, rule_values, said
from palier.rulebook.document import Plain
from palier.rulebook.edits import parse_edits
from palier.rulebook.gates import GateNode
from palier.rulebook.read import Rulebook

YEARS = range(1970, 2200)
"""The years that pages answer for: calendars look a year ahead and back."""


def language_of(request: HttpRequest) -> Language:
    """The language in which somebody reads."""
    return cast("Language", cast("User", request.user).language)


def day_of(request: HttpRequest, otherwise: date) -> date:
    """The day asked about in the address."""
    return day_in(request.GET, otherwise)


def day_in(given: Mapping[str, str], otherwise: date) -> date:
    """The day that an address or a form names as `on`, where calendars reach that far."""
    try:
        found = date.fromisoformat(given.get("on", ""))
    except ValueError:
        return otherwise
    return found if found.year in YEARS else otherwise


def program_name(words: Words) -> str:
    """What people call the program."""
    return words.rulebook.text(words.language, "program", "name") or words.rulebook.program.program


@dataclass(frozen=True, slots=True)
class Told:
    """A value as a page tells it."""

    label: str
    now: str
    since: str
    cites: tuple[dict[str, str], ...]
    note: str
    coming: str
    periods: tuple[dict[str, str], ...]
    place: str


def spoken(words: Words, value: RuleValue, period: Period) -> str:
    """A period's value as people read it."""
    return said(words, value, period, yes=_("yes"), no=_("no"))


def told(words: Words, value: RuleValue, on: date) -> Told:
    """A value on a day, with what it was and will be."""
    now, coming = value.at(on), value.next(on)
    return Told(
        label=label(words, value),
        now=spoken(words, value, now),
        since=words.day(now.effective_from),
        cites=cited(words, now.cites),
        note=now.note,
        coming=_("%(value)s from %(day)s") % {
            "value": spoken(words, value, coming), "day": words.day(coming.effective_from),
        } if coming else "",
        periods=tuple(
            {
                "since": words.day(each.effective_from),
                "said": spoken(words, value, each),
                "cites": ", ".join(each.cites),
            }
            for each in value.periods
        ) if len(value.periods) > 1 else (),
        place=f"{value.file}:{value.line}",
    )  # fmt: skip


def cited(words: Words, cites: Iterable[str]) -> tuple[dict[str, str], ...]:
    """Guide lines with what they say."""
    return tuple({"line": each, "quote": words.rulebook.quote(each) or ""} for each in cites)


def sections(words: Words, on: date) -> list[dict[str, Any]]:
    """Every value by the part of the rulebook it belongs to, the ladder left out: it has its own picture."""
    found: dict[str, list[Told]] = {}
    for value in rule_values(words.rulebook):
        if value.section != "tiers":
            found.setdefault(value.section, []).append(told(words, value, on))
    return [
        {"id": name, "name": SECTION_NAMES.get(name, name), "values": values, "count": len(values)}
        for name, values in found.items()
    ]


def ladder(words: Words, on: date) -> list[dict[str, Any]]:
    """The tiers in force on a day, the highest first, each with its gates in words."""
    program = words.rulebook.program
    return [
        {
            "tier": words.tier(tier.tier),
            "includes": words.tier(tier.includes) if tier.includes else "",
            "gates": list(_gates(words, tier.requires, on)),
        }
        for tier in reversed(program.tiers)
        if tier.in_force(on)
    ]


def _gates(words: Words, node: GateNode, on: date, *, choice: bool = False) -> Iterable[dict[str, Any]]:
    if not node.in_force(on):
        return
    if node.gate is None:
        for each in node.children:
            yield from _gates(words, each, on, choice=choice or node.any is not None)
        return
    metric = str(node.metric)
    asked = {purpose: node.threshold.of(purpose).entry(on) for purpose in ("reach", "keep")}
    reach, keep = (words.figure(metric, asked[purpose].value) for purpose in ("reach", "keep"))
    yield {
        "gate": words.name("gates", node.gate),
        "operator": words.say(node.operator),
        "reach": reach,
        "keep": keep if keep != reach else "",
        "choice": choice,
        "weight": node.weight_on(on),
        "human": node.human,
        "waived_by": words.name("gates", node.waived_by) if node.waived_by else "",
        "cites": cited(words, dict.fromkeys([*asked["reach"].cite, *asked["keep"].cite])),
    }


def timeline(words: Words, on: date) -> list[dict[str, Any]]:
    """The days on which rules changed or will, the latest first, with what they became."""
    return [
        {
            "day": words.day(day),
            "iso": day.isoformat(),
            "coming": day > on,
            "changes": [
                {
                    "label": label(words, each),
                    "was": spoken(words, each, _before(each, day)),
                    "is": spoken(words, each, each.at(day)),
                }
                for each in values
            ],
        }
        for day, values in change_days(rule_values(words.rulebook)).items()
    ]  # fmt: skip


def _before(value: RuleValue, day: date) -> Period:
    earlier = [each for each in value.periods if each.effective_from < day]
    return earlier[-1] if earlier else value.periods[0]


def errata(words: Words, taken: dict[str, str]) -> list[dict[str, Any]]:
    """The contradictions of the source: the reading taken, and those that a switch takes.

    In the words of the program's texts; in those of ERRATA.yaml, which are English, where the texts are silent.
    """

    def said(name: str, *keys: str) -> str | None:
        return words.rulebook.text(words.language, "errata", name, *keys)

    return [
        {
            "id": name,
            "wording": each.wording,
            "language": "en" if said(name, "problem") is None else words.language,
            "problem": said(name, "problem") or each.problem,
            "reading": said(name, "reading") or each.reading,
            "taken": taken.get(name, ""),
            "readings": [
                {"id": reading, "means": said(name, "switch", reading) or one.means}
                for reading, one in each.switch.items()
            ],
        }
        for name, each in words.rulebook.errata.items()
    ]


def calendar(rulebook: Rulebook, words: Words, first: date, last: date, on: date) -> list[dict[str, Any]]:
    """The recalibration days of a time, with what may happen on each."""
    declared = rulebook.program.calendar
    if declared is None:
        return []
    return [
        {
            "day": words.day(day),
            "iso": day.isoformat(),
            "past": day <= on,
            "rises": declared.promotion.returns_on(day),
            "falls": declared.demotion.returns_on(day),
        }
        for day in recalibration_days(rulebook, first, last)
    ]


def differing(words: Words, earlier: Words, found: Iterable[ValueDifference]) -> list[dict[str, Any]]:
    """Values that two versions do not have alike, period by period."""
    rows = []
    for each in found:
        value = each.after or each.before
        assert value is not None  # noqa: S101  # a difference has a side
        was = _said_by_day(earlier, each.before)
        is_ = _said_by_day(words, each.after)
        days = sorted(day for day in {*was, *is_} if was.get(day) != is_.get(day))
        rows += [
            {
                "label": label(words if each.after else earlier, value),
                "day": words.day(day),
                "was": was.get(day, "") or _last_before(was, day),
                "is": is_.get(day, "") or _last_before(is_, day),
                "place": f"{value.file}:{value.line}",
            }
            for day in days
        ]
    return rows


def _said_by_day(words: Words, value: RuleValue | None) -> dict[date, str]:
    return {} if value is None else {each.effective_from: spoken(words, value, each) for each in value.periods}


def _last_before(said_by_day: dict[date, str], day: date) -> str:
    earlier = [each for each in sorted(said_by_day) if each < day]
    return said_by_day[earlier[-1]] if earlier else "–"


def edits(words: Words, given: Sequence[str]) -> list[dict[str, str]]:
    """What a draft edits, in words: which value becomes what from which day, and why."""
    known = {each.path: each for each in rule_values(words.rulebook)}
    found = []
    for path, entry in parse_edits(given).items():
        above, _mark, last = path.rpartition(".")
        value, day = known.get(above), day_in({"on": last}, date.min)
        told: dict[str, Plain] = entry if isinstance(entry, dict) and "value" in entry else {"value": entry}
        note = str(told.get("note") or "")
        shown = {"path": path, "label": path, "day": "", "value": flow(told["value"]), "note": note}
        if value is not None and day != date.min:
            period = Period(day, told["value"], (), note)
            shown |= {"label": label(words, value), "day": words.day(day), "value": spoken(words, value, period)}
        found.append(shown)
    return found


def choices(words: Words, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every value that a form can edit, by section, with what it is on the day."""
    found: dict[str, list[tuple[str, str]]] = {}
    for value in rule_values(words.rulebook):
        if not isinstance(value.at(on).value, dict):
            named = f"{label(words, value)} ({spoken(words, value, value.at(on))})"
            found.setdefault(str(SECTION_NAMES.get(value.section, value.section)), []).append((value.path, named))
    return list(found.items())
