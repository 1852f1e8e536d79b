"""A forecast in words: what changes on a day, and because of what."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from palier.engine.forecast import Cause, Change, FigureChange
from palier.engine.words import Words

SHOWN_CAUSES = 4


def change_sentences(words: Words, change: Change) -> tuple[list[str], list[str]]:
    """What changes on the day (figures, then gates), and the causes, the largest first."""
    what = [words.labelled(words.name("metrics", each.metric), _moved(words, each)) for each in change.figures]
    rules = [
        words.say(
            "rule",
            gate=f"{words.name('tiers', each.tier)}, {words.name('gates', each.gate)}",
            before=words.figure(each.metric, each.required_before),
            after=words.figure(each.metric, each.required_after),
        )
        for each in change.gates
        if each.required_before != each.required_after and each.purpose == "reach"
    ]
    return what, [*cause_sentences(words, change.causes), *rules]


def lapse_sentence(words: Words, change: Change, credited: frozenset[str]) -> str:
    """The day of a lapse, what is lost and the facts behind it, in one sentence."""
    lost = {
        each.metric: f"{words.name('metrics', each.metric)} {_moved(words, each)}"
        for each in change.figures
        if each.metric in credited and (each.after or 0) < (each.before or 0)
    }
    causes = [cause for cause in change.causes if cause.metric in lost and cause.happening == "ended"]
    because = "; ".join(cause_sentences(words, causes))
    return words.labelled(words.day(change.on), f"{', '.join(lost.values())} ({because})")


def cause_sentences(words: Words, causes: Iterable[Cause]) -> list[str]:
    """The causes worth naming, those that move most first and each source once, and how many more there are."""
    told: dict[tuple[str, ...], Cause] = {}
    for cause in sorted(causes, key=lambda each: (each.because is not None, _movement(each)), reverse=True):
        told.setdefault(_origin(cause), cause)
    shown = [cause_sentence(words, cause) for cause in list(told.values())[:SHOWN_CAUSES]]
    return [*shown, f"+ {len(told) - len(shown)}"] if len(told) > len(shown) else shown


def cause_sentence(words: Words, cause: Cause, *, beside: str | None = None) -> str:
    """One cause: the source, what happens to its line, and the dated fact or window behind it.

    The metric that it stands `beside` is not named again.
    """
    spoken = f"{words.source(cause.source_table, cause.source_id)} {words.say(cause.happening)}"
    if cause.because is None:
        if cause.fact_on:
            return spoken
        moves_on = words.say("moves_on")
        return moves_on if cause.metric == beside else words.labelled(words.name("metrics", cause.metric), moves_on)
    kind, mark, name = cause.because.partition(":")
    return words.labelled(spoken, words.say("window", name=words.name("windows", name)) if mark else words.end(kind))


def _origin(cause: Cause) -> tuple[str, ...]:
    """What a cause comes from: the source of its line, or the figure where only its day of measurement moves on."""
    moves_on = cause.because is None and cause.fact_on is None
    return (cause.metric,) if moves_on else (cause.source_table, cause.source_id)


def _movement(cause: Cause) -> Fraction:
    return abs((cause.after or Fraction(0)) - (cause.before or Fraction(0)))


def _moved(words: Words, change: FigureChange) -> str:
    return f"{words.figure(change.metric, change.before)} → {words.figure(change.metric, change.after)}"
