"""Both programs, two days, and what lies behind them: made once for all tests of standings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import palier
from palier.backends.behind import Behind, look_behind
from palier.backends.evaluate import evaluate
from palier.portal.standings.actions import publish_run
from palier.portal.standings.models import Run
from portal.conftest import NOW, ON

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
    behind = {}
    for program in PROGRAMS:
        rulebook = palier.read_program(program)
        for on in (EARLIER, ON):
            if (program, on) != ("solutions", ON):
                out = published_folder / f"{program}-{on}"
                evaluate(rulebook, facts=published_folder / "facts", on=on, out=out, stale=True).close()
        behind[program] = look_behind(rulebook, facts=published_folder / "facts", on=ON)
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
