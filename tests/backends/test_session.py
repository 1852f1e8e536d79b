"""How much a connection may hold: the same for most facts, more for more facts, within the machine's share."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from palier.backends import evaluation
from palier.backends.evaluate import evaluate
from palier.backends.session import MEMORY, SHARE_OF_MACHINE, connect, give_room, memory_limit
from palier.rulebook.read import read_program
from support.facts import write_facts
from support.good_facts import good_rows

ROUNDED = MEMORY // 10
"""DuckDB tells its limit with one decimal, in GiB."""


def allowed(facts: int) -> int:
    with closing(connect()) as connection:
        give_room(connection, facts)
        return memory_limit(connection)


def share() -> int:
    with closing(duckdb.connect(config={"memory_limit": SHARE_OF_MACHINE})) as connection:
        return memory_limit(connection)


def test_facts_of_up_to_half_the_limit_change_nothing() -> None:
    assert allowed(0) == allowed(MEMORY // 2) == allowed(-1)
    assert abs(allowed(0) - MEMORY) < ROUNDED


def test_more_facts_may_take_twice_their_size_but_never_more_than_the_share() -> None:
    twice = max(MEMORY, min(MEMORY + MEMORY // 2, share()))
    assert abs(allowed(MEMORY * 3 // 4) - twice) < ROUNDED
    assert abs(allowed(10**15) - max(MEMORY, share())) < ROUNDED


def test_an_evaluation_has_room_for_the_tables_it_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = write_facts(tmp_path / "facts", good_rows())
    asked: list[int] = []
    monkeypatch.setattr(evaluation, "give_room", lambda _, size: asked.append(size))
    day = date(2026, 11, 20)
    evaluate(read_program("solutions"), facts=facts, on=day, stale=True, carry=tmp_path / "carried").close()
    assert asked == [], "what is carried is not read again"
    evaluate(read_program("solutions"), facts=facts, on=day, stale=True).close()
    sizes = {path.stem: path.stat().st_size for path in facts.iterdir()}
    assert sizes["activities"] + sizes["client_access"] < asked[0] < sum(sizes.values())
