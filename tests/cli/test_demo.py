from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from palier.cli.app import run
from palier.cli.demonstrating import make_sample


def test_demo_prints_a_chain_writes_its_report_and_runs_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a demo"
    assert run(["demo", str(folder), "--partners", "24"]) == 0
    said = capsys.readouterr()
    assert said.out.rstrip().splitlines()[-1] == f"Report: {folder / 'report.html'}"
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "palier: sample of 24 partners" in said.err
    for expected in ("Elite", "Missing for", "Sold points", "Managed points", "If work goes on", "If nothing more"):
        assert expected in said.out

    manifest = folder / "facts" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert run(["demo", str(folder), "--partners", "24", "--lang", "fr"]) == 0
    said = capsys.readouterr()
    assert manifest.stat().st_mtime_ns == before
    assert said.out.rstrip().splitlines()[-1] == f"Rapport\u202f: {folder / 'report.html'}"
    assert '<html lang="fr">' in (folder / "report.html").read_text(encoding="utf-8")

    typed = [line.strip() for line in said.out.splitlines() if line.strip().startswith("palier explain")]
    assert len(typed) == 2
    for line in typed:
        assert run([*shlex.split(line)[1:], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["figures"]


def test_another_count_or_seed_makes_other_facts(tmp_path: Path) -> None:
    for count, seed in ((20, 1), (21, 1), (21, 2)):
        make_sample(tmp_path, partners=count, seed=seed)
        for stated in (
            json.loads((tmp_path / "sample.json").read_text(encoding="utf-8")),
            json.loads((tmp_path / "facts" / "manifest.json").read_text(encoding="utf-8"))["sample"],
        ):
            assert (stated["partners"], stated["seed"]) == (count, seed)
