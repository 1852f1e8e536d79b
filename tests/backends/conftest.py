from __future__ import annotations

from pathlib import Path

import pytest

import palier
from backends.carrying import Rows, delivered, same
from palier.rulebook.read import Rulebook


@pytest.fixture(scope="session")
def solutions() -> Rulebook:
    return palier.read_program("solutions")


@pytest.fixture(scope="session")
def carried(solutions: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """A folder of facts with their activities, and what a run carried of them: to be copied."""
    folder = tmp_path_factory.mktemp("carried")
    activities = delivered(folder / "facts", 7, count=20)
    same(solutions, folder / "facts", folder / "carry")
    return folder, activities
