"""The days on which standings become moves, and what may happen on them."""

from __future__ import annotations

from palier.rulebook.dated import Value


class Calendar(Value):
    """The days on which standings become moves, and what may happen on them."""
