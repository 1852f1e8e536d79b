"""Numbers, money, days and the program's own words, in English or French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from palier.engine.grains import exponent
from palier.rulebook.read import Rulebook

Language = Literal["en", "fr"]
_WIDE = Context(prec=60)
FINEST = 20
"""The most decimals beyond a unit's own that are written to tell a figure from what it is read beside."""

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "counts": "counts {from_} to {until} (excluded)",
        "counts_open": "counts from {from_}, no end known",
        "counts_ended": "counts until {until} (excluded)",
        "counts_always": "no end known",
        "shared": "shared by {sharers}",
        "months": "{used} of {averaged} months",
        "per": "{unit} = {basis}",
        "rate": "× {rate}",
        "at_least": "at least",
        "more_than": "more than",
        "at_most": "at most",
        "less_than": "less than",
        "undefined": "undefined",
        "no_lines": "no line counts on this day",
        "nothing_to_compare": "there is nothing to compare with",
        "lines_sum_to_zero": "its lines add up to zero",
        "no_edition": "the program had no rules on the day it compares with",
        "no_tier": "no tier",
        "one_is_enough": "(one of several is enough)",
        "one_way_is_enough": "(a part of one of several ways, each of which is enough)",
        "window": "its time is over ({name})",
        "ended": "ends",
        "started": "starts",
        "changed": "changes",
        "moves_on": "the day of measurement or comparison moves on",
        "rule": "the rule changes: {gate} asks {after} instead of {before}",
    },
    "fr": {
        "counts": "compte du {from_} au {until} (exclu)",
        "counts_open": "compte depuis le {from_}, sans fin connue",
        "counts_ended": "compte jusqu’au {until} (exclu)",
        "counts_always": "sans fin connue",
        "shared": "partagé entre {sharers}",
        "months": "{used} mois sur {averaged}",
        "per": "{unit} = {basis}",
        "rate": "× {rate}",
        "at_least": "au moins",
        "more_than": "plus de",
        "at_most": "au plus",
        "less_than": "moins de",
        "undefined": "non défini",
        "no_lines": "aucune ligne ne compte ce jour-là",
        "nothing_to_compare": "rien à quoi comparer",
        "lines_sum_to_zero": "la somme de ses lignes est nulle",
        "no_edition": "le programme n’avait pas de règles au jour de comparaison",
        "no_tier": "aucun niveau",
        "one_is_enough": "(une seule de plusieurs conditions suffit)",
        "one_way_is_enough": "(une partie d’une voie parmi plusieurs, dont chacune suffit)",
        "window": "son délai est écoulé ({name})",
        "ended": "prend fin",
        "started": "commence",
        "changed": "change",
        "moves_on": "le jour de mesure ou de comparaison avance",
        "rule": "la règle change\u202f: {gate} demande {after} au lieu de {before}",
    },
}
"""The engine's own words; a program's words are in its texts."""

SOURCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sales": "sale",
        "customers": "customer",
        "credentials": "certification",
        "attestations": "attestation",
        "own_subscriptions": "own subscription",
        "enrolments": "enrolment",
        "influenced_sales": "influenced deal",
        "installs": "installation",
        "reviews": "review",
        "apps": "app",
        "partner_domains": "domain",
        "partner_users": "user",
        "subscriptions": "subscription",
        "client_access": "access",
        "payments": "payment",
        "customer_countries": "country of a customer",
        "tier_decisions": "tier decision",
        "rulebook": "rule",
    },
    "fr": {
        "sales": "vente",
        "customers": "client",
        "credentials": "certification",
        "attestations": "attestation",
        "own_subscriptions": "abonnement propre",
        "enrolments": "adhésion",
        "influenced_sales": "transaction influencée",
        "installs": "installation",
        "reviews": "avis",
        "apps": "application",
        "partner_domains": "domaine",
        "partner_users": "utilisateur",
        "subscriptions": "abonnement",
        "client_access": "accès",
        "payments": "paiement",
        "customer_countries": "pays d’un client",
        "tier_decisions": "décision de niveau",
        "rulebook": "règle",
    },
}
"""What people call the source of a line; other tables are called by their own name."""

ENDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "customers.churned_on": "the customer leaves",
        "client_access.removed_on": "access is removed",
        "partner_users.deleted_on": "the user is deleted",
        "partner_users.deactivated_on": "the user is deactivated",
        "credentials.expires_on": "it expires",
        "attestations.effective_until": "it ends",
        "own_subscriptions.effective_until": "it ends",
        "enrolments.left_on": "the partner leaves",
        "influenced_sales.matched_on": "the deal is matched",
        "reviews.withdrawn_on": "the review is withdrawn",
        "subscriptions.effective_until": "a subscription ends",
        "installs.uninstalled_on": "the app is removed",
        "apps.delisted_on": "the app is delisted",
        "client_access.associated_on": "the association begins",
        "customer_countries.effective_until": "the customer’s country changes",
        "partner_domains.revoked_on": "the domain is revoked",
        "sales.line_first_sold_on": "the product line is first sold",
    },
    "fr": {
        "customers.churned_on": "le client s’en va",
        "client_access.removed_on": "l’accès est supprimé",
        "partner_users.deleted_on": "l’utilisateur est supprimé",
        "partner_users.deactivated_on": "l’utilisateur est désactivé",
        "credentials.expires_on": "elle expire",
        "attestations.effective_until": "elle prend fin",
        "own_subscriptions.effective_until": "il prend fin",
        "enrolments.left_on": "le partenaire s’en va",
        "influenced_sales.matched_on": "la transaction est rapprochée",
        "reviews.withdrawn_on": "l’avis est retiré",
        "subscriptions.effective_until": "un abonnement prend fin",
        "installs.uninstalled_on": "l’application est désinstallée",
        "apps.delisted_on": "l’application est déréférencée",
        "client_access.associated_on": "l’association commence",
        "customer_countries.effective_until": "le pays du client change",
        "partner_domains.revoked_on": "le domaine est retiré",
        "sales.line_first_sold_on": "la gamme est vendue pour la première fois",
    },
}
"""What a dated end means, by table and column."""


class Words:
    """How one program speaks in one language."""

    def __init__(self, rulebook: Rulebook, language: Language) -> None:
        self.rulebook = rulebook
        self.language = language

    def say(self, name: str, /, **parts: object) -> str:
        """One of the engine's own sentences."""
        return SAID[self.language][name].format(**parts)

    def source(self, table: str, identifier: str) -> str:
        """The source of a line: what it is, and its identifier."""
        return f"{SOURCES[self.language].get(table, table)} {identifier}"

    def end(self, column: str) -> str:
        """What happens on the day that a `table.column` holds."""
        return ENDS[self.language].get(column, column)

    def name(self, kind: str, identifier: str) -> str:
        """What people call a tier, metric, gate, motion or market; the id where the texts are silent."""
        texts = self.rulebook
        found = texts.text(self.language, kind, identifier, "name") or texts.text(self.language, kind, identifier)
        return found or identifier

    def tier(self, identifier: str | None) -> str:
        """A tier's name, or the words for none."""
        return self.say("no_tier") if identifier is None else self.name("tiers", identifier)

    def sentence(self, metric: str) -> str:
        """What a metric counts, in one sentence."""
        spoken = self.rulebook.text(self.language, "metrics", metric, "sentence")
        sql = self.rulebook.metrics.get(metric)
        return spoken or (sql.sentence if sql is not None else "")

    def reason(self, metric: str, reason: str) -> str:
        """Why a figure is zero or undefined."""
        code, _, rest = reason.partition("; ")
        own = self.rulebook.text(self.language, "metrics", metric, "reasons", code)
        general = self.rulebook.text(self.language, "reasons", code)
        said = own or general or SAID[self.language].get(code, code)
        return f"{said}; {rest}" if rest else said

    def clause(self, citation: str | None) -> str | None:
        """What a cited line rules, in one sentence, else its quoted words."""
        if citation is None:
            return None
        return self.rulebook.text(self.language, "clauses", citation) or self.rulebook.quote(citation)

    def labelled(self, label: str, said: str) -> str:
        """A label and what it says, with the language's own colon."""
        return f"{label}\u202f: {said}" if self.language == "fr" else f"{label}: {said}"

    def number(self, value: Fraction | Decimal | int, decimals: int) -> str:
        """A number rounded for reading, with the language's own marks."""
        rounded = _decimal(Fraction(value), decimals)
        pattern = "#,##0" + ("." + "0" * decimals if rounded != rounded.to_integral_value() else "")
        return _with_minus(format_decimal(rounded, format=pattern, locale=_locale(self.language)))

    def figure(self, metric: str, value: Fraction | Decimal | None, *, beside: Fraction | Decimal | int = 0) -> str:
        """A figure in its unit: points, money of the basis, a percentage, a count.

        It is rounded, but never to what it is not: `beside` is the value it is read beside, nothing by default.
        """
        if value is None:
            return self.say("undefined")
        unit = self.rulebook.program.metrics[metric].unit
        return self._in_unit(unit, value, finer=_apart(Fraction(value), Fraction(beside), self._places(unit)))

    def amount(self, metric: str, value: Fraction) -> str:
        """A line's amount, in the unit that the metric's lines are counted in."""
        declared = self.rulebook.program.metrics[metric]
        if declared.kind == "share":
            return self.amount(str(declared.numerator), value)
        if declared.kind == "ratio" and declared.lines_in is None:
            return self.number(value, 0)
        return self._in_unit(declared.lines_in or declared.unit, value)

    def is_rounded(self, metric: str, value: Fraction) -> bool:
        """Whether a figure as people read it has lost decimals."""
        places = self._places(self.rulebook.program.metrics[metric].unit)
        return (value * Fraction(10**places)).denominator != 1

    def _places(self, unit: str) -> int:
        return 4 if unit == "share" else self.rulebook.program.units[unit].decimals

    def _in_unit(self, unit: str, value: Fraction | Decimal, *, finer: int = 0) -> str:
        decimals = self._places(unit) + finer
        if unit == "share":
            return self.number(Fraction(value) * 100, decimals - 2) + ("\u202f%" if self.language == "fr" else "%")
        currency = self.currency_of(unit)
        return (
            self.number(value, decimals) if currency is None else self.money_major(Fraction(value), currency, decimals)
        )

    def currency_of(self, unit: str) -> str | None:
        """The currency that a unit is: one of the basis, and named after it (`usd`); None for every other unit."""
        units = self.rulebook.program.currency_units
        if units is None or unit.upper() != units.basis or self.rulebook.program.units[unit].money != 1:
            return None
        return units.basis

    @property
    def basis(self) -> str:
        """What each of the program's equivalents is worth: 100 USD."""
        units = self.rulebook.program.currency_units
        return "" if units is None else f"{self.number(units.amount, 0)} {units.basis}"

    def money(self, minor: int, currency: str) -> str:
        """An amount of minor units with its currency."""
        return self.money_major(Fraction(minor, 10 ** exponent(currency)), currency)

    def money_major(self, value: Fraction, currency: str, decimals: int | None = None) -> str:
        """An amount of major units with its currency's code, with the decimals that the currency has unless said."""
        decimals = exponent(currency) if decimals is None else decimals
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        spoken = _with_minus(
            format_currency(
                _decimal(value, decimals),
                currency,
                format=pattern,
                locale=_locale(self.language),
                currency_digits=False,
            )
        )
        return f"{spoken}\u202f{currency}" if self.language == "fr" else f"{currency}\u00a0{spoken}"

    def day(self, day: date | None) -> str:
        """A day in words: 15 January 2027, 1er janvier 2027."""
        return "" if day is None else spoken_day(day, self.language)


def _with_minus(number: str) -> str:
    """A number with a minus where the locale writes a hyphen."""
    return number.replace("-", "\N{MINUS SIGN}")


@cache
def _locale(language: str) -> Locale:
    """A language as Babel knows it: naming it anew for each number costs as much as the number."""
    return Locale.parse(language)


@lru_cache(maxsize=4096)
def spoken_day(day: date, language: str) -> str:
    """A day in words: 15 January 2027, 1er janvier 2027."""
    spoken = str(format_date(day, format="d MMMM y", locale=_locale(language)))
    return spoken.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else spoken


def _apart(value: Fraction, other: Fraction, places: int) -> int:
    """How many places more it takes to tell two values apart; none where they are equal."""
    if value == other:
        return 0
    return next((more for more in range(FINEST) if _decimal(value, places + more) != _decimal(other, places + more)), 0)


def _decimal(value: Fraction, decimals: int) -> Decimal:
    exact = _WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN, context=_WIDE)
