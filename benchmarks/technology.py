"""The technology program against its goals: `python -m benchmarks.technology [--scale F] [--rounds N] [--only NAME]`.

`ratio`: an evaluation at 2,000 apps, 3,000,000 installations and 24 months of use against hand-written SQL that writes
the same lines and figures. `moves`: two years of moves of 10,000 partners against one evaluation for each day on which
the calendar recalibrates. The exit code is 1 when a goal is missed or rows differ. Rows are kept at full scale only.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.compare_results import count, differences
from benchmarks.measuring import ROOT, Measured, keep, measure
from benchmarks.run import BENCH, MOST_PEAK, MOST_RATIO, PALIER
from benchmarks.technology_facts import MANY_PARTNERS, MARKETPLACE, Market, write_facts

PROGRAM = ROOT / "programs" / "technology"
STATEMENTS = "technology_handwritten.sql"
DAY = MARKETPLACE.until
MOST_TIMES_AN_EVALUATION = 3.0
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
RECALIBRATIONS = tuple(date(year, month, 15) for year in (2026, 2027) for month in (1, 4, 7, 10))

HIGHER = """
WITH ladder AS (FROM (VALUES ('partner', 1), ('rising', 2), ('leading', 3), ('premier', 4)) AS listed (tier, rank)),
risen AS (
  SELECT m.partner_id, l.rank
  FROM read_parquet($moves) AS m
  JOIN ladder AS l ON l.tier = CASE m.kind WHEN 'awaiting_form' THEN m.about ELSE m.tier_after END
  WHERE m.on_date = $day AND m.kind IN ('promoted', 'awaiting_form')
)
SELECT count(*), count(*) FILTER (l.rank IS NULL OR r.rank > l.rank)
FROM risen AS r
LEFT JOIN read_parquet($standings) AS s ON s.partner_id = r.partner_id
LEFT JOIN ladder AS l ON l.tier = s.qualified_tier
"""
"""How many rise, or are given notice, on a day, and how many of them further than the evaluation of that day says."""


def facts(name: str, market: Market, scale: float) -> Path:
    """The folder of facts of a marketplace at a scale, written if need be."""
    folder = BENCH / f"technology-{name}-facts-{scale:g}"
    if not folder.exists():
        print(f"writing {folder.name}", file=sys.stderr)
        write_facts(folder, market.scaled(scale))
    return folder


def ratio(scale: float, rounds: int) -> bool:
    """Evaluate against hand-written SQL that computes the same figures and writes the same lines, by turns."""
    source = facts("ratio", MARKETPLACE, scale)
    hand, ours = BENCH / f"technology-hand-{scale:g}", BENCH / f"technology-run-{scale:g}"
    by_hand, by_palier = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        written = [sys.executable, "-m", "benchmarks.handwritten", str(source), str(hand), STATEMENTS]
        by_hand.append(measure(written))
        by_palier.append(_evaluate(source, ours, DAY))
    wrong = differences(hand, ours)
    for each in wrong:
        print(each)
    walls, cpus = _times(by_palier, by_hand)
    peak = max(each.peak for each in by_palier)
    met = not wrong and walls <= MOST_RATIO and peak <= MOST_PEAK
    keep(
        "Technology against hand-written SQL (goal: at most 1.5 times, at most 2,048 MiB)",
        ("apps", "M installs", "M uses", "lines", "rounds", "hand s (cpu s)", "palier s (cpu s)", "ratio", "cpu ratio",
         "hand MiB", "palier MiB", "same rows", "goal"),
        [(
            f"{count(source, 'apps'):,}", f"{count(source, 'installs') / 1e6:.2f}",
            f"{count(source, 'app_uses/*') / 1e6:.1f}", f"{count(ours, 'lines'):,}", rounds, _both(by_hand),
            _both(by_palier), f"{walls:.2f}", f"{cpus:.2f}", f"{max(each.peak for each in by_hand):.0f}",
            f"{peak:.0f}", "no" if wrong else "yes", _word(met),
        )],
        only_print=scale < 1,
    )  # fmt: skip
    return met


def moves(scale: float, rounds: int) -> bool:
    """Replay two years of moves against one evaluation for each recalibration day, by turns."""
    source = facts("moves", MANY_PARTNERS, scale)
    out = BENCH / f"technology-moves-{scale:g}"
    runs = {day: BENCH / f"technology-moves-{scale:g}-{day}" for day in RECALIBRATIONS}
    asked = ["--facts", str(source), "--from", str(FIRST), "--until", str(LAST), "--out", str(out)]
    replayed, evaluated = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        replayed.append(measure([str(PALIER), "history", str(PROGRAM), *asked]))
        evaluated.append(_together(_evaluate(source, run, day) for day, run in runs.items()))
    risen, wrong = (sum(each) for each in zip(*(_risen(out, day, run) for day, run in runs.items()), strict=True))
    walls, cpus = _times(replayed, evaluated)
    peak = max(each.peak for each in replayed)
    met = risen > 0 and not wrong and walls <= MOST_TIMES_AN_EVALUATION and peak <= MOST_PEAK
    keep(
        "Two years of technology moves against one evaluation a recalibration day (goal: at most 3 times, 2,048 MiB)",
        ("partners", "days", "moves", "rounds", "evaluations s (cpu s)", "history s (cpu s)", "ratio", "cpu ratio",
         "history MiB", "rises", "higher than the day's standing", "goal"),
        [(
            f"{count(source, 'partners'):,}", len(RECALIBRATIONS), f"{count(out, 'moves'):,}", rounds,
            _both(evaluated), _both(replayed), f"{walls:.2f}", f"{cpus:.2f}", f"{peak:.0f}", f"{risen:,}", wrong,
            _word(met),
        )],
        only_print=scale < 1,
    )  # fmt: skip
    return met


def _evaluate(source: Path, out: Path, on: date) -> Measured:
    asked = ["--facts", str(source), "--on", on.isoformat(), "--out", str(out)]
    return measure([str(PALIER), "evaluate", str(PROGRAM), *asked])


def _together(measured: Iterable[Measured]) -> Measured:
    """Several processes one after another, as if they were one."""
    each = list(measured)
    return Measured(sum(one.wall for one in each), sum(one.cpu for one in each), max(one.peak for one in each), "")


def _risen(history: Path, day: date, run: Path) -> tuple[int, int]:
    tables = {"moves": str(history / "moves.parquet"), "standings": str(run / "standings.parquet"), "day": day}
    with duckdb.connect() as connection:
        found = connection.execute(HIGHER, tables).fetchone() or (0, 0)
    return int(found[0]), int(found[1])


def _times(ours: Sequence[Measured], theirs: Sequence[Measured]) -> tuple[float, float]:
    """How many times as long ours took, by the clock and of the processors: the median of the rounds."""
    pairs = list(zip(ours, theirs, strict=True))
    return median(one.wall / other.wall for one, other in pairs), median(one.cpu / other.cpu for one, other in pairs)


def _both(measured: Sequence[Measured]) -> str:
    return f"{median(each.wall for each in measured):.1f} ({median(each.cpu for each in measured):.1f})"


def _word(met: bool) -> str:
    return "met" if met else "missed"


BENCHMARKS: dict[str, Callable[[float, int], bool]] = {"ratio": ratio, "moves": moves}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.technology", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the facts, such as 0.01: rows are not kept")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is repeated")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="only this benchmark; may be repeated")
    parser.add_argument("--keep", action="store_true", help="leave the facts and runs in bench/")
    asked = parser.parse_args(arguments)
    BENCH.mkdir(exist_ok=True)
    before = set(BENCH.iterdir())
    try:
        met = [BENCHMARKS[name](asked.scale, asked.rounds) for name in asked.only or BENCHMARKS]
    finally:
        if not asked.keep:
            for made in set(BENCH.iterdir()) - before:
                if made.name.startswith("technology-"):
                    shutil.rmtree(made, ignore_errors=True)
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
