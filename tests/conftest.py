"""How tests are dealt to workers: those that rest on one dear fixture go to one worker, which makes it once.

And what Hypothesis tries: the same in every run of the suite; with PALIER_WHOLE=1 something new each time.
"""

from __future__ import annotations

import os

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import HealthCheck, settings

settings.register_profile(
    "palier",
    deadline=None,  # a machine with other work to do is slow, not wrong
    derandomize=os.environ.get("PALIER_WHOLE") != "1",
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("palier")

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
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of each dear fixture as one group of `--dist loadgroup`, and write each group into the ids.

    The latter is xdist's own work, which it does by an attribute that pytest reads no more since 9.2.
    """
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
            group = next((group for name in DEAR if (group := _shared(item, name))), None)
            if group is not None:
                item.add_marker(pytest.mark.xdist_group(group))
        marked = item.get_closest_marker("xdist_group")
        if marked is not None and config.getoption("loadgroup", default=False):
            item._id = coerce_node_id(f"{item.nodeid}@{marked.args[0]}")  # noqa: SLF001  # as its constructor does


def _shared(item: pytest.Function, name: str) -> str | None:
    """The group of the tests that share a fixture with this one; None where it has its own, or none."""
    found = item._fixtureinfo.name2fixturedefs.get(name)  # noqa: SLF001  # what pytest itself resolved
    if not found or found[-1].scope not in {"module", "session"}:
        return None
    where = item.path.stem if found[-1].scope == "module" else item.path.parent.name
    given = item.callspec.params.get(name, "") if hasattr(item, "callspec") else ""
    return f"{where} {name} {given}".strip()
