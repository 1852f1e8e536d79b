"""Checks of benefits.yaml: tiers, metrics and names that exist, strengths and discounts that rise with the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from palier.rulebook.benefits import STRENGTHS, Benefit, Discounts, Way
from palier.rulebook.checks.citations import said_of, settled_trails
from palier.rulebook.checks.paths import errata_unread
from palier.rulebook.checks.periods import Period, changing_days, meets_an_edition
from palier.rulebook.checks.said import problem_at
from palier.rulebook.checks.texts import without_words
from palier.rulebook.document import Trail
from palier.rulebook.gates import GateNode
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near

GRANTED = ("benefits", "granted")
"""Where benefits stand in a program's values."""


def benefit_tiers(rulebook: Rulebook) -> Iterator[Problem]:
    """A benefit names tiers of the ladder, and its row of the matrix has a cell for each of them."""
    program = rulebook.program
    known = [tier.tier for tier in program.tiers]
    for name, benefit in granted(rulebook):
        for trail, tier in _tiers_named((*GRANTED, name), benefit):
            if tier not in known:
                yield problem_at(
                    rulebook,
                    trail,
                    code="unknown_tier",
                    message=f"{name} names the tier {tier}, which is not on the ladder",
                    found=tier,
                    expected=", ".join(known),
                    mend=near(tier, known) or "name a tier of program.yaml",
                )
        for tier in _needed_tiers(rulebook):
            if tier not in benefit.tiers:
                yield problem_at(
                    rulebook,
                    (*GRANTED, name, "tiers"),
                    code="missing_cell",
                    message=f"{name} has no cell for the tier {tier}",
                    expected=tier,
                    mend=f"write {tier} under `tiers`, `none` where the tier grants nothing",
                )


def benefit_metrics(rulebook: Rulebook) -> Iterator[Problem]:
    """What a benefit asks beyond the tier, and what ranks its partners, are metrics of the program."""
    known = rulebook.program.metrics
    for name, benefit in granted(rulebook):
        for trail, metric in _metrics_named((*GRANTED, name), benefit):
            if metric not in known:
                yield problem_at(
                    rulebook,
                    trail,
                    code="unknown_metric",
                    message=f"{name} asks for {metric}, which is not a metric of the program",
                    found=metric,
                    mend=near(metric, known) or "declare it under `metrics`",
                )


def benefit_sections(rulebook: Rulebook) -> Iterator[Problem]:
    """Every benefit belongs to a section, each declared once, and no two ways to one have the same id."""
    benefits = rulebook.program.benefits
    ids = list(benefits.granted) if benefits is not None else []
    sections = benefits.sections if benefits is not None else []
    for place, section in enumerate(sections):
        if section in sections[:place]:
            yield problem_at(
                rulebook,
                ("benefits", "sections", str(place)),
                code="duplicate_section",
                message=f"the section {section} is declared twice: its benefits would be told twice",
                found=section,
                mend="declare it once",
            )
    for name, benefit in granted(rulebook):
        if benefits is not None and benefit.section not in benefits.sections:
            yield problem_at(
                rulebook,
                (*GRANTED, name, "section"),
                code="unknown_section",
                message=f"{name} is in the section {benefit.section}, which is not declared",
                found=benefit.section,
                expected=", ".join(benefits.sections),
                mend=near(benefit.section, benefits.sections) or "declare it under `sections`",
            )
        for place, other in enumerate(benefit.also):
            if other.way in ids:
                yield problem_at(
                    rulebook,
                    (*GRANTED, name, "also", str(place), "way"),
                    code="duplicate_way",
                    message=f"{other.way} is already the id of a benefit or of another way",
                    found=other.way,
                    mend="rename it: uses of a quota are recorded under this id",
                )
            ids.append(other.way)


def weaker_than_below(rulebook: Rulebook) -> Iterator[Problem]:
    """On no day does a tier grant a benefit less surely than a tier below it."""
    ladders = {on: _ladder(rulebook, on) for on in _days(rulebook)}
    for name, benefit in granted(rulebook):
        told: set[str] = set()
        for on, ladder in ladders.items():
            row = [(tier, benefit.tiers[tier].at(on)) for tier in ladder if tier in benefit.tiers]
            for (lower, less), (tier, strength) in pairwise(row):
                if STRENGTHS.index(strength) < STRENGTHS.index(less) and tier not in told:
                    told.add(tier)
                    yield problem_at(
                        rulebook,
                        (*GRANTED, name, "tiers", tier),
                        code="weaker_than_below",
                        message=f"on {on} {tier} has {name} {strength}, and {lower} below it {less}",
                        found=strength,
                        expected=less,
                        mend="mend one of the two cells, or the order of the tiers",
                    )


def contradicting_discounts(rulebook: Rulebook) -> Iterator[Problem]:
    """A tier offers one discount for a value, and as much as the tiers below it where a line says that they rise."""
    if errata_unread(rulebook):
        return
    settled = settled_trails(rulebook)
    for name, benefit in granted(rulebook):
        trail: Trail = (*GRANTED, name, "discounts")
        if benefit.discounts is None or any(trail[: len(path)] == path for path in settled):
            continue
        for on in _days(rulebook)[-1:]:
            yield from _two_rates(rulebook, trail, benefit.discounts, on)
            yield from _falling(rulebook, trail, benefit.discounts, on)


def _two_rates(rulebook: Rulebook, trail: Trail, discounts: Discounts, on: date) -> Iterator[Problem]:
    for tier, offers in discounts.offers.items():
        for value in _values(discounts):
            holding = [(place, offer) for place, offer in enumerate(offers) if offer.holds(value, 1)]
            rates = {offer.rate.at(on) for _, offer in holding}
            if len(rates) > 1:
                stated = " and ".join(_percent(rate) for rate in sorted(rates))
                yield problem_at(
                    rulebook,
                    (*trail, "offers", tier, str(holding[-1][0])),
                    code="contradiction",
                    message=f"{tier} has {stated} on a value of {value} {discounts.currency}",
                    found=stated,
                    expected="one discount for a value",
                    mend=_settle(trail),
                )
                break


def _falling(rulebook: Rulebook, trail: Trail, discounts: Discounts, on: date) -> Iterator[Problem]:
    if not discounts.rising:
        return
    ladder = [tier for tier in _ladder(rulebook, on) if tier in discounts.offers]
    for lower, tier in pairwise(ladder):
        for value in _values(discounts):
            less, rate = (_highest(discounts, each, value, on) for each in (lower, tier))
            if rate < less:
                yield problem_at(
                    rulebook,
                    (*trail, "offers", tier),
                    code="contradiction",
                    message=f"{', '.join(discounts.rising)} states that discounts rise with the tier; on a value of "
                    f"{value} {discounts.currency} {tier} has {_percent(rate)}, and {lower} below it {_percent(less)}",
                    found=_percent(rate),
                    expected=f"at least {_percent(less)}",
                    mend=_settle(trail),
                )
                break


def _highest(discounts: Discounts, tier: str, value: int, on: date) -> int:
    return max((offer.rate.at(on) for offer in discounts.offers[tier] if offer.holds(value, 1)), default=0)


def _values(discounts: Discounts) -> list[int]:
    """Values at, just below and just above every bound: the offers change nowhere else."""
    bounds = {bound for offers in discounts.offers.values() for offer in offers for bound in offer.bounds()}
    return sorted({value for bound in bounds for value in (bound - 1, bound, bound + 1)})


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def _settle(trail: Trail) -> str:
    return f"mend the offers, or settle them in ERRATA.yaml with `settles: [{'.'.join(trail)}]`"


def benefit_citations(rulebook: Rulebook) -> Iterator[Problem]:
    """What a benefit cites is quoted."""
    for name, benefit in granted(rulebook):
        trail: Trail = (*GRANTED, name)
        cited: list[tuple[Trail, Sequence[str]]] = [((*trail, "cite"), benefit.cite)]
        cited += [((*trail, "times", str(at), "cite"), each.cite) for at, each in enumerate(benefit.times)]
        for place, other in enumerate(benefit.also):
            here = (*trail, "also", str(place))
            cited += [((*here, "cite"), other.cite)]
            cited += [((*here, "times", str(at), "cite"), each.cite) for at, each in enumerate(other.times)]
        if benefit.applications is not None:
            cited.append(((*trail, "applications", "cite"), benefit.applications.cite))
        if benefit.discounts is not None:
            cited.append(((*trail, "discounts", "rising"), benefit.discounts.rising))
        for at, citations in cited:
            for place, citation in enumerate(citations):
                yield from said_of(rulebook, (*at, str(place)), citation)


def benefit_texts(rulebook: Rulebook) -> Iterator[Problem]:
    """Each benefit, section, way and condition of a benefit has a name in each language."""
    if rulebook.program.benefits is not None:
        yield from without_words(rulebook, _named(rulebook))


def _named(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    benefits = rulebook.program.benefits
    yield from (("benefits", "sections", section) for section in (benefits.sections if benefits is not None else ()))
    for name, benefit in granted(rulebook):
        yield "benefits", "names", name, "name"
        for way, each in benefit.ways():
            if way is not None:
                yield "benefits", "ways", way
            if each.requires is not None:
                yield from (("benefits", "conditions", str(leaf.gate)) for leaf in each.requires.leaves())


def granted(rulebook: Rulebook) -> Iterable[tuple[str, Benefit]]:
    """Each benefit of the program, by name; none where it grants none."""
    benefits = rulebook.program.benefits
    return () if benefits is None else benefits.granted.items()


def _days(rulebook: Rulebook) -> list[date]:
    """The days on which something of the program changes, from where its benefits are known."""
    benefits = rulebook.program.benefits
    return [day for day in changing_days(rulebook.program) if benefits is not None and day >= benefits.effective_from]


def _ladder(rulebook: Rulebook, on: date) -> list[str]:
    return [tier.tier for tier in rulebook.program.tiers if tier.in_force(on)]


def _needed_tiers(rulebook: Rulebook) -> Iterator[str]:
    """The tiers in force on some day on which the benefits are known."""
    program = rulebook.program
    if program.benefits is not None:
        known = Period(program.benefits.effective_from)
        for tier in program.tiers:
            period = Period(tier.effective_from, tier.effective_until).within(known)
            if not period.empty and meets_an_edition(program, period):
                yield tier.tier


def _tiers_named(trail: Trail, way: Way) -> Iterator[tuple[Trail, str]]:
    yield from (((*trail, "tiers", tier), tier) for tier in way.tiers)
    yield from (((*trail, "asked_of", str(place)), tier) for place, tier in enumerate(way.asked_of))
    for place, times in enumerate(way.times):
        yield from (((*trail, "times", str(place), "tiers", str(at)), tier) for at, tier in enumerate(times.tiers))
    if isinstance(way, Benefit):
        if way.discounts is not None:
            yield from (((*trail, "discounts", "offers", tier), tier) for tier in way.discounts.offers)
        for place, other in enumerate(way.also):
            yield from _tiers_named((*trail, "also", str(place)), other)


def _metrics_named(trail: Trail, way: Way) -> Iterator[tuple[Trail, str]]:
    if way.requires is not None:
        yield from _metrics_of((*trail, "requires"), way.requires)
    if isinstance(way, Benefit):
        yield from (((*trail, "ranked_by", str(place)), metric) for place, metric in enumerate(way.ranked_by))
        for place, other in enumerate(way.also):
            yield from _metrics_named((*trail, "also", str(place)), other)


def _metrics_of(trail: Trail, node: GateNode) -> Iterator[tuple[Trail, str]]:
    if node.metric is not None:
        yield (*trail, "metric"), node.metric
    group = "all" if node.all is not None else "any"
    for place, child in enumerate(node.children):
        yield from _metrics_of((*trail, group, str(place)), child)
