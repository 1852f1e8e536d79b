"""Worked cases: a sentence, a day, a few facts and the expected results, read from YAML and typed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, object]
Facts = dict[str, list[Row]]

_FILE_KEYS = frozenset({"title", "backgrounds", "cases"})
_CASE_KEYS = frozenset({"case", "cite", "quote", "on", "known_at", "background", "switches", "facts", "expect"})
_STANDINGS = frozenset({"tier", "tier_kept", "qualified_tier", "candidate"})
_GATES = frozenset({"missed", "missed_keep", "waived", "weights"})
_EXPECT_KEYS = frozenset({"figures", "lines", "warnings", "problem"}) | _STANDINGS | _GATES
_LINE_KEYS = frozenset({"source_id", "amount", "counts_from", "counts_until"})


class CaseError(Exception):
    """A case file that cannot be read as one: the message says where and what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLine:
    """One expected line; a day that is None is left open by the case."""

    source_id: str
    amount: Fraction
    counts_from: date | None = None
    counts_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case expects, by partner; an empty mapping expects nothing about its subject."""

    figures: Mapping[str, Mapping[str, Fraction | None]] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, tuple[ExpectedLine, ...]]] = field(default_factory=dict)
    tier: Mapping[str, str | None] = field(default_factory=dict)
    tier_kept: Mapping[str, str | None] = field(default_factory=dict)
    qualified_tier: Mapping[str, str | None] = field(default_factory=dict)
    candidate: Mapping[str, str | None] = field(default_factory=dict)
    missed: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    missed_keep: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    waived: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    warnings: frozenset[str] = frozenset()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One worked case of one program."""

    program: Path
    file: Path
    sentence: str
    cites: tuple[str, ...]
    quotes: tuple[str, ...]
    on: date
    known_at: datetime | None
    switches: Mapping[str, str]
    facts: Facts
    expect: Expectation

    @property
    def name(self) -> str:
        """The program, the file and the sentence: what a test report shows."""
        return f"{self.program.name}/{self.file.stem}: {self.sentence}"


def read_cases(programs: Path) -> tuple[Case, ...]:
    """Every case of every program folder under `programs`, in the order of the files."""
    files = sorted(programs.glob("*/cases/*.yaml"))
    return tuple(case for file in files for case in read_case_file(file))


def read_case_file(file: Path) -> Iterator[Case]:
    """The cases of one file.

    Raises:
        CaseError: the file does not have the form that the README beside it describes.
    """
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Yaml12Loader)  # noqa: S506
    document = _mapping(content, str(file))
    _refuse_unknown(document, _FILE_KEYS, str(file))
    backgrounds = _mapping(document.get("backgrounds", {}), f"{file}: backgrounds")
    for number, raw in enumerate(document["cases"], start=1):
        place = f"{file}: case {number}"
        yield _case(_mapping(raw, place), file=file, backgrounds=backgrounds, place=place)


def _case(raw: Mapping[str, Any], *, file: Path, backgrounds: Mapping[str, Any], place: str) -> Case:
    _refuse_unknown(raw, _CASE_KEYS, place)
    missing = {"case", "cite", "quote", "on", "expect"} - raw.keys()
    if missing:
        raise CaseError(f"{place}: {sorted(missing)} is missing")
    merged = [backgrounds[name] for name in _texts(raw.get("background", []))]
    return Case(
        program=file.parent.parent,
        file=file,
        sentence=str(raw["case"]),
        cites=_texts(raw["cite"]),
        quotes=_texts(raw["quote"]),
        on=_day(raw["on"], place),
        known_at=None if "known_at" not in raw else _utc(raw["known_at"]),
        switches=dict(raw.get("switches", {})),
        facts=_merged([*merged, raw.get("facts", {})], place),
        expect=_expectation(_mapping(raw["expect"], place), place),
    )


def _merged(parts: Iterable[Mapping[str, Any]], place: str) -> Facts:
    facts: Facts = {}
    for part in parts:
        for table, rows in part.items():
            if not isinstance(rows, list):
                raise CaseError(f"{place}: the rows of {table} are not a list")
            facts.setdefault(table, []).extend(made for row in rows for made in _repeated(row))
    return facts


def _repeated(row: Mapping[str, object]) -> Iterator[Row]:
    """The row, or with `repeat: n` its n copies, `{n}` in its texts replaced by 1 to n, `{n:02}` by 01 to n."""
    columns = {name: _utc(value) for name, value in row.items() if name != "repeat"}
    if "repeat" not in row:
        yield columns
        return
    for number in range(1, int(str(row["repeat"])) + 1):
        marks = {"{n}": str(number), "{n:02}": f"{number:02}"}
        yield {name: _marked(value, marks) if isinstance(value, str) else value for name, value in columns.items()}


def _marked(text: str, marks: Mapping[str, str]) -> str:
    for mark, spoken in marks.items():
        text = text.replace(mark, spoken)
    return text


def _expectation(raw: Mapping[str, Any], place: str) -> Expectation:
    _refuse_unknown(raw, _EXPECT_KEYS, place)
    if not raw:
        raise CaseError(f"{place}: nothing is expected")
    return Expectation(
        figures={
            partner: {metric: _figure(value, place) for metric, value in figures.items()}
            for partner, figures in raw.get("figures", {}).items()
        },
        lines={
            partner: {metric: tuple(_line(line, place) for line in lines) for metric, lines in by.items()}
            for partner, by in raw.get("lines", {}).items()
        },
        tier=_tiers(raw.get("tier", {})),
        tier_kept=_tiers(raw.get("tier_kept", {})),
        qualified_tier=_tiers(raw.get("qualified_tier", {})),
        candidate=_tiers(raw.get("candidate", {})),
        missed=_gates(raw.get("missed", {})),
        missed_keep=_gates(raw.get("missed_keep", {})),
        waived=_gates(raw.get("waived", {})),
        weights=raw.get("weights", {}),
        warnings=frozenset(raw.get("warnings", ())),
        problem=raw.get("problem"),
    )


def _tiers(raw: Mapping[str, str]) -> dict[str, str | None]:
    return {partner: None if tier == "none" else tier for partner, tier in raw.items()}


def _gates(raw: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, frozenset[str]]]:
    return {partner: {tier: frozenset(gates) for tier, gates in by.items()} for partner, by in raw.items()}


def _figure(value: object, place: str) -> Fraction | None:
    return None if value == "undefined" else _amount(value, place)


def _amount(value: object, place: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise CaseError(f"{place}: {value!r} is neither an integer nor a number written as text")
    return Fraction(value)


def _line(raw: Mapping[str, Any], place: str) -> ExpectedLine:
    _refuse_unknown(raw, _LINE_KEYS, place)
    return ExpectedLine(
        source_id=str(raw["source_id"]),
        amount=_amount(raw["amount"], place),
        counts_from=raw.get("counts_from"),
        counts_until=raw.get("counts_until"),
    )


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(str(text) for text in raw) if isinstance(raw, list) else (str(raw),)


def _day(raw: object, place: str) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    raise CaseError(f"{place}: {raw!r} is not a day")


def _utc(value: Any) -> Any:  # noqa: ANN401
    """A moment without its zone, in UTC as the fact tables keep it; anything else as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _mapping(raw: object, place: str) -> Mapping[str, Any]:
    if isinstance(raw, dict):
        return raw
    raise CaseError(f"{place}: {raw!r} is not a mapping")


def _refuse_unknown(raw: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    unknown = raw.keys() - known
    if unknown:
        raise CaseError(f"{place}: {sorted(unknown)} is not part of a case, only {sorted(known)} are")


class _Yaml12Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """YAML as version 1.2 reads it where it matters here: `on`, `no` and `NO` are words, keys occur once."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise CaseError(f"{node.start_mark.name}:{node.start_mark.line + 1}: {sorted(twice)} occurs twice")
        made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return made


_Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
