"""Checks of what benefits.yaml bounds from two sides: answers, quotas and offers that leave something between."""

from __future__ import annotations

from collections.abc import Iterator

from palier.rulebook.benefits import Offer, Times
from palier.rulebook.checks.benefits import GRANTED, granted
from palier.rulebook.checks.said import problem_at
from palier.rulebook.dated import Dated
from palier.rulebook.document import Trail
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

_LIMITS = ("at_least", "more_than", "at_most", "less_than")


def benefit_ranges(rulebook: Rulebook) -> Iterator[Problem]:
    """A benefit is answered last on or after the first day, and no quota or offer asks for more than it allows."""
    for trail, lower, upper, said in _bounds(rulebook):
        for on in sorted({day for day, _ in (*lower.entries, *upper.entries)}):
            if lower.at(on) > upper.at(on):
                yield _empty(rulebook, trail, f"{said[0]} {lower.at(on)} and {said[1]} {upper.at(on)} on {on}")
                break
    for name, benefit in granted(rulebook):
        for tier, offers in {} if benefit.discounts is None else benefit.discounts.offers.items():
            for place, offer in enumerate(offers):
                if _never_holds(offer):
                    bounds = ", ".join(
                        f"{key} {getattr(offer, key)}" for key in _LIMITS if getattr(offer, key) is not None
                    )
                    yield _empty(rulebook, (*GRANTED, name, "discounts", "offers", tier, str(place)), bounds)


def doubled_quotas(rulebook: Rulebook) -> Iterator[Problem]:
    """A tier has one quota of a benefit: the first that speaks of it, and another would never be asked."""
    ladder = frozenset(tier.tier for tier in rulebook.program.tiers)
    for trail, every in _quotas(rulebook):
        spoken: frozenset[str] = frozenset()
        for place, times in enumerate(every):
            again = spoken & frozenset(times.tiers) if times.tiers else spoken if spoken >= ladder else frozenset()
            spoken |= frozenset(times.tiers) or ladder
            if again:
                tiers = ", ".join(tier.tier for tier in rulebook.program.tiers if tier.tier in again)
                yield problem_at(
                    rulebook,
                    (*trail, place),
                    code="duplicate_quota",
                    message=f"{tiers}: an earlier quota speaks of this already, and this one is never asked",
                    found=tiers,
                    expected="each tier in one quota of a benefit",
                    mend="write one quota for the tier, with `at_least` and `at_most` in it",
                )


def _bounds(rulebook: Rulebook) -> Iterator[tuple[Trail, Dated[int], Dated[int], tuple[str, str]]]:
    """Each pair of dated bounds with its trail and what the two are called."""
    for name, benefit in granted(rulebook):
        if benefit.answer is not None:
            yield (*GRANTED, name, "answer"), benefit.answer.first, benefit.answer.last, ("first", "last")
    for trail, every in _quotas(rulebook):
        for place, times in enumerate(every):
            if times.at_least is not None and times.at_most is not None:
                yield (*trail, str(place)), times.at_least, times.at_most, ("at_least", "at_most")


def _quotas(rulebook: Rulebook) -> Iterator[tuple[Trail, list[Times]]]:
    """The quotas of each way to each benefit, with their trail."""
    for name, benefit in granted(rulebook):
        yield (*GRANTED, name, "times"), benefit.times
        yield from (((*GRANTED, name, "also", str(at), "times"), way.times) for at, way in enumerate(benefit.also))


def _never_holds(offer: Offer) -> bool:
    """Whether no value lies between the offer's bounds; cents lie between two whole numbers."""
    lower = [bound for bound in (offer.at_least, offer.more_than) if bound is not None]
    upper = [bound for bound in (offer.at_most, offer.less_than) if bound is not None]
    if not lower or not upper:
        return False
    strict = max(lower) == offer.more_than or min(upper) == offer.less_than
    return max(lower) > min(upper) or (strict and max(lower) == min(upper))


def _empty(rulebook: Rulebook, trail: Trail, found: str) -> Problem:
    return problem_at(
        rulebook,
        trail,
        code="empty_range",
        message=f"{'.'.join(trail[2:])} says {found}: nothing lies between",
        found=found,
        expected="a lower bound that is not above the upper one",
        mend="swap or mend the two bounds",
    )
