"""Checks of dates: editions, periods that end before they begin, values that never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from palier.rulebook.checks.periods import Period, cells, meets_an_edition, nodes, period_of
from palier.rulebook.checks.said import dotted, problem_at
from palier.rulebook.document import Trail, walk
from palier.rulebook.problems import Problem
from palier.rulebook.read import PARTS, Rulebook

YEARS = range(1900, 2200)
"""The years of which a day may be asked about: one of another year would stand in no calendar of the engine."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def days_out_of_reach(rulebook: Rulebook) -> Iterator[Problem]:
    """Each day is of a year that may be asked about: an end that is not known is left out, not written as 9999."""
    for file in ("program.yaml", *(f"{part}.yaml" for part in PARTS)):
        document = rulebook.documents.get(file)
        for trail, value in () if document is None else walk(document.value):
            for day in (trail[-1] if trail else "", value):
                if _year(day) is not None and _year(day) not in YEARS:
                    yield problem_at(
                        rulebook,
                        trail,
                        code="day_out_of_reach",
                        message=f"{dotted(trail)} names {day}, a day that nobody can ask about",
                        found=day,
                        expected=f"a day of the years {YEARS.start} to {YEARS.stop - 1}",
                        mend="leave an open end out, and let the first value begin with the program",
                        file=file,
                    )


def _year(day: object) -> int | None:
    """The year of a day, which is text where it is a key; None of anything else."""
    if isinstance(day, str) and _DAY.fullmatch(day):
        return int(day[:4])
    return day.year if isinstance(day, date) else None


def reversed_periods(rulebook: Rulebook) -> Iterator[Problem]:
    """No edition, metric, tier or gate may end on or before the day on which it begins."""
    for trail, value in _owners(rulebook):
        period = period_of(value)
        if period.empty:
            yield problem_at(
                rulebook,
                (*trail, "effective_until"),
                code="reversed_period",
                message=f"{dotted(trail)} ends on {period.until}, not after it begins on {period.since}",
                found=period.until,
                expected=f"a day after {period.since}",
                mend="effective_until is the first day after the period; swap or mend the two days",
            )


def overlapping_editions(rulebook: Rulebook) -> Iterator[Problem]:
    """Each day may belong to one edition only."""
    placed = [(period_of(edition), position) for position, edition in enumerate(rulebook.program.editions)]
    in_order = sorted(placed, key=lambda each: (each[0].since or date.min, each[1]))
    for (earlier, _), (later, position) in pairwise(in_order):
        if not earlier.empty and not later.empty and not earlier.within(later).empty:
            yield problem_at(
                rulebook,
                ("editions", position),
                code="overlapping_editions",
                message=f"the edition from {later} overlaps the one from {earlier}",
                found=later.since,
                expected=f"a start on or after {earlier.until or 'its end, which is open'}",
                mend="end the earlier edition with effective_until, or move the start of the later one",
            )


def never_in_force(rulebook: Rulebook) -> Iterator[Problem]:
    """Each metric, tier and gate must hold on some day of some edition."""
    program = rulebook.program
    owners: list[tuple[Trail, Period]] = [
        (("metrics", name), period_of(each)) for name, each in program.metrics.items()
    ]
    owners += [(("tiers", str(place)), period_of(tier)) for place, tier in enumerate(program.tiers)]
    owners = [(trail, period) for trail, period in owners if not period.empty]
    for each in nodes(program):
        if meets_an_edition(program, each.outer) and not period_of(each.node).empty:
            owners.append((each.trail, each.period))
    for trail, period in owners:
        if not meets_an_edition(program, period):
            yield problem_at(
                rulebook,
                trail,
                code="never_in_force",
                message=f"{dotted(trail)} holds from {period}, which meets no edition of the program",
                found=period,
                expected=", ".join(str(period_of(edition)) for edition in program.editions),
                mend="mend its dates, or those of what it stands under, or take it out",
            )


def pointless_phases(rulebook: Rulebook) -> Iterator[Problem]:
    """A gate that is phased in must block on some day: its phase may not outlast it."""
    for each in nodes(rulebook.program):
        phased, until = each.node.phased_in_from, each.period.until
        if phased is not None and until is not None and phased >= until:
            yield problem_at(
                rulebook,
                (*each.trail, "phased_in_from"),
                code="never_blocks",
                message=f"gate {each.node.gate} is phased in from {phased} and ends on {until}",
                found=phased,
                expected=f"a day before {until}",
                mend="write `weight: preferred` if it should never block",
            )


def values_that_never_hold(rulebook: Rulebook) -> Iterator[Problem]:
    """A value dated after the end of all editions is an error; one that falls between two is only odd."""
    ends = [edition.effective_until for edition in rulebook.program.editions]
    closed = [day for day in ends if day is not None]
    last = max(closed) if closed and len(closed) == len(ends) else None
    for trail, dated in cells(rulebook):
        for since, until, _ in dated.periods():
            if since is None or meets_an_edition(rulebook.program, Period(since, until)):
                continue
            late = last is not None and since >= last
            yield problem_at(
                rulebook,
                (*trail, since),
                code="value_never_holds",
                severity="error" if late else "warning",
                message=f"the value of {dotted(trail)} from {since} holds on no day of an edition",
                found=since,
                expected=f"a day before {last}" if late else "a day on which the program has rules",
                mend="extend the edition, or take the value out",
            )


def _owners(rulebook: Rulebook) -> Iterator[tuple[Trail, Any]]:
    program = rulebook.program
    yield from ((("editions", str(place)), edition) for place, edition in enumerate(program.editions))
    yield from ((("metrics", name), metric) for name, metric in program.metrics.items())
    yield from ((("tiers", str(place)), tier) for place, tier in enumerate(program.tiers))
    yield from ((each.trail, each.node) for each in nodes(program))
