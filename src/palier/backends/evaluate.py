"""The one call: evaluate a program over a folder of facts for a day."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

from palier.backends.carry import Carry, open_carry
from palier.backends.evaluation import Evaluation, Progress, evaluate_day
from palier.backends.files import facts_digest
from palier.backends.runs import Run, finish
from palier.engine.compile import compile_rulebook
from palier.rulebook.read import Rulebook


def evaluate(
    rulebook: Rulebook,
    *,
    facts: Path,
    on: date,
    known_at: datetime | None = None,
    out: Path | None = None,
    stale: bool = False,
    carry: Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Compute every line, figure, gate and standing of a program on a day.

    Args:
        rulebook: a program as read by `read_program`.
        facts: the folder of fact tables.
        on: the day asked about.
        known_at: ignore rows recorded later (UTC, without a zone); absent: the latest versions hold.
        out: where to write the run as Parquet; absent: it stays in memory.
        stale: compute though a table ends before what the day needs; figures that rest on it say so.
        carry: a folder that keeps what earlier runs read of large tables; absent: everything is read.
        progress: told the name of each stage as it starts.

    Raises:
        InputProblemsError: the rulebook or the facts have structural problems; nothing was written.
        FactsNotFoundError: there is no such folder.
        OutputInTheWayError: the output folder exists and is not an earlier run.
        NotACarryFolderError: the carry folder holds something else.
        FactsMovedError: a file of facts that is carried changed while it was read.
    """
    compiled = compile_rulebook(rulebook)

    def day(kept: Carry | None) -> Evaluation:
        return evaluate_day(compiled, facts, on=on, known_at=known_at, stale=stale, carry=kept, progress=progress)

    def finished(evaluation: Evaluation, digest: Callable[[], str]) -> Run:
        try:
            if progress is not None and out is not None:
                progress("write")
            return finish(evaluation, known_at=known_at, facts_digest=digest(), out=out)
        except BaseException:
            evaluation.connection.close()
            raise

    if carry is not None:
        with open_carry(carry) as kept:
            known = kept.facts_digest(facts)
            return finished(day(kept), lambda: known)
    with ThreadPoolExecutor(max_workers=1) as reader:
        digest = reader.submit(facts_digest, facts)
        return finished(day(None), digest.result)
