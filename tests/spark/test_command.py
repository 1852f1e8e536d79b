"""`palier evaluate --backend spark`, as a person runs it, on this machine and on a real cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spark.side_by_side import differing
from spark.test_cases import GROUPS, merged
from support.facts import write_facts

pytestmark = pytest.mark.xdist_group("spark command")  # a process of its own beside the session

PALIER = str(Path(sys.executable).with_name("palier"))
STARTER = next(key for key in GROUPS if key[0].name == "starter")
ON = ("--on", str(STARTER[1]))


def run(*given: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PALIER, *given], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.mark.usefixtures("settings")
def test_the_command_runs_on_this_machine_by_default(tmp_path: Path) -> None:
    evaluated_alike(tmp_path)


def test_the_command_runs_on_a_cluster_and_each_worker_works(tmp_path: Path, master: str, workplace: Path) -> None:
    evaluated_alike(tmp_path, "--master", master)
    asked = {path.parent.parent.name for path in workplace.glob("work-*/app-*/*")}  # one folder for each executor
    assert asked == {"work-1", "work-2"}


def evaluated_alike(folder: Path, *where: str) -> None:
    """Evaluate on both engines and see that no row differs and that `explain` says the same of both runs."""
    facts = str(write_facts(folder / "facts", merged(GROUPS[STARTER]), form="parquet"))
    call = ("evaluate", "starter", "--facts", facts, *ON)
    done = run(*call, "--out", str(folder / "spark"), "--backend", "spark", "--json", *where)
    assert (done.returncode, json.loads(done.stdout)["backend"]) == (0, "spark"), done.stderr
    assert run(*call, "--out", str(folder / "duckdb")).returncode == 0
    assert differing(folder / "duckdb", folder / "spark") == {}
    told = [run("explain", "starter", "--run", str(folder / each), "--partner", "0.p1") for each in ("duckdb", "spark")]
    assert told[0].stdout == told[1].stdout != ""


def test_wrong_calls_say_what_is_wrong(tmp_path: Path) -> None:
    facts, out = str(tmp_path / "none"), str(tmp_path / "out")
    call = ("evaluate", "starter", "--facts", facts, *ON, "--out", out)
    wrong = run(*call, "--master", "local[1]")
    assert (wrong.returncode, "--backend spark" in wrong.stderr) == (2, True)
    without_java = run(*call, "--backend", "spark", PATH=str(Path(sys.executable).parent), JAVA_HOME="")
    assert (without_java.returncode, "Java" in without_java.stderr) == (2, True)
