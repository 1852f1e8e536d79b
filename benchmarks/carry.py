"""A carried-forward day against a full one: `python -m benchmarks.carry [--partners N] [--older N] [--rounds N]`.

The activities of the last day come as a file of their own, as a daily delivery would; the carry folder knows the day
before. `--older 3` puts three times as many older activities into the history, and measures the same day again. Both
runs must agree on every line, figure, gate and standing. The exit code is 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

import palier
from benchmarks.measuring import Measured, keep, measure
from benchmarks.run import BENCH, MILLION_ACTIVITIES_A_PARTNER, MOST_PEAK, NOISE, PALIER, PROGRAM, SIZES, facts
from benchmarks.steps import DAY

MOST_RATIO = 1 / 3
YESTERDAY = DAY - timedelta(days=1)
COMPARED = ("lines", "figures", "gates", "standings")
YEARS_BACK = 2
"""The sample's activities cover two years; older ones are the same rows, so many years before."""


@dataclass(frozen=True, slots=True)
class Day:
    """One carried day beside the full evaluation of the same day."""

    first: Measured
    full: Sequence[Measured]
    carried: Sequence[Measured]
    same: bool


def deliver(source: Path, folder: Path, *, older: int) -> Path:
    """Facts whose activities of the last day are a file of their own; the file, which lies beside the folder.

    Everything else is linked; `older` times the activities are added, as many times two years earlier.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "activities").mkdir(parents=True)
    for path in source.iterdir():
        if path.is_file():
            os.link(path, folder / path.name)
    parts = sorted((source / "activities").iterdir())
    last = folder.with_name(f"{folder.name}-last-day.parquet")
    with duckdb.connect() as connection:
        for path in parts[:-1]:
            os.link(path, folder / "activities" / path.name)
        target = folder / "activities" / parts[-1].name
        _copy(connection, f"SELECT * FROM '{parts[-1]}' WHERE occurred_on < DATE '{DAY}'", target)
        _copy(connection, f"SELECT * FROM '{parts[-1]}' WHERE occurred_on = DATE '{DAY}'", last)
        for times in range(1, older + 1):
            for path in parts:
                moved = f"CAST(occurred_on - INTERVAL {YEARS_BACK * times} YEAR AS DATE) AS occurred_on"
                named = f"'{times}-' || activity_id AS activity_id"
                target = folder / "activities" / f"older-{times}-{path.name}"
                _copy(connection, f"SELECT * REPLACE ({moved}, {named}) FROM '{path}' ORDER BY occurred_on", target)
    return last


def _copy(connection: duckdb.DuckDBPyConnection, select: str, target: Path) -> None:
    connection.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def carried_day(source: Path, *, partners: int, older: int, rounds: int) -> Day:
    """The last day evaluated in full and carried forward, by turns, from the same carry folder of the day before."""
    folder = BENCH / f"carry-facts-{partners}-{older}"
    before, now = BENCH / f"carry-before-{partners}-{older}", BENCH / f"carry-now-{partners}-{older}"
    whole, ours = BENCH / f"carry-full-{partners}", BENCH / f"carry-run-{partners}"
    print(f"delivering {partners:,} partners, {older} times older activities", file=sys.stderr)
    last = deliver(source, folder, older=older)
    shutil.rmtree(before, ignore_errors=True)
    first = _evaluate(folder, ours, on=YESTERDAY, carry=before)
    _evaluate(folder, ours, on=YESTERDAY, carry=before)  # a second run trusts what the first one just wrote
    last.rename(folder / "activities" / "today.parquet")
    full, carried = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        full.append(_evaluate(folder, whole, on=DAY))
        shutil.rmtree(now, ignore_errors=True)
        shutil.copytree(before, now)
        carried.append(_evaluate(folder, ours, on=DAY, carry=now))
    return Day(first, full, carried, _content(whole) == _content(ours))


def _evaluate(source: Path, out: Path, *, on: date, carry: Path | None = None) -> Measured:
    asked = ["--facts", str(source), "--on", on.isoformat(), "--out", str(out)]
    carrying = [] if carry is None else ["--carry", str(carry)]
    return measure([str(PALIER), "evaluate", str(PROGRAM), *asked, *carrying])


def _content(folder: Path) -> list[tuple[object, ...]]:
    """How many rows each table of a run has, and the sum of their hashes: the same for the same rows in any order."""
    with palier.open_run(folder) as run:
        counted = [f"SELECT COUNT(*), SUM(HASH(t)) FROM {run.tables[name]} AS t" for name in COMPARED]
        return [run.connection.execute(each).fetchone() or () for each in counted]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a carried day without and with an older history; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.carry", description=__doc__)
    parser.add_argument("--partners", type=int, choices=SIZES, default=SIZES[1])
    parser.add_argument("--older", type=int, default=3, help="how many times as many older activities, besides none")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is repeated")
    parser.add_argument("--keep", action="store_true", help="leave the facts and runs in bench/")
    asked = parser.parse_args(arguments)
    before = set(BENCH.iterdir()) if BENCH.exists() else set()
    try:
        source = facts(asked.partners)
        sizes = sorted({0, asked.older})
        days = {size: carried_day(source, partners=asked.partners, older=size, rounds=asked.rounds) for size in sizes}
    finally:
        if not asked.keep and BENCH.exists():
            for made in set(BENCH.iterdir()) - before:
                shutil.rmtree(made) if made.is_dir() else made.unlink()
    rows = [_row(asked.partners, size, day, days[0]) for size, day in days.items()]
    keep(
        "Carried-forward day against a full evaluation (goal: at most a third, and no slower with an older history)",
        ("partners", "M activities", "rounds", "first day s (cpu s)", "full s (cpu s)", "carried s (cpu s)", "ratio",
         "cpu ratio", "times the day without older", "MiB", "same rows", "goal"),
        rows,
    )  # fmt: skip
    return 0 if all(row[-1] == "met" for row in rows) else 1


def _row(partners: int, older: int, day: Day, alone: Day) -> tuple[str, ...]:
    walls = [ours.wall / whole.wall for ours, whole in zip(day.carried, day.full, strict=True)]
    cpus = [ours.cpu / whole.cpu for ours, whole in zip(day.carried, day.full, strict=True)]
    peak = max(each.peak for each in (day.first, *day.carried))
    slower = median(each.wall for each in day.carried) / median(each.wall for each in alone.carried)
    met = day.same and peak <= MOST_PEAK and slower <= NOISE and (older > 0 or median(walls) <= MOST_RATIO)
    return (
        f"{partners:,}", f"{partners * MILLION_ACTIVITIES_A_PARTNER * (1 + older):.0f}", f"{len(day.full)}",
        f"{day.first.wall:.1f} ({day.first.cpu:.1f})", _both(day.full), _both(day.carried),
        f"{median(walls):.2f}", f"{median(cpus):.2f}", f"{slower:.2f}", f"{peak:.0f}",
        "yes" if day.same else "no", "met" if met else "missed",
    )  # fmt: skip


def _both(measured: Sequence[Measured]) -> str:
    return f"{median(each.wall for each in measured):.1f} ({median(each.cpu for each in measured):.1f})"


if __name__ == "__main__":
    sys.exit(main())
