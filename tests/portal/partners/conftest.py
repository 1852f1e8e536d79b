"""The stage on which actions of partners are tried."""

from __future__ import annotations

import pytest

from portal.partners.people import Stage, set_stage


@pytest.fixture
def stage(db: None) -> Stage:
    """Two partners, the vendor and a customer, with one person a role."""
    del db
    return set_stage()
