"""`palier benefits`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from palier.backends.benefits import PartnerBenefits, benefits
from palier.cli.printing import console, print_json, print_oddities, progress, table
from palier.engine.benefit_words import BenefitWords
from palier.engine.benefits import Entitlement, Granted
from palier.engine.conditions import Condition
from palier.engine.discounts import Quote, quote
from palier.engine.grains import exponent
from palier.engine.words import Language, Words
from palier.engine.working_days import Promise, promised
from palier.rulebook.benefits import Benefit
from palier.rulebook.read import Rulebook, read_program

HEADINGS = {
    "en": ("benefit", "has", "why, and what there is to know", "for more"),
    "fr": ("avantage", "a", "pourquoi, et ce qu’il faut savoir", "pour en avoir plus"),
}
SAID = {
    "en": {
        "title": "{partner} on {day}: {tier}",
        "suspended": "{partner} is suspended: it keeps its tier and has no benefits.",
        "unknown": "What {program} granted on {day} is not known: its benefits are known from {since}.",
        "none": "{program} says nothing of benefits.",
        "other": "{said}, if {switch}={reading}",
    },
    "fr": {
        "title": "{partner} au {day}\u202f: {tier}",
        "suspended": "{partner} est suspendu\u202f: son niveau reste, ses avantages s’arrêtent.",
        "unknown": "Les avantages de {program} au {day} ne sont pas connus\u202f: ils le sont à partir du {since}.",
        "none": "{program} ne dit rien des avantages.",
        "other": "{said}, si {switch}={reading}",
    },
}


def benefits_of_partner(
    program: str,
    *,
    facts: Path,
    on: date,
    partner: str,
    country: str | None,
    package: Decimal | None,
    language: str,
    known_at: datetime | None,
    switches: dict[str, str],
    stale: bool,
    as_json: bool,
) -> None:
    """Tell what a partner has of a program's benefits, why, and what it needs for the rest.

    Args:
        program: a shipped program or a folder.
        facts: the folder of fact tables.
        on: the day asked about.
        partner: the partner.
        country: whose public holidays promises of working days leave out; that of the rulebook if absent.
        package: the value of a sponsorship package in major units of its currency, to quote its discount.
        language: of names and sentences.
        known_at: ignore rows recorded later.
        switches: other readings of errata.
        stale: compute though a table ends before what the day needs.
        as_json: print JSON.
    """
    rulebook = read_program(program, switches=switches)
    told = benefits(rulebook, facts=facts, on=on, partner_id=partner, known_at=known_at, stale=stale, progress=progress)
    speech = BenefitWords(Words(rulebook, cast("Language", language)))
    promises = {
        name: promised(benefit.answer, on, country)
        for name, benefit in _granted(rulebook).items()
        if benefit.answer is not None
    }
    quotes = {} if package is None else dict(_quotes(rulebook, told, package))
    if as_json:
        print_json(_values(speech, told, promises, quotes))
        return
    _print(speech, told, promises, quotes)
    print_oddities(told.problems)


def _granted(rulebook: Rulebook) -> Mapping[str, Benefit]:
    declared = rulebook.program.benefits
    return {} if declared is None else declared.granted


def _quotes(
    rulebook: Rulebook, told: PartnerBenefits, package: Decimal
) -> Iterator[tuple[tuple[str, str, str], Quote]]:
    """The quotes on a package, by benefit, switch and reading: as the rules are read, then as a switch would."""
    as_read = dict(_discounts(rulebook, told, package))
    yield from (((name, "", ""), each) for name, each in as_read.items())
    for erratum, declared in rulebook.errata.items():
        for reading, switched in declared.switch.items():
            if any(".discounts" in path for path in switched.set):
                other = read_program(rulebook.folder, switches={**rulebook.switches, erratum: reading})
                for name, each in _discounts(other, told, package):
                    if as_read.get(name) != each:
                        yield (name, erratum, reading), each


def _discounts(rulebook: Rulebook, told: PartnerBenefits, package: Decimal) -> Iterator[tuple[str, Quote]]:
    has = {each.benefit: each for each in told.entitlements if each.strength != "none"}
    for name, benefit in _granted(rulebook).items():
        if benefit.discounts is not None and told.tier is not None and name in has:
            minor = int(package * 10 ** exponent(benefit.discounts.currency))
            yield name, quote(benefit.discounts, told.tier, minor, told.on)


def _print(
    speech: BenefitWords,
    told: PartnerBenefits,
    promises: Mapping[str, Promise],
    quotes: Mapping[tuple[str, str, str], Quote],
) -> None:
    words, said, out = speech.words, SAID[speech.words.language], console()
    declared = words.rulebook.program.benefits
    title = said["title"].format(partner=told.partner_id, day=words.day(told.on), tier=words.tier(told.tier))
    out.print(title, style="bold")
    named = words.rulebook.text(words.language, "program", "name") or told.program
    if declared is None:
        out.print(said["none"].format(program=named))
        return
    if not told.known:
        since = words.day(declared.effective_from)
        out.print(said["unknown"].format(program=named, day=words.day(told.on), since=since))
        return
    if told.state == "suspended":
        out.print(said["suspended"].format(partner=told.partner_id))
    columns = [(heading, False) for heading in HEADINGS[words.language]]
    for section in declared.sections:
        here = [each for each in told.entitlements if declared.granted[each.benefit].section == section]
        rows = [_row(speech, declared.granted[each.benefit], each, promises, quotes) for each in here]
        if rows:
            out.print()
            out.print(table(speech.name("sections", section), columns, rows))


def _row(
    speech: BenefitWords,
    benefit: Benefit,
    each: Entitlement,
    promises: Mapping[str, Promise],
    quotes: Mapping[tuple[str, str, str], Quote],
) -> tuple[str, str, str, str]:
    why = list(speech.because(benefit, each))
    if each.strength != "none" and each.benefit in promises:
        why.append(speech.promise(promises[each.benefit]))
    for (name, switch, reading), quoted in quotes.items():
        if name == each.benefit:
            other = SAID[speech.words.language]["other"]
            spoken = speech.quote(quoted)
            why.append(other.format(said=spoken, switch=switch, reading=reading) if switch else spoken)
    need = "" if each.need is None else speech.need(each.need)
    return speech.name("names", each.benefit), speech.strength(each.strength), "\n".join(why), need


def _values(
    speech: BenefitWords,
    told: PartnerBenefits,
    promises: Mapping[str, Promise],
    quotes: Mapping[tuple[str, str, str], Quote],
) -> dict[str, Any]:
    """The answer for machines: ids and exact values, with the words beside them."""
    granted = _granted(speech.words.rulebook)
    return {
        "program": told.program,
        "partner_id": told.partner_id,
        "on": told.on,
        "tier": told.tier,
        "state": told.state,
        "known": told.known,
        "benefits": [
            {
                **_benefit_values(speech, granted[each.benefit], each),
                "promise": promises.get(each.benefit),
                "quotes": [
                    _quote_values(speech, quoted, switch, reading)
                    for (name, switch, reading), quoted in quotes.items()
                    if name == each.benefit
                ],
            }
            for each in told.entitlements
        ],
    }


def _benefit_values(speech: BenefitWords, benefit: Benefit, each: Entitlement) -> dict[str, Any]:
    quota = each.quota
    return {
        "benefit": each.benefit,
        "name": speech.name("names", each.benefit),
        "section": benefit.section,
        "strength": each.strength,
        "reason": each.reason,
        "errata": list(speech.errata(each.benefit)),
        "because": list(speech.because(benefit, each)),
        "usable": each.usable,
        "by": benefit.by,
        "eligibility": benefit.eligibility,
        "unstated": benefit.unstated,
        "way": None if each.way is None else _way_values(speech, each.way),
        "need": None if each.need is None else {**_way_values(speech, each.need), "said": speech.need(each.need)},
        "quota": None
        if quota is None
        else {
            "per": quota.per,
            "effective_from": quota.effective_from,
            "effective_until": quota.effective_until,
            "at_least": quota.at_least,
            "at_most": quota.at_most,
            "limited": quota.limited,
            "used": quota.used,
            "left": quota.left,
            "due": quota.due,
        },
        "season": each.season,
        "ranked_by": dict(each.ranked),
    }


def _way_values(speech: BenefitWords, way: Granted) -> dict[str, Any]:
    return {
        "way": way.way,
        "tier": way.tier,
        "strength": way.strength,
        "cites": dict(way.cites),
        "note": way.note,
        "assumed": way.assumed,
        "conditions": [_condition_values(speech, each) for each in way.conditions],
        "missing": [[each.gate for each in option] for option in way.missing if option],
    }


def _condition_values(speech: BenefitWords, each: Condition) -> dict[str, Any]:
    return {
        "gate": each.gate,
        "name": speech.name("conditions", each.gate),
        "metric": each.metric,
        "operator": each.operator,
        "required": each.required,
        "value": each.value,
        "held": each.held,
    }


def _quote_values(speech: BenefitWords, quoted: Quote, switch: str, reading: str) -> dict[str, Any]:
    return {
        "switch": switch or None,
        "reading": reading or None,
        "currency": quoted.currency,
        "package_minor": quoted.package_minor,
        "basis_points": quoted.basis_points,
        "exact": quoted.exact,
        "discount_minor": quoted.discount_minor,
        "to_pay_minor": quoted.to_pay_minor,
        "needs_confirmation": quoted.needs_confirmation,
        "said": speech.quote(quoted),
    }
