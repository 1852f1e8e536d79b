"""What a benchmark measures, each in a process of its own: `python -m benchmarks.steps STEP ARGUMENT...`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import palier
from palier.backends.sampling import write_sample
from palier.backends.session import connect
from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.cli.explaining import SHOWN

DAY = date(2026, 11, 20)
SEED = 1
EXPLAINED = 15


def sample(folder: str, partners: str) -> None:
    """Write sample facts."""
    write_sample(Path(folder), partners=int(partners), seed=SEED, until=DAY)


def explain(run: str) -> None:
    """Print the milliseconds in which what an explanation shows is read: the largest partner, the median, its lines."""
    with palier.open_run(Path(run)) as opened:
        counted = f"SELECT partner_id, count(*) FROM {opened.tables['lines']} GROUP BY ALL ORDER BY ALL"
        sizes = opened.connection.execute(counted).fetchall()
    largest, lines = max(sizes, key=lambda row: row[1])
    spread = [partner for partner, _ in sizes[:: len(sizes) // EXPLAINED + 1]]
    print(f"{_explained(run, largest):.1f} {median(_explained(run, each) for each in spread):.1f} {lines}")


def _explained(run: str, partner: str) -> float:
    started = time.perf_counter()
    with palier.open_run(Path(run)) as opened:
        opened.standings(partner_id=partner)
        opened.figures(partner_id=partner)
        opened.lines(partner_id=partner, largest=SHOWN)
        opened.line_counts(partner_id=partner)
        opened.gates(partner_id=partner)
    return 1000 * (time.perf_counter() - started)


def check(facts: str) -> None:
    """Look through all facts and print how many rows they have."""
    connection = connect()
    snapshot = open_snapshot(connection, Path(facts))
    check_snapshot(connection, snapshot)
    print(sum(snapshot.rows.values()))


STEPS: dict[str, Callable[..., None]] = {
    "sample": sample,
    "explain": explain,
    "check": check,
}

if __name__ == "__main__":
    STEPS[sys.argv[1]](*sys.argv[2:])
