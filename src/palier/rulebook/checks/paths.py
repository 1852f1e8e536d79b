"""Dotted paths into program.yaml and the files of its parts, as ERRATA.yaml writes them."""

from __future__ import annotations

from palier.rulebook.document import Plain, Trail
from palier.rulebook.edits import child
from palier.rulebook.read import PARTS, Rulebook


def written(rulebook: Rulebook) -> Plain:
    """What program.yaml says as it is written, with the parts that have a file of their own under their names."""
    values = rulebook.documents["program.yaml"].value
    if not isinstance(values, dict):
        return values
    parts = {part: rulebook.documents[f"{part}.yaml"].value for part in PARTS if f"{part}.yaml" in rulebook.documents}
    return {**values, **parts}


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
