"""The moves of both programs against their oracle, on generated histories that are mean around the calendar.

PALIER_HISTORIES says how many histories to judge (2,000 in CI, more on demand): six in ten of them of technology, the
others of solutions.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import palier
from cases.test_move_cases import CASES, MoveCase
from engine.histories_moves import SPANS, generate_moves, together
from engine.histories_world import Rows
from engine.oracle_moves import OracleHolding, OracleMove, holdings, replayed
from engine.oracle_partner import Program, promotes
from palier.backends.history import replay
from palier.engine.moves import History
from support.facts import write_facts

HISTORIES = int(os.environ.get("PALIER_HISTORIES", "2000"))
SHARES = {
    "technology": 0.6,
    "solutions of 2018": 0.175,
    "solutions of points": 0.15,
    "solutions between editions": 0.075,
}
BATCH = 500


def batches() -> list[tuple[str, int, int]]:
    """The span, seed and number of histories of every batch."""
    found = []
    for span, share in SHARES.items():
        count = max(int(HISTORIES * share), 1)
        found += [(span, seed, min(BATCH, count - first)) for seed, first in enumerate(range(0, count, BATCH))]
    return found


@cache
def rulebook(program: Program) -> palier.Rulebook:
    return palier.read_program(program)


def differences(
    folder: Path, histories: list[Rows], *, span: str, known_at: datetime | None = None, until: date | None = None
) -> list[str]:
    """Every partner whose moves or holdings are not those of the oracle."""
    program, until = SPANS[span].program, until or SPANS[span].last
    wanted = [move for each in histories for move in replayed(each, program=program, until=until, known_at=known_at)]
    write_facts(folder, together(histories), form="parquet")
    found = replay(rulebook(program), facts=folder, until=until, known_at=known_at)
    return [
        *differing(wanted, moves_of(found)),
        *differing(holdings(wanted), holdings_of(found)),
    ]


def moves_of(history: History) -> list[OracleMove]:
    return [
        OracleMove(
            move.partner_id,
            move.on,
            move.kind,
            move.tier_before,
            move.tier_after,
            move.state,
            move.deadline,
            move.computed_tier,
        )
        for move in history.moves
    ]


def holdings_of(history: History) -> list[OracleHolding]:
    return [
        OracleHolding(one.partner_id, one.tier, one.state, one.effective_from, one.effective_until)
        for one in history.holdings
    ]


def differing(wanted: Iterable[OracleMove | OracleHolding], found: Iterable[OracleMove | OracleHolding]) -> list[str]:
    """By partner, the first of both lists that differs."""
    both: dict[str, tuple[list[object], list[object]]] = defaultdict(lambda: ([], []))
    for one in wanted:
        both[one.partner_id][0].append(one)
    for one in found:
        both[one.partner_id][1].append(one)
    told = []
    for partner_id, (oracle, judged) in sorted(both.items()):
        if oracle != judged:
            first = next((n for n, pair in enumerate(zip(oracle, judged, strict=False)) if pair[0] != pair[1]), -1)
            told.append(f"{partner_id}: oracle {oracle[first:][:2]}, palier {judged[first:][:2]}")
    return told


@pytest.mark.parametrize(("span", "seed", "count"), batches(), ids=str)
def test_every_move_and_holding_is_the_oracles(span: str, seed: int, count: int, tmp_path: Path) -> None:
    assert differences(tmp_path, generate_moves(seed, count=count, span=span), span=span) == []


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_what_was_known_then_moved_as_the_oracle_says(span: str, place: float, tmp_path: Path) -> None:
    days = [on for on in SPANS[span].recalibrations if on > SPANS[span].first]
    known_on = days[int(place * len(days))] + timedelta(days=1)
    known_at = datetime(known_on.year, known_on.month, known_on.day, 11, 59, 59)  # noqa: DTZ001
    histories = generate_moves(301, count=min(HISTORIES // 100, 40), span=span)
    assert differences(tmp_path, histories, span=span, known_at=known_at) == []


# --- the generated histories and the oracle themselves -----------------------------------------------


def test_the_histories_hold_every_kind_of_move_many_times() -> None:
    told: Counter[str] = Counter()
    reached: Counter[str | None] = Counter()
    for span in SPANS:
        for history in generate_moves(0, count=60, span=span):
            moves = replayed(history, program=SPANS[span].program, until=SPANS[span].last)
            told.update(move.kind for move in moves)
            reached.update(move.after for move in moves if move.kind in {"promoted", "activated"})
    often = ("joined", "left", "promoted", "demoted", "awaiting_form", "lapsed", "published", "overridden")
    assert all(told[kind] >= 30 for kind in (*often, "opening", "suspended", "restored")), told
    assert all(told[kind] >= 8 for kind in ("returned", "activated", "differs", "candidate")), told
    tiers = ("silver", "gold", "platinum", "diamond", "elite", "rising", "leading", "premier")
    assert all(reached[tier] for tier in tiers), reached


def test_the_calendar_of_the_oracle() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    technology = [(on.month, on.day) for on in days if promotes("technology", on)]
    assert technology == [(1, 15), (4, 15), (7, 15), (10, 15)]
    assert sum(promotes("solutions", on) for on in days) == 12
    assert not promotes("solutions", date(2020, 2, 15))


SAID = [case for case in CASES if not case.switches and case.one_partner is None]
"""The oracle knows the readings taken, and not the days on which a partner kept its tier."""


@pytest.mark.parametrize("case", SAID, ids=lambda case: case.name)
def test_the_oracle_moves_as_the_worked_cases_say(case: MoveCase) -> None:
    program: Program = "technology" if case.program.name == "technology" else "solutions"
    tables = {table: [typed(row) for row in rows] for table, rows in case.facts.items()}
    moves = replayed(tables, program=program, until=case.until, known_at=case.known_at)
    for partner_id, wanted in case.moves.items():
        found = [move for move in moves if move.partner_id == partner_id and move.on >= (case.since or date.min)]
        assert [(move.on, move.kind) for move in found] == [(each["on"], each["kind"]) for each in wanted]
        for move, each in zip(found, wanted, strict=True):
            said = {"from": move.before or "none", "to": move.after or "none", "state": move.state}
            said |= {"deadline": move.deadline, "computed": move.computed or "none"}  # type: ignore[dict-item]
            assert {key: value for key, value in said.items() if key in each} == {
                key: each[key] for key in said if key in each
            }


def typed(row: dict[str, object]) -> dict[str, object]:
    """Days that a repeated row of a case gives as text."""
    return {
        column: date.fromisoformat(value)
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        else value
        for column, value in row.items()
    }
