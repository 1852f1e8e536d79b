"""Palier: partner programs as dated data, every figure the sum of lines that anyone can open.

The public door. Names are loaded when first used, so that importing palier costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from palier.backends.evaluate import evaluate
    from palier.backends.runs import Run, open_run
    from palier.engine.results import Figure, Gate, Line, Standing
    from palier.rulebook.problems import InputProblemsError, PalierError, Problem
    from palier.rulebook.read import Rulebook, read_program

_HOMES = {
    "Figure": "palier.engine.results",
    "Gate": "palier.engine.results",
    "InputProblemsError": "palier.rulebook.problems",
    "Line": "palier.engine.results",
    "PalierError": "palier.rulebook.problems",
    "Problem": "palier.rulebook.problems",
    "Rulebook": "palier.rulebook.read",
    "Run": "palier.backends.runs",
    "Standing": "palier.engine.results",
    "evaluate": "palier.backends.evaluate",
    "open_run": "palier.backends.runs",
    "read_program": "palier.rulebook.read",
}

__all__ = [
    "Figure",
    "Gate",
    "InputProblemsError",
    "Line",
    "PalierError",
    "Problem",
    "Rulebook",
    "Run",
    "Standing",
    "evaluate",
    "open_run",
    "read_program",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the public name is
    if name not in _HOMES:
        message = f"module 'palier' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
