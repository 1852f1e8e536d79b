"""A goal in words: for each missing gate what would close it, and one plan that closes those of money together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from palier.engine.goal import Goal, Missing, Plan
from palier.engine.raising import Way
from palier.engine.words import Words

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "reached": "{partner} reaches {tier} on {day}.",
        "misses": "{partner} on {day} stands at {stands}; {count} missing for {tier}.",
        "gate": "{value}, {operator} {required}",
        "counts": "(of this day, it counts from {since} until {until}, excluded)",
        "more": "{count} more",
        "customers": "customers that must reach {level}: {count}",
        "human": "the vendor has to act",
        "form": "the form {form} supplies it",
        "fall": "it must fall by {short}",
        "out_of_reach": "no new fact closes it on this day",
        "choice": "one of these is enough",
        "waived": "not asked where {gate} holds",
        "or": " or ",
        "and": " and ",
        "plan": "Together",
    },
    "fr": {
        "reached": "{partner} atteint {tier} le {day}.",
        "misses": "{partner} est, le {day}, au niveau {stands}\u202f; manquent pour {tier}\u202f: {count}.",
        "gate": "{value}, {operator} {required}",
        "counts": "(de ce jour, il compte du {since} au {until}, exclu)",
        "more": "{count} de plus",
        "customers": "clients qui doivent atteindre {level}\u202f: {count}",
        "human": "c’est à l’éditeur d’agir",
        "form": "le formulaire {form} l’apporte",
        "fall": "il doit baisser de {short}",
        "out_of_reach": "aucun fait nouveau ne suffit ce jour-là",
        "choice": "une seule de ces conditions suffit",
        "waived": "non demandé si {gate} est remplie",
        "or": " ou ",
        "and": " et ",
        "plan": "Ensemble",
    },
}

_OWN_SENTENCE = frozenset({"count", "customers", "human", "form"})
"""The means for which a program may have a sentence of its own, under `raises` in its texts."""


def heading(words: Words, goal: Goal) -> str:
    """Whether the tier is reached, and how many gates miss."""
    return SAID[words.language]["reached" if goal.reached else "misses"].format(
        partner=goal.partner_id,
        day=words.day(goal.on),
        tier=words.tier(goal.tier),
        stands=words.tier(goal.stands),
        count=len(goal.missing),
    )


def missing_sentences(words: Words, missing: Missing, currencies: Iterable[str]) -> list[str]:
    """A missing gate: its name with figure and requirement, then each way to close it."""
    told = [words.labelled(words.name("gates", missing.gate), stood_words(words, missing))]
    shown = list(currencies)
    for metric in dict.fromkeys(way.metric for way in missing.ways):
        ways = [way for way in missing.ways if way.metric == metric]
        told += [way_sentence(words, way, shown) for way in ways]
        if ways[0].counts_until is not None:
            told.append(counts_sentence(words, ways[0]))
    return [*told, *other_sentences(words, missing)]


def stood_words(words: Words, missing: Missing) -> str:
    """The figure of a missing gate, and what it requires."""
    return SAID[words.language]["gate"].format(
        value=words.figure(missing.metric, missing.value, beside=missing.required),
        operator=words.say(missing.operator),
        required=words.figure(missing.metric, missing.required),
    )


def other_sentences(words: Words, missing: Missing) -> list[str]:
    """What is said of a missing gate beside its ways of money: its other means, its choice, what would waive it."""
    said = SAID[words.language]
    told = [] if missing.ways else [_other_means(words, missing)]
    if missing.choice is not None:
        told.append(said["choice"])
    if missing.waived_by is not None:
        told.append(said["waived"].format(gate=words.name("gates", missing.waived_by)))
    return told


def _other_means(words: Words, missing: Missing) -> str:
    said = SAID[words.language]
    own = words.rulebook.text(words.language, "raises", missing.metric)
    form = "more" if missing.means == "count" else missing.means
    template = own if own is not None and missing.means in _OWN_SENTENCE else said[form]
    return template.format(
        count=missing.count,
        level=missing.level,
        form=missing.supplied_by,
        short="" if missing.short is None else words.figure(missing.metric, missing.short),
    )


def way_sentence(words: Words, way: Way, currencies: Iterable[str]) -> str:
    """One way: what to sell, manage or win back, for how much in each currency."""
    rulebook, language = words.rulebook, words.language
    amounts = [words.money(way.minor[currency], currency) for currency in currencies if currency in way.minor]
    keys = {name: _key(words, name, value) for name, value in way.keys.items()}
    template = rulebook.text(language, "raises", way.metric)
    if template is None:
        listed = "".join(f", {each}" for each in keys.values())
        template = f"{words.name('metrics', way.metric)}{listed}{' :' if language == 'fr' else ':'} {{amount}}"
    return template.format(amount=SAID[language]["or"].join(amounts), **keys)


def _key(words: Words, name: str, value: str) -> str:
    """A key of a rate in words: what the texts say of it in a way, else its name."""
    return words.rulebook.text(words.language, "raises", name, value) or words.name(f"{name}s", value)


def counts_sentence(words: Words, way: Way) -> str:
    """From when and until when an amount of the day counts."""
    said = SAID[words.language]["counts"]
    return said.format(since=words.day(way.counts_from), until=words.day(way.counts_until))


def plan_sentence(words: Words, plan: Plan, currencies: Iterable[str]) -> str:
    """A plan in one sentence: its amounts one after the other."""
    shown = list(currencies)
    steps = SAID[words.language]["and"].join(way_sentence(words, step, shown) for step in plan.steps)
    return words.labelled(SAID[words.language]["plan"], steps)
