"""Worked cases of moves: a sentence, a few facts, and every move that the calendar makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

import palier
from palier.backends.history import replay
from palier.engine.moves import History, Move
from support.cases import CaseError, Facts, _merged, _texts, _utc, _Yaml12Loader
from support.facts import write_facts
from support.groups import grouped, own, parameters

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
_KEYS = frozenset(
    {"case", "cite", "quote", "since", "until", "known_at", "one_partner", "background", "switches", "facts", "expect"}
)
_MOVE_KEYS = frozenset({"on", "kind", "from", "to", "about", "computed", "state", "reason", "deadline", "missed"})
_EXPECTED = frozenset({"moves", "holds"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCase:
    """One worked case of moves."""

    program: Path
    file: Path
    sentence: str
    cites: tuple[str, ...]
    quotes: tuple[str, ...]
    since: date | None
    until: date
    known_at: datetime | None
    one_partner: str | None
    switches: tuple[tuple[str, str], ...]
    facts: Facts
    moves: Mapping[str, list[Mapping[str, Any]]]
    holds: Mapping[str, Mapping[date, str]]

    @property
    def name(self) -> str:
        return f"{self.program.name}/{self.file.stem}: {self.sentence}"


def read_move_cases(programs: Path) -> tuple[MoveCase, ...]:
    files = sorted(programs.glob("*/cases/moves/*.yaml"))
    return tuple(case for file in files for case in _cases(file))


def _cases(file: Path) -> Iterator[MoveCase]:
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=_Yaml12Loader)  # noqa: S506
    backgrounds = document.get("backgrounds", {})
    for number, raw in enumerate(document["cases"], start=1):
        place = f"{file}: case {number}"
        _known(raw, _KEYS, place)
        _known(raw["expect"], _EXPECTED, place)
        for moves in raw["expect"].get("moves", {}).values():
            for move in moves:
                _known(move, _MOVE_KEYS, place)
        parts = [*(backgrounds[name] for name in _texts(raw.get("background", []))), raw.get("facts", {})]
        yield MoveCase(
            program=file.parents[2],
            file=file,
            sentence=raw["case"],
            cites=_texts(raw["cite"]),
            quotes=_texts(raw["quote"]),
            since=raw.get("since"),
            until=raw["until"],
            known_at=_utc(raw.get("known_at")),
            one_partner=raw.get("one_partner"),
            switches=tuple(sorted(raw.get("switches", {}).items())),
            facts=_merged(parts, place),
            moves=raw["expect"].get("moves", {}),
            holds=raw["expect"].get("holds", {}),
        )


def _known(raw: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    if raw.keys() - known:
        message = f"{place}: {sorted(raw.keys() - known)} is not part of it, only {sorted(known)} are"
        raise CaseError(message)


@cache
def rulebook_of(program: Path, switches: tuple[tuple[str, str], ...]) -> palier.Rulebook:
    return palier.read_program(program, switches=dict(switches))


def as_written(move: Move, keys: frozenset[str]) -> dict[str, object]:
    """A move in the words of a case, those keys only that the case gives."""
    said = {
        "on": move.on,
        "kind": move.kind,
        "from": move.tier_before or "none",
        "to": move.tier_after or "none",
        "about": move.about,
        "computed": move.computed_tier or "none",
        "state": move.state,
        "reason": move.reason,
        "deadline": move.deadline,
        "missed": [
            gate.gate for gate in move.gates if not gate.held and gate.weight == "mandatory" and not gate.waived_by
        ],
    }
    return {key: value for key, value in said.items() if key in keys}


def held(history: History, partner: str, on: date) -> str:
    """What a partner holds, in the words of a case."""
    holding = history.holding_on(partner, on)
    if holding is None or holding.state == "left":
        return "nothing" if holding is None else "left"
    return f"{'suspended ' if holding.state == 'suspended' else ''}{holding.tier or 'none'}"


CASES = read_move_cases(PROGRAMS)


def question(case: MoveCase) -> Hashable | None:
    """What cases that share a replay have in common: it lasts as long as the longest, and each reads its own days.

    That a replay of many days is that of each is a law with tests of its own (tests/engine/test_laws_moves.py).
    """
    return None if case.one_partner is not None else (case.program, case.switches, case.known_at)


GROUPS = grouped(CASES, question, kind="moves")


@cache
def told(group: str) -> History:
    """The one replay of all cases of a group."""
    found = next(each for each in GROUPS.values() if each.name == group)
    first, alone = found.cases[0], len(found.cases) == 1
    with TemporaryDirectory() as folder:
        return replay(
            rulebook_of(first.program, first.switches),
            facts=write_facts(Path(folder), found.facts()),
            since=first.since if alone else None,
            until=max(case.until for case in found.cases),
            known_at=first.known_at,
            partner_id=first.one_partner,
        )


def history_of(case: MoveCase) -> History:
    """What the replay of its group says of a case, on the case's days, in its own words."""
    mark, every = GROUPS[case.name].mark(case), told(GROUPS[case.name].name)
    first = case.since or date.min
    moves = tuple(move for move in own(every.moves, mark) if first <= move.on <= case.until)
    return History(moves=moves, holdings=tuple(own(every.holdings, mark)))


@pytest.mark.parametrize("case", parameters(GROUPS, CASES))
def test_a_worked_case_of_moves_comes_out_as_written(case: MoveCase) -> None:
    history = history_of(case)
    for partner, expected in case.moves.items():
        made = [move for move in history.moves if move.partner_id == partner]
        told = [(str(move.on), move.kind, move.tier_after, move.reason) for move in made]
        assert len(made) == len(expected), told
        for move, written in zip(made, expected, strict=True):
            assert as_written(move, frozenset(written)) == dict(written), told
    for partner, days in case.holds.items():
        assert {on: held(history, partner, on) for on in days} == days


def test_moves_are_worked_through_by_at_least_40_cases() -> None:
    assert len(CASES) >= 40


def test_no_two_cases_of_moves_say_the_same_sentence() -> None:
    sentences = Counter((case.program.name, case.sentence) for case in CASES)
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_case_of_moves_cites_a_line_and_quotes_its_words() -> None:
    for case in CASES:
        sources = rulebook_of(case.program, ()).program.sources
        said = " ".join(sources[cite[0]].lines[cite[1:]] for cite in case.cites)
        words = " ".join(said.split())
        assert [quote for quote in case.quotes if " ".join(quote.split()) not in words] == [], case.name
