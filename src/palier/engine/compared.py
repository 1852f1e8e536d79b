"""A comparison in words: what a manager reads first, and the reason of each partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import get_args

from palier.engine.compare import (
    BenefitDifference,
    Comparison,
    CostDifference,
    Direction,
    GateDifference,
    LateRow,
    PartnerDifference,
    Side,
)
from palier.engine.words import Words
from palier.rulebook.benefits import Strength

NAMED_MOVES = 5
SHOWN_LATE = 3

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "as_written": "{rulebook} as written (version {version})",
        "switch": "{erratum} read as {reading}",
        "edit": "{path} = {value}",
        "known_at": "as known on {day} at {time} UTC",
        "known_now": "as known now",
        "compared": "{partners} partners: {promoted} promoted, {demoted} demoted, {same} at the same tier.",
        "came": "{entered} stand only on the second side, {left} only on the first.",
        "kept": "To keep a tier: {up} could keep a higher one, {down} only a lower one.",
        "candidates": "Candidates change for {count}.",
        "no_figures": "No figure changes.",
        "figures": "Figures change: {each}.",
        "decided": "Decided by: {each}.",
        "biggest": "Biggest moves: {each}.",
        "nobody": "Nobody moves.",
        "benefits": "Benefits: {gained} gained or stronger, {lost} lost or weaker: {each}.",
        "cost": "Commissions of {month}, {currency}: {before} → {after} ({change}), {partners} partners.",
        "no_cost": "Commissions cost the same.",
        "gains": "gains {each}",
        "loses": "loses {each}",
        "late": "{rows} rows recorded later stand behind it.",
        "asks": "{value}, {operator} {required}",
        "asks_instead": "{value}, {operator} {required} instead of {earlier}",
        "asked_anew": "{value}, {operator} {required}, newly asked",
        "asked_no_more": "{value}, {operator} {required} is no longer asked",
        "no_such_tier": "only one side has this tier",
        "otherwise": "its gates combine otherwise",
        "keep": "to keep {tier}",
        "reach": "{tier}",
        "added": "added",
        "corrected": "corrected",
        "retracted": "withdrawn",
        "late_row": "{source} {happened} on {day}",
        "more": "and {count} more",
    },
    "fr": {
        "as_written": "{rulebook} tel qu’écrit (version {version})",
        "switch": "{erratum} lu comme {reading}",
        "edit": "{path} = {value}",
        "known_at": "tel que connu le {day} à {time} UTC",
        "known_now": "tel que connu maintenant",
        "compared": "{partners} partenaires\u202f: {promoted} en hausse, {demoted} en baisse, {same} au même niveau.",
        "came": "{entered} ne figurent que du second côté, {left} que du premier.",
        "kept": "Pour garder un niveau\u202f: {up} pourraient en garder un plus haut, {down} un plus bas seulement.",
        "candidates": "La candidature change pour {count}.",
        "no_figures": "Aucun chiffre ne change.",
        "figures": "Chiffres qui changent\u202f: {each}.",
        "decided": "Ce qui décide\u202f: {each}.",
        "biggest": "Plus grands mouvements\u202f: {each}.",
        "nobody": "Personne ne bouge.",
        "benefits": "Avantages\u202f: {gained} gagnés ou renforcés, {lost} perdus ou affaiblis\u202f: {each}.",
        "cost": "Commissions de {month}, {currency}\u202f: {before} → {after} ({change}), {partners} partenaires.",
        "no_cost": "Les commissions coûtent autant.",
        "gains": "gagne {each}",
        "loses": "perd {each}",
        "late": "{rows} lignes enregistrées plus tard en sont la cause.",
        "asks": "{value}, {operator} {required}",
        "asks_instead": "{value}, {operator} {required} au lieu de {earlier}",
        "asked_anew": "{value}, {operator} {required}, nouvelle condition",
        "asked_no_more": "{value}, {operator} {required} n’est plus demandé",
        "no_such_tier": "un seul côté connaît ce niveau",
        "otherwise": "ses conditions se combinent autrement",
        "keep": "pour garder {tier}",
        "reach": "{tier}",
        "added": "ajouté",
        "corrected": "corrigé",
        "retracted": "retiré",
        "late_row": "{source} {happened} le {day}",
        "more": "et {count} autres",
    },
}


def side_sentence(words: Words, side: Side, *, knowledge: bool) -> str:
    """Which rules a side has; with `knowledge`, also what it knows."""
    said = SAID[words.language]
    parts = [said["switch"].format(erratum=each, reading=reading) for each, reading in side.switches.items()]
    parts += [said["edit"].format(path=path, value=_plain(value)) for path, value in side.edits.items()]
    if knowledge and side.known_at is None:
        parts.append(said["known_now"])
    elif side.known_at is not None:
        day, time = words.day(side.known_at.date()), side.known_at.strftime("%H:%M")
        parts.append(said["known_at"].format(day=day, time=time))
    written = said["as_written"].format(rulebook=side.rulebook, version=side.rulebook_hash[:8])
    return ", ".join([written, *parts])


def summary_sentences(words: Words, comparison: Comparison) -> list[str]:
    """What a manager reads: how many move, which way, who moves most, what decides, which figures change."""
    said = SAID[words.language]
    moved = {direction: comparison.moved(direction) for direction in _DIRECTIONS}
    here = comparison.partners - sum(len(moved[each]) for each in ("entered", "left"))
    counts = {each: len(found) for each, found in moved.items()}
    same = here - counts["promoted"] - counts["demoted"]
    told = [said["compared"].format(partners=here, **{**counts, "same": same})]
    if counts["entered"] or counts["left"]:
        told.append(said["came"].format(**counts))
    up, down = comparison.kept_moves()
    if up or down:
        told.append(said["kept"].format(up=up, down=down))
    candidates = sum(each.candidate[0] != each.candidate[1] for each in comparison.differences)
    if candidates:
        told.append(said["candidates"].format(count=candidates))
    told.append(_biggest(words, comparison))
    decided = Counter(gate for each in comparison.differences for gate in {gate.gate for gate in each.gates})
    if decided:
        told.append(said["decided"].format(each=_counted(words, "gates", decided)))
    figures = comparison.figures_changed()
    told.append(said["figures"].format(each=_counted(words, "metrics", figures)) if figures else said["no_figures"])
    told += _benefits(words, comparison)
    costs = [each for each in comparison.commissions if each.before_minor != each.after_minor]
    told += [cost_sentence(words, each) for each in costs]
    if comparison.commissions and not costs:
        told.append(said["no_cost"])
    late = {row for each in comparison.differences for row in each.late_rows}
    if late:
        told.append(said["late"].format(rows=len(late)))
    return told


_DIRECTIONS: tuple[Direction, ...] = ("promoted", "demoted", "entered", "left")


def move_sentence(words: Words, pair: tuple[str | None, str | None]) -> str:
    """A tier before and after, or the one where it stays."""
    before, after = pair
    return words.tier(after) if before == after else f"{words.tier(before)} → {words.tier(after)}"


def reason_sentences(words: Words, difference: PartnerDifference) -> list[str]:
    """Why a partner moves: each gate that decides, with its figure and requirement, then the late rows."""
    said = SAID[words.language]
    reasons: dict[str, None] = {}
    reached = {(gate.tier, gate.gate) for gate in difference.gates if gate.purpose == "reach"}
    for gate in difference.gates:
        if gate.purpose == "reach" or (gate.tier, gate.gate) not in reached:
            reasons[gate_sentence(words, gate)] = None
    if difference.stands_elsewhere and not reasons and difference.direction not in ("entered", "left"):
        reasons[said["otherwise"]] = None
    if not difference.stands_elsewhere:
        reasons |= {
            words.labelled(
                words.name("metrics", each.metric),
                f"{words.figure(each.metric, each.before)} → {words.figure(each.metric, each.after)}",
            ): None
            for each in difference.figures
        }
    late = [late_sentence(words, row) for row in difference.late_rows[:SHOWN_LATE]]
    if len(difference.late_rows) > SHOWN_LATE:
        late.append(said["more"].format(count=len(difference.late_rows) - SHOWN_LATE))
    return [*reasons, *benefit_sentences(words, difference), *late]


def gate_sentence(words: Words, gate: GateDifference) -> str:
    """A gate that decides: its tier, its name, its figure and what is required, before too where that differs."""
    said = SAID[words.language]

    def figures(before: object, after: object) -> str:
        return f"{after}" if before == after else f"{before} → {after}"

    value = figures(words.figure(gate.metric, gate.value_before), words.figure(gate.metric, gate.value_after))
    required, earlier = gate.required_after, gate.required_before
    form = "asks" if required == earlier else "asks_instead"
    if earlier is None:
        form = "asked_anew"
    if required is None:
        form, required = "asked_no_more", earlier
    asked = said[form].format(
        value=value,
        operator=words.say(gate.operator),
        required=words.figure(gate.metric, required),
        earlier=words.figure(gate.metric, earlier),
    )
    tier = said[gate.purpose].format(tier=words.name("tiers", gate.tier))
    return words.labelled(f"{tier}, {words.name('gates', gate.gate)}", asked)


def late_sentence(words: Words, row: LateRow) -> str:
    """A row recorded later: what it is, what was done to it, and when."""
    said = SAID[words.language]
    return said["late_row"].format(
        source=words.source(row.source_table, row.source_id),
        happened=said[row.happened],
        day=words.day(row.recorded_at.date()),
    )


STRENGTHS: tuple[str, ...] = get_args(Strength)


def is_gain(difference: BenefitDifference) -> bool:
    """Whether a benefit is had, or had more surely, on the second side."""
    return STRENGTHS.index(difference.after) > STRENGTHS.index(difference.before)


def benefit_sentences(words: Words, difference: PartnerDifference) -> list[str]:
    """The benefits that a partner gains, then those it loses."""
    told = []
    for form, wanted in (("gains", True), ("loses", False)):
        names = [benefit_name(words, each.benefit) for each in difference.benefits if is_gain(each) == wanted]
        if names:
            told.append(SAID[words.language][form].format(each=", ".join(names)))
    return told


def benefit_name(words: Words, benefit: str) -> str:
    """What people call a benefit."""
    return words.rulebook.text(words.language, "benefits", "names", benefit, "name") or words.name("benefits", benefit)


def cost_sentence(words: Words, cost: CostDifference) -> str:
    """What the statements of a month come to on both sides."""
    change = cost.after_minor - cost.before_minor
    return SAID[words.language]["cost"].format(
        month=f"{cost.month:%Y-%m}",
        currency=cost.currency,
        before=words.money(cost.before_minor, cost.currency),
        after=words.money(cost.after_minor, cost.currency),
        change=("+" if change >= 0 else "−") + words.money(abs(change), cost.currency),
        partners=cost.partners,
    )


def _benefits(words: Words, comparison: Comparison) -> list[str]:
    changed = [benefit for each in comparison.differences for benefit in each.benefits]
    if not changed:
        return []
    gained = sum(is_gain(each) for each in changed)
    counts = Counter(benefit_name(words, each.benefit) for each in changed)
    named = " · ".join(f"{name} {count}" for name, count in counts.most_common(NAMED_MOVES))
    said = SAID[words.language]["benefits"]
    return [said.format(gained=gained, lost=len(changed) - gained, each=named)]


def _biggest(words: Words, comparison: Comparison) -> str:
    said = SAID[words.language]
    moved = [*comparison.moved("promoted"), *comparison.moved("demoted")]
    if not moved:
        return said["nobody"]
    named = sorted(moved, key=comparison.bigness)[:NAMED_MOVES]
    each = [f"{partner_name(partner)} {move_sentence(words, partner.tier)}" for partner in named]
    return said["biggest"].format(each=" · ".join(each))


def partner_name(difference: PartnerDifference) -> str:
    """A partner's id with its name, where the facts give one."""
    return difference.partner_id if difference.name is None else f"{difference.name} ({difference.partner_id})"


def _counted(words: Words, kind: str, counts: Mapping[str, int]) -> str:
    ordered: Iterable[tuple[str, int]] = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return " · ".join(f"{words.name(kind, name)} {count}" for name, count in ordered)


def _plain(value: object) -> str:
    """An edited value as YAML's flow style would show it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(each) for each in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
