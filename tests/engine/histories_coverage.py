"""How often each tier, gate and undefined figure occurs: `python -m engine.histories_coverage [COUNT]`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from engine.histories import DAYS, generate, moments
from engine.oracle import Verdict, judge
from engine.oracle_gates import MINIMUMS, MRR_2018, TOTALS_SINCE, TOTALS_TO_MID_2024

SWITCHES = {
    "A-02": "january_2025",
    "A-04": "deal_close",
    "A-33": "net",
    "C-03": "current_mrr",
    "D-12": "all_removed",
}


def survey(verdict: Verdict) -> Counter[str]:
    """Counts of what one verdict contains."""
    counts: Counter[str] = Counter()
    for partner_id, tier in verdict.tier.items():
        counts[f"tier {tier}"] += 1
        counts[f"kept {verdict.tier_kept[partner_id]}"] += 1
        counts[f"candidate {verdict.candidate[partner_id]}"] += 1
        counts["kept differs"] += tier != verdict.tier_kept[partner_id]
    missed: dict[tuple[str, str, str], list[str]] = {}
    for (partner_id, tier_id, purpose, gate), held in verdict.held.items():
        counts[f"{'held' if held else 'missed'} {purpose} {tier_id}.{gate}"] += 1
        missed.setdefault((partner_id, tier_id, purpose), []).extend([] if held else [gate])
    for (_, tier_id, purpose), gates in missed.items():
        if len(gates) == 1:
            counts[f"alone {purpose} {tier_id}.{gates[0]}"] += 1
    for (_, metric), value in verdict.figures.items():
        counts[f"{'undefined' if value is None else 'zero' if value == 0 else 'valued'} {metric}"] += 1
    sharers = Counter(
        line.customer_id for (_, metric), lines in verdict.lines.items() if metric == "managed_mrr" for line in lines
    )
    counts.update(f"sharers {number}" for number in sharers.values())
    for (_, metric), lines in verdict.lines.items():
        counts[f"lines {metric}"] += len(lines)
    return counts + _exact(verdict)


def _exact(verdict: Verdict) -> Counter[str]:
    """How often a figure is exactly the threshold of some tier."""
    edges: dict[str, list[tuple[int, ...]]] = {
        "points": [*MINIMUMS.values()],
        "mrr": [*MRR_2018.values()],
    }
    counts: Counter[str] = Counter()
    for (_, metric), value in verdict.figures.items():
        kind, _, unit = metric.partition("_")
        if kind in {"sold", "managed"} and value in [pair[kind == "managed"] for pair in edges[unit]]:
            counts[f"exact {metric} {value}"] += 1
        if metric == "total_points" and value in {*TOTALS_SINCE.values(), *TOTALS_TO_MID_2024.values()}:
            counts[f"exact {metric} {value}"] += 1
        if metric == "app_usage_median" and value is not None:
            counts[f"exact {metric} {value if value in {2, 3} or value.denominator == 2 else 'other'}"] += 1
        if metric.endswith("retention") and value == Fraction(85, 100):
            counts[f"exact {metric} 85 %"] += 1
        if metric == "team_certifications" and value in {99, 100, 101}:
            counts[f"exact {metric} {value}"] += 1
    return counts


def coverage(*, seed: int, count: int, days: Iterable[date] = DAYS) -> Counter[str]:
    """What occurs when `count` histories are generated and judged on each of the days."""
    total: Counter[str] = Counter()
    for on in days:
        facts = generate(seed, count=count, on=on)
        verdict = judge(facts, on=on)
        total += survey(verdict)
        total["rows"] += sum(map(len, facts.values()))
        for errata, reading in SWITCHES.items():
            other = judge(facts, on=on, switches={errata: reading})
            total[f"switch {errata}"] += sum(verdict.figures[one] != other.figures[one] for one in other.figures)
            total[f"switch {errata}"] += sum(verdict.tier[one] != other.tier[one] for one in other.tier)
        for known_at in moments(on):
            other = judge(facts, on=on, known_at=known_at)
            changed = (verdict.figures.get(one) != value for one, value in other.figures.items())
            total["known earlier"] += sum(changed)
    return total


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    started = time.perf_counter()
    counts = coverage(seed=1, count=count)
    seconds = time.perf_counter() - started
    for name, number in sorted(counts.items()):
        sys.stdout.write(f"{number:8} {name}\n")
    sys.stdout.write(f"{seconds:.1f} s for {count * len(DAYS)} histories\n")


if __name__ == "__main__":
    main()
