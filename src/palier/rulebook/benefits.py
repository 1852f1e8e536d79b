"""What each tier grants: at which strength, how often, under which conditions."""

from __future__ import annotations

from palier.rulebook.dated import Value


class Benefits(Value):
    """What each tier grants: at which strength, how often, under which conditions."""
