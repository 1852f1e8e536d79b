"""Checks of the worked examples beside a program: the names they expect are names of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from palier.rulebook.document import Plain, Trail, read_document
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near

_METRICS = ("figures", "lines")
_TIERS = ("tier", "tier_kept", "qualified_tier", "candidate")
_GATES = ("missed", "missed_keep", "waived", "weights")
_MOVED = ("from", "to", "about", "computed")
_NONE = "none"
"""How a case calls having no tier."""

Named = tuple[Trail, str, str]
"""Where a case names something, what kind of thing, and the name."""


def case_names(rulebook: Rulebook) -> Iterator[Problem]:
    """A worked case expects metrics, tiers and gates that the program has, and takes readings of its errata."""
    tiers = {tier.tier: [leaf.gate for leaf in tier.requires.leaves()] for tier in rulebook.program.tiers}
    known: Mapping[str, list[str]] = {
        "metric": list(rulebook.program.metrics),
        "tier": [_NONE, *tiers],
        "gate": list(dict.fromkeys(str(gate) for gates in tiers.values() for gate in gates)),
        "switch": [f"{name}={reading}" for name, erratum in rulebook.errata.items() for reading in erratum.switch],
    }
    for path in sorted(rulebook.folder.glob("cases/**/*.yaml")):
        document = read_document(path, file=path.relative_to(rulebook.folder).as_posix())
        yield from (replace(problem, severity="warning") for problem in document.problems)
        for trail, kind, name in _named(document.value):
            if name not in known[kind]:
                yield Problem(
                    severity="warning",
                    code=f"unknown_{kind}",
                    message=f"the case names the {kind} {name}, which the program does not have",
                    file=document.file,
                    line=document.place(trail).line,
                    found=name,
                    expected=", ".join(known[kind]) or "none",
                    mend=near(name, known[kind]) or "mend the name, or the program",
                )


def _named(document: Plain) -> Iterator[Named]:
    cases = _below(document).get("cases")
    for place, case in enumerate(cases if isinstance(cases, list) else ()):
        at: Trail = ("cases", str(place))
        for erratum, reading in _below(_below(case).get("switches")).items():
            yield (*at, "switches", erratum), "switch", f"{erratum}={reading}"
        for subject, by_partner in _below(_below(case).get("expect")).items():
            for partner, told in _below(by_partner).items():
                yield from _expected((*at, "expect", subject, partner), subject, told)


def _expected(at: Trail, subject: str, told: Plain) -> Iterator[Named]:
    """What is named of one partner, under one subject that a case expects."""
    if subject in _METRICS and isinstance(told, dict):
        yield from (((*at, metric), "metric", metric) for metric in told)
    elif subject in _TIERS and isinstance(told, str):
        yield at, "tier", told
    elif subject in _GATES:
        for tier, gates in _below(told).items():
            yield (*at, tier), "tier", tier
            listed = gates if isinstance(gates, list | dict) else ()
            yield from (((*at, tier), "gate", gate) for gate in listed if isinstance(gate, str))
    elif subject == "moves" and isinstance(told, list):
        for place, move in enumerate(told):
            named = ((key, value) for key, value in _below(move).items() if key in _MOVED)
            yield from (((*at, str(place), key), "tier", value) for key, value in named if isinstance(value, str))


def _below(value: Plain) -> Mapping[str, Plain]:
    """A mapping as it is; anything else has nothing below it."""
    return value if isinstance(value, dict) else {}
