"""The one call: evaluate a program over a folder of facts for a day."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

from palier.backends.carry import open_carry
from palier.backends.compact import HeldLines
from palier.backends.evaluation import Progress, evaluate_day
from palier.backends.files import facts_digest
from palier.backends.runs import Run, copy_tables, finish, in_one_move, require_place
from palier.backends.session import abandon
from palier.engine.compile import compile_rulebook
from palier.engine.results import RESULT_TABLES
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
    with ExitStack() as open_folders, ThreadPoolExecutor(max_workers=2) as beside:
        kept = None if carry is None else open_folders.enter_context(open_carry(carry))
        digest = beside.submit(facts_digest if kept is None else kept.facts_digest, facts)
        writing = None if out is None else _Writing(out, open_folders, beside)
        if kept is not None:
            digest.result()  # files that are carried must not change after their digest was taken
        evaluation = evaluate_day(
            compiled, facts, on=on, known_at=known_at, stale=stale, carry=kept,
            whole=None if writing is None else writing.lines, progress=progress,
        )  # fmt: skip
        try:
            if progress is not None and writing is not None:
                progress("write")
            partial = None if writing is None else writing.partial
            run = finish(evaluation, known_at=known_at, facts_digest=digest.result(), partial=partial)
            if writing is not None:
                writing.end()
        except BaseException:
            abandon(evaluation.connection)
            raise
    return run


class _Writing:
    """The folder of a run while it is written: lines go there while figures, gates and standings are made."""

    def __init__(self, out: Path, open_folders: ExitStack, beside: ThreadPoolExecutor) -> None:
        require_place(out, mark="run", tables=RESULT_TABLES)
        self.out = out
        self.open_folders = open_folders
        self.beside = beside
        self.partial: Path | None = None
        self.written: Future[None] | None = None

    def lines(self, held: HeldLines) -> None:
        """Begin to write the lines."""
        self.partial = self.open_folders.enter_context(in_one_move(self.out, mark="run", tables=RESULT_TABLES))
        self.written = self.beside.submit(copy_tables, held.connection.cursor(), self.partial, held.files())

    def end(self) -> None:
        """Wait until the lines are written."""
        if self.written is not None:
            self.written.result()
