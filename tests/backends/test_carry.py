from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import palier
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

Rows = Sequence[Mapping[str, object]]
ON = date(2026, 11, 20)
VERSIONS = ("recorded_at", "retracted")
EVERY = int(os.environ.get("PALIER_CARRIED_EVERY", "3"))
"""Of forty carried days, each how-manieth is compared with a full evaluation, the last one always; 1 compares all."""


@pytest.fixture(scope="module")
def solutions() -> Rulebook:
    return palier.read_program("solutions")


def unversioned(rows: Rows) -> list[dict[str, object]]:
    """The last version of each row, as if it were the only one."""
    last = {row["activity_id"]: row for row in rows}
    return [{name: value for name, value in row.items() if name not in VERSIONS} for row in last.values()]


def write_activities(folder: Path, rows: Rows, name: str) -> Path:
    """One file of a delivery, as Parquet."""
    write_facts(folder / "draft", {"activities": rows}, form="parquet")
    (folder / "activities").mkdir(exist_ok=True)
    target = folder / "activities" / f"{name}.parquet"
    (folder / "draft" / "activities.parquet").replace(target)
    (folder / "draft").rmdir()
    return target


def day_of(row: Mapping[str, object]) -> date:
    day = row["occurred_on"]
    assert isinstance(day, date)
    return day


def delivered(folder: Path, seed: int, *, on: date = ON, count: int = 12) -> list[dict[str, object]]:
    """Facts of a generated history, its activities as one file for each month but the last two weeks day by day."""
    facts = generate(seed, count=count, on=on)
    activities = unversioned(facts.pop("activities"))
    write_facts(folder, facts, form="parquet")
    files: dict[str, list[dict[str, object]]] = {}
    for row in activities:
        day = day_of(row)
        files.setdefault(f"{day}" if (on - day).days < 14 else f"{day:%Y-%m}", []).append(row)
    for name, rows in files.items():
        write_activities(folder, rows, name)
    return activities


def everything(run: palier.Run) -> tuple[object, ...]:
    """All that a run says of partners."""
    with run:
        lines = sorted(repr(line) for line in run.lines())
        return (
            run.about["facts_digest"],
            run.about["results_digest"],
            lines,
            run.figures(),
            run.gates(),
            run.standings(),
        )


def same(rulebook: Rulebook, facts: Path, carry: Path, *, on: date = ON, known_at: datetime | None = None) -> None:
    """A carried run and a full one agree on every figure, gate, standing and line."""
    whole = everything(evaluate(rulebook, facts=facts, on=on, known_at=known_at))
    assert everything(evaluate(rulebook, facts=facts, on=on, known_at=known_at, carry=carry)) == whole


def taken(rulebook: Rulebook, facts: Path, carry: Path, *, on: date = ON) -> tuple[int, int]:
    """How many files of activities a carried run reads, and how many it does not."""
    said: list[str] = []
    with evaluate(rulebook, facts=facts, on=on, carry=carry, progress=said.append) as run:
        assert not [problem for problem in run.problems if problem.code == "not_carried"]
    words = next(each for each in said if each.startswith("carry: activities")).split()
    return int(words[2]), int(words[5])


def not_carried(rulebook: Rulebook, facts: Path, carry: Path) -> list[str]:
    with evaluate(rulebook, facts=facts, on=ON, carry=carry) as run:
        return [problem.message for problem in run.problems if problem.code == "not_carried"]


def parts(carry: Path) -> list[Path]:
    return sorted(carry.glob("activities-*/part-*.parquet"))


class TestTheSame:
    @pytest.mark.parametrize("on", DAYS[::6], ids=str)
    @pytest.mark.parametrize("seed", [1])
    def test_a_carried_day_says_what_a_full_one_says(
        self, solutions: Rulebook, seed: int, on: date, tmp_path: Path
    ) -> None:
        delivered(tmp_path / "facts", seed, on=on, count=40)
        for _ in range(2):
            same(solutions, tmp_path / "facts", tmp_path / "carry", on=on)

    def test_forty_days_each_with_a_file_of_its_own(self, solutions: Rulebook, tmp_path: Path) -> None:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        activities = delivered(facts, 3, count=15)
        first = ON - timedelta(days=39)
        for path in (facts / "activities").iterdir():
            path.unlink()
        write_activities(facts, [row for row in activities if day_of(row) < first], "before")
        for number in range(40):
            on = first + timedelta(days=number)
            write_activities(facts, [row for row in activities if day_of(row) == on], str(on))
            if (39 - number) % EVERY == 0:
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
    def kept(self, solutions: Rulebook, tmp_path: Path) -> tuple[Path, Path, list[dict[str, object]]]:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        activities = delivered(facts, 7, count=20)
        same(solutions, facts, carry)
        return facts, carry, activities

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

    def test_a_changed_file_of_the_same_size_and_time_is_noticed(self, kept: tuple[Path, Path, Rows]) -> None:
        facts, carry, _ = kept
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


class TestDamage:
    @pytest.fixture
    def kept(self, solutions: Rulebook, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
        facts, carry = tmp_path / "facts", tmp_path / "carry"
        delivered(facts, 11, count=20)
        same(solutions, facts, carry)
        yield facts, carry
        same(solutions, facts, carry)
        assert taken(solutions, facts, carry)[0] == 0

    def test_a_damaged_part_is_made_again(self, solutions: Rulebook, kept: tuple[Path, Path]) -> None:
        facts, carry = kept
        ledger = json.loads((carry / "ledger.json").read_text(encoding="utf-8"))
        (rollup,) = ledger["rollups"].values()
        ends = {part["file"]: part["days"]["occurred_on"][1] for part in rollup["parts"].values()}
        recent = max((file for file, last in ends.items() if last <= str(ON)), key=lambda file: ends[file])
        path = next(carry.glob(f"*/{recent}"))
        path.write_bytes(path.read_bytes()[::-1])
        assert taken(solutions, facts, carry)[0] == 1

    @pytest.mark.parametrize("missing", ["part", "keys"])
    def test_a_missing_file_is_made_again(self, solutions: Rulebook, kept: tuple[Path, Path], missing: str) -> None:
        facts, carry = kept
        for path in carry.glob(f"*/{missing}-*.parquet"):
            path.unlink()
        assert taken(solutions, facts, carry)[0] > 0

    @pytest.mark.parametrize("said", ["", "{", "[]", '{"format": 0}', '{"format": 1, "files": 3}'])
    def test_a_damaged_ledger_is_as_none(self, solutions: Rulebook, kept: tuple[Path, Path], said: str) -> None:
        facts, carry = kept
        (carry / "ledger.json").write_text(said, encoding="utf-8")
        assert taken(solutions, facts, carry)[1] == 0

    def test_what_a_stopped_run_left_is_removed(self, solutions: Rulebook, kept: tuple[Path, Path]) -> None:
        facts, carry = kept
        left = next(carry.glob("activities-*")) / "part-half.parquet"
        left.write_bytes(b"PAR1")
        (carry / ".ledger.json.draft").write_text("{", encoding="utf-8")
        write_activities(facts, [], "new")
        taken(solutions, facts, carry)
        assert not left.exists()


def test_a_run_killed_at_any_moment_leaves_the_folder_good(solutions: Rulebook, tmp_path: Path) -> None:
    facts, carry = tmp_path / "facts", tmp_path / "carry"
    delivered(facts, 12, count=20)
    killed = 0
    for renames in (2, 5, 40):
        done = subprocess.run([sys.executable, "-c", _KILLED, str(facts), str(carry), str(renames)], check=False)
        killed += done.returncode == -signal.SIGKILL
        same(solutions, facts, carry)
        for path in list(parts(carry))[::2]:
            path.unlink()
    assert killed == 2


_KILLED = textwrap.dedent(
    """
    import os, pathlib, signal, sys
    from datetime import date
    import palier
    from palier.backends.evaluate import evaluate

    left = int(sys.argv[3])
    replace = pathlib.Path.replace

    def dying(self, target):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(self, target)

    pathlib.Path.replace = dying
    facts, carry = map(pathlib.Path, sys.argv[1:3])
    evaluate(palier.read_program("solutions"), facts=facts, on=date(2026, 11, 20), carry=carry).close()
    """
)


def test_two_runs_at_once_wait_for_each_other(solutions: Rulebook, tmp_path: Path) -> None:
    facts, carry = tmp_path / "facts", tmp_path / "carry"
    delivered(facts, 13, count=20)
    whole = everything(evaluate(solutions, facts=facts, on=ON))

    def carried(_: int) -> tuple[object, ...]:
        return everything(evaluate(solutions, facts=facts, on=ON, carry=carry))

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert list(pool.map(carried, range(3))) == [whole] * 3


def test_a_folder_that_another_run_is_just_making_is_taken_for_one(tmp_path: Path) -> None:
    def opened(folder: Path) -> None:
        with open_carry(folder) as carry:
            (carry.folder / "ledger.json").write_text("{}", encoding="utf-8")

    with ThreadPoolExecutor(max_workers=8) as pool:
        for number in range(100):
            list(pool.map(opened, [tmp_path / str(number)] * 8))
