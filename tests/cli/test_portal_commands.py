"""The portal's commands: they become the portal's own process, and say what to install where it is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from palier.cli import portal
from palier.cli.app import run

PALIER = Path(sys.executable).with_name("palier")


def call(folder: Path, *arguments: str, **also: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PALIER_", "DATABASE_", "DJANGO_"))
    }
    environment = {**inherited, "PALIER_DEMO": "1", "PALIER_FOLDER": str(folder), **also}
    return subprocess.run([PALIER, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_without_the_portals_packages_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(portal, "find_spec", lambda name: None if name == "django" else object())
    for command in (["portal", "migrate"], ["work"], ["journal", "verify"]):
        assert run(command) == 2
        assert "pip install 'palier[portal]'" in capsys.readouterr().err


def test_a_database_without_tables_or_answer_is_told_in_a_line(tmp_path: Path) -> None:
    made = call(tmp_path, "journal", "verify")
    assert (made.returncode, made.stdout) == (2, "")
    assert re.fullmatch(
        r"palier portal: the database lacks \d+ migrations: run palier portal migrate first\n", made.stderr
    )
    for command in (["journal", "verify"], ["portal", "migrate"]):
        made = call(tmp_path, *command, DATABASE_URL="postgres://nobody@localhost:1/none")
        assert made.returncode == 2
        assert "palier portal: the database does not answer (" in made.stderr
        assert "Traceback" not in made.stderr


def test_the_journal_of_a_new_portal_holds(tmp_path: Path) -> None:
    made = call(tmp_path, "portal", "migrate", "--verbosity", "0")
    assert (made.returncode, made.stderr) == (0, "")
    verified = call(tmp_path, "journal", "verify")
    assert verified.returncode == 0
    assert "The journal holds" in verified.stdout
    anchor = f"1:{'0' * 64}"
    rewritten = call(tmp_path, "journal", "verify", "--anchor", anchor)
    assert rewritten.returncode == 3
    assert "rewritten since the anchor" in rewritten.stderr
