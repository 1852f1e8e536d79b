from __future__ import annotations

from collections.abc import Iterator

import pytest

from palier.backends.evaluate import evaluate
from palier.backends.forecast import forecast
from palier.cli.demonstrating import ON, UNTIL, beyond, make_report, make_sample, pick
from palier.engine.words import Words
from palier.report.content import Report
from palier.rulebook.read import read_program
from report.demo import Demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    make_sample(folder, partners=40, seed=1)
    rulebook = read_program("solutions")
    facts = folder / "facts"
    with evaluate(rulebook, facts=facts, on=ON) as run:
        picked = pick(run, Words(rulebook, "en"))
        assert picked is not None
        partner = picked.partner
        told = {
            "continuing": forecast(rulebook, facts=facts, on=ON, until=UNTIL, partner_id=partner, assume="continuing"),
            "idle": forecast(rulebook, facts=facts, on=ON, until=UNTIL, partner_id=partner, assume="idle"),
        }
        report = make_report(run, Words(rulebook, "en"), told, folder=folder, sample=(40, 1))
        yield Demo(run, rulebook, folder, partner, told, beyond(report, folder=folder))


@pytest.fixture(scope="session")
def report(demo: Demo) -> Report:
    """The whole report in English."""
    return demo.report("en")
