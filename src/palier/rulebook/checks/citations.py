"""Checks of citations: lines that the sources quote, and lines that state different values for one cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from palier.rulebook.checks.paths import errata_unread, leads_to, written
from palier.rulebook.checks.periods import Node, cells, nodes
from palier.rulebook.checks.said import dotted, problem_at
from palier.rulebook.dated import Entry
from palier.rulebook.document import Trail
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook


def unknown_citations(rulebook: Rulebook) -> Iterator[Problem]:
    """Every citation is a letter of the sources and a line quoted there."""
    for trail, citation in _citations(rulebook):
        yield from said_of(rulebook, trail, citation)
    for name, erratum in rulebook.errata.items():
        for position, citation in enumerate(erratum.cite):
            yield from said_of(rulebook, (name, "cite", str(position)), citation, file="ERRATA.yaml")


def said_of(rulebook: Rulebook, trail: Trail, citation: str, *, file: str = "program.yaml") -> Iterator[Problem]:
    """The problem of one citation, if it has one."""
    if rulebook.quote(citation) is not None:
        return
    source = rulebook.program.sources.get(citation[:1])
    known = "no source has this letter" if source is None else f"source {citation[:1]} quotes no such line"
    yield problem_at(
        rulebook,
        trail,
        code="unknown_citation",
        message=f"{citation!r} is not a quoted line: {known}",
        found=citation,
        expected=", ".join(rulebook.program.sources) if source is None else None,
        mend=f"quote the line under sources.{citation[:1] or '?'}.lines, or mend the citation",
        file=file,
    )


def contradictions(rulebook: Rulebook) -> Iterator[Problem]:
    """Citations of one cell state one value and one date, unless ERRATA.yaml says which reading is taken."""
    if errata_unread(rulebook):
        return
    settled = settled_trails(rulebook)
    for trail, dated in cells(rulebook):
        for day, entry in dated.entries:
            at = (*trail, day.isoformat())
            if any(at[: len(path)] == path for path in settled):
                continue
            yield from _values(rulebook, at, entry)
            yield from _dates(rulebook, at, day, entry)
    for each in nodes(rulebook.program):
        if not any(each.trail[: len(path)] == path for path in settled):
            yield from _weights(rulebook, each)


def _values(rulebook: Rulebook, at: Trail, entry: Entry[Any]) -> Iterator[Problem]:
    other = {name: stated for name, stated in entry.cite.items() if not _same(stated, entry.value)}
    if other:
        stated = ", ".join(f"{name} states {value}" for name, value in entry.cite.items())
        yield problem_at(
            rulebook,
            (*at, "cite", next(iter(other))),
            code="contradiction",
            message=f"the sources of {dotted(at)} disagree with its value {entry.value}: {stated}",
            found=stated,
            expected=entry.value,
            mend=_settle("value", at),
        )


def _dates(rulebook: Rulebook, at: Trail, day: date, entry: Entry[Any]) -> Iterator[Problem]:
    if any(stated != day for stated in entry.dated_by.values()):
        stated = ", ".join(f"{name} states {value}" for name, value in entry.dated_by.items())
        yield problem_at(
            rulebook,
            (*at, "dated_by", next(name for name, value in entry.dated_by.items() if value != day)),
            code="contradiction",
            message=f"the sources of {dotted(at)} disagree with its date: {stated}",
            found=stated,
            expected=day,
            mend=_settle("date", at),
        )


def _weights(rulebook: Rulebook, each: Node) -> Iterator[Problem]:
    cited = each.node.weighed_by
    if any(stated != each.node.weight for stated in cited.values()):
        stated = ", ".join(f"{name} states {weight}" for name, weight in cited.items())
        yield problem_at(
            rulebook,
            (*each.trail, "weighed_by"),
            code="contradiction",
            message=f"the sources of gate {each.node.gate} disagree with its weight {each.node.weight}: {stated}",
            found=stated,
            expected=each.node.weight,
            mend=_settle("weight", (*each.trail, "weight")),
        )


def _settle(what: str, at: Trail) -> str:
    path = dotted(at[:-1])
    return f"mend the {what} or the citation, or settle it in ERRATA.yaml with `settles: [{path}]`"


def settled_trails(rulebook: Rulebook) -> tuple[Trail, ...]:
    """The trails whose disagreeing citations ERRATA.yaml settles."""
    values = written(rulebook)
    paths = (leads_to(values, path) for erratum in rulebook.errata.values() for path in erratum.settles)
    return tuple(path for path in paths if path is not None)


def _same(stated: object, value: object) -> bool:
    """Whether two values of YAML are one: 3 is 3.0, and true is not 1."""
    if isinstance(stated, bool) or isinstance(value, bool):
        return stated is value
    if isinstance(stated, int | Decimal) and isinstance(value, int | Decimal):
        return Decimal(stated) == Decimal(value)
    return str(stated) == str(value)


def _citations(rulebook: Rulebook) -> Iterator[tuple[Trail, str]]:
    program = rulebook.program
    for trail, dated in cells(rulebook):
        for day, entry in dated.entries:
            for key, cited in (("cite", entry.cite), ("dated_by", entry.dated_by)):
                yield from (((*trail, day.isoformat(), key, name), name) for name in cited)
    for each in nodes(program):
        yield from (((*each.trail, "weighed_by", name), name) for name in each.node.weighed_by)
    listed: list[tuple[Trail, Iterable[str]]] = [
        (("editions", str(at)), edition.cite) for at, edition in enumerate(program.editions)
    ]
    listed += [(("metrics", name), metric.cite) for name, metric in program.metrics.items()]
    listed += [(("recalled", name), recalled.cite) for name, recalled in program.recalled.items()]
    for name, editions in program.territories.items():
        listed += [(("territories", name, day), territory.cite) for day, territory in editions.items()]
    for trail, cites in listed:
        yield from (((*trail, "cite", str(at)), citation) for at, citation in enumerate(cites))
