"""A share of the long proof: kill -9 on web and workers while people write, on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROUNDS = "3"  # a run being published, a request, a mail


def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed() -> None:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PALIER_", "DATABASE_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.durability", "--rounds", ROUNDS, "--lease", "5", "--only-print"],
        cwd=ROOT, env=inherited, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
