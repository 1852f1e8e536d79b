"""The portal under test: its settings, a database, the cast, and one published run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import palier
from palier.backends.evaluate import evaluate
from palier.backends.sampling import write_sample

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample facts of forty partners, and a run of the solutions program on them."""
    folder = tmp_path_factory.mktemp("portal")
    write_sample(folder / "facts", partners=40, seed=3, until=ON)
    evaluate(palier.read_program("solutions"), facts=folder / "facts", on=ON, out=folder / "run").close()
    return folder
