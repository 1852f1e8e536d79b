"""`palier evaluate`."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import typer

from palier.backends.evaluate import evaluate
from palier.backends.runs import Run
from palier.cli.printing import console, print_json, print_oddities, progress, table
from palier.rulebook.model import Program
from palier.rulebook.problems import PalierError
from palier.rulebook.read import read_program


def evaluate_program(
    program: str,
    *,
    facts: str,
    on: date,
    out: str,
    known_at: datetime | None,
    switches: dict[str, str],
    stale: bool,
    carry: Path | None,
    as_json: bool,
    backend: str,
    master: str | None,
) -> None:
    """Evaluate, write the run and print the ladder.

    Raises:
        WrongBackendError: an option that the other backend has.
    """
    rulebook = read_program(program, switches=switches)
    if backend == "duckdb":
        if master is not None:
            raise WrongBackendError("--master", "spark")
        run = evaluate(
            rulebook, facts=Path(facts), on=on, known_at=known_at, out=Path(out), stale=stale, carry=carry,
            progress=progress,
        )  # fmt: skip
        _tell(run, rulebook.program, out, as_json=as_json)
        return
    if carry is not None:
        raise WrongBackendError("--carry", "duckdb")
    from palier.backends.spark.evaluate import evaluate_on_spark  # noqa: PLC0415  # only who asks for Spark loads it
    from palier.backends.spark.session import master_of, spark_session  # noqa: PLC0415  # same

    with spark_session(master_of(master)) as spark:
        run = evaluate_on_spark(
            rulebook, spark=spark, facts=facts, on=on, known_at=known_at, out=out, stale=stale, progress=progress
        )
        _tell(run, rulebook.program, out, as_json=as_json)


class WrongBackendError(PalierError):
    """Raised when an option belongs to the other backend."""

    def __init__(self, option: str, backend: str) -> None:
        super().__init__(f"{option} goes with --backend {backend}")


def _tell(run: Run, program: Program, out: str, *, as_json: bool) -> None:
    with run:
        if as_json:
            print_json(summary(run, program, out))
            return
        print_oddities(run.problems)
        print_ladder(run, program)
        typer.echo(f"run written to {out} (figures digest {run.about['results_digest'][:16]})")


def ladder(run: Run, program: Program) -> list[tuple[str, int, int, int]]:
    """Each tier in force with how many partners reach it, keep it and are candidates, the highest first."""
    standings = run.standings()
    reached = Counter(standing.tier for standing in standings)
    kept = Counter(standing.tier_kept for standing in standings)
    candidates = Counter(standing.candidate for standing in standings)
    tiers = [tier.tier for tier in program.tiers if tier.in_force(run.on)]
    rows = [(tier, reached[tier], kept[tier], candidates[tier]) for tier in reversed(tiers)]
    return [*rows, ("none", reached[None], kept[None], 0)]


def print_ladder(run: Run, program: Program) -> None:
    """Print the ladder of a run."""
    columns = [("tier", False), ("to reach", True), ("to keep", True), ("candidates", True)]
    rows = [(tier, *(str(count) for count in counts)) for tier, *counts in ladder(run, program)]
    console().print(table(f"{program.program} on {run.on}", columns, rows))


def summary(run: Run, program: Program, out: Path | str | None) -> dict[str, object]:
    """What a run says in short, for machines."""
    return {
        "program": program.program,
        "on": run.on,
        "known_at": run.about["known_at"],
        "backend": run.about["backend"],
        "rulebook_hash": run.about["rulebook_hash"],
        "facts_digest": run.about["facts_digest"],
        "results_digest": run.about["results_digest"],
        "out": None if out is None else str(out),
        "ladder": [
            {
                "tier": None if tier == "none" else tier,
                "to_reach": reach,
                "to_keep": keep,
                "candidates": candidates,
            }
            for tier, reach, keep, candidates in ladder(run, program)
        ],
        "standings": run.standings(),
        "problems": run.problems,
    }
