from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from palier.cli.app import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a demo") / "here"


def test_demo_ends_with_the_path_of_its_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", str(folder), "--partners", "24"]) == 0
    said = capsys.readouterr()
    assert said.out.rstrip().splitlines()[-1] == f"Report: {folder / 'report.html'}"
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "palier: sample of 24 partners" in said.err
    for expected in ("Elite", "Missing for", "Sold points", "Managed points", "If work goes on", "If nothing more"):
        assert expected in said.out


def test_demo_again_keeps_the_facts_and_speaks_french(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = folder / "facts" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert run(["demo", str(folder), "--partners", "24", "--lang", "fr"]) == 0
    said = capsys.readouterr()
    assert manifest.stat().st_mtime_ns == before
    assert said.out.rstrip().splitlines()[-1] == f"Rapport\u202f: {folder / 'report.html'}"
    assert '<html lang="fr">' in (folder / "report.html").read_text(encoding="utf-8")
    typed = [line.strip() for line in said.out.splitlines() if line.strip().startswith("palier explain")]
    assert typed
    for line in typed:
        assert run([*shlex.split(line)[1:], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["figures"]


def test_another_seed_makes_other_facts(folder: Path) -> None:
    remembered = folder / "sample.json"
    assert json.loads(remembered.read_text(encoding="utf-8"))["seed"] == 1
    assert run(["demo", str(folder), "--partners", "20", "--seed", "2"]) == 0
    found = json.loads(remembered.read_text(encoding="utf-8"))
    assert (found["partners"], found["seed"]) == (20, 2)
