"""A goal as a page shows it: each gate that a tier still misses with the smallest ways to close it, and one plan."""

from __future__ import annotations

from collections.abc import Sequence

from palier.engine.goal import Goal, Missing
from palier.engine.goal_words import counts_sentence, other_sentences, stood_words, way_sentence
from palier.engine.raising import Way
from palier.engine.words import Words
from palier.report.html import Markup, Node, inner, tag
from palier.report.links import Links, to_figure
from palier.report.words import Speech

_SHOWN = 3


def goal_section(speech: Speech, goal: Goal, currencies: Sequence[str], links: Links | None = None) -> Markup:
    """What a tier misses and how to close it, in the currencies given."""
    words, tier = speech.words, speech.tier(goal.tier)
    if goal.reached:
        said: list[Node] = [tag("p", speech.say("goal_reached", day=words.day(goal.on), tier=tier), class_="lead")]
    else:
        said = [tag("p", speech.count("goal_lead", len(goal.missing), tier=tier), class_="lead")]
        said += [_plan(speech, goal, currencies)]
        said += [tag("ol", *(_gate(speech, each, currencies, links) for each in goal.missing), class_="ways")]
    return inner(tag("h2", speech.say("goal_heading", tier=tier)), *said)


def _gate(speech: Speech, missing: Missing, currencies: Sequence[str], links: Links | None) -> Markup:
    """A missing gate with its figure, then its ways, the smallest amount first; those beyond three fold away."""
    words = speech.words
    name, stood = words.name("gates", missing.gate), stood_words(words, missing)
    heading = [name, speech.say("colon"), to_figure(links, missing.metric, stood)]
    ways = sorted(missing.ways, key=lambda way: _amount(way, currencies))
    shown, more = ways[:_SHOWN], ways[_SHOWN:]
    listed = [tag("li", way_sentence(words, way, currencies)) for way in shown]
    folded = [tag("li", way_sentence(words, way, currencies)) for way in more]
    counts = dict.fromkeys(counts_sentence(words, way) for way in ways[:1] if way.counts_until is not None)
    return tag(
        "li",
        tag("h3", *heading),
        tag("ul", *listed, *(tag("li", each) for each in other_sentences(words, missing))),
        *(tag("p", each, class_="soft small") for each in counts),
        tag("details", tag("summary", speech.count("more_ways", len(more))), tag("ul", *folded)) if more else None,
    )


def _plan(speech: Speech, goal: Goal, currencies: Sequence[str]) -> Markup | None:
    """The plan that asks for the least money, of those that close all gates of money or several parts of one."""
    plan = min(goal.plans, key=lambda each: sum(_amount(step, currencies) for step in each.steps), default=None)
    if plan is None:
        return None
    words: Words = speech.words
    steps = [tag("li", way_sentence(words, step, currencies)) for step in plan.steps]
    said, lead = ("goal_plan", "goal_plan_lead") if len(plan.gates) > 1 else ("goal_parts", "goal_parts_lead")
    when = [counts_sentence(words, step) for step in plan.steps if step.counts_until is not None]
    return tag(
        "div",
        tag("h3", speech.say(said)),
        tag("p", speech.say(lead), class_="soft"),
        tag("ul", *steps),
        inner(*(tag("p", each, class_="soft small") for each in dict.fromkeys(when))),
        class_="plan",
    )


def _amount(way: Way, currencies: Sequence[str]) -> int:
    return next((way.minor[currency] for currency in currencies if currency in way.minor), 0)
