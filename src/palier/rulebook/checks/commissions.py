"""Checks of commissions.yaml: tiers, metrics and citations that exist, periods that run forward, words."""

from __future__ import annotations

from collections.abc import Iterator

from palier.rulebook.checks.citations import said_of
from palier.rulebook.checks.periods import period_of
from palier.rulebook.checks.said import problem_at
from palier.rulebook.checks.texts import without_words
from palier.rulebook.commissions import CommissionKind
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near


def commission_tiers(rulebook: Rulebook) -> Iterator[Problem]:
    """The tier that a commission asks for is one of the ladder."""
    tiers = [tier.tier for tier in rulebook.program.tiers]
    for name, kind in _kinds(rulebook):
        for day, entry in () if kind.tier is None else kind.tier.entries:
            if entry.value not in tiers:
                yield problem_at(
                    rulebook,
                    ("commissions", "kinds", name, "tier", day),
                    code="unknown_tier",
                    message=f"the commission {name} asks for {entry.value}, which is not a tier of the program",
                    found=entry.value,
                    expected=", ".join(tiers),
                    mend=near(entry.value, tiers) or "name a tier of the ladder",
                )


def commission_gates(rulebook: Rulebook) -> Iterator[Problem]:
    """The gates that a commission asks for compare metrics that exist."""
    metrics = rulebook.program.metrics
    for name, kind in _kinds(rulebook):
        for leaf in () if kind.requires is None else kind.requires.leaves():
            if leaf.metric is not None and leaf.metric not in metrics:
                yield problem_at(
                    rulebook,
                    ("commissions", "kinds", name, "requires"),
                    code="unknown_metric",
                    message=f"gate {leaf.gate} of the commission {name} compares {leaf.metric}, which is not a metric",
                    found=leaf.metric,
                    expected=", ".join(metrics),
                    mend=near(leaf.metric, metrics) or "declare it under `metrics`",
                )


def commission_periods(rulebook: Rulebook) -> Iterator[Problem]:
    """No commission ends on or before the day from which sales earn it."""
    for name, kind in _kinds(rulebook):
        period = period_of(kind)
        if period.empty:
            yield problem_at(
                rulebook,
                ("commissions", "kinds", name, "effective_until"),
                code="reversed_period",
                message=f"the commission {name} ends on {period.until}, not after it begins on {period.since}",
                found=period.until,
                expected=f"a day after {period.since}",
                mend="effective_until is the first day after the period; swap or mend the two days",
            )


def commission_calendar(rulebook: Rulebook) -> Iterator[Problem]:
    """A commission asks for a tier only where a calendar says who holds which."""
    for name, kind in _kinds(rulebook):
        if kind.tier is not None and rulebook.program.calendar is None:
            yield problem_at(
                rulebook,
                ("commissions", "kinds", name, "tier"),
                code="no_calendar",
                message=f"the commission {name} asks for a tier, and the program has no calendar that moves tiers",
                expected="`calendar` in program.yaml",
                mend="write the calendar, or ask for gates under `requires`",
            )


def never_earned(rulebook: Rulebook) -> Iterator[Problem]:
    """No kind of commission stands behind one that asks nothing which it does not ask itself, as the rules are read."""
    if rulebook.switches:
        return  # another reading of the source may leave nothing to a kind
    earlier: list[tuple[str, CommissionKind]] = []
    for name, kind in _kinds(rulebook):
        first = next((other for other, each in earlier if _takes_all(each, kind)), None)
        if first is not None:
            yield problem_at(
                rulebook,
                ("commissions", "kinds", name),
                code="never_earned",
                message=f"no sale earns {name}: {first} stands before it and takes every sale that could",
                found=name,
                expected=f"{name} before {first}",
                mend="put the kind that asks for more first, or let the other ask for what this one does not",
                severity="warning",
            )
        earlier.append((name, kind))


def _takes_all(first: CommissionKind, later: CommissionKind) -> bool:
    """Whether each sale that meets what the later kind asks meets what the first one asks, for sure."""
    return (
        set(later.motions) <= set(first.motions)
        and set(later.levels) <= set(first.levels)
        and (later.upmarket or not first.upmarket)
        and period_of(later).within(period_of(first)) == period_of(later)
        and first.tier in (None, later.tier)
        and first.requires in (None, later.requires)
    )


def commission_citations(rulebook: Rulebook) -> Iterator[Problem]:
    """Every citation of a commission is a line quoted in the sources."""
    for name, kind in _kinds(rulebook):
        for position, citation in enumerate(kind.cite):
            yield from said_of(rulebook, ("commissions", "kinds", name, "cite", str(position)), citation)


def commission_words(rulebook: Rulebook) -> Iterator[Problem]:
    """Each kind of commission has a name in each language."""
    yield from without_words(rulebook, [("commissions", name) for name, _ in _kinds(rulebook)])


def _kinds(rulebook: Rulebook) -> Iterator[tuple[str, CommissionKind]]:
    commissions = rulebook.program.commissions
    if commissions is not None:
        yield from commissions.kinds.items()
