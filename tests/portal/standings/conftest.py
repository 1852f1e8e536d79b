"""Both programs, two days, and what lies behind them: made once for all tests of standings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import palier
from palier.backends.behind import Behind, look_behind
from palier.backends.evaluate import evaluate
from palier.portal.standings.actions import publish_run
from palier.portal.standings.models import Run
from portal.conftest import NOW, ON, PUBLISHED
from support.kept import kept_folder, kept_value

EARLIER = date(2026, 10, 31)
PROGRAMS = ("solutions", "technology")


@dataclass(frozen=True, slots=True)
class Made:
    """A folder with facts and runs, and what lies behind the later runs."""

    folder: Path
    behind: Mapping[str, Behind]

    def run(self, program: str, on: date = ON) -> Path:
        """The folder of a run."""
        return self.folder / "run" if (program, on) == ("solutions", ON) else self.folder / f"{program}-{on}"

    def publish(self, program: str, on: date = ON) -> Run:
        """Publish a run; the later one with its past."""
        return publish_run(
            self.run(program, on), facts=self.folder / "facts", rulebook=program, actor="test", at=NOW,
            moves=self.behind[program] if on == ON else None,
        )  # fmt: skip


@pytest.fixture(scope="session")
def made(published_folder: Path) -> Made:
    facts = published_folder / "facts"

    def evaluated(program: str, on: date, out: Path) -> None:
        evaluate(palier.read_program(program), facts=facts, on=on, out=out / "run", stale=True).close()

    behind = {}
    for program in PROGRAMS:
        for on in (EARLIER, ON):
            if (program, on) != ("solutions", ON):
                kept = published_folder / f"kept-{program}-{on}"
                kept_folder(kept, "run", *PUBLISHED, program, on, make=partial(evaluated, program, on))
                (kept / "run").rename(published_folder / f"{program}-{on}")
        look = partial(look_behind, palier.read_program(program), facts=facts, on=ON)
        behind[program] = kept_value("behind", *PUBLISHED, program, ON, make=look)
    return Made(published_folder, behind)


@pytest.fixture
def runs(db: None, made: Made) -> dict[str, Run]:
    """The current run of each program."""
    del db
    return {program: made.publish(program) for program in PROGRAMS}


@pytest.fixture
def in_both(runs: dict[str, Run]) -> str:
    """A partner that takes part in both programs."""
    enrolled = [set(run.standings.values_list("partner_id", flat=True)) for run in runs.values()]
    return min(set.intersection(*enrolled))
