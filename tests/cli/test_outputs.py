"""Where an answer is to be written is looked at before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from palier.cli.app import run

RISE = "tiers.gold.requires.all.total_points_goal.at_least={2022-07-18: 300}"
LONG = {
    "evaluate": ["--on", "2026-11-20"],
    "history": ["--from", "2026-01-01", "--until", "2026-11-20"],
    "compare": ["--on", "2026-11-20", "--set", RISE],
    "commissions": ["--month", "2026-10"],
}


@pytest.mark.parametrize("command", LONG)
def test_a_folder_of_something_else_is_refused_before_the_facts_are_read(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The facts would be refused, too: there are none."""
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert run([command, "solutions", "--facts", str(tmp_path / "none"), *LONG[command], "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert str(out) in said
    assert str(tmp_path / "none") not in said
    assert (out / "notes.txt").read_text() == "mine"
