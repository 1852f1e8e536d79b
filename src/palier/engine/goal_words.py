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
        "more_each": "{count} more, worth {rate} each",
        "customers": "customers that must reach {level}: {count}",
        "human": "the vendor has to act",
        "form": "the form {form} supplies it",
        "together": "only several together: {rooms}",
        "room": "{metric} {most} at most",
        "fall": "it must fall by {short}",
        "fall_below": "it must fall by more than {short}",
        "fall_undefined": "there must first be something to measure",
        "unknown": "the program does not say what raises it (raised_by)",
        "out_of_reach": "no new fact closes it on this day",
        "choice": "one of these is enough",
        "part": "a part of one of several ways, each of which is enough",
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
        "more_each": "{count} de plus, valant {rate} chacun",
        "customers": "clients qui doivent atteindre {level}\u202f: {count}",
        "human": "c’est à l’éditeur d’agir",
        "form": "le formulaire {form} l’apporte",
        "together": "seulement plusieurs ensemble\u202f: {rooms}",
        "room": "{metric} {most} au plus",
        "fall": "il doit baisser de {short}",
        "fall_below": "il doit baisser de plus de {short}",
        "fall_undefined": "il faut d’abord de quoi le mesurer",
        "unknown": "le programme ne dit pas ce qui l’augmente (raised_by)",
        "out_of_reach": "aucun fait nouveau ne suffit ce jour-là",
        "choice": "une seule de ces conditions suffit",
        "part": "une partie d’une voie parmi plusieurs, dont chacune suffit",
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
        told.append(said["part" if missing.partial else "choice"])
    if missing.waived_by is not None:
        told.append(said["waived"].format(gate=words.name("gates", missing.waived_by)))
    return told


def _other_means(words: Words, missing: Missing) -> str:
    said = SAID[words.language]
    own = words.rulebook.text(words.language, "raises", missing.metric)
    template = own if own is not None and missing.means in _OWN_SENTENCE else said[_form(missing)]
    rooms = [
        said["room"].format(metric=words.name("metrics", part), most=words.figure(part, room))
        for part, room in missing.rooms.items()
    ]
    return template.format(
        count=missing.count,
        level=missing.level,
        form=missing.supplied_by,
        short="" if missing.short is None else words.figure(missing.metric, missing.short),
        rooms=", ".join(rooms),
    )


def _form(missing: Missing) -> str:
    """Which sentence says how a gate can be closed."""
    if missing.means != "fall":
        return "more" if missing.means == "count" else missing.means
    if missing.short is None:
        return "fall_undefined"
    return "fall_below" if missing.operator == "less_than" else "fall"


def way_sentence(words: Words, way: Way, currencies: Iterable[str]) -> str:
    """One way: what to sell, manage or win back, for how much in each currency, or how many facts more."""
    rulebook, language = words.rulebook, words.language
    amounts = [words.money(way.minor[currency], currency) for currency in currencies if currency in way.minor]
    keys = {name: _key(words, name, value) for name, value in way.keys.items()}
    template = rulebook.text(language, "raises", way.metric)
    if template is None:
        listed = "".join(f", {each}" for each in keys.values())
        much = "{amount}" if way.count is None else SAID[language]["more" if way.rate == 1 else "more_each"]
        template = words.labelled(f"{words.name('metrics', way.metric)}{listed}", much)
    return template.format(amount=SAID[language]["or"].join(amounts), count=way.count, rate=way.rate, **keys)


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
