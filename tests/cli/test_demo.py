from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from palier.cli.app import run
from palier.cli.demonstrating import make_sample

ROOT = Path(__file__).resolve().parents[2]
PALIER = Path(sys.executable).with_name("palier")


def made(folder: Path) -> subprocess.CompletedProcess[str]:
    """The demo as `make demo` makes it where nothing lies, of fewer partners; what its last command said.

    The portal's line is left to tests/browser/site.py, which begins by it.
    """
    folder.mkdir()
    ours = ("PALIER_", "DATABASE_", "DJANGO_", "MAKE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    dry = ["make", "--dry-run", "--no-print-directory", "-C", str(ROOT), "demo", "PALIER_DEMO_SERVE=0"]
    said = subprocess.run(dry, env=environment, capture_output=True, text=True, check=True).stdout
    lines = [line.partition("bin/palier ")[2] for line in said.splitlines() if "bin/palier " in line]
    assert lines == ["demo --only-facts", "demo", "portal demo --facts demo/facts --prepare"]
    for line in lines[:2]:
        command = [str(PALIER), *shlex.split(line), "--partners", "24"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done


def test_demo_prints_a_chain_writes_its_report_and_runs_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = made(tmp_path / "a place")
    folder = tmp_path / "a place" / "demo"
    assert said.stdout.rstrip().splitlines()[-1] == f"Report: {folder / 'report.html'}"
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "palier: sample of 24 partners" not in said.stderr, "the facts lay there"
    for expected in ("Elite", "Missing for", "Sold points", "Managed points", "If work goes on", "If nothing more"):
        assert expected in said.stdout
    assert_both_programs_are_told(said.stdout)

    manifest = folder / "facts" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert run(["demo", str(folder), "--partners", "24", "--lang", "fr"]) == 0
    said_again = capsys.readouterr()
    assert manifest.stat().st_mtime_ns == before
    assert said_again.out.rstrip().splitlines()[-1] == f"Rapport\u202f: {folder / 'report.html'}"
    assert '<html lang="fr">' in (folder / "report.html").read_text(encoding="utf-8")

    typed = [line.strip() for line in said_again.out.splitlines() if line.strip().startswith("palier explain")]
    assert len(typed) == 2
    for line in typed:
        assert run([*shlex.split(line)[1:], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["figures"]
    commands = ("history", "commissions", "compare")
    further = [
        line.strip()
        for line in said_again.out.splitlines()
        if line.strip().startswith(tuple(f"palier {each} " for each in commands))
    ]
    assert [shlex.split(line)[1] for line in further] == list(commands)
    for line in further:
        assert run(shlex.split(line)[1:]) == 0
        assert capsys.readouterr().out


def assert_both_programs_are_told(said: str) -> None:
    """The two years of each program, its last recalibration, one statement's total, and one rule tried."""
    for program, first, recalibrated in (
        ("Solutions Partner Program", "20 November 2024", "15 November 2026"),
        ("Technology Partner Program", "15 ", "15 October 2026"),
    ):
        told = said[said.index(f"\n{program}\n") :]
        assert told.splitlines()[2].startswith("tier ")
        assert re.search(rf"From {first}.* to 20 November 2026: ", told)
        assert f"Last recalibration, {recalibrated}: " in told
    assert re.search(r"^solutions-2026-10-P\d+ of .+: [A-Z]{3}\s[\d,]+\.\d\d on \d+ lines?\.$", said, re.MULTILINE)
    assert "What if every tier asked 10% more total points?" in said
    assert re.search(r"On 20 November 2026, (none|\d+) of the \d+ partners would reach a lower tier\.", said)


def test_another_count_or_seed_makes_other_facts(tmp_path: Path) -> None:
    for count, seed in ((20, 1), (21, 1), (21, 2)):
        make_sample(tmp_path, partners=count, seed=seed)
        for stated in (
            json.loads((tmp_path / "sample.json").read_text(encoding="utf-8")),
            json.loads((tmp_path / "facts" / "manifest.json").read_text(encoding="utf-8"))["sample"],
        ):
            assert (stated["partners"], stated["seed"]) == (count, seed)


def test_the_facts_alone_are_those_that_the_demo_then_finds(tmp_path: Path) -> None:
    assert run(["demo", str(tmp_path), "--partners", "24", "--only-facts"]) == 0
    assert {each.name for each in tmp_path.iterdir()} == {"facts", "sample.json"}
    written = (tmp_path / "sample.json").stat().st_mtime_ns
    make_sample(tmp_path, partners=24, seed=1)
    assert (tmp_path / "sample.json").stat().st_mtime_ns == written
