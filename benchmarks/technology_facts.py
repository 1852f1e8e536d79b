"""Facts of a marketplace of apps, drawn in DuckDB: the same seed gives the same rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

STATEMENTS = Path(__file__).with_name("technology_facts.sql")
SEED = 1

USES = """
COPY (
  SELECT app_id, customer_id, getvariable('month') AS month
  FROM installs
  WHERE date_trunc('month', installed_on) <= getvariable('month')
    AND (uninstalled_on IS NULL OR uninstalled_on > getvariable('month'))
    AND (churns_on IS NULL OR churns_on > getvariable('month'))
    AND dice('used', n * 1000 + getvariable('number'), 100) < 85
) TO (getvariable('out') || '/app_uses/part-' || lpad(CAST(getvariable('number') AS VARCHAR), 3, '0') || '.parquet')
(FORMAT parquet, COMPRESSION zstd)
"""
"""Active use in one month, as a monthly delivery would bring it: most months of an installation."""


@dataclass(frozen=True, slots=True)
class Market:
    """How large a marketplace is, from which month its use is known, and its last day."""

    partners: int
    apps: int
    customers: int
    installs: int
    deals: int
    reviews: int
    price: int
    age: int
    use_from: date
    until: date

    def scaled(self, scale: float) -> Market:
        """The same marketplace, so many times as large."""
        sizes = ("partners", "apps", "customers", "installs", "deals", "reviews")
        return Market(**{**asdict(self), **{name: max(1, int(getattr(self, name) * scale)) for name in sizes}})

    @property
    def months(self) -> list[date]:
        """The months whose use is known, each as its first day."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.use_from, self.until))
        return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


MARKETPLACE = Market(
    partners=1_500, apps=2_000, customers=1_000_000, installs=3_080_000, deals=60_000, reviews=100_000, price=40_000,
    age=2_500, use_from=date(2024, 12, 1), until=date(2026, 11, 20),
)  # fmt: skip
"""Two thousand apps; a fiftieth of the installations drawn is dropped, three million remain. 24 months of use."""

MANY_PARTNERS = Market(
    partners=10_000, apps=15_000, customers=60_000, installs=200_000, deals=100_000, reviews=100_000, price=800_000,
    age=1_500, use_from=date(2025, 1, 1), until=date(2027, 12, 31),
)  # fmt: skip
"""Ten thousand partners with an app or two, customers that pay much, and the two years whose moves are replayed."""


def write_facts(folder: Path, market: Market) -> None:
    """Write the facts of a marketplace into a new folder."""
    (folder / "app_uses").mkdir(parents=True)
    with duckdb.connect(config={"memory_limit": "4GB", "preserve_insertion_order": False}) as connection:
        connection.execute("SET VARIABLE out = $value", {"value": str(folder)})
        connection.execute(f"SET VARIABLE seed = {SEED}::BIGINT")
        for name, value in asdict(market).items():
            connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
        for statement in connection.extract_statements(STATEMENTS.read_text(encoding="utf-8")):
            connection.execute(statement)
        for number, month in enumerate(market.months):
            connection.execute("SET VARIABLE month = $value", {"value": month})
            connection.execute("SET VARIABLE number = $value", {"value": number})
            connection.execute(USES)
    stated = {"complete_until": {}, "market": {**asdict(market), "seed": SEED}}
    (folder / "manifest.json").write_text(json.dumps(stated, default=str, indent=2) + "\n", encoding="utf-8")
