"""What people call partners and customers, read from a folder of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from palier.backends.opened import opened
from palier.backends.session import rows

_WANTED = "SELECT UNNEST(CAST($ids AS VARCHAR[]))"
"""A set to look into: `list_contains` would walk the list for every row of the table."""
_NAMED = (("partners", "partner_id"), ("customers", "customer_id"))


def names(facts: Path, *, partners: Iterable[str], customers: Iterable[str]) -> Mapping[str, str]:
    """The names of some partners and customers by id; those without a name are left out.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    found: dict[str, str] = {}
    with opened(facts, {table for table, _ in _NAMED}) as connection:
        for (table, key), wanted in zip(_NAMED, (partners, customers), strict=True):
            sql = f"SELECT {key} AS id, name FROM {table} WHERE name IS NOT NULL AND {key} IN ({_WANTED})"
            found |= {row["id"]: row["name"] for row in rows(connection, sql, {"ids": sorted(set(wanted))})}
    return found
