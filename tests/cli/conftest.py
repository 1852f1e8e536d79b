from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def wide_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences stay on one line, whatever width the machine that runs the tests has set."""
    monkeypatch.setenv("COLUMNS", "240")
