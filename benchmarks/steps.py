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

DAY = date(2026, 11, 20)
SEED = 1
EXPLAINED = 15


def sample(folder: str, partners: str) -> None:
    """Write sample facts."""
    write_sample(Path(folder), partners=int(partners), seed=SEED, until=DAY)


def explain(run: str) -> None:
    """Print the milliseconds that opening a run and reading one partner takes: the first call, and the median."""
    palier.open_run(Path(run)).close()
    with palier.open_run(Path(run)) as opened:
        everyone = [standing.partner_id for standing in opened.standings()]
        sizes = {partner: len(opened.lines(partner_id=partner)) for partner in everyone[:: len(everyone) // EXPLAINED]}
    spent = []
    for partner in sizes:
        started = time.perf_counter()
        with palier.open_run(Path(run)) as opened:
            opened.lines(partner_id=partner)
            opened.figures(partner_id=partner)
            opened.gates(partner_id=partner)
        spent.append(1000 * (time.perf_counter() - started))
    print(f"{max(spent):.1f} {median(spent):.1f} {max(sizes.values())}")


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
