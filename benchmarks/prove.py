"""The long proofs, whole: `python -m benchmarks.prove`. Each is a process; the exit code is 1 when one fails.

`--only PART`: those alone whose sentence holds these words.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.measuring import ROOT, keep

HISTORIES = 20_000


WHOLE = (
    "engine/test_laws.py",
    "engine/test_laws_moves.py",
    "backends/test_forecast.py",
    "backends/test_forecast_technology.py",
    "backends/test_history.py",
)
"""The tests that ask more with PALIER_WHOLE."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One long proof: what it shows, its command, and what it needs in the environment."""

    shows: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


PROOFS = (
    *(
        Proof(
            f"the oracle of {subject} agrees on {HISTORIES:,} generated histories",
            ("-m", "pytest", "-q", f"tests/engine/{module}"),
            {"PALIER_HISTORIES": str(HISTORIES)},
        )
        for subject, module in (
            ("solutions", "test_oracle.py"),
            ("technology", "test_oracle_technology.py"),
            ("moves", "test_oracle_moves.py"),
            ("commissions", "test_oracle_commissions.py"),
        )
    ),
    Proof(
        "Spark agrees on 1,000 histories and every worked case",
        ("-m", "pytest", "-q", "tests/spark"),
        {"PALIER_SPARK_HISTORIES": "1000", "PALIER_SPARK_CASES": "all"},
    ),
    Proof(
        "the laws of figures and moves on twice as many sets of facts, forecasts and replays on more days",
        ("-m", "pytest", "-q", *(f"tests/{each}" for each in WHOLE)),
        {"PALIER_WHOLE": "1"},
    ),
    Proof("every worked case by itself", ("-m", "pytest", "-q", "tests/cases"), {"PALIER_ALONE": "1"}),
    Proof(
        "each of forty carried days equals the full evaluation",
        ("-m", "pytest", "-q", "tests/backends/test_carry.py"),
        {"PALIER_CARRIED_EVERY": "1"},
    ),
    Proof(
        "speed at 10,000 partners and 100 million activities",
        ("-m", "benchmarks.run", "--only", "ratio", "--only", "explain", "--only", "help", "--only", "check"),
    ),
    Proof(
        "time grows no faster than the facts up to 400 million activities",
        ("-m", "benchmarks.run", "--only", "growth", "--partners", "40000"),
    ),
    Proof(
        "speed of the technology program at 3,000,000 installations, and of two years of moves of 10,000 partners",
        ("-m", "benchmarks.technology"),
    ),
    Proof("a day carried forward, with 100 and with 400 million activities", ("-m", "benchmarks.carry")),
    Proof("Spark on two workers, against its own scan of the same files", ("-m", "benchmarks.spark")),
    Proof("pages of the portal with 10,000 partners against a bare page", ("-m", "benchmarks.portal")),
    Proof(
        "200 rounds of kill -9 on the portal's web and workers under writes, on SQLite and on PostgreSQL",
        ("-m", "benchmarks.durability", "--rounds", "200", "--database", "sqlite", "--database", "postgresql"),
    ),
    Proof(
        "two years of the portal's schedule hour by hour, with workers down and killed at random",
        ("-m", "pytest", "-q", "tests/portal/journal/test_schedule.py"),
        {"PALIER_SCHEDULE_DAYS": "730"},
    ),
    Proof(
        "the portal's tests on PostgreSQL",
        ("-m", "support.postgresql", "-n", "2", "--dist", "loadgroup", "-q", "tests/portal"),
        {"PYTHONPATH": "tests", "PALIER_WHOLE": "1"},
    ),
    Proof(
        "nobody at a partner learns who else serves its customers, or when",
        ("-m", "pytest", "-q", "tests/portal/test_inference.py"),
        {"PALIER_WHOLE": "1"},
    ),
    Proof(
        "every address and method of the portal against every member of the cast, and against everybody else's things",
        ("-m", "pytest", "-q", "tests/portal/test_access.py", "tests/portal/test_foreign.py"),
        {"PALIER_WHOLE": "1"},
    ),
    Proof(
        "every page of the portal in both languages, light and dark, at 320, 768 and 1440 px; its journeys",
        ("-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "tests/browser"),
        {"PALIER_WHOLE": "1"},
    ),
)


def main() -> int:
    """Run every proof, whatever the others say; 1 when one fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prove")
    parser.add_argument("--only", action="append", metavar="PART", help="only proofs whose sentence holds these words")
    only = parser.parse_args().only
    chosen = [each for each in PROOFS if not only or any(part in each.shows for part in only)]
    if not chosen:
        parser.error("\n".join(("no proof is called so; they are:", *(each.shows for each in PROOFS))))
    rows = []
    for proof in chosen:
        print(f"\n{proof.shows}", flush=True)
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, *proof.command], cwd=ROOT, env={**os.environ, **proof.environment}, check=False
        )
        result = "proven" if done.returncode == 0 else f"failed ({done.returncode})"
        rows.append((proof.shows, f"{(time.monotonic() - started) / 60:.1f}", result))
    keep("Long proofs", ("proof", "minutes", "result"), rows)
    return 0 if all(row[-1] == "proven" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
