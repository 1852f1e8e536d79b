from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import palier
from backends.carrying import (
    ON,
    Rows,
    copied,
    day_of,
    delivered,
    parts,
    same,
    taken,
    write_activities,
)
from engine.histories import DAYS, generate
from palier.backends import carry as carrying
from palier.backends.carry import FactsMovedError, NotACarryFolderError, open_carry
from palier.backends.evaluate import evaluate
from palier.backends.files import facts_digest
from palier.backends.snapshot import open_snapshot
from palier.engine.plan import Plan, Step
from palier.facts.tables import TABLES
from palier.rulebook.read import Rulebook
from support.facts import write_facts

EVERY = int(os.environ.get("PALIER_CARRIED_EVERY", "3"))
"""Of the carried days, each how-manieth is compared with a full evaluation, the last one always; 1 compares all."""
DAYS_CARRIED = 40 if EVERY == 1 else 12


def not_carried(rulebook: Rulebook, facts: Path, carry: Path) -> list[str]:
    with evaluate(rulebook, facts=facts, on=ON, carry=carry) as run:
        return [problem.message for problem in run.problems if problem.code == "not_carried"]


class TestTheSame:
    @pytest.mark.parametrize("on", DAYS[:: 6 if EVERY == 1 else 12], ids=str)
    @pytest.mark.parametrize("seed", [1])
    def test_a_carried_day_says_what_a_full_one_says(
        self, solutions: Rulebook, seed: int, on: date, tmp_path: Path
    ) -> None:
        delivered(tmp_path / "facts", seed, on=on, count=40)
        for _ in range(2):
            same(solutions, tmp_path / "facts", tmp_path / "carry", on=on)

    def test_many_days_each_with_a_file_of_its_own(self, solutions: Rulebook, tmp_path: Path) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        activities = delivered(facts, 3, count=15)
        first = ON - timedelta(days=DAYS_CARRIED - 1)
        for path in (facts / "activities").iterdir():
            path.unlink()
        write_activities(facts, [row for row in activities if day_of(row) < first], "before")
        for number in range(DAYS_CARRIED):
            on = first + timedelta(days=number)
            write_activities(facts, [row for row in activities if day_of(row) == on], str(on))
            if (DAYS_CARRIED - 1 - number) % EVERY == 0:
                same(solutions, facts, carry, on=on)
            else:
                evaluate(solutions, facts=facts, on=on, carry=carry).close()

    def test_several_activities_of_one_day_are_counted_each(self, tmp_path: Path) -> None:
        rulebook = palier.read_program("solutions", edits={"values.minimum_activities": {"2018-01-22": 3}})
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        activities = delivered(facts, 4)
        again = [{**row, "activity_id": f"{row['activity_id']}-{copy}"} for row in activities for copy in "abc"]
        same(rulebook, facts, carry)
        write_activities(facts, again[::2], "more")
        same(rulebook, facts, carry)

    @pytest.mark.parametrize(("switch", "reading"), [("D-12", "all_removed"), ("C-03", "current_mrr")])
    def test_another_reading_over_the_same_rollup(
        self, solutions: Rulebook, switch: str, reading: str, tmp_path: Path
    ) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        delivered(facts, 5, count=40)
        same(solutions, facts, carry)
        other = palier.read_program("solutions", switches={switch: reading})
        assert taken(other, facts, carry)[0] == 0
        same(other, facts, carry)

    def test_what_was_known_then(self, solutions: Rulebook, tmp_path: Path) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        delivered(facts, 6, count=40)
        for known_at in (datetime(2026, 6, 1), datetime(2026, 11, 19), None):  # noqa: DTZ001  # UTC without a zone
            same(solutions, facts, carry, known_at=known_at)


class TestWhatIsRead:
    @pytest.fixture
    def kept(self, carried: tuple[Path, Rows], tmp_path: Path) -> tuple[Path, Path, Rows]:
        return (*copied(carried[0], tmp_path), carried[1])

    def test_nothing_twice(self, solutions: Rulebook, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, _ = kept
        assert taken(solutions, facts, carry) == (0, len(list((facts / "activities").iterdir())))

    def test_a_new_file_only(self, solutions: Rulebook, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, activities = kept
        late = [{**row, "activity_id": f"late-{row['activity_id']}"} for row in activities[::3]]
        write_activities(facts, late, "late")
        assert taken(solutions, facts, carry)[0] == 1
        same(solutions, facts, carry)

    def test_a_changed_file_is_read_again(self, solutions: Rulebook, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, activities = kept
        changed = next((facts / "activities").glob("????-??.parquet"))
        mine = [row for row in activities if f"{day_of(row):%Y-%m}" == changed.stem and (ON - day_of(row)).days >= 14]
        before = changed.stat()
        write_activities(facts, [{**row, "occurred_on": ON} for row in mine], changed.stem)
        os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert taken(solutions, facts, carry)[0] == 1
        same(solutions, facts, carry)

    def test_a_changed_file_of_the_same_size_and_time_is_noticed(
        self, solutions: Rulebook, kept: tuple[Path, Path, Rows]
    ) -> None:
        facts, carry, _ = kept
        assert taken(solutions, facts, carry)[0] == 0  # now the ledger knows the copies
        path = next((facts / "activities").iterdir())
        ledger = carry / "ledger.json"
        os.utime(ledger, ns=(time.time_ns() + 10**12, time.time_ns() + 10**12))  # the ledger trusts what it saw
        before, content = path.stat(), path.read_bytes()
        path.write_bytes(content[:4] + bytes([content[4] ^ 1]) + content[5:])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        with open_carry(carry) as held:
            assert held.facts_digest(facts) == facts_digest(facts)

    def test_a_removed_file_is_forgotten(self, solutions: Rulebook, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, _ = kept
        before = len(parts(carry))
        next((facts / "activities").iterdir()).unlink()
        same(solutions, facts, carry)
        write_activities(facts, [], "empty")
        same(solutions, facts, carry)
        assert len(parts(carry)) == before

    def test_files_of_the_same_rows_count_each(self, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, _ = kept
        path = next((facts / "activities").iterdir())
        (facts / "activities" / "copy.parquet").write_bytes(path.read_bytes())
        tables = {"activities": TABLES["activities"]}
        with duckdb.connect() as connection, open_carry(carry) as held:
            held.facts_digest(facts)
            snapshot = open_snapshot(connection, facts, tables=tables)
            step = Step(
                "counted", "SELECT a.user_id, COUNT(*) AS n FROM activities AS a GROUP BY a.user_id", {}, "engine"
            )
            widest = (
                "SELECT a.user_id, MAX(a.action) AS m, MAX(a.occurred_on) AS o FROM activities AS a GROUP BY a.user_id"
            )
            steps = (replace(step, reads=frozenset(tables)), Step("o", widest, {}, "engine", reads=frozenset(tables)))
            plan, _ = held.through(connection, snapshot, Plan((ON,), (), steps, frozenset()))
            assert "@rollup" in plan.steps[0].sql
            counted = [connection.execute(f"{each.sql} ORDER BY ALL").fetchall() for each in plan.steps]
            assert counted == [connection.execute(f"{each.sql} ORDER BY ALL").fetchall() for each in steps]

    def test_a_changed_access_needs_no_activity_read_again(
        self, solutions: Rulebook, kept: tuple[Path, Path, Rows]
    ) -> None:
        facts, carry, _ = kept
        access = pq.read_table(facts / "client_access.parquet")
        removed = pa.array([ON if number % 3 else None for number in range(access.num_rows)], pa.date32())
        place = access.column_names.index("removed_on")
        pq.write_table(access.set_column(place, "removed_on", removed), facts / "client_access.parquet")
        assert taken(solutions, facts, carry)[0] == 0
        same(solutions, facts, carry)


class TestWhatCannotBeCarried:
    def test_versions_are_read_whole_and_said(self, solutions: Rulebook, tmp_path: Path) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        activities = delivered(facts, 8, count=20)
        same(solutions, facts, carry)
        corrected = {**activities[0], "recorded_at": datetime(2026, 11, 1), "retracted": True}  # noqa: DTZ001
        write_activities(facts, [corrected], "corrections")
        assert ["corrections.parquet has versions" in said for said in not_carried(solutions, facts, carry)] == [True]
        same(solutions, facts, carry)
        same(solutions, facts, carry, known_at=datetime(2026, 10, 1))  # noqa: DTZ001

    def test_csv_is_read_whole_and_said(self, solutions: Rulebook, tmp_path: Path) -> None:
        facts = write_facts(tmp_path / "facts", generate(9, count=10, on=ON))
        assert ["not delivered as Parquet" in each for each in not_carried(solutions, facts, tmp_path / "carry")] == [
            True
        ]
        same(solutions, facts, tmp_path / "carry")

    def test_a_folder_of_something_else_is_left_alone(self, solutions: Rulebook, tmp_path: Path) -> None:
        (tmp_path / "letters").mkdir()
        (tmp_path / "letters" / "dear.txt").write_text("Dear all", encoding="utf-8")
        with pytest.raises(NotACarryFolderError):
            evaluate(solutions, facts=tmp_path, on=ON, carry=tmp_path / "letters")
        assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]

    def test_a_file_that_changes_while_it_is_read(
        self, solutions: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        delivered(facts, 10)
        monkeypatch.setattr(carrying, "stamp_of", lambda path: (len(str(path)),))
        with pytest.raises(FactsMovedError):
            evaluate(solutions, facts=facts, on=ON, carry=carry)
        monkeypatch.undo()
        same(solutions, facts, carry)


def test_a_folder_that_another_run_is_just_making_is_taken_for_one(tmp_path: Path) -> None:
    def opened(folder: Path) -> None:
        with open_carry(folder) as carry:
            (carry.folder / "ledger.json").write_text("{}", encoding="utf-8")

    with ThreadPoolExecutor(max_workers=8) as pool:
        for number in range(100):
            list(pool.map(opened, [tmp_path / str(number)] * 8))
