"""Sample facts, believable and of any size, as SQL texts: the draws they come from, and a SELECT per table.

The texts run in a connection with the variables `seed`, `partners`, `customers`, `small`, `until` (a day), `days` (of
history before it), `deals` (how many were drawn), and for activities `activities` (how many in all), `paces`
(the paces of all accesses times their days) and `month` (its first day). Nothing is random: every draw is the
hash of the seed, of what it is drawn for and for whom, so that one seed gives one sample, whatever the order.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files

HISTORY_FROM = date(2022, 7, 18)
"""The first day of the sample's history: the first edition of the solutions program in points."""
EARLIEST = date(2024, 1, 1)
"""The earliest last day of a sample: partners and apps need some history behind them."""

CUSTOMERS_PER_PARTNER = 100
ACTIVITIES_PER_PARTNER = 10_000
ACTIVITY_MONTHS = 24
LONG_MONTHS = 28
SMALL = 50_000
"""Up to so many customers, activities and used tools reach back `LONG_MONTHS`: two years of moves have their facts."""

PACES = "SELECT sum(weight * greatest(0, stop_on - greatest(granted_on, getvariable('month')))) FROM accesses"
"""The paces of all accesses times their days since `month`, of which each activity is a share."""


def draw_texts() -> tuple[str, ...]:
    """The statements that draw partners, customers and what they do, in the order in which they run."""
    folder = files(__name__) / "draws"
    texts = sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir())
    return tuple(text for _, text in texts)


def table_text(table: str) -> str:
    """The SELECT of the sample's rows of `table`; raises FileNotFoundError for an undeclared one."""
    return (files(__name__) / "tables" / f"{table}.sql").read_text(encoding="utf-8")
