from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from palier.backends.runs import Run
from palier.cli.demonstrating import make_report
from palier.engine.forecast import Forecast
from palier.engine.words import Language, Words
from palier.report.content import Report
from palier.rulebook.read import Rulebook


@dataclass(frozen=True)
class Demo:
    """The demo's run of 40 partners, the partner picked and its two forecasts."""

    run: Run
    rulebook: Rulebook
    folder: Path
    partner: str
    forecasts: dict[str, Forecast]

    def report(self, language: Language) -> Report:
        words = Words(self.rulebook, language)
        return make_report(self.run, words, self.forecasts, folder=self.folder, sample=(40, 1))
