"""How tests are dealt to workers: those that rest on one dear fixture go to one worker, which makes it once."""

from __future__ import annotations

import pytest

DEAR = {
    "demo": "a report of sample facts with everything beyond it",
    "finished": "a sample and its run",
    "replayed": "all moves of a span, and the facts behind them",
    "stage": "the whole cast with canaries planted (the stages of one test each are not meant)",
    "whole": "a replay to compare parts with",
    "world": "the facts of hundreds of partners, and their replay",
    "worlds": "two worlds with two runs each",
}
"""Fixtures of a module or session that take seconds to make, by name."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of each dear fixture as one group of `--dist loadgroup`."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
            group = next((group for name in DEAR if (group := _shared(item, name))), None)
            if group is not None:
                item.add_marker(pytest.mark.xdist_group(group))


def _shared(item: pytest.Function, name: str) -> str | None:
    """The group of the tests that share a fixture with this one; None where it has its own, or none."""
    found = item._fixtureinfo.name2fixturedefs.get(name)  # noqa: SLF001  # what pytest itself resolved
    if not found or found[-1].scope not in {"module", "session"}:
        return None
    where = item.path.stem if found[-1].scope == "module" else item.path.parent.name
    given = item.callspec.params.get(name, "") if hasattr(item, "callspec") else ""
    return f"{where} {name} {given}".strip()
