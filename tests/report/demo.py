from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from palier.backends.runs import Run
from palier.cli.demonstrating import make_report
from palier.engine.forecast import Forecast
from palier.engine.words import Language, Words
from palier.report.content import Report
from palier.rulebook.read import Rulebook


@dataclass(frozen=True)
class Demo:
    """The demo's run of 40 partners, the partner picked, its two forecasts, and the whole report in English."""

    run: Run
    rulebook: Rulebook
    folder: Path
    partner: str
    forecasts: dict[str, Forecast]
    beyond: Report

    def report(self, language: Language) -> Report:
        """The report in a language, with its pasts in the same."""
        words = Words(self.rulebook, language)
        made = make_report(self.run, words, self.forecasts, folder=self.folder, sample=(40, 1))
        pasts = tuple(replace(past, words=Words(past.words.rulebook, language)) for past in self.beyond.pasts)
        return replace(made, pasts=pasts, stated=self.beyond.stated, tried=self.beyond.tried, names=self.beyond.names)
