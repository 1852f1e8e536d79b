"""The head of a partner's home: the tier it holds beside the tier it performs, and the next recalibration."""

from __future__ import annotations

from palier.engine.deciding import next_recalibration
from palier.engine.moves import Move
from palier.engine.recalibration import Recalibration, recalibration
from palier.report.content import Report
from palier.report.html import Markup, Node, inner, tag
from palier.report.parts import missing_sentences, program_name, stairs
from palier.report.words import Speech


def held_section(report: Report, speech: Speech, *, heading: str = "h1") -> Markup:
    """What is held, what is performed and what the next one misses; the three days that matter below."""
    named = f"{program_name(report)} · {report.partner if speech.addressed else report.standing.partner_id}"
    return tag(
        "section",
        tag("div", stairs("badge"), class_="round"),
        tag(
            "div",
            tag("p", named, class_="soft small"),
            tag(heading, held_sentence(report, speech)),
            tag("p", *_lead(report, speech), class_="lead"),
        ),
        _facts(report, speech),
        class_="card full hero",
        id="partner",
    )


def held_tier(report: Report) -> str | None:
    """The tier held: of the ledger of moves where there is one, else the tier of the day."""
    background = report.background
    if background is None or background.holding is None:
        return report.standing.tier
    return background.holding.tier


def held_sentence(report: Report, speech: Speech) -> str:
    """What the partner is, in one sentence."""
    tier, holding = held_tier(report), None if report.background is None else report.background.holding
    state = "active" if holding is None else holding.state
    if state == "left":
        return speech.say("left_program", partner=report.partner)
    if tier is None:
        return speech.say("is_on_none", partner=report.partner)
    said = "suspended_on" if state == "suspended" else "is_on"
    return speech.say(said, partner=report.partner, tier=speech.tier(tier))


def _lead(report: Report, speech: Speech) -> list[Node]:
    """Where the figures reach another tier than the one held, that first; then what the next one misses."""
    ranks: dict[str | None, int] = {None: -1, **{tier.tier: place for place, tier in enumerate(report.program.tiers)}}
    held, performed = held_tier(report), report.standing.tier
    said: list[Node] = []
    if ranks[held] != ranks[performed]:
        key = "performs_higher" if ranks[performed] > ranks[held] else "performs_lower"
        said += [speech.say(key, day=speech.words.day(report.on), tier=speech.tier(performed)), " "]
    return [*said, *missing_sentences(report, speech)]


def _facts(report: Report, speech: Speech) -> Markup | None:
    """Held, performed and next recalibration, side by side."""
    background = report.background
    if background is None or background.holding is None or report.program.calendar is None:
        return None
    rules: Recalibration = recalibration(report.program)
    coming = next_recalibration(rules, report.on)
    when = speech.say("no_recalibration") if coming is None else speech.words.day(coming)
    days = "" if coming is None else speech.count("in_days", (coming - report.on).days)
    since = speech.say("held_since", day=speech.words.day(background.holding.effective_from))
    performed = speech.say("performed_on", day=speech.words.day(report.on))
    cells = (
        ("tier_held", speech.tier(background.holding.tier), since),
        ("tier_performed", speech.tier(report.standing.tier), performed),
        ("next_recalibration", when, days),
    )
    return tag(
        "dl",
        *(
            tag("div", tag("dt", speech.say(key)), tag("dd", value, tag("small", detail) if detail else None))
            for key, value, detail in cells
        ),
        class_="side-by-side",
    )


def form_progress(report: Report, speech: Speech) -> Markup | None:
    """Whether the form that activates a tier is on file, and what it supplies too little of (B166, B193-198).

    Nothing where the program knows no form, or where a tier waits for it: `form_notice` says that.
    """
    background, calendar = report.background, report.program.calendar
    if background is None or calendar is None or calendar.form is None or _notice(report) is not None:
        return None
    asking, next_tier = calendar.form.tiers, report.standing.next_tier
    tier = next_tier if next_tier in asking else asking[0]
    lacking = [
        speech.lower(speech.words.name("gates", gate.gate))
        for gate in report.gates
        if (gate.tier, gate.purpose) == (tier, "reach") and gate.supplied_by is not None and not gate.held
    ]
    tiers = f" {speech.say('or_')} ".join(speech.tier(each) for each in asking)
    days = speech.whole(calendar.form.days.at(report.on))
    said = [
        speech.say("form_filed" if background.form_on_file else "form_asked"),
        speech.say("form_rule", tiers=tiers, days=days),
        speech.say("form_short", tier=speech.tier(tier), gates=speech.both(lacking))
        if lacking
        else speech.say("form_complete", tier=speech.tier(tier)),
    ]
    return inner(tag("h2", speech.say("form_heading")), tag("p", " ".join(said)))


def form_notice(report: Report, speech: Speech) -> Markup | None:
    """The deadline of a form that a tier waits for; nothing where none does."""
    notice = _notice(report)
    if notice is None or notice.deadline is None or notice.deadline < report.on:
        return None
    due = speech.say(
        "form_due",
        tier=speech.tier(notice.about),
        day=speech.words.day(notice.deadline),
        zone=report.program.time_zone,
    )
    return inner(tag("h2", due), tag("p", speech.say("form_due_why", on=speech.words.day(notice.on))))


def _notice(report: Report) -> Move | None:
    """The notice of a tier that waits for its form."""
    if report.background is None or report.program.calendar is None:
        return None
    return report.background.awaited(recalibration(report.program))
