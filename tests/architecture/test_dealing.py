"""Tests that rest on one dear fixture are dealt to one worker."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("dealt")


def test_a_group_stands_in_the_id_by_which_tests_are_dealt(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only where tests are dealt to several workers")
    assert request.node.nodeid.endswith("@dealt")
