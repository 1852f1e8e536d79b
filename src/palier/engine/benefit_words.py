"""Benefits in words: what a partner has and why, how much of it is left, and what it would need for more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from palier.engine.benefits import Entitlement, Granted, Season
from palier.engine.conditions import Condition
from palier.engine.discounts import Quote
from palier.engine.quotas import Quota
from palier.engine.words import Words
from palier.engine.working_days import Promise
from palier.rulebook.benefits import Benefit, Strength

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "none": "-",
        "considered": "considered",
        "prioritised": "prioritised",
        "guaranteed": "guaranteed",
        "eligible": "the right to take part, no more",
        "unstated": "the source does not say which tiers",
        "assumed": "assumed: the source speaks of a later time",
        "request": "on request",
        "application": "on application",
        "invitation": "by invitation",
        "subscription": "by subscription",
        "places": "about {places} places",
        "cell": "{tier} ({cites})",
        "also": "{way} ({cites})",
        "conditions": "{tier} would do ({cites}); what is missing is beyond the tier",
        "tier": "not granted to {tier} ({cites})",
        "silent": "not granted to {tier}",
        "no_tier": "only with a tier of the program",
        "suspended": "suspended: the tier stays, its benefits stop",
        "not_in_force": "exists from {day}",
        "ended": "no longer exists",
        "month": "a month",
        "quarter": "a quarter",
        "half_year": "a half-year",
        "year": "a calendar year",
        "left": "{left} of {most} {per} left until {last}",
        "owed": "at least {least} {per}, {used} so far, until {last}",
        "limited": "limited, how much is not said",
        "open": "applications are open until {last}",
        "closed": "applications are open from {first} to {last}",
        "promise": "asked on {asked}: answered between {first} and {last} (working days, {country})",
        "errata": "its sources disagree; read as {errata} says",
        "ranked": "weighs: {figure}",
        "holds": "holds: {condition}",
        "or": " or ",
        "and": " and ",
        "quote": "{rate} off {package}: {discount} less, {rest} to pay",
        "no_discount": "no discount on {package}",
        "confirm": "needs confirmation",
    },
    "fr": {
        "none": "-",
        "considered": "considéré",
        "prioritised": "priorisé",
        "guaranteed": "garanti",
        "eligible": "le droit de participer, rien de plus",
        "unstated": "la source ne dit pas pour quels niveaux",
        "assumed": "supposé\u202f: la source parle d’une date plus tardive",
        "request": "sur demande",
        "application": "sur candidature",
        "invitation": "sur invitation",
        "subscription": "par abonnement",
        "places": "environ {places} places",
        "cell": "{tier} ({cites})",
        "also": "{way} ({cites})",
        "conditions": "{tier} suffirait ({cites})\u202f; il manque une condition hors niveau",
        "tier": "non accordé au niveau {tier} ({cites})",
        "silent": "non accordé au niveau {tier}",
        "no_tier": "seulement avec un niveau du programme",
        "suspended": "suspendu\u202f: le niveau reste, ses avantages s’arrêtent",
        "not_in_force": "existe à partir du {day}",
        "ended": "n’existe plus",
        "month": "par mois",
        "quarter": "par trimestre",
        "half_year": "par semestre",
        "year": "par année civile",
        "left": "il en reste {left} sur {most} {per}, jusqu’au {last}",
        "owed": "au moins {least} {per}, {used} jusqu’ici, jusqu’au {last}",
        "limited": "limité, sans que la source dise à combien",
        "open": "candidatures ouvertes jusqu’au {last}",
        "closed": "candidatures ouvertes du {first} au {last}",
        "promise": "demande du {asked}\u202f: réponse entre le {first} et le {last} (jours ouvrés, {country})",
        "errata": "ses sources se contredisent\u202f; lu comme le dit {errata}",
        "ranked": "pèse dans le choix\u202f: {figure}",
        "holds": "remplie\u202f: {condition}",
        "or": " ou ",
        "and": " et ",
        "quote": "remise de {rate} sur {package}\u202f: {discount} de moins, {rest} à payer",
        "no_discount": "aucune remise sur {package}",
        "confirm": "à confirmer",
    },
}
"""What is said about any program's benefits; their names are in the program's texts."""


class BenefitWords:
    """How the benefits of one program are spoken of in one language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def say(self, word: str, /, **parts: object) -> str:
        """One of the sentences above."""
        return SAID[self.words.language][word].format(**parts)

    def name(self, kind: str, identifier: str) -> str:
        """The name of a benefit, section, way or condition; the id where the texts are silent."""
        rulebook, language = self.words.rulebook, self.words.language
        found = rulebook.text(language, "benefits", kind, identifier, "name")
        return found or rulebook.text(language, "benefits", kind, identifier) or identifier

    def strength(self, strength: Strength) -> str:
        """How surely a benefit comes."""
        return self.say(strength)

    def because(self, benefit: Benefit, entitlement: Entitlement) -> Iterator[str]:
        """Why the partner has it or not, and what there is to know of it, each in a sentence."""
        yield self.reason(benefit, entitlement)
        if errata := self.errata(entitlement.benefit):
            yield self.say("errata", errata=", ".join(errata))
        if entitlement.strength == "none":
            return
        way = entitlement.way
        if way is not None:
            held = (each for each in way.conditions if each.held)
            yield from (self.say("holds", condition=self.condition(each)) for each in held)
            yield from () if way.note is None else (way.note,)
            yield from (self.say("assumed"),) if way.assumed else ()
        yield from self.obtained(benefit)
        yield from () if entitlement.quota is None else self.quota(entitlement.quota)
        yield from () if entitlement.season is None else (self.season(entitlement.season),)
        for metric, value in entitlement.ranked.items():
            figure = self.words.labelled(self.words.name("metrics", metric), self.words.figure(metric, value))
            yield self.say("ranked", figure=figure)

    def reason(self, benefit: Benefit, entitlement: Entitlement) -> str:
        """Why the partner has a benefit, or why not."""
        way = entitlement.way
        if entitlement.reason == "suspended":
            return self.say("suspended")
        if entitlement.reason == "not_in_force":
            ended = benefit.effective_until is not None and benefit.effective_from is None
            return self.say("ended") if ended else self.say("not_in_force", day=self.words.day(benefit.effective_from))
        if way is None:
            return self.say("no_tier")
        cites = ", ".join(way.cites)
        if entitlement.reason == "granted" and way.way is not None:
            return self.say("also", way=self.name("ways", way.way), cites=cites)
        if not cites:
            return self.say("silent", tier=self.words.tier(way.tier))
        word = "cell" if entitlement.reason == "granted" else entitlement.reason
        return self.say(word, tier=self.words.tier(way.tier), cites=cites)

    def errata(self, benefit: str) -> tuple[str, ...]:
        """The errata that settle what the sources of a benefit contradict."""
        start = f"benefits.granted.{benefit}."
        errata = self.words.rulebook.errata.items()
        return tuple(name for name, each in errata if any(path.startswith(start) for path in each.settles))

    def obtained(self, benefit: Benefit) -> Iterator[str]:
        """How a benefit is had, by whoever may have it."""
        if benefit.eligibility:
            yield self.say("eligible")
        if benefit.by != "given":
            yield self.say(benefit.by)
        if benefit.places is not None:
            yield self.say("places", places=benefit.places.entries[-1][1].value)
        if benefit.unstated:
            yield self.say("unstated")

    def quota(self, quota: Quota) -> Iterator[str]:
        """How much of a benefit is left, and how much is owed."""
        per, last = self.say(quota.per), self._last(quota.effective_until)
        if quota.at_most is not None:
            yield self.say("left", left=quota.left, most=quota.at_most, per=per, last=last)
        if quota.at_least is not None:
            yield self.say("owed", least=quota.at_least, per=per, used=quota.used, last=last)
        if quota.limited and quota.at_most is None:
            yield self.say("limited")

    def season(self, season: Season) -> str:
        """When a benefit may be applied for."""
        last = self._last(season.closes_on)
        return self.say("open" if season.is_open else "closed", first=self.words.day(season.opens_on), last=last)

    def promise(self, promise: Promise) -> str:
        """When a request is answered."""
        days = {name: self.words.day(getattr(promise, f"{name}_on")) for name in ("asked", "first", "last")}
        return self.say("promise", country=promise.country, **days)

    def need(self, need: Granted) -> str:
        """What would give more of a benefit: the tier, how surely it grants it, and what is missing beyond it."""
        said = f"{self.words.tier(need.tier)} ({self.say(need.strength)})"
        missing = self.say("or").join(
            self.say("and").join(self.condition(each) for each in way) for way in need.missing if way
        )
        return said if not missing or () in need.missing else f"{said} + {missing}"

    def condition(self, condition: Condition) -> str:
        """A condition by its name, with what stands and what it requires where that is more than yes or no."""
        named = self.name("conditions", condition.gate)
        words, metric = self.words, condition.metric
        is_count = words.rulebook.program.metrics[metric].unit == "count"
        if is_count and condition.operator == "at_least" and condition.required == 1:
            return named
        value = words.figure(metric, condition.value, beside=condition.required)
        return f"{named} ({value}, {words.say(condition.operator)} {words.figure(metric, condition.required)})"

    def quote(self, quote: Quote) -> str:
        """The discount on a package, and whether somebody must confirm it."""
        money = {
            "package": self.words.money(quote.package_minor, quote.currency),
            "discount": self.words.money(quote.discount_minor, quote.currency),
            "rest": self.words.money(quote.to_pay_minor, quote.currency),
        }
        percent = self.words.number(Fraction(quote.basis_points, 100), 2)
        rate = f"{percent}\u202f%" if self.words.language == "fr" else f"{percent}%"
        said = self.say("quote" if quote.basis_points else "no_discount", rate=rate, **money)
        return f"{said} ({self.say('confirm')})" if quote.needs_confirmation else said

    def _last(self, until: date) -> str:
        """The last day of a half-open period."""
        return self.words.day(until - timedelta(days=1))
