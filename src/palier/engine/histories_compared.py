"""Two replayed histories side by side: who moves on which day on one side only, and where the two end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from palier.engine.compare import Side
from palier.engine.move_words import KINDS
from palier.engine.moves import History, Move
from palier.engine.words import Words

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCompared:
    """One day of moves: how many on each side (before, after), and how many partners then hold different tiers."""

    on: date
    promoted: Pair
    demoted: Pair
    apart: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompared:
    """One partner whose course differs: the moves of one side only, and what it holds at the end on both."""

    partner_id: str
    moves_before: tuple[Move, ...]
    moves_after: tuple[Move, ...]
    tier: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoriesCompared:
    """Two histories between two days, both included."""

    program: str
    since: date
    until: date
    before: Side
    after: Side
    days: tuple[DayCompared, ...]
    courses: tuple[CourseCompared, ...]


def days_compared(before: History, after: History, since: date, until: date) -> tuple[DayCompared, ...]:
    """The days in a range on which partners rise or fall on either side, or come apart otherwise."""
    both = (before, after)
    days = sorted({move.on for history in both for move in history.moves if since <= move.on <= until})
    partners = {holding.partner_id for history in both for holding in history.holdings}
    told: list[DayCompared] = []
    for on in days:
        counts = [[_count(history.moves, on, kind) for history in both] for kind in ("promoted", "demoted")]
        apart = sum(_tier(before, partner, on) != _tier(after, partner, on) for partner in partners)
        promoted, demoted = ((one, other) for one, other in counts)
        if any((*promoted, *demoted)) or apart != (told[-1].apart if told else 0):
            told.append(DayCompared(on=on, promoted=promoted, demoted=demoted, apart=apart))
    return tuple(told)


def courses_compared(before: History, after: History, since: date, until: date) -> tuple[CourseCompared, ...]:
    """The partners whose moves in a range differ, or that hold different tiers at its end."""
    was, is_ = (_by_partner(history.moves, since, until) for history in (before, after))
    partners = {holding.partner_id for history in (before, after) for holding in history.holdings}
    told = []
    for partner in sorted(partners):
        one, other = was.get(partner, {}), is_.get(partner, {})
        tier = _tier(before, partner, until), _tier(after, partner, until)
        if one.keys() != other.keys() or tier[0] != tier[1]:
            told.append(
                CourseCompared(
                    partner_id=partner,
                    moves_before=tuple(move for key, move in one.items() if key not in other),
                    moves_after=tuple(move for key, move in other.items() if key not in one),
                    tier=tier,
                )
            )
    return tuple(told)


_Key = tuple[object, ...]


def _by_partner(moves: Iterable[Move], since: date, until: date) -> Mapping[str, dict[_Key, Move]]:
    found: dict[str, dict[_Key, Move]] = {}
    for move in moves:
        if since <= move.on <= until and move.kind != "kept":
            found.setdefault(move.partner_id, {})[_happened(move)] = move
    return found


def _happened(move: Move) -> _Key:
    """All that makes a move what it is to the partner: of equal moves only the rulebook and the figures differ."""
    tiers = (move.tier_before, move.tier_after, move.about, move.computed_tier)
    return (move.on, move.kind, *tiers, move.state, move.deadline)


def _count(moves: Iterable[Move], on: date, kind: str) -> int:
    return sum(move.on == on and move.kind in (kind, {"promoted": "activated"}.get(kind)) for move in moves)


def _tier(history: History, partner_id: str, on: date) -> str | None:
    holding = history.holding_on(partner_id, on)
    return None if holding is None else holding.tier


SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "alike": "No partner moves otherwise.",
        "courses": "{count} partners take another course; {apart} hold another tier on {until}.",
        "move": "{day}: {what}",
        "nothing": "stays",
    },
    "fr": {
        "alike": "Aucun partenaire ne bouge autrement.",
        "courses": "{count} partenaires suivent un autre cours\u202f; {apart} tiennent un autre niveau le {until}.",
        "move": "{day}\u202f: {what}",
        "nothing": "ne bouge pas",
    },
}


def histories_sentence(words: Words, told: HistoriesCompared) -> str:
    """How many partners take another course, in one sentence."""
    said = SAID[words.language]
    if not told.courses:
        return said["alike"]
    apart = sum(course.tier[0] != course.tier[1] for course in told.courses)
    return said["courses"].format(count=len(told.courses), apart=apart, until=words.day(told.until))


def moves_sentence(words: Words, moves: Iterable[Move]) -> str:
    """The moves of one side only, one a line."""
    said = SAID[words.language]
    told = [said["move"].format(day=words.day(move.on), what=_what(words, move)) for move in moves]
    return "\n".join(told) or said["nothing"]


def _what(words: Words, move: Move) -> str:
    """From which tier to which; where it stays, what happens and about which tier."""
    if move.tier_before != move.tier_after:
        return f"{words.tier(move.tier_before)} → {words.tier(move.tier_after)}"
    return f"{KINDS[words.language][move.kind]}, {words.tier(move.about or move.tier_after)}"
