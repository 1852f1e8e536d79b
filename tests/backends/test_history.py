"""Replays over facts: a year is its days, order never matters, and a late correction is told with its row."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import jsonschema
import pytest

import palier
from palier.backends import weighing
from palier.backends.corrections import corrections
from palier.backends.history import NoDayError, replay
from palier.backends.history_tables import write_history
from palier.backends.runs import OutputInTheWayError, PartnerNotFoundError
from palier.cli.app import run
from palier.engine.moves import History, Move
from palier.engine.recalibration import NoCalendarError
from support.facts import write_facts
from support.small import Rows

FIRST, LAST = date(2026, 1, 1), date(2027, 7, 31)
Captured = pytest.CaptureFixture[str]
BEFORE_MAY = datetime.fromisoformat("2026-05-01")
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "history.schema.json"
REVENUES = {"p1": 500_000, "p2": 1_200_000, "p3": 8_000_000, "p4": 450_000, "p5": 100}


@cache
def technology() -> palier.Rulebook:
    return palier.read_program("technology")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def world() -> Rows:
    """Five partners of the technology program: risen, waiting, activated, left and returned, suspended."""
    rows: Rows = {name: [] for name in ("enrolments", "attestations", "apps", "subscriptions", "influenced_sales")}
    rows |= {name: [] for name in ("partners", "customers", "app_uses", "contact_forms", "tier_decisions", "reviews")}
    months = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(30)]
    for number, (partner, revenue) in enumerate(REVENUES.items(), start=1):
        app, customer = f"a{number}", f"c{number}"
        rows["partners"].append({"partner_id": partner})
        rows["customers"].append({"customer_id": customer, "country": "US"})
        rows["enrolments"].append(
            {
                "enrolment_id": f"e{number}", "partner_id": partner, "program": "technology", "level": "member",
                "enrolled_on": date(2025, 6, number),
            }
        )  # fmt: skip
        for code in ("agreement_signed", "technical_contact", "partnership_manager"):
            rows["attestations"].append(
                {
                    "attestation_id": f"{partner}-{code}",
                    "partner_id": partner,
                    "code": code,
                    "effective_from": "2026-01-03",
                }
            )
        rows["apps"].append({"app_id": app, "partner_id": partner, "listed_on": date(2025, 6, 1)})
        rows["subscriptions"].append(
            {
                "subscription_id": f"s{number}", "customer_id": customer, "mrr_minor": revenue * 100, "currency": "USD",
                "effective_from": date(2024, 1, 1),
            }
        )  # fmt: skip
        rows["influenced_sales"].append(
            {
                "influenced_id": f"i{number}", "partner_id": partner, "customer_id": customer, "role": "sourced",
                "mrr_minor": 3_000_000, "currency": "USD", "closed_on": date(2026, number, 20),
                "matched_on": date(2026, number, 20),
            }
        )  # fmt: skip
        rows["app_uses"] += [{"app_id": app, "customer_id": customer, "month": month} for month in months]
        rows["reviews"] += [
            {
                "review_id": f"{app}-{nth}", "app_id": app, "customer_id": customer, "stars": 5,
                "published_on": date(2026, 9, 1),
            }
            for nth in range(10)
        ]  # fmt: skip
    rows["contact_forms"].append(
        {"form_id": "f2", "partner_id": "p2", "program": "technology", "filed_at": moment("2026-04-20T09:00")}
    )
    rows["apps"][3]["delisted_on"] = date(2026, 8, 1)
    rows["apps"].append({"app_id": "a9", "partner_id": "p4", "listed_on": date(2026, 9, 9)})
    rows["tier_decisions"].append(
        {
            "decision_id": "d1", "partner_id": "p5", "program": "technology", "kind": "suspended",
            "effective_on": date(2026, 5, 5), "reason": "Open escalation",
        }
    )  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_facts(tmp_path_factory.mktemp("facts"), world())


@pytest.fixture(scope="module")
def whole(facts: Path) -> History:
    return replay(technology(), facts=facts, since=FIRST, until=LAST)


def known(folder: Path, at: datetime | None = None) -> History:
    """The first four months of technology as they were known at a moment, or are now."""
    return replay(technology(), facts=folder, since=FIRST, until=date(2026, 4, 30), known_at=at)


def test_the_world_shows_what_it_is_for(whole: History) -> None:
    kinds = {move.kind for move in whole.moves}
    assert {"joined", "promoted", "awaiting_form", "activated", "lapsed", "demoted", "left", "returned"} <= kinds
    assert "suspended" in kinds


def test_a_replay_of_a_range_is_the_replay_of_each_day_alone(facts: Path, whole: History) -> None:
    """Days on which something moves, the days around them, and days on which nothing does."""
    moving = {move.on for move in whole.moves}
    asked = {*moving, *(day - timedelta(days=1) for day in moving), date(2026, 3, 1), date(2027, 7, 15)}
    chosen = sorted(asked, key=lambda day: (day.toordinal() * 7919) % 101)[
        : 12 if os.environ.get("PALIER_WHOLE") else 8
    ]
    for on in chosen:
        alone = replay(technology(), facts=facts, since=on, until=on)
        assert alone.moves == tuple(move for move in whole.moves if move.on == on), on
        for partner in REVENUES:
            then, now = alone.holding_on(partner, on), whole.holding_on(partner, on)
            assert (then and (then.tier, then.state)) == (now and (now.tier, now.state)), (partner, on)


def test_a_partner_alone_moves_as_among_all(facts: Path, whole: History) -> None:
    for partner in ("p2", "p4"):
        alone = replay(technology(), facts=facts, since=FIRST, until=LAST, partner_id=partner)
        made = tuple(move for move in alone.moves if move.kind != "kept")
        assert made == tuple(move for move in whole.moves if move.partner_id == partner)
        assert alone.holdings == tuple(each for each in whole.holdings if each.partner_id == partner)


def test_some_partners_move_as_among_all(facts: Path, whole: History) -> None:
    some = set(sorted({move.partner_id for move in whole.moves})[::3])
    alone = replay(technology(), facts=facts, since=FIRST, until=LAST, among=some)
    assert len(some) > 1
    assert alone.moves == tuple(move for move in whole.moves if move.partner_id in some)
    assert alone.holdings == tuple(each for each in whole.holdings if each.partner_id in some)


def test_who_takes_part_by_an_opening_alone_moves_alone_as_among_all(tmp_path: Path) -> None:
    """Its app was delisted before the vendor's list named it: by the facts it takes part on no day of the calendar."""
    rows = world()
    rows["apps"][0]["delisted_on"] = date(2026, 2, 1)
    rows["tier_decisions"].append(
        {
            "decision_id": "d2", "partner_id": "p1", "program": "technology", "kind": "opening", "tier": "rising",
            "effective_on": date(2026, 3, 1),
        }
    )  # fmt: skip
    write_facts(tmp_path, rows)
    among_all = replay(technology(), facts=tmp_path, until=LAST)
    alone = replay(technology(), facts=tmp_path, until=LAST, partner_id="p1")
    made = tuple(move for move in alone.moves if move.kind != "kept")
    assert [(move.on, move.kind) for move in made] == [(date(2026, 3, 1), "opening"), (date(2027, 1, 15), "demoted")]
    assert made == tuple(move for move in among_all.moves if move.partner_id == "p1")
    assert alone.holdings == tuple(each for each in among_all.holdings if each.partner_id == "p1")


def test_the_order_of_partners_and_rows_never_matters(tmp_path: Path, whole: History) -> None:
    rows = {name: table[::-1] for name, table in world().items()}
    write_facts(tmp_path, rows)
    assert replay(technology(), facts=tmp_path, since=FIRST, until=LAST) == whole


def test_large_facts_are_weighed_day_by_day_with_the_same_result(
    facts: Path, whole: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "ROWS_AT_ONCE", 1)
    assert replay(technology(), facts=facts, since=FIRST, until=LAST) == whole


def test_moves_follow_one_another_and_name_their_rulebook(whole: History) -> None:
    for partner in REVENUES:
        tier: str | None = None
        for move in (each for each in whole.moves if each.partner_id == partner):
            assert move.tier_before == tier
            assert move.rulebook == technology().digest
            tier = move.tier_after


def test_the_gates_behind_a_move_are_those_of_its_day(facts: Path, whole: History) -> None:
    rose = next(move for move in whole.moves if move.kind == "promoted")
    with closing(palier.evaluate(technology(), facts=facts, on=rose.on)) as evaluated:
        expected = {
            gate.gate: (gate.held, gate.value, gate.required)
            for gate in evaluated.gates()
            if (gate.partner_id, gate.tier, gate.purpose) == (rose.partner_id, rose.tier_after, "reach")
        }
    assert {gate.gate: (gate.held, gate.value, gate.required) for gate in rose.gates} == expected


def test_a_late_correction_is_a_difference_with_its_row(tmp_path: Path) -> None:
    rows = world()
    late = moment("2026-06-01T08:00")
    rows["influenced_sales"] = [{**row, "recorded_at": moment("2026-03-01")} for row in rows["influenced_sales"]]
    rows["influenced_sales"].append({**rows["influenced_sales"][0], "mrr_minor": 1, "recorded_at": late})
    write_facts(tmp_path, rows)
    then, now = known(tmp_path, BEFORE_MAY), known(tmp_path)
    (found,) = corrections(technology(), tmp_path, then, now, since=BEFORE_MAY)
    assert (found.partner_id, found.on, found.now) == ("p1", date(2026, 4, 15), ())
    assert [move.kind for move in found.then] == ["promoted"]
    assert [(row.table, row.key, row.recorded_at) for row in found.rows] == [("influenced_sales", "i1", late)]
    assert corrections(technology(), tmp_path, now, now, since=BEFORE_MAY) == ()
    alone = [
        replay(technology(), facts=tmp_path, until=date(2026, 7, 31), partner_id="p1", known_at=at)
        for at in (BEFORE_MAY, None)
    ]
    kept = [[move.tier_after for move in each.moves if move.kind == "kept"] for each in alone]
    assert [each[-1] for each in kept] == ["rising", "partner"]
    assert corrections(technology(), tmp_path, *alone, since=BEFORE_MAY) == (found,)


def test_a_correction_in_a_table_names_the_tier_that_its_move_is_about(tmp_path: Path, capsys: Captured) -> None:
    rows = world()
    rows["contact_forms"][0]["recorded_at"] = moment("2026-06-01T08:00")
    facts, since = str(write_facts(tmp_path, rows)), ["--corrected-since", "2026-05-01T00:00:00Z"]
    days = ["--from", "2026-04-01", "--until", "2026-04-30"]
    assert run(["history", "technology", "--facts", facts, *days, *since, "--partner", "p2"]) == 0
    told = capsys.readouterr().out
    assert "lapsed: Leading" in told
    assert "activated: Leading" in told


def test_who_is_enrolled_without_a_listed_app_has_an_empty_history(tmp_path: Path) -> None:
    rows = world()
    rows["apps"][1]["listed_on"] = None
    write_facts(tmp_path, rows)
    alone = replay(technology(), facts=tmp_path, until=LAST, partner_id="p2")
    assert (alone.moves, alone.holdings) == ((), ())


def versions(rows: Rows, table: str, place: int, **changed: object) -> None:
    """A row is known since January, and a version of it since May."""
    rows[table][place]["recorded_at"] = moment("2026-01-01")
    rows[table].append({**rows[table][place], "recorded_at": moment("2026-05-01"), **changed})


@pytest.mark.parametrize(
    ("table", "key", "changed", "concerned"),
    [
        ("subscriptions", "s1 2024-01-01", {"mrr_minor": 1}, ["p1"]),
        ("influenced_sales", "i1", {"partner_id": "p9"}, ["p1"]),
        ("apps", "a1", {"partner_id": "p9"}, ["p1", "p9"]),
    ],
)
def test_a_correction_names_the_row_behind_it_for_whoever_had_or_has_it(
    table: str, key: str, changed: dict[str, object], concerned: list[str], tmp_path: Path
) -> None:
    """A customer known by use of an app alone; a deal and an app that are another partner's now."""
    rows = world()
    rows["partners"].append({"partner_id": "p9"})
    rows["enrolments"].append({**rows["enrolments"][0], "enrolment_id": "e9", "partner_id": "p9"})
    rows["customers"].append({"customer_id": "c9", "country": "US"})
    for deal in rows["influenced_sales"]:
        deal["customer_id"] = "c9"
    versions(rows, table, 0, **changed)
    write_facts(tmp_path, rows)
    since = moment("2026-04-20")
    then, now = known(tmp_path, since), known(tmp_path)
    found = corrections(technology(), tmp_path, then, now, since=since)
    assert {each.partner_id for each in found} == set(concerned)
    assert {tuple((row.table, row.key) for row in each.rows) for each in found} == {((table, key),)}


def test_a_row_that_was_another_partners_long_ago_does_not_concern_it(tmp_path: Path) -> None:
    rows = world()
    moved = {
        **rows["influenced_sales"][0],
        "recorded_at": moment("2025-12-01"),
        "partner_id": "p3",
        "influenced_id": "i0",
    }
    rows["influenced_sales"] += [moved, {**moved, "partner_id": "p5", "recorded_at": moment("2026-01-01")}]
    rows["influenced_sales"].append({**moved, "partner_id": "p5", "recorded_at": moment("2026-05-01"), "mrr_minor": 1})
    versions(rows, "influenced_sales", 2, mrr_minor=2)
    write_facts(tmp_path, rows)
    since = moment("2026-04-20")
    then, now = known(tmp_path, since), known(tmp_path)
    found = corrections(technology(), tmp_path, then, now, since=since)
    assert {(each.partner_id, row.key) for each in found for row in each.rows} == {("p3", "i3")}


@pytest.mark.parametrize("retracted", [None, True])
def test_what_changed_for_a_partner_recorded_or_retracted_since_is_told(
    retracted: bool | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was not known then, or is not any more: then and now, one of the two histories is empty."""
    rows = world()
    late = {"recorded_at": moment("2026-05-01"), "retracted": retracted}
    known = [] if retracted is None else [rows["enrolments"][0]]
    rows["enrolments"] += [*known, {**rows["enrolments"].pop(0), **late}]
    write_facts(tmp_path, rows)
    arguments = ["history", "technology", "--facts", str(tmp_path), "--from", "2026-04-01", "--until", "2026-06-01"]
    arguments += ["--corrected-since", "2026-04-20T00:00:00Z", "--partner"]
    assert run([*arguments, "p1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["on"] for each in told["corrections"]] == ["2026-04-15"]
    then, now = told["corrections"][0]["then"], told["corrections"][0]["now"]
    assert [move["kind"] for move in (then or now)] == ["promoted"]
    assert [] in (then, now)
    assert [(row["table"], row["key"]) for row in told["corrections"][0]["rows"]] == [("enrolments", "e1")]
    assert run([*arguments, "nobody"]) == 4


def test_a_history_is_written_whole_and_replaces_only_a_history(tmp_path: Path, whole: History) -> None:
    out = tmp_path / "out"
    write_history(technology(), whole, out)
    write_history(technology(), whole, out)
    with closing(duckdb.connect()) as connection:
        counted = {
            table: connection.execute(f"SELECT count(*) FROM '{out}/{table}.parquet'").fetchone()
            for table in ("moves", "move_gates", "holdings")
        }
        sentences = connection.execute(f"SELECT sentence_en, sentence_fr FROM '{out}/moves.parquet'").fetchall()
    gates = sum(len(move.gates) for move in whole.moves)
    assert counted == {"moves": (len(whole.moves),), "move_gates": (gates,), "holdings": (len(whole.holdings),)}
    assert all(english and french and english != french for english, french in sentences)
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    with pytest.raises(OutputInTheWayError):
        write_history(technology(), whole, other)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputInTheWayError):
        write_history(technology(), whole, out)
    assert (out / "notes.txt").read_text() == "mine"


def test_a_history_is_written_where_a_link_leads(tmp_path: Path, whole: History) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    for _ in range(2):
        write_history(technology(), whole, tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert {each.name for each in tmp_path.iterdir()} == {"disk", "out"}
    assert (tmp_path / "disk" / "moves.parquet").is_file()


def test_the_command_prints_what_its_schema_says(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["history", "technology", "--facts", str(facts), "--from", "2026-04-01", "--until", "2026-05-31"]
    assert run([*arguments, "--json", "--corrected-since", "2026-05-01T00:00:00Z"]) == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert {move["kind"] for move in printed["moves"]} >= {"promoted", "awaiting_form", "activated"}
    assert run([*arguments, "--lang", "fr"]) == 0
    assert "Rising" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["technology", "--from", "2026-05-01", "--until", "2026-04-01"], 2),
        (["starter", "--from", "2026-04-01", "--until", "2026-05-01"], 3),
        (["technology", "--from", "2026-04-01", "--until", "2026-05-01", "--partner", "nobody"], 4),
    ],
)
def test_a_wrong_call_has_its_exit_code(arguments: list[str], code: int, facts: Path) -> None:
    assert run(["history", *arguments, "--facts", str(facts)]) == code


def test_errors_have_classes_of_their_own(facts: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDayError):
        replay(technology(), facts=facts, since=LAST, until=FIRST)
    with pytest.raises(NoCalendarError):
        replay(palier.read_program("starter"), facts=facts, until=LAST)
    with pytest.raises(PartnerNotFoundError):
        replay(technology(), facts=facts, until=LAST, partner_id="nobody")
    rows = world()
    rows["tier_decisions"][0] |= {"tier": "gold", "kind": "override"}
    write_facts(tmp_path, rows)
    with pytest.raises(palier.InputProblemsError) as refused:
        replay(technology(), facts=tmp_path, until=LAST)
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [
        ("unknown_tier", "tier_decisions[1].tier")
    ]


def test_moves_are_values(whole: History) -> None:
    first: Move = whole.moves[0]
    assert replace(first) == first
    assert whole.holding_on("p1", date(2025, 1, 1)) is None
