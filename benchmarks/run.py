"""Palier against its goals of speed: `python -m benchmarks.run [--partners N] [--rounds N] [--only NAME] [--keep]`.

Facts are generated in `bench/` (a hundred customers and ten thousand activities a partner) and removed afterwards.
The exit code is 1 when a goal is missed, or when Palier and the hand-written SQL disagree on a single row.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.compare_results import count, differences
from benchmarks.measuring import ROOT, Measured, keep, measure, step
from benchmarks.steps import DAY

SIZES = (1_000, 10_000, 40_000)
BENCH = ROOT / "bench"
PALIER = Path(sys.executable).with_name("palier")
PROGRAM = ROOT / "programs" / "solutions"
MILLION_ACTIVITIES_A_PARTNER = 0.01
ROOM_A_PARTNER = 200_000
"""Bytes of disk: a partner's facts take 75,000, its run 10,000, and DuckDB may spill as much again."""
MOST_RATIO = 1.5
MOST_PEAK = 2048
MOST_EXPLAIN = 200
MOST_HELP = 0.3
MOST_GROWTH = 1.0
NOISE = 1.1
"""Two measurements of the same thing differ by a tenth on a quiet machine."""


class NoRoomError(Exception):
    """Raised when the disk cannot hold the facts to measure."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"{needed / 1e9:.1f} GB of disk are needed in {BENCH}, {free / 1e9:.1f} GB are free")


def facts(partners: int) -> Path:
    """The folder of sample facts for so many partners, written if need be.

    Raises:
        NoRoomError: there is no room for them.
    """
    folder = BENCH / f"facts-{partners}"
    if not folder.exists():
        BENCH.mkdir(exist_ok=True)
        needed, free = partners * ROOM_A_PARTNER, shutil.disk_usage(BENCH).free
        if free < needed:
            raise NoRoomError(needed, free)
        print(f"writing sample facts of {partners:,} partners", file=sys.stderr)
        step("sample", folder, partners)
    return folder


def ratio(partners: int, rounds: int) -> bool:
    """Evaluate against hand-written SQL that computes the same figures and writes the same lines, by turns."""
    source = facts(partners)
    hand, palier = BENCH / f"hand-{partners}", BENCH / f"run-{partners}"
    by_hand, ours = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        by_hand.append(_hand(source, hand))
        ours.append(_palier(source, palier))
    wrong = differences(hand, palier)
    for each in wrong:
        print(each)
    walls = [mine.wall / theirs.wall for mine, theirs in zip(ours, by_hand, strict=True)]
    cpus = [mine.cpu / theirs.cpu for mine, theirs in zip(ours, by_hand, strict=True)]
    peak = max(each.peak for each in ours)
    met = not wrong and median(walls) <= MOST_RATIO and peak <= MOST_PEAK
    keep(
        "Evaluate against hand-written SQL (goal: at most 1.5 times, at most 2,048 MiB)",
        ("partners", "M activities", "lines", "rounds", "hand s (cpu s)", "palier s (cpu s)", "ratio", "cpu ratio",
         "hand MiB", "palier MiB", "same rows", "goal"),
        [(
            f"{partners:,}", f"{partners * MILLION_ACTIVITIES_A_PARTNER:.0f}", f"{count(palier, 'lines'):,}", rounds,
            _both(by_hand), _both(ours), f"{median(walls):.2f}", f"{median(cpus):.2f}",
            f"{max(each.peak for each in by_hand):.0f}", f"{peak:.0f}", "no" if wrong else "yes", _word(met),
        )],
    )  # fmt: skip
    return met


def growth(partners: int, rounds: int) -> bool:
    """Evaluate over more and more facts: from one size to the next, the time for a million activities must not grow."""
    sizes = {size: facts(size) for size in SIZES if size <= partners}
    measured: dict[int, list[Measured]] = {size: [] for size in sizes}
    for number in range(rounds):  # by turns: the machine's other users come and go
        for size, source in sizes.items():
            print(f"round {number + 1} of {rounds}: {size:,} partners", file=sys.stderr)
            measured[size].append(_palier(source, BENCH / f"run-{size}"))
    rows = []
    before = None
    for size, ours in measured.items():
        best, peak = min(ours, key=lambda each: each.wall), max(each.peak for each in ours)
        each = best.wall / (size * MILLION_ACTIVITIES_A_PARTNER)
        taken = sum(path.stat().st_size for path in sizes[size].rglob("*.parquet")) / 2**20
        met = each <= (before or each) * MOST_GROWTH * NOISE and peak <= max(MOST_PEAK, 2 * taken)
        before = each
        activities = f"{size * MILLION_ACTIVITIES_A_PARTNER:.0f}"
        seconds = (f"{best.wall:.1f}", f"{best.cpu:.1f}", f"{each:.3f}")
        rows.append((f"{size:,}", activities, f"{taken:,.0f}", *seconds, f"{peak:.0f}", _word(met)))
    keep(
        "Growth (goal: seconds for a million activities do not grow; at most 2,048 MiB, or twice the facts)",
        ("partners", "M activities", "MiB of facts", "s", "cpu s", "s a million", "MiB", "goal"),
        rows,
    )
    return all(row[-1] == _word(met=True) for row in rows)


def explain(partners: int, rounds: int) -> bool:
    """Explain one partner of a finished run, after start-up."""
    run = BENCH / f"run-{partners}"
    if not (run / "run.parquet").exists():
        _palier(facts(partners), run)
    spoken = [step("explain", run).said.split() for _ in range(rounds)]
    largest, middle = (median(float(each[place]) for each in spoken) for place in (0, 1))
    met = max(largest, middle) <= MOST_EXPLAIN
    keep(
        "Explain one partner of a finished run (goal: at most 200 ms after start-up)",
        ("partners", "median ms", "largest partner ms", "its lines", "goal"),
        [(f"{partners:,}", f"{middle:.0f}", f"{largest:.0f}", f"{int(spoken[0][2]):,}", _word(met))],
    )
    return met


def help_page(partners: int, rounds: int) -> bool:
    """The time until the help of the command line stands there."""
    del partners
    walls = [measure([str(PALIER), "--help"]).wall for _ in range(2 * rounds + 1)]
    met = median(walls) <= MOST_HELP
    keep("palier --help (goal: at most 0.3 s)", ("median s", "goal"), [(f"{median(walls):.2f}", _word(met))])
    return met


def check(partners: int, rounds: int) -> bool:
    """Check facts of more than ten million rows, all of them."""
    del partners
    source = facts(SIZES[0])
    ours = [step("check", source) for _ in range(rounds)]
    rows = int(ours[0].said)
    met = max(each.peak for each in ours) <= MOST_PEAK
    keep(
        "Check facts (goal: at most 2,048 MiB)",
        ("rows", "s (cpu s)", "M rows a second", "MiB", "goal"),
        [(f"{rows:,}", _both(ours), f"{rows / 1e6 / median(each.wall for each in ours):.1f}",
          f"{max(each.peak for each in ours):.0f}", _word(met))],
    )  # fmt: skip
    return met


BENCHMARKS: dict[str, Callable[[int, int], bool]] = {
    "ratio": ratio,
    "explain": explain,
    "growth": growth,
    "help": help_page,
    "check": check,
}


def _hand(source: Path, out: Path) -> Measured:
    return measure([sys.executable, "-m", "benchmarks.handwritten", str(source), str(out)])


def _palier(source: Path, out: Path) -> Measured:
    asked = ["--facts", str(source), "--on", DAY.isoformat(), "--out", str(out)]
    return measure([str(PALIER), "evaluate", str(PROGRAM), *asked])


def _both(measured: Sequence[Measured]) -> str:
    return f"{median(each.wall for each in measured):.1f} ({median(each.cpu for each in measured):.1f})"


def _word(met: bool) -> str:
    return "met" if met else "missed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--partners", type=int, choices=SIZES, default=SIZES[1], help="the largest facts to use")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is repeated")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="only this benchmark; may be repeated")
    parser.add_argument("--keep", action="store_true", help="leave the facts and runs in bench/")
    asked = parser.parse_args(arguments)
    before = set(BENCH.iterdir()) if BENCH.exists() else set()
    try:
        met = [BENCHMARKS[name](asked.partners, asked.rounds) for name in asked.only or BENCHMARKS]
    finally:
        if not asked.keep and BENCH.exists():
            for made in set(BENCH.iterdir()) - before:
                shutil.rmtree(made, ignore_errors=True)
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
