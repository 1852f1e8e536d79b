"""Laws of moves that hold for all facts, on generated histories of both programs."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import palier
from engine.histories_moves import SPANS, generate_moves, together
from engine.histories_world import Rows
from engine.oracle_facts import KEYS, in_force
from engine.oracle_partner import Program, demotes, local_day, promotes
from palier.backends.history import replay
from palier.engine.moves import History, Holding, Move
from support.facts import Form, write_facts

COUNT = 30
WHOLE = bool(os.environ.get("PALIER_WHOLE"))
"""Ask for each kind of day of each span; else each span leaves another one out."""
HUMAN_GATES = frozenset({"elite_invited", "account_review_passed"})
LADDERS = {
    "solutions": (None, "provider", "partner", "silver", "gold", "platinum", "diamond", "elite"),
    "technology": (None, "partner", "rising", "leading", "premier"),
}


@dataclass(frozen=True)
class Replayed:
    """The facts of a span, where they lie, and their whole replay."""

    span: str
    facts: Rows
    folder: Path
    history: History

    @property
    def program(self) -> Program:
        return SPANS[self.span].program

    def rank(self, tier: str | None) -> int:
        return LADDERS[self.program].index(tier)

    def told(self, *kinds: str) -> list[Move]:
        return [move for move in self.history.moves if move.kind in kinds]


@cache
def rulebook(program: Program) -> palier.Rulebook:
    return palier.read_program(program)


@pytest.fixture(scope="module", params=SPANS)
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    span: str = request.param
    facts = together(generate_moves(401, count=COUNT, span=span))
    folder = write_facts(tmp_path_factory.mktemp("facts"), facts)
    return Replayed(span, facts, folder, _replay(span, folder))


def _replay(span: str, folder: Path, *, until: date | None = None, **more: date | datetime | str) -> History:
    return replay(rulebook(SPANS[span].program), facts=folder, until=until or SPANS[span].last, **more)  # type: ignore[arg-type]


def last_of_days(history: History) -> Mapping[tuple[str, date], Move]:
    """By partner and day, the day's last move."""
    return {(move.partner_id, move.on): move for move in history.moves}


# --- a replay is its days, whatever is asked and in whatever order ------------------------------------


def test_a_day_asked_alone_is_that_day_of_the_whole(replayed: Replayed) -> None:
    """Replaying two years equals asking for each day alone: a day of the calendar, a deadline, the day after one."""
    calendar = SPANS[replayed.span].recalibrations
    days = (calendar[2], calendar[1] + timedelta(days=14), calendar[3] + timedelta(days=15))
    left_out = None if WHOLE else list(SPANS).index(replayed.span) % len(days)
    for on in (on for place, on in enumerate(days) if place != left_out):
        told = tuple(move for move in replayed.history.moves if move.on <= on)
        asked = _replay(replayed.span, replayed.folder, until=on)
        assert asked.moves == told
        whole = {holding.partner_id: replayed.history.holding_on(holding.partner_id, on) for holding in asked.holdings}
        assert all(_held(asked.holding_on(partner_id, on)) == _held(holding) for partner_id, holding in whole.items())
        alone = _replay(replayed.span, replayed.folder, until=on, since=on)
        assert alone.moves == tuple(move for move in told if move.on == on)


def _held(holding: Holding | None) -> tuple[str | None, str, date] | None:
    return None if holding is None else (holding.tier, holding.state, holding.effective_from)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_order_of_rows_and_partners_is_irrelevant(replayed: Replayed, form: Form, tmp_path: Path) -> None:
    mixed = {name: random.Random(form).sample(rows, len(rows)) for name, rows in replayed.facts.items()}  # noqa: S311
    assert _untold(_replay(replayed.span, write_facts(tmp_path, mixed, form=form))) == _untold(replayed.history)


def _untold(history: History) -> tuple[object, ...]:
    return history.moves, history.holdings


def test_each_partner_alone_moves_as_among_all(replayed: Replayed, tmp_path: Path) -> None:
    """Alone means with the partners that share its customers: a history."""
    for number, history in enumerate(generate_moves(401, count=3 if WHOLE else 2, span=replayed.span)):
        alone = _replay(replayed.span, write_facts(tmp_path / str(number), history))
        mine = {row["partner_id"] for row in history["partners"]}
        assert alone.moves == tuple(move for move in replayed.history.moves if move.partner_id in mine)
        assert alone.holdings == tuple(one for one in replayed.history.holdings if one.partner_id in mine)


def test_one_partner_asked_for_moves_as_among_all(replayed: Replayed) -> None:
    moved = sorted({move.partner_id for move in replayed.told("promoted", "activated", "published")})[:2]
    assert moved
    opened = [move.partner_id for move in replayed.told("opening") if move.partner_id not in moved][:1]
    for partner_id in (*moved, *opened):
        asked = _replay(replayed.span, replayed.folder, partner_id=partner_id)
        others = [move for move in asked.moves if move.kind != "kept"]
        assert others == [move for move in replayed.history.moves if move.partner_id == partner_id]


# --- what was published stands ------------------------------------------------------------------------


def test_a_published_move_is_never_rewritten_by_facts_recorded_later(replayed: Replayed, tmp_path: Path) -> None:
    """Sales, deals, uses, revenues and certifications are withdrawn or doubled later on: what was published stands."""
    rng = random.Random(replayed.span)  # noqa: S311
    later = datetime(2035, 1, 1)  # noqa: DTZ001
    changed: Rows = {name: list(rows) for name, rows in replayed.facts.items()}
    for table in ("sales", "influenced_sales", "app_uses", "subscriptions", "credentials"):
        rows = {tuple(row.get(column) for column in KEYS[table]): row for row in replayed.facts.get(table, ())}
        for row in rows.values():
            if rng.random() < 0.6:
                amount = {"mrr_minor": int(str(row["mrr_minor"])) * 2} if "mrr_minor" in row else {}
                retracted = None if amount and rng.random() < 0.5 else True
                changed[table].append({**row, **amount, "recorded_at": later, "retracted": retracted})
    history = _replay(replayed.span, write_facts(tmp_path, changed))
    before, after = last_of_days(replayed.history), last_of_days(history)
    published = [(move.partner_id, move.on, move.tier_after, move.state) for move in replayed.told("published")]
    assert published == [
        (move.partner_id, move.on, move.tier_after, move.state) for move in history.moves if move.kind == "published"
    ]
    assert len(published) > 10
    assert any(before[key].computed_tier != after[key].computed_tier for key in before.keys() & after.keys())
    as_known = _replay(replayed.span, tmp_path, known_at=later - timedelta(seconds=1))
    assert as_known.moves == replayed.history.moves


def test_nothing_moves_between_two_published_decisions(replayed: Replayed) -> None:
    published: dict[str, list[date]] = defaultdict(list)
    for move in replayed.told("published"):
        published[move.partner_id].append(move.on)
    for move in replayed.told("promoted", "demoted", "activated"):
        ledger = published[move.partner_id]
        assert not ledger or not ledger[0] <= move.on <= ledger[-1]


# --- what the calendar may do -------------------------------------------------------------------------


def test_tiers_rise_and_fall_on_the_calendars_days_only(replayed: Replayed) -> None:
    for move in replayed.told("demoted"):
        assert demotes(replayed.program, move.on)
        assert replayed.rank(move.tier_after) < replayed.rank(move.tier_before)
        assert replayed.program != "technology" or move.on >= date(2027, 1, 15)
    for move in replayed.told("promoted", "awaiting_form", "candidate"):
        assert promotes(replayed.program, move.on)
    for move in replayed.told("promoted", "activated"):
        assert replayed.rank(move.tier_after) > replayed.rank(move.tier_before)


def test_who_is_suspended_neither_rises_nor_falls(replayed: Replayed) -> None:
    held = replayed.history.holding_on
    suspended = [move for move in replayed.history.moves if move.state == "suspended"]
    assert suspended
    for move in suspended:
        assert move.kind not in {"promoted", "activated", "awaiting_form", "demoted", "candidate"}
        holding = held(move.partner_id, move.on)
        assert holding is not None


def test_every_form_is_asked_for_fourteen_days(replayed: Replayed) -> None:
    """A tier is activated by a form, once, within its days, and lapses on the first day after them."""
    awaited: dict[str, Move] = {}
    filed = defaultdict(list)
    for row in replayed.facts.get("contact_forms", ()):
        assert isinstance(row["filed_at"], datetime)
        filed[row["partner_id"]].append(local_day(row["filed_at"]))
    for move in replayed.told("awaiting_form", "activated", "lapsed"):
        asked = awaited.pop(move.partner_id, None)
        if move.kind == "awaiting_form":
            awaited[move.partner_id] = move
            assert move.deadline == move.on + timedelta(days=14)
            assert move.tier_after == move.tier_before
            continue
        assert asked is not None
        assert asked.deadline is not None
        if move.kind == "lapsed":
            assert move.on == asked.deadline + timedelta(days=1)
        else:
            assert asked.on < move.on <= asked.deadline
            assert move.tier_after == asked.about
            assert any(asked.on < on <= move.on for on in filed[move.partner_id])


def test_nobody_rises_to_elite_without_people(replayed: Replayed) -> None:
    attestations = replayed.facts["attestations"]
    for move in replayed.told("promoted"):
        if move.tier_after == "elite":
            said = {
                row["code"] for row in attestations if row["partner_id"] == move.partner_id and in_force(row, move.on)
            }
            assert said >= HUMAN_GATES


def test_what_is_held_from_a_day_on_is_what_its_last_move_says(replayed: Replayed) -> None:
    for (partner_id, on), move in last_of_days(replayed.history).items():
        holding = replayed.history.holding_on(partner_id, on)
        assert holding is not None
        assert (holding.tier, holding.state) == (move.tier_after, move.state)


def test_every_move_begins_at_what_the_one_before_left(replayed: Replayed) -> None:
    held: dict[str, str | None] = defaultdict(lambda: None)
    for move in replayed.history.moves:
        assert move.tier_before == held[move.partner_id], move
        held[move.partner_id] = move.tier_after
