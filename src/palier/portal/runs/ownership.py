"""One owner for each fact table, and the snapshot in which both owners' tables lie side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from palier.backends.composing import Row, compose_snapshot, table_rows
from palier.facts.tables import TABLES
from palier.portal.clients import facts as clients
from palier.portal.partners import facts as partners
from palier.portal.runs.models import Identity, Ownership

_APPS = (partners, clients)
EXPORTS = {table: rows for app in _APPS for table, rows in app.EXPORTS.items()}
"""What the portal can give: the rows of each table that one of its apps owns."""
ADOPTS = [(table, adopt) for app in _APPS for table, adopt in app.ADOPTS.items()]
"""What the apps take over from the warehouse at set-up; one table may be read by several."""
_KINDS = {"partner_id": "partner", "customer_id": "customer", "user_id": "user"}


def owners() -> dict[str, str]:
    """The owner of every declared fact table: the portal where an app offers it, unless somebody decided otherwise."""
    decided = dict(Ownership.objects.values_list("table", "owner"))
    return {
        table: decided.get(table, Ownership.Owner.PORTAL if table in EXPORTS else Ownership.Owner.WAREHOUSE)
        for table in TABLES
    }


def adopt(warehouse: Path) -> dict[str, int]:
    """Take over the warehouse's rows of what the portal works with; taken again, nothing is doubled.

    Returns:
        How many rows were taken over, by table.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    back = _translation(to_portal=True)
    taken: dict[str, int] = {}
    for table, take in ADOPTS:
        taken[table] = taken.get(table, 0) + take(_translated(table_rows(warehouse, table), back))
    return taken


def refresh(facts: Path) -> None:
    """Take over anew what the portal looks up and never gives back, as a run's facts have it: who the customers are.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    back = _translation(to_portal=True)
    for table, take in ADOPTS:
        if table not in EXPORTS:
            take(_translated(table_rows(facts, table), back))


def compose(warehouse: Path, out: Path, *, until: date) -> dict[str, int]:
    """Put the snapshot of a day together: the warehouse's tables linked, the portal's written; says how many rows.

    Raises:
        FactsNotFoundError: there is no such warehouse folder.
        FolderInTheWayError: `out` exists.
    """
    there = _translation(to_portal=False)
    owned = [table for table, owner in owners().items() if owner == Ownership.Owner.PORTAL]
    written = {table: _translated(EXPORTS[table](), there) for table in owned if table in EXPORTS}
    return compose_snapshot(warehouse, out, written=written, until=until)


def _translation(*, to_portal: bool) -> Mapping[tuple[str, str], str]:
    found = Identity.objects.values_list("kind", "portal_id", "warehouse_id")
    return {(kind, theirs if to_portal else ours): ours if to_portal else theirs for kind, ours, theirs in found}


def _translated(rows: Iterable[Row], ids: Mapping[tuple[str, str], str]) -> Iterator[Row]:
    """The rows with the ids that the other side knows."""
    if not ids:
        yield from rows
        return
    for row in rows:
        known = {name: ids.get((kind, str(row[name])), row[name]) for name, kind in _KINDS.items() if name in row}
        yield {**row, **known}
