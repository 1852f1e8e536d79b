"""Numbers that forms name."""

from __future__ import annotations

_DIGITS = 18
"""A number of so many digits fits into a column of either database."""


def number_in(said: str) -> int:
    """The whole number that a form names; 0, which no row has, where it is none or larger than any row's."""
    return int(said) if said.isdecimal() and len(said) <= _DIGITS else 0
