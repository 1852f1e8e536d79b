"""What the next recalibration will decide, in words, under both assumptions about the time until then."""

from __future__ import annotations

from datetime import date

from palier.engine.deciding import decided, next_recalibrations
from palier.engine.moves import Move
from palier.engine.recalibration import Recalibration, recalibration
from palier.report.content import Report
from palier.report.html import Markup, Node, inner, tag
from palier.report.steps import ASSUMED
from palier.report.words import Speech
from palier.rulebook.gates import blocking

_NAMED = 3


def decisions_section(report: Report, speech: Speech) -> Markup | None:
    """The card of the next recalibration; nothing without forecasts, a history or a calendar."""
    if report.background is None or report.background.holding is None or report.program.calendar is None:
        return None
    rules = recalibration(report.program)
    days = [on for on in next_recalibrations(rules, report.on) if report.forecasts and on <= report.until]
    told = [(on, _told(report, speech, rules, on)) for on in days]
    if not any(said for _, said in told):
        return None
    heads = [
        tag("h3", speech.say("decides_then", day=speech.words.day(on)))
        if place
        else tag("h2", speech.say("decides_heading", day=speech.words.day(on)))
        for place, on in enumerate(days)
    ]
    return tag(
        "section",
        *(inner(head, *said) for head, (_, said) in zip(heads, told, strict=True)),
        class_="card calm",
        id="decides",
    )


def _told(report: Report, speech: Speech, rules: Recalibration, on: date) -> list[Markup]:
    """What a day decides, in a sentence for each assumption where they differ."""
    moves = {assume: coming_move(report, rules, assume, on) for assume in ASSUMED}
    known = {assume: move for assume, move in moves.items() if move is not None}
    if len(known) < len(ASSUMED):
        return []
    one = len({(move.kind, move.tier_after, move.about) for move in known.values()}) == 1
    shown = ASSUMED[-1:] if one else ASSUMED
    said = [tag("p", *_sentence(report, speech, rules, known[assume], assume, one=one)) for assume in shown]
    return [*said, tag("p", _which(speech, rules, on), class_="soft small")]


def coming_move(report: Report, rules: Recalibration, assume: str, on: date) -> Move | None:
    """The move that a recalibration day makes if a forecast comes true."""
    assert report.background is not None  # noqa: S101  # asked by the caller
    digest = report.words.rulebook.digest
    return decided(rules, report.forecasts[assume], report.gates, report.background, rulebook=digest, on=on)


def move_words(report: Report, speech: Speech, move: Move) -> str:
    """What a move will be, as part of a sentence."""
    none = "_none" if move.tier_after is None and move.kind in {"kept", "demoted"} else ""
    reason = f"_{move.reason}" if move.kind == "kept" and move.reason in {"no_demotion_yet", "suspended"} else ""
    return speech.say(
        f"will_{move.kind}{none or reason}",
        partner=report.partner,
        held=speech.tier(move.tier_before),
        after=speech.tier(move.tier_after),
        about=speech.tier(move.about),
        deadline=speech.words.day(move.deadline),
    )


def _sentence(
    report: Report, speech: Speech, rules: Recalibration, move: Move, assume: str, *, one: bool
) -> list[Node]:
    opening = speech.say("either_way" if one else f"sentence_{assume}")
    said: list[Node] = [f"{opening}{speech.say('colon')}", tag("b", move_words(report, speech, move)), "."]
    lacking = _lacking(report, speech, rules, move, assume)
    return [*said, f" {lacking}"] if lacking else said


def _lacking(report: Report, speech: Speech, rules: Recalibration, move: Move, assume: str) -> str:
    """The gates whose loss makes a tier fall, named."""
    if move.kind != "demoted" or move.tier_before is None:
        return ""
    kept = [gate for gate in report.gates if (gate.tier, gate.purpose) == (move.tier_before, "keep")]
    holds = {gate.gate: gate.held or gate.waived_by is not None for gate in kept}
    for change in report.forecasts[assume].changes:
        for each in change.gates:
            if change.on <= move.on and (each.tier, each.purpose) == (move.tier_before, "keep") and each.gate in holds:
                holds[each.gate] = each.held_after
    passed = frozenset(gate.path for gate in kept if holds[gate.gate])
    lost = blocking(rules.gates_of(move.tier_before, move.on), move.on, passed)
    names = [speech.lower(speech.words.name("gates", gate.gate)) for gate in kept if gate.path in lost]
    return speech.say("will_lack", gates=speech.both(names[:_NAMED])) if names else ""


def _which(speech: Speech, rules: Recalibration, on: date) -> str:
    """Whether partners may rise, fall or both on the day."""
    if rules.promotes_on(on) and rules.demotes_on(on):
        return speech.say("decides_lead")
    return speech.say("decides_rises" if rules.promotes_on(on) else "decides_falls")
