"""A rule tried before it changes: what each tier would ask, who would move, and what would stay."""

from __future__ import annotations

from collections import Counter

from palier.engine.compared import is_gain, move_sentence, reason_sentences
from palier.report.content import Report
from palier.report.html import Markup, Node, tag
from palier.report.lines import customer
from palier.report.past import Tried
from palier.report.words import Speech

SHOWN_MOVES = 6


def whatif_section(report: Report, speech: Speech) -> Markup | None:
    """What would follow from the rule tried; nothing where none is."""
    tried = report.tried
    if tried is None:
        return None
    return tag(
        "section",
        tag("h2", whatif_question(speech, tried)),
        tag("p", " ".join(whatif_sentences(report, speech, tried)), class_="lead"),
        _ladder(speech, tried),
        *_movers(speech, tried),
        class_="card full",
        id="whatif",
    )


def whatif_question(speech: Speech, tried: Tried) -> str:
    """What is tried, as a question."""
    return speech.say(
        "whatif_heading", metric=speech.lower(speech.metric(tried.metric)), percent=speech.whole(tried.percent)
    )


def whatif_sentences(report: Report, speech: Speech, tried: Tried) -> list[str]:
    """Who would move, and what would not change."""
    told = tried.comparison
    up, down = len(told.moved("promoted")), len(told.moved("demoted"))
    said = [speech.count("whatif_down", down, partners=speech.whole(told.partners), day=speech.words.day(told.on))]
    said.append(speech.count("whatif_up", up))
    if not told.figures_changed():
        said.append(speech.say("whatif_figures"))
    lost = sum(not is_gain(benefit) for each in told.differences for benefit in each.benefits)
    if lost:
        said.append(speech.count("whatif_lost", lost))
    stated = report.stated
    if stated is not None and stated.tried_minor == stated.statement.total_minor:
        total = speech.words.money(stated.statement.total_minor, stated.statement.currency)
        said.append(speech.say("whatif_statement", partner=report.partner, total=total))
    return said


def _ladder(speech: Speech, tried: Tried) -> Markup:
    """Each tier: what it asks, what it would ask, how many reach it, how many would."""
    before: Counter[str | None] = Counter()
    after: Counter[str | None] = Counter()
    for flow in tried.comparison.flows:
        before[flow.before] += flow.partners
        after[flow.after] += flow.partners
    order: list[str | None] = [*reversed(tried.comparison.ladder), None]
    keys = ("tier", "asks_then", "reach_then")
    head = [tag("th", speech.say(key), scope="col", class_="r" if place else None) for place, key in enumerate(keys)]
    rows = []
    for tier in order:
        asked = () if tier is None else tried.asked.get(tier, ())
        thresholds = _then(*(speech.figure(tried.metric, amount) for amount in asked))
        rows.append(
            tag(
                "tr",
                tag("th", speech.tier(tier), scope="row"),
                tag("td", thresholds, class_="r"),
                tag("td", _then(speech.whole(before[tier]), speech.whole(after[tier])), class_="r"),
            )
        )
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="tried")


def _then(*said: str) -> str:
    """A value now and then, once where it stays."""
    return " → ".join(dict.fromkeys(said)) or "–"


def _movers(speech: Speech, tried: Tried) -> list[Node]:
    """The partners that would move, each with its reason."""
    moved = [*tried.comparison.moved("demoted"), *tried.comparison.moved("promoted")]
    if not moved:
        return []
    rows = [
        tag(
            "tr",
            tag("th", customer(each.name or each.partner_id), tag("small", each.partner_id), scope="row"),
            tag("td", move_sentence(speech.words, each.tier), class_="amount"),
            tag("td", "; ".join(reason_sentences(speech.words, each)[:1])),
        )
        for each in moved[:SHOWN_MOVES]
    ]
    more = len(moved) - SHOWN_MOVES
    last = [tag("p", speech.count("whatif_more", more), class_="soft")] if more > 0 else []
    return [tag("h3", speech.say("whatif_movers")), tag("table", tag("tbody", *rows), class_="movers"), *last]
