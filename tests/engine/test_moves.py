"""One partner's events played by hand: what each day makes of a course, and what is held between moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import palier
from palier.engine.deciding import Background
from palier.engine.events import Breach, Decided, Departed, Entered, Event, Filed, Recalibrated, Verdict, order
from palier.engine.membership import merged
from palier.engine.move_words import SENTENCES, move_sentence
from palier.engine.moves import Holding, Move, holdings_of
from palier.engine.recalibration import NoCalendarError, Recalibration, recalibration
from palier.engine.replaying import Course, Replayer
from palier.engine.results import Gate
from palier.engine.words import Language, Words
from palier.rulebook.gates import gate_tree

LADDER = ("partner", "rising", "leading", "premier")
NEVER = date(2030, 1, 1)


@cache
def rules(*switches: tuple[str, str]) -> Recalibration:
    return recalibration(palier.read_program("technology", switches=dict(switches)).program)


def stands(reached: str | None, *, qualified: str | None = None, kept: str | None = None) -> Verdict:
    qualified = qualified or reached
    return Verdict((reached,) if reached else (), (qualified,) if qualified else (), kept or reached, None)


def played(
    *events: Event, until: date = NEVER, using: Recalibration | None = None, tell_kept: bool = False
) -> tuple[Move, ...]:
    published = [event.on for event in events if isinstance(event, Decided) and event.kind == "published"]
    ledger = (min(published), max(published)) if published else None
    replayer = Replayer("p1", using or rules(), "digest", ledger, tell_kept)
    return replayer.play(Course(), sorted(events, key=order), until=until)[1]


def told(moves: tuple[Move, ...]) -> list[tuple[date, str, str | None]]:
    return [(move.on, move.kind, move.tier_after) for move in moves]


JOINED = Entered(date(2026, 1, 5), "partner")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), [(1, 15), (4, 15), (7, 15), (10, 15)]),
        (date(2026, 1, 15), date(2026, 1, 15), [(1, 15)]),
        (date(2025, 1, 1), date(2025, 12, 31), []),
        (date(2026, 12, 31), date(2026, 1, 1), []),
    ],
)
def test_the_days_of_technology(first: date, last: date, expected: list[tuple[int, int]]) -> None:
    assert [(day.month, day.day) for day in rules().days(first, last)] == expected


def test_a_program_without_a_calendar_has_no_moves() -> None:
    with pytest.raises(NoCalendarError):
        recalibration(palier.read_program("starter").program)


def test_no_day_of_solutions_lies_between_its_editions() -> None:
    solutions = recalibration(palier.read_program("solutions").program)
    days = solutions.days(date(2017, 1, 1), date(2022, 12, 31))
    assert (days[0], days[-1]) == (date(2018, 2, 15), date(2022, 12, 15))
    assert [day for day in days if date(2020, 1, 16) <= day <= date(2022, 8, 14)] == []


@pytest.mark.parametrize(
    ("filed_at", "day"),
    [
        (datetime(2026, 4, 29, 21, 59, 59, tzinfo=UTC), date(2026, 4, 29)),
        (datetime(2026, 4, 29, 22, 0, 0, tzinfo=UTC), date(2026, 4, 30)),
        (datetime(2027, 1, 29, 22, 59, 59, tzinfo=UTC), date(2027, 1, 29)),
        (datetime(2027, 1, 29, 23, 0, 0, tzinfo=UTC), date(2027, 1, 30)),
    ],
)
def test_a_day_of_filing_ends_with_the_day_in_paris(filed_at: datetime, day: date) -> None:
    assert rules().filed_on(filed_at.replace(tzinfo=None)) == day


def test_an_awaited_tier_lapses_though_nothing_else_happens() -> None:
    noticed = Recalibrated(date(2026, 4, 15), stands("partner", qualified="leading"))
    assert told(played(JOINED, noticed, until=date(2026, 4, 29)))[-1] == (date(2026, 4, 15), "awaiting_form", "partner")
    assert told(played(JOINED, noticed, until=date(2026, 4, 30)))[-1] == (date(2026, 4, 30), "lapsed", "partner")


def test_a_lapse_comes_before_what_happens_on_a_later_day() -> None:
    moves = played(
        JOINED,
        Recalibrated(date(2026, 4, 15), stands("partner", qualified="leading")),
        Departed(date(2026, 6, 1), "membership_over"),
    )
    assert [move.kind for move in moves] == ["joined", "awaiting_form", "lapsed", "left"]


def test_leaving_ends_what_is_awaited_and_a_form_then_gives_nothing() -> None:
    moves = played(
        JOINED,
        Recalibrated(date(2026, 4, 15), stands("partner", qualified="leading")),
        Departed(date(2026, 4, 20), "membership_over"),
        Filed(date(2026, 4, 22), frozenset({"leading"})),
    )
    assert [move.kind for move in moves] == ["joined", "awaiting_form", "left"]


def test_a_tier_without_a_form_is_not_given_while_a_higher_one_is_awaited() -> None:
    moves = played(JOINED, Recalibrated(date(2026, 4, 15), stands("rising", qualified="premier")))
    assert [(move.kind, move.about) for move in moves[:2]] == [("joined", None), ("awaiting_form", "premier")]
    assert holdings_of(moves) == (Holding("p1", "partner", "active", date(2026, 1, 5), None),)


@pytest.mark.parametrize(
    ("kept", "fallen"), [("rising", "rising"), ("partner", "rising"), (None, "rising"), ("leading", "leading")]
)
def test_one_step_down_at_most(kept: str | None, fallen: str) -> None:
    one_step = rules(("B-17", "one_step"))
    assert one_step.fallen("leading", kept, date(2027, 1, 15)) == fallen
    assert rules().fallen("leading", kept, date(2027, 1, 15)) == kept


def test_one_step_up_ends_at_the_top() -> None:
    one_step = rules(("B-16", "one_step"))
    on = date(2027, 1, 15)
    steps = [one_step.highest_step(held, on) for held in (None, *LADDER)]
    assert steps == [0, 1, 2, 3, -1]


def test_a_restoration_by_decision_ends_a_breach_too() -> None:
    moves = played(
        JOINED,
        Breach(date(2026, 2, 1), begins=True),
        Decided(date(2026, 3, 1), "restored", None, "d1", "Mended"),
        Breach(date(2026, 6, 1), begins=False),
    )
    assert [(move.on, move.kind, move.state) for move in moves[1:]] == [
        (date(2026, 2, 1), "suspended", "suspended"),
        (date(2026, 3, 1), "restored", "active"),
    ]


def test_a_breach_that_begins_after_a_restoration_suspends_again_until_it_ends() -> None:
    moves = played(
        JOINED,
        Breach(date(2026, 2, 1), begins=True, number=0),
        Decided(date(2026, 3, 1), "restored", None, "d1", "Mended"),
        Breach(date(2026, 4, 1), begins=True, number=1),
        Breach(date(2026, 5, 1), begins=False, number=1),
    )
    assert [(move.on, move.kind, move.state) for move in moves[1:]] == [
        (date(2026, 2, 1), "suspended", "suspended"),
        (date(2026, 3, 1), "restored", "active"),
        (date(2026, 4, 1), "suspended", "suspended"),
        (date(2026, 5, 1), "restored", "active"),
    ]


def test_suspended_twice_is_restored_when_both_have_ended() -> None:
    moves = played(
        JOINED,
        Breach(date(2026, 2, 1), begins=True),
        Decided(date(2026, 2, 10), "suspended", None, "d1", None),
        Breach(date(2026, 3, 1), begins=False),
    )
    assert moves[-1].state == "suspended"
    assert told(moves)[-1] == (date(2026, 2, 10), "suspended", "partner")


def test_a_published_tier_replaces_the_move_of_its_day() -> None:
    on = date(2026, 4, 15)
    moves = played(JOINED, Recalibrated(on, stands("rising")), Decided(on, "published", "partner", "d1", None))
    assert [(move.kind, move.tier_before, move.tier_after, move.computed_tier) for move in moves[1:]] == [
        ("published", "partner", "partner", "rising")
    ]


@pytest.mark.parametrize(
    ("decided_tier", "published", "waits"),
    [("partner", True, True), ("rising", False, True), ("leading", True, False), ("premier", False, False)],
)
def test_a_decision_ends_the_wait_for_a_form_if_it_gives_the_tier(
    decided_tier: str, published: bool, waits: bool
) -> None:
    moves = played(
        JOINED,
        Recalibrated(date(2026, 4, 15), stands("partner", qualified="leading")),
        Decided(date(2026, 4, 15), "published" if published else "override", decided_tier, "d1", None),
        until=date(2026, 4, 20),
    )
    notice = Background(holding=None, moves=moves).awaited(rules())
    assert (notice is not None) == waits
    assert notice is None or (notice.about, notice.deadline) == ("leading", date(2026, 4, 29))


def said(moves: tuple[Move, ...]) -> list[tuple[str, str | None, str]]:
    return [(move.kind, move.computed_tier, move.reason) for move in moves if move.kind in {"published", "differs"}]


@pytest.mark.parametrize(
    ("tier", "reason"), [("rising", "as_computed"), ("partner", "not_as_computed"), ("leading", "not_as_computed")]
)
def test_a_tier_published_late_is_held_against_what_the_rules_gave_before(tier: str, reason: str) -> None:
    moves = played(
        JOINED,
        Decided(date(2026, 1, 15), "published", "partner", "d1", None),
        Recalibrated(date(2026, 4, 15), stands("rising")),
        Decided(date(2026, 5, 2), "published", tier, "d2", None),
    )
    assert said(moves)[1:] == [("differs", "rising", "not_published"), ("published", "rising", reason)]


def test_an_activation_that_was_published_later_is_as_computed() -> None:
    moves = played(
        JOINED,
        Decided(date(2026, 1, 15), "published", "partner", "d1", None),
        Recalibrated(date(2026, 4, 15), stands("partner", qualified="leading")),
        Filed(date(2026, 4, 25), frozenset({"leading"})),
        Decided(date(2026, 4, 27), "published", "leading", "d2", None),
    )
    assert said(moves)[1:] == [("differs", "leading", "not_published"), ("published", "leading", "as_computed")]


@pytest.mark.parametrize("decided_on", [date(2026, 7, 15), date(2026, 8, 1)])
def test_a_day_of_the_calendar_judges_anew_what_was_not_published(decided_on: date) -> None:
    moves = played(
        JOINED,
        Decided(date(2026, 1, 15), "published", "partner", "d1", None),
        Recalibrated(date(2026, 4, 15), stands("rising")),
        Recalibrated(date(2026, 7, 15), stands("partner")),
        Decided(decided_on, "published", "partner", "d2", None),
    )
    assert said(moves)[1:] == [("differs", "rising", "not_published"), ("published", "partner", "as_computed")]


def test_a_tier_that_the_rules_take_and_the_ledger_leaves_differs_though_none_is_left() -> None:
    moves = played(
        JOINED,
        Decided(date(2026, 10, 15), "published", "partner", "d1", None),
        Recalibrated(date(2027, 1, 15), stands(None)),
        Recalibrated(date(2027, 7, 15), stands(None)),
        Decided(date(2027, 8, 1), "published", "partner", "d2", None),
    )
    assert said(moves)[1:] == [("differs", None, "not_published"), ("published", None, "not_as_computed")]


def test_the_days_on_which_nothing_moves_are_told_on_demand() -> None:
    days = [Recalibrated(date(2027, 1, 15), stands("partner")), Recalibrated(date(2027, 4, 15), stands(None))]
    assert [move.kind for move in played(JOINED, *days)] == ["joined"]
    assert [move.reason for move in played(JOINED, *days, tell_kept=True)] == ["first_day", "holds", "no_demotion_yet"]


def test_what_is_held_on_a_day_of_two_moves_is_what_the_last_one_gives() -> None:
    on = date(2026, 4, 15)
    moves = played(JOINED, Recalibrated(on, stands("rising")), Decided(on, "override", "premier", "d1", None))
    assert [(each.tier, each.effective_from, each.effective_until) for each in holdings_of(moves)] == [
        ("partner", date(2026, 1, 5), on),
        ("premier", on, None),
    ]


@given(st.lists(st.tuples(st.integers(1, 60), st.none() | st.integers(1, 60)), max_size=8))
def test_merged_periods_cover_the_same_days_and_never_touch(spans: list[tuple[int, int | None]]) -> None:
    periods = [(date.fromordinal(start), None if end is None else date.fromordinal(end)) for start, end in spans]
    made = merged(periods)

    def covered(given: object) -> set[int]:
        assert isinstance(given, list | tuple)
        return {
            day
            for day in range(1, 70)
            if any(start.toordinal() <= day and (end is None or day < end.toordinal()) for start, end in given)
        }

    assert covered(made) == covered(periods)
    assert all(earlier[1] is not None and earlier[1] < later[0] for earlier, later in pairwise(made))


_VERDICTS = st.builds(
    lambda reached, up, down: Verdict(
        (LADDER[reached],), (LADDER[min(reached + up, 3)],), LADDER[max(reached - down, 0)], None
    ),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 2),
)
_DAYS = st.dates(date(2026, 1, 6), date(2028, 12, 31))
_EVENTS = st.one_of(
    st.builds(Filed, _DAYS, st.frozensets(st.sampled_from(("leading", "premier")))),
    st.builds(Breach, _DAYS, begins=st.booleans()),
    st.builds(
        Decided,
        _DAYS,
        st.sampled_from(("override", "published", "suspended", "restored")),
        st.sampled_from(LADDER),
        st.uuids().map(str),
        st.none(),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_VERDICTS, min_size=12, max_size=12), st.lists(_EVENTS, max_size=8), st.randoms())
def test_any_events_in_any_order_and_any_cut_make_one_course(
    verdicts: list[Verdict], others: list[Event], random: object
) -> None:
    """The order of rows never matters, and playing up to a day and then on is playing at once."""
    days = rules().days(date(2026, 1, 6), date(2028, 12, 31))
    events: list[Event] = [JOINED, *(Recalibrated(on, one) for on, one in zip(days, verdicts, strict=True)), *others]
    whole = played(*events)
    random.shuffle(events)  # type: ignore[attr-defined]
    assert played(*events) == whole
    ordered, cut = sorted(events, key=order), date(2027, 2, 1)
    published = [event.on for event in events if isinstance(event, Decided) and event.kind == "published"]
    replayer = Replayer("p1", rules(), "digest", (min(published), max(published)) if published else None)
    course, first = replayer.play(Course(), [event for event in ordered if event.on <= cut], until=cut)
    notice = Background(holding=None, moves=first).awaited(rules())
    assert (None if notice is None else (notice.about, notice.on)) == (
        None if course.awaited is None else (course.awaited.tier, course.awaited.notice_on)
    )
    _, rest = replayer.play(course, [event for event in ordered if event.on > cut], until=NEVER)
    assert first + rest == whole
    held = holdings_of(whole)
    assert all(one.effective_until == other.effective_from for one, other in pairwise(held))
    assert all(one.effective_until is None or one.effective_from < one.effective_until for one in held)
    demoted = [move.on for move in whole if move.kind == "demoted"]
    assert all(on.month in (1, 7) and on >= date(2027, 1, 15) for on in demoted)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_move_has_its_sentence(language: str) -> None:
    spoken: Language = "fr" if language == "fr" else "en"
    words = Words(palier.read_program("technology"), spoken)
    move = Move(
        partner_id="p1", program="technology", on=date(2026, 4, 1), kind="promoted", tier_before=None,
        tier_after="rising", state="active", reason="reached", rulebook="digest",
    )  # fmt: skip
    said = move_sentence(words, move)
    assert ("1er avril 2026" if spoken == "fr" else "1 April 2026") in said
    assert "Rising" in said
    assert SENTENCES["en"].keys() == SENTENCES["fr"].keys()


def test_french_sentences_keep_their_narrow_spaces() -> None:
    for sentence in SENTENCES["fr"].values():
        for mark in ":;!?":
            assert sentence.count(mark) == sentence.count(f"\u202f{mark}"), sentence


def demoted(program: str, tier: str, on: date, *missed: str) -> Move:
    """A fall on which some gates to keep the tier are missed, and all others held."""
    tiers = palier.read_program(program).program.tiers
    held = next(each for each in tiers if each.tier == tier)
    gates = tuple(
        Gate(
            partner_id="p1", tier=tier, purpose="keep", gate=str(placed.node.gate), path=placed.path,
            metric=str(placed.node.metric), operator=placed.node.operator,
            required=placed.node.threshold.keep.at(on), value=None, held=placed.node.gate not in missed,
            weight=placed.node.weight_on(on), waived_by=None, supplied_by=placed.node.supplied_by, missing=Decimal(0),
        )
        for placed in (gate_tree(tuple(tiers), held, on) if held.in_force(on) else ())
        if placed.node.gate is not None
    )  # fmt: skip
    return Move(
        partner_id="p1", program=program, on=on, kind="demoted", tier_before=tier, tier_after=None, state="active",
        reason="not_kept", rulebook="digest", gates=gates,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("move", "english", "french"),
    [
        (
            ("technology", "rising", date(2027, 1, 15), "early_installs", "reviews"),
            "no longer met is Reviews (undefined).",
            "n’est plus remplie la condition Avis (valeur non définie).",
        ),
        (
            ("technology", "rising", date(2027, 1, 15), "early_installs", "influenced_deals"),
            "no longer met are Influenced-deal MRR (undefined) and 90-day install MRR (undefined).",
            "ne sont plus remplies les conditions ",
        ),
        (
            ("solutions", "silver", date(2023, 1, 15)),
            "the tier Silver is no longer part of the program.",
            "le niveau Silver ne fait plus partie du programme.",
        ),
    ],
    ids=["a choice that is made", "a choice that is not", "a tier that is gone"],
)
def test_a_fall_names_what_is_no_longer_met_and_nothing_else(
    move: tuple[str, str, date], english: str, french: str
) -> None:
    fall = demoted(*move)
    rulebook = palier.read_program(fall.program)
    assert move_sentence(Words(rulebook, "en"), fall).endswith(english)
    assert french in move_sentence(Words(rulebook, "fr"), fall)


def test_no_tier_is_said_in_words_of_its_own() -> None:
    spoken: dict[Language, str] = {"en": "you have no tier", "fr": "vous n’avez aucun niveau"}
    for language, said in spoken.items():
        words = Words(palier.read_program("technology"), language)
        for reason in ("as_computed", "not_as_computed"):
            move = replace(demoted("technology", "rising", date(2027, 1, 15)), kind="published", reason=reason)
            assert said in move_sentence(words, move)
