"""What is carried survives what happens to its folder: damage, a kill at any moment, two runs at once."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backends.carrying import ON, Rows, copied, delivered, everything, parts, same, taken, write_activities
from palier.backends.evaluate import evaluate
from palier.rulebook.read import Rulebook


class TestDamage:
    @pytest.fixture
    def kept(self, solutions: Rulebook, carried: tuple[Path, Rows], tmp_path: Path) -> Iterator[tuple[Path, Path]]:
        facts, carry = copied(carried[0], tmp_path)
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

    @pytest.mark.parametrize("others", [False, True])
    def test_a_missing_folder_is_made_again_or_forgotten(
        self, solutions: Rulebook, kept: tuple[Path, Path], *, others: bool
    ) -> None:
        """That of this program's rollup is made again; that of a rollup nothing asks for any more is forgotten."""
        facts, carry = kept
        ledger = json.loads((carry / "ledger.json").read_text(encoding="utf-8"))
        (name,) = ledger["rollups"]
        if others:
            ledger["rollups"]["activities-000000000000"] = ledger["rollups"][name]
            (carry / "ledger.json").write_text(json.dumps(ledger), encoding="utf-8")
        else:
            shutil.rmtree(carry / name)
        write_activities(facts, [], "new")
        assert (taken(solutions, facts, carry)[1] > 0) == others
        assert list(json.loads((carry / "ledger.json").read_text(encoding="utf-8"))["rollups"]) == [name]

    def test_a_damaged_ledger_is_as_none(self, solutions: Rulebook, kept: tuple[Path, Path]) -> None:
        facts, carry = kept
        for said in ("", "{", "[]", '{"format": 0}', '{"format": 1, "files": 3}'):
            (carry / "ledger.json").write_text(said, encoding="utf-8")
            assert taken(solutions, facts, carry)[1] == 0, said

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

    def beside_others(_: int) -> tuple[object, ...]:
        return everything(evaluate(solutions, facts=facts, on=ON, carry=carry))

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert list(pool.map(beside_others, range(3))) == [whole] * 3
