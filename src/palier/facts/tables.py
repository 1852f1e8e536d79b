"""The contract: every fact table that Palier reads, with its columns, keys, dates and meanings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from palier.facts.business import (
    CUSTOMER_COUNTRIES,
    CUSTOMERS,
    INFLUENCED_SALES,
    MARKET_RATES,
    PAYMENTS,
    SALES,
    STATEMENT_LINES,
    SUBSCRIPTIONS,
)
from palier.facts.partnership import (
    ATTESTATIONS,
    BENEFIT_USES,
    CONTACT_FORMS,
    CREDENTIALS,
    ENROLMENTS,
    OWN_SUBSCRIPTIONS,
    PARTNER_DOMAINS,
    PARTNER_USERS,
    PARTNERS,
    TIER_DECISIONS,
)
from palier.facts.schema import VERSION_COLUMNS, Column, ColumnType, Table
from palier.facts.usage import ACTIVITIES, APP_USES, APPS, CLIENT_ACCESS, INSTALLS, REVIEWS, TOOL_USES
from palier.rulebook.problems import PalierError

__all__ = [
    "TABLES",
    "VERSION_COLUMNS",
    "Column",
    "ColumnType",
    "Table",
    "TableRedeclaredError",
    "declared_tables",
]

_IN_ORDER = (
    PARTNERS,
    ENROLMENTS,
    PARTNER_DOMAINS,
    PARTNER_USERS,
    CUSTOMERS,
    SUBSCRIPTIONS,
    SALES,
    CLIENT_ACCESS,
    ACTIVITIES,
    TOOL_USES,
    CREDENTIALS,
    ATTESTATIONS,
    OWN_SUBSCRIPTIONS,
    APPS,
    INSTALLS,
    APP_USES,
    INFLUENCED_SALES,
    REVIEWS,
    PAYMENTS,
    MARKET_RATES,
    CUSTOMER_COUNTRIES,
    CONTACT_FORMS,
    TIER_DECISIONS,
    STATEMENT_LINES,
    BENEFIT_USES,
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _IN_ORDER})
"""The fact tables of the contract by name, in the order of the contract."""


class TableRedeclaredError(PalierError):
    """Raised when a program declares a fact table under a name that is already taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The fact table {name!r} is declared twice; a program's own table needs its own name.")


def declared_tables(extra: Iterable[Table] = ()) -> Mapping[str, Table]:
    """The tables of the contract and those that a program declares besides, by name.

    Raises:
        TableRedeclaredError: two tables have one name.
    """
    declared = dict(TABLES)
    for table in extra:
        if table.name in declared:
            raise TableRedeclaredError(table.name)
        declared[table.name] = table
    return MappingProxyType(declared)
