"""A move in one sentence, as its notice says it, in English and French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from palier.engine.moves import Move, MoveKind
from palier.engine.results import Gate
from palier.engine.words import Language, Words
from palier.rulebook.gates import blocking, gate_tree
from palier.rulebook.model import Program
from palier.rulebook.read import Rulebook

LANGUAGES: tuple[Language, ...] = ("en", "fr")
SHOWN_GATES = 3

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "opening": "Your history here begins on {day} {with_}{said}.",
        "joined": "Welcome: from {day} you take part in {program}, {with_}.",
        "returned": "Welcome back: from {day} you take part in {program} again, {with_}.",
        "left": "From {day} you no longer take part in {program}{because}.",
        "promoted": "On {day} you rise {from_} {to}: every condition is met.",
        "promoted form_on_file": "On {day} you rise {from_} {to}: every condition is met and your form is on file.",
        "demoted": "On {day} you move {from_} {to}: {unmet}.",
        "demoted tier_gone": "On {day} you move {from_} {to}: the tier {before} is no longer part of the program.",
        "kept": "On {day} you keep {holds}.",
        "kept no_demotion_yet": "On {day} you keep {holds}, though {unmet}: tiers are not lost on this day.",
        "kept tier_gone": "On {day} you keep {holds}, though it is no longer part of the program: tiers are not lost "
        "on this day.",
        "kept suspended": "On {day} you keep {holds}: you are suspended, and your tier does not move.",
        "kept form_asked": "On {day} you keep {holds}: the form for {about} is still awaited.",
        "awaiting_form": "On {day} you qualify for {about}. File the contact form by the end of {deadline} ({zone}); "
        "until then you stay {with_}.",
        "activated": "Your form has come: from {day} you hold {holds}.",
        "lapsed no_form": "The form for {about} had not come by the end of {deadline}: you stay {with_} "
        "and may qualify again at the next cycle.",
        "lapsed form_incomplete": "The form for {about} came without all that the tier needs, and its time ended on "
        "{deadline}: you stay {with_} and may qualify again at the next cycle.",
        "lapsed form_held_back": "You were suspended when the form for {about} came, and its time ended on {deadline}: "
        "you stay {with_} and may qualify again at the next cycle.",
        "candidate": "On {day} your figures reach {about}, which people decide upon: you are a candidate. Still "
        "missing: {missed}.",
        "published": "On {day} your published tier is {after}, as the rules have it{said}.",
        "published none": "On {day} it is published that you have no tier, as the rules have it{said}.",
        "published not_as_computed": "On {day} your published tier is {after}{said}; by the facts known now the rules "
        "alone would give {computed}. What was published stands.",
        "published not_as_computed none": "On {day} it is published that you have no tier{said}; by the facts known "
        "now the rules alone would give {computed}. What was published stands.",
        "differs": "By the facts known now the rules would have given {computed} on {day}; your published history "
        "stands, {with_}.",
        "overridden": "By decision your tier is {after} from {day}{said}.",
        "overridden none": "By decision you have no tier from {day}{said}.",
        "suspended": "From {day} you are suspended{said}; you keep {holds}, without its benefits and without "
        "promotion.",
        "suspended breach": "From {day} you are suspended for a breach of the program's rules: you keep {holds}, "
        "without its benefits and without promotion.",
        "suspended not_a_member": "By decision of {day} you will be suspended when you take part in {program}{said}.",
        "restored": "From {day} you are no longer suspended{said}: you hold {holds}.",
        "restored not_a_member": "By decision of {day} you will not be suspended when you take part in "
        "{program}{said}.",
        "not_a_member": "The decision of {day} changes nothing: you did not take part in {program} then.",
        "because": ": {said}",
        "unmet one": "no longer met is {missed}",
        "unmet": "no longer met are {missed}",
        "computed": "{tier}",
        "computed none": "no tier",
        "with": "with the tier {tier}",
        "without": "without a tier",
        "holds": "the tier {tier}",
        "holds none": "your place without a tier",
        "from": "from {tier}",
        "from none": "from no tier",
        "to": "to {tier}",
        "to none": "to no tier",
        "undefined": "{gate} (undefined)",
        "gate": "{gate} ({value}; {required} needed)",
        "and": " and ",
    },
    "fr": {
        "opening": "Votre historique commence ici le {day} {with_}{said}.",
        "joined": "Bienvenue\u202f: à partir du {day}, vous participez au {program}, {with_}.",
        "returned": "Bon retour\u202f: à partir du {day}, vous participez de nouveau au {program}, avec {holds}.",
        "left": "À partir du {day}, vous ne participez plus au {program}{because}.",
        "promoted": "Le {day}, vous passez {from_} {to}\u202f: toutes les conditions sont remplies.",
        "promoted form_on_file": "Le {day}, vous passez {from_} {to}\u202f: toutes les "
        "conditions sont remplies et nous avons déjà votre formulaire.",
        "demoted": "Le {day}, vous passez {from_} {to}\u202f: {unmet}.",
        "demoted tier_gone": "Le {day}, vous passez {from_} {to}\u202f: le niveau {before} ne fait plus partie du "
        "programme.",
        "kept": "Le {day}, vous gardez {holds}.",
        "kept no_demotion_yet": "Le {day}, vous gardez {holds}, alors que {unmet}\u202f: aucun niveau ne se perd ce "
        "jour-là.",
        "kept tier_gone": "Le {day}, vous gardez {holds}, qui ne fait plus partie du programme\u202f: aucun niveau ne "
        "se perd ce jour-là.",
        "kept suspended": "Le {day}, vous gardez {holds}\u202f: votre participation est suspendue et votre "
        "niveau ne change pas.",
        "kept form_asked": "Le {day}, vous gardez {holds}\u202f: le formulaire pour le niveau {about} est "
        "encore attendu.",
        "awaiting_form": "Le {day}, vous remplissez les critères du niveau {about}. Envoyez le formulaire de point de "
        "contact avant la fin du {deadline} ({zone})\u202f; d’ici là, vous gardez {holds}.",
        "activated": "Votre formulaire est arrivé\u202f: à partir du {day}, vous avez {holds}.",
        "lapsed no_form": "Le formulaire pour le niveau {about} n’était pas arrivé à la fin du {deadline}\u202f: vous "
        "gardez {holds} et pourrez vous qualifier de nouveau au prochain cycle.",
        "lapsed form_incomplete": "Le formulaire pour le niveau {about} est arrivé sans tout ce que ce niveau exige, "
        "et le délai s’est achevé le {deadline}\u202f: vous gardez {holds} et pourrez vous qualifier de "
        "nouveau au prochain cycle.",
        "lapsed form_held_back": "Votre participation était suspendue à l’arrivée du formulaire pour le niveau "
        "{about}, et le délai s’est achevé le {deadline}\u202f: vous gardez {holds} et pourrez vous "
        "qualifier de nouveau au prochain cycle.",
        "candidate": "Le {day}, vos résultats atteignent le niveau {about}, qui se décide entre personnes\u202f: vous "
        "êtes candidat. Il manque encore\u202f: {missed}.",
        "published": "Le {day}, votre niveau publié est {after}, comme le veulent les règles{said}.",
        "published none": "Le {day}, il est publié que vous n’avez aucun niveau, comme le veulent les règles{said}.",
        "published not_as_computed": "Le {day}, votre niveau publié est {after}{said}\u202f; d’après les faits connus "
        "aujourd’hui, les règles seules mèneraient {computed}. Ce qui a été publié reste acquis.",
        "published not_as_computed none": "Le {day}, il est publié que vous n’avez aucun niveau{said}\u202f; d’après "
        "les faits connus aujourd’hui, les règles seules mèneraient {computed}. Ce qui a été publié reste acquis.",
        "differs": "D’après les faits connus aujourd’hui, les règles auraient mené {computed} le {day}\u202f; votre "
        "historique publié reste acquis, {with_}.",
        "overridden": "Par décision, votre niveau est {after} à partir du {day}{said}.",
        "overridden none": "Par décision, vous n’avez aucun niveau à partir du {day}{said}.",
        "suspended": "À partir du {day}, votre participation est suspendue{said}\u202f; vous gardez {holds}"
        ", sans ses avantages et sans promotion.",
        "suspended breach": "À partir du {day}, votre participation est suspendue pour manquement aux règles du "
        "programme\u202f; vous gardez {holds}, sans ses avantages et sans promotion.",
        "suspended not_a_member": "Par décision du {day}, votre participation au {program} sera suspendue dès qu’elle "
        "commencera{said}.",
        "restored": "À partir du {day}, votre participation n’est plus suspendue{said}\u202f; vous avez {holds}.",
        "restored not_a_member": "Par décision du {day}, votre participation au {program} ne sera pas suspendue quand "
        "elle commencera{said}.",
        "not_a_member": "La décision du {day} ne change rien\u202f: vous ne participiez pas alors au {program}.",
        "because": "\u202f: {said}",
        "unmet one": "n’est plus remplie la condition {missed}",
        "unmet": "ne sont plus remplies les conditions {missed}",
        "computed": "au niveau {tier}",
        "computed none": "à l’absence de niveau",
        "with": "avec le niveau {tier}",
        "without": "sans niveau",
        "holds": "le niveau {tier}",
        "holds none": "votre place sans niveau",
        "from": "du niveau {tier}",
        "from none": "de l’absence de niveau",
        "to": "au niveau {tier}",
        "to none": "à l’absence de niveau",
        "undefined": "{gate} (valeur non définie)",
        "gate": "{gate} ({value}\u202f; il faut {required})",
        "and": " et ",
    },
}
"""What a notice says, by the kind of move, or by its kind and reason where they matter."""


KINDS: Mapping[Language, Mapping[MoveKind, str]] = {
    "en": {
        "opening": "opening", "joined": "joined", "returned": "returned", "left": "left", "promoted": "promoted",
        "demoted": "demoted", "kept": "kept", "awaiting_form": "awaits form", "activated": "activated",
        "lapsed": "lapsed", "candidate": "candidate", "published": "published", "differs": "differs",
        "overridden": "overridden", "suspended": "suspended", "restored": "restored",
    },
    "fr": {
        "opening": "ouverture", "joined": "entrée", "returned": "retour", "left": "sortie", "promoted": "montée",
        "demoted": "descente", "kept": "maintien", "awaiting_form": "formulaire attendu", "activated": "activation",
        "lapsed": "délai passé", "candidate": "candidature", "published": "publié", "differs": "écart",
        "overridden": "décision", "suspended": "suspension", "restored": "rétablissement",
    },
}  # fmt: skip
"""What a move is called in a table."""


def move_sentence(words: Words, move: Move) -> str:
    """A move in one sentence, to the partner it concerns."""
    said = SENTENCES[words.language]
    missed = missed_gates(words.rulebook.program, move)
    pattern = said[_key(words, move, missed=bool(missed))]
    program = words.rulebook.text(words.language, "program", "name") or move.program
    because = words.rulebook.text(words.language, "moves", move.reason)
    return pattern.format(
        day=words.day(move.on),
        deadline=words.day(move.deadline),
        zone=words.rulebook.program.time_zone,
        program=program,
        from_=_spoken(words, move.tier_before, "from", "from none"),
        to=_spoken(words, move.tier_after, "to", "to none"),
        holds=_spoken(words, move.tier_after, "holds", "holds none"),
        with_=_spoken(words, move.tier_after, "with", "without"),
        before=words.tier(move.tier_before or ""),
        after=words.tier(move.tier_after or ""),
        about=words.tier(move.about or ""),
        computed=_spoken(words, move.computed_tier, "computed", "computed none"),
        missed=_listed(words, missed),
        unmet=said["unmet one" if len(missed) == 1 else "unmet"].format(missed=_listed(words, missed)),
        said=said["because"].format(said=move.said.rstrip(".")) if move.said else "",
        because=said["because"].format(said=because) if because else "",
    )


def sentences(rulebook: Rulebook, move: Move) -> dict[Language, str]:
    """The sentence of a move in each language."""
    return {language: move_sentence(Words(rulebook, language), move) for language in LANGUAGES}


def missed_gates(program: Program, move: Move) -> tuple[Gate, ...]:
    """The gates that block: mandatory, not held, not waived, and of no choice that another gate has made already."""
    passed = frozenset(gate.path for gate in move.gates if gate.held or gate.waived_by is not None)
    tier = next((each for each in program.tiers if move.gates and each.tier == move.gates[0].tier), None)
    if tier is None:
        return ()
    paths = blocking(gate_tree(tuple(program.tiers), tier, move.on), move.on, passed)
    return tuple(gate for gate in move.gates if gate.path in paths)


def _key(words: Words, move: Move, *, missed: bool) -> str:
    """Which sentence a move is told in."""
    said = SENTENCES[words.language]
    if move.reason == "not_a_member":
        return next(key for key in (f"{move.kind} not_a_member", "not_a_member") if key in said)
    gone = [each.tier for each in words.rulebook.program.tiers if not each.in_force(move.on)]
    reason = "tier_gone" if not missed and move.tier_before in gone else move.reason
    named = [f"{move.kind} {reason}", f"{move.kind} {move.reason}", move.kind, f"{move.kind} no_form"]
    if move.tier_after is None:
        named = [each for name in named for each in (f"{name} none", name)]
    return next(name for name in named if name in said)


def _spoken(words: Words, tier: str | None, some: str, none: str) -> str:
    said = SENTENCES[words.language]
    return said[none] if tier is None else said[some].format(tier=words.tier(tier))


def _listed(words: Words, missed: Sequence[Gate]) -> str:
    """Gates in words, the first few of them; none where there are none."""
    said = SENTENCES[words.language]
    shown, more = [_gate(words, gate) for gate in missed[:SHOWN_GATES]], len(missed) - SHOWN_GATES
    if more > 0:
        shown.append(f"+ {more}")
    *several, last = shown or ["…"]
    return f"{', '.join(several)}{said['and']}{last}" if several else last


def _gate(words: Words, gate: Gate) -> str:
    said, name = SENTENCES[words.language], words.name("gates", gate.gate)
    if gate.value is None:
        return said["undefined"].format(gate=name)
    value = words.figure(gate.metric, gate.value, beside=gate.required)
    return said["gate"].format(gate=name, value=value, required=words.figure(gate.metric, gate.required))
