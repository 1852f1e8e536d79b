"""Every dated value of a rulebook as people read it: what it says, since when, from which text; and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from palier.engine.words import Words
from palier.portal.programs.labels import VALUES, WORDS
from palier.rulebook.document import Plain, Trail
from palier.rulebook.read import PARTS, Rulebook

UNDATED = frozenset({"sources", "cite", "dated_by", "weighed_by", "note"})
"""Branches in which a date is no period of a value."""
SECTIONS = (
    "tiers", "calendar", "windows", "values", "metrics", "currency_units", "territories", "tables", "benefits",
    "commissions",
)  # fmt: skip
"""The sections of a rulebook in the order in which people read them."""


GROUPS = frozenset({"requires", "all", "any", "rows", "equivalents", "granted", "tiers", "discounts", "offers"})
"""Keys that group what is named under them and have no name of their own."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a value is from a day on, with the guide lines it comes from and why it reads so."""

    effective_from: date
    value: Plain
    cites: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class RuleValue:
    """One dated value: its path as edits name it, the file and line where it stands, and its periods."""

    path: str
    trail: Trail
    file: str
    line: int
    periods: tuple[Period, ...]

    @property
    def section(self) -> str:
        """The part of the rulebook it belongs to."""
        return self.trail[0]

    def at(self, on: date) -> Period:
        """The period that a day falls in; the first one for a day before all."""
        return next((each for each in reversed(self.periods) if each.effective_from <= on), self.periods[0])

    def next(self, on: date) -> Period | None:
        """The period that follows the day's."""
        return next((each for each in self.periods if each.effective_from > on), None)


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A value on two sides; None where a side has no such value."""

    path: str
    before: RuleValue | None
    after: RuleValue | None


def rule_values(rulebook: Rulebook) -> list[RuleValue]:
    """Every dated value, in the order of the files."""
    found: list[RuleValue] = []
    for file in ("program.yaml", *(f"{part}.yaml" for part in PARTS)):
        document = rulebook.documents.get(file)
        if document is not None:
            above = () if file == "program.yaml" else (file.removesuffix(".yaml"),)
            found += _walk(rulebook, document.value, above, above)
    order = {name: place for place, name in enumerate(SECTIONS)}
    return sorted(found, key=lambda each: order.get(each.section, len(order)))


def _walk(rulebook: Rulebook, value: Plain, trail: Trail, placed: Trail) -> Iterator[RuleValue]:
    """The values under a trail of names; `placed` is the same trail by positions, as places are kept."""
    if isinstance(value, dict) and value and all(_day(key) is not None for key in value):
        place = rulebook.place(*placed)
        periods = tuple(sorted((_period(key, each) for key, each in value.items()), key=lambda one: one.effective_from))
        yield RuleValue(".".join(trail), trail, place.file, place.line, periods)
    elif isinstance(value, dict):
        for key, each in value.items():
            if str(key) not in UNDATED:
                yield from _walk(rulebook, each, (*trail, str(key)), (*placed, str(key)))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            name = item.get("tier") or item.get("gate") if isinstance(item, dict) else None
            taken = sum(isinstance(each, dict) and name in (each.get("tier"), each.get("gate")) for each in value)
            called = str(name) if name and taken == 1 else str(position)
            yield from _walk(rulebook, item, (*trail, called), (*placed, str(position)))


def _day(key: object) -> date | None:
    try:
        return date.fromisoformat(str(key))
    except ValueError:
        return None


def _period(key: object, entry: Plain) -> Period:
    day = _day(key)
    assert day is not None  # noqa: S101  # proven by _walk
    if isinstance(entry, dict) and ("value" in entry or "countries" in entry):
        cite = entry.get("cite")
        several = cite if isinstance(cite, list | dict) else [] if cite is None else [cite]
        cites = tuple(str(each) for each in several)
        return Period(day, entry.get("value", entry.get("countries")), cites, str(entry.get("note") or ""))
    return Period(day, entry, (), "")


def label(words: Words, value: RuleValue) -> str:
    """What a value is called: the names of its path, from the general to the particular."""
    return " · ".join(part for part in _parts(words, value.trail) if part)


def _parts(words: Words, trail: Trail) -> Iterator[str]:
    node: Any = _root(words.rulebook)
    above = ""
    for place, segment in enumerate(trail):
        node = _child(node, segment)
        if place == 0 or segment in GROUPS or segment.isdecimal():
            if above == "rows" and isinstance(node, dict):
                yield ", ".join(_name(words, str(each)) for each in node.values() if not isinstance(each, dict))
            above = segment
            continue
        yield _name(words, segment)


def _root(rulebook: Rulebook) -> dict[str, Any]:
    main = rulebook.documents["program.yaml"].value
    parts = {part: rulebook.documents[f"{part}.yaml"].value for part in PARTS if f"{part}.yaml" in rulebook.documents}
    return {**(main if isinstance(main, dict) else {}), **parts}


def _child(node: Any, segment: str) -> Any:  # noqa: ANN401  # any YAML
    if isinstance(node, dict):
        return node.get(segment)
    if isinstance(node, list):
        for position, item in enumerate(node):
            named = isinstance(item, dict) and segment in (item.get("tier"), item.get("gate"))
            if named or segment == str(position):
                return item
    return None


def _name(words: Words, segment: str) -> str:
    if segment in {"at_least", "more_than", "at_most", "less_than"}:
        return words.say(segment)
    for kind in ("tiers", "gates", "metrics", "motions", "markets", "currencies"):
        said = words.name(kind, segment)
        if said != segment:
            return said
    own = words.rulebook.text(words.language, "benefits", "names", segment, "name")
    own = own or words.rulebook.text(words.language, "benefits", "conditions", segment)
    return own or (str(WORDS[segment]) if segment in WORDS else segment.replace("_", " "))


def said(words: Words, value: RuleValue, period: Period, *, yes: str, no: str) -> str:
    """A period's value as people read it, in the unit of the figure that it is compared with."""
    metric = _metric(words.rulebook, value.trail)
    if metric is not None and isinstance(period.value, int | Decimal) and not isinstance(period.value, bool):
        return words.figure(metric, Fraction(period.value))
    return plainly(words, period.value, yes=yes, no=no)


def plainly(words: Words, value: Plain, *, yes: str, no: str) -> str:
    """A plain value as people read it."""
    match value:
        case None:
            found = "–"
        case bool():
            found = yes if value else no
        case int():
            found = words.number(value, 0)
        case Decimal():
            found = words.number(value, max(0, -int(value.as_tuple().exponent)))
        case date():
            found = words.day(value)
        case list():
            found = ", ".join(plainly(words, each, yes=yes, no=no) for each in value) or "–"
        case dict():
            found = ", ".join(str(each) for each in value)
        case str() if value in VALUES:
            found = str(VALUES[value])
        case _:
            found = _name(words, value)
    return found


def _metric(rulebook: Rulebook, trail: Trail) -> str | None:
    """The metric that a gate's threshold is compared with, or whose cap a value is."""
    node: Any = _root(rulebook)
    for segment in trail:
        node = _child(node, segment)
        if isinstance(node, dict) and "gate" in node and "metric" in node:
            return str(node["metric"])
    return trail[1] if trail[0] == "metrics" and trail[-1] == "cap" else None


def differences(before: Rulebook, after: Rulebook) -> list[ValueDifference]:
    """The values that two versions do not have alike, in the order of the second."""
    was = {each.path: each for each in rule_values(before)}
    is_ = {each.path: each for each in rule_values(after)}
    paths = dict.fromkeys([*is_, *was])
    return [
        ValueDifference(path, was.get(path), is_.get(path))
        for path in paths
        if _periods(was.get(path)) != _periods(is_.get(path))
    ]


def _periods(value: RuleValue | None) -> tuple[tuple[date, Plain], ...] | None:
    return None if value is None else tuple((each.effective_from, each.value) for each in value.periods)


def other_files(before: Rulebook, after: Rulebook) -> list[str]:
    """The files of SQL, and the words people read, that two versions do not have alike."""
    changed = [
        f"{kind}/{name}.sql"
        for kind, was, is_ in (("metrics", before.metrics, after.metrics), ("views", before.views, after.views))
        for name in dict.fromkeys([*was, *is_])
        if _text(was, name) != _text(is_, name)
    ]
    texts = [f"texts/{each}.yaml" for each in after.texts if before.texts.get(each) != after.texts.get(each)]
    errata = ["ERRATA.yaml"] if before.errata != after.errata else []
    return [*changed, *texts, *errata]


def _text(files: Mapping[str, Any], name: str) -> str | None:
    return files[name].text if name in files else None


def change_days(values: list[RuleValue]) -> dict[date, list[RuleValue]]:
    """The days on which a value becomes another one, the latest first, with those values."""
    found: dict[date, list[RuleValue]] = {}
    for value in values:
        for period in value.periods[1:]:
            found.setdefault(period.effective_from, []).append(value)
    return dict(sorted(found.items(), reverse=True))
