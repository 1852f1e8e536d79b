"""Dotted paths into program.yaml, as ERRATA.yaml writes them."""

from __future__ import annotations

from palier.rulebook.document import Plain, Trail
from palier.rulebook.read import Rulebook, child


def leads_to(values: Plain, path: str) -> Trail | None:
    """The trail of keys and positions that a dotted path leads along, or None where it leads nowhere.

    A list item is named by its position, its tier or its gate.
    """
    trail: Trail = ()
    for segment in path.split("."):
        key, values = child(values, segment)
        if key is None:
            return None
        trail = (*trail, key)
    return trail


def errata_unread(rulebook: Rulebook) -> bool:
    """Whether ERRATA.yaml is there and could not be read: what it settles is not known then."""
    document = rulebook.documents["ERRATA.yaml"]
    return not rulebook.errata and bool(document.problems or document.value)
