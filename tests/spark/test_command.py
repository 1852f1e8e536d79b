"""`palier evaluate --backend spark`, as a person runs it, on the cluster of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spark.side_by_side import differing
from spark.test_facts import small
from support.facts import write_facts

pytestmark = pytest.mark.xdist_group("spark")

PALIER = str(Path(sys.executable).with_name("palier"))
ON = ("--on", "2024-06-15")


def run(*given: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PALIER, *given], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_the_command_runs_on_this_machine_by_default_and_explain_reads_its_run(master: str, tmp_path: Path) -> None:
    assert master
    facts = str(write_facts(tmp_path / "facts", small(), form="parquet"))
    out = str(tmp_path / "spark")
    done = run("evaluate", "solutions", "--facts", facts, *ON, "--out", out, "--backend", "spark", "--json")
    assert (done.returncode, json.loads(done.stdout)["backend"]) == (0, "spark"), done.stderr
    assert run("evaluate", "solutions", "--facts", facts, *ON, "--out", str(tmp_path / "duckdb")).returncode == 0
    assert differing(tmp_path / "duckdb", tmp_path / "spark") == {}
    told = [
        run("explain", "solutions", "--run", str(tmp_path / each), "--partner", "p") for each in ("duckdb", "spark")
    ]
    assert told[0].stdout == told[1].stdout != ""


def test_wrong_calls_say_what_is_wrong(tmp_path: Path) -> None:
    facts, out = str(tmp_path / "none"), str(tmp_path / "out")
    call = ("evaluate", "solutions", "--facts", facts, *ON, "--out", out)
    wrong = run(*call, "--master", "local[1]")
    assert (wrong.returncode, "--backend spark" in wrong.stderr) == (2, True)
    without_java = run(*call, "--backend", "spark", PATH=str(Path(sys.executable).parent), JAVA_HOME="")
    assert (without_java.returncode, "Java" in without_java.stderr) == (2, True)
