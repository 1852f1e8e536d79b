"""Proof that two runs hold the same lines and figures: EXCEPT ALL both ways, and both sorted by partner.

python -m benchmarks.compare_results HAND PALIER
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

TABLES = ("lines", "figures")


def differences(hand: Path, palier: Path) -> list[str]:
    """What differs between the two folders, in words; nothing when they agree."""
    found: list[str] = []
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        for table in TABLES:
            one, other = (f"read_parquet('{folder / table}.parquet')" for folder in (hand, palier))
            described = [connection.execute(f"DESCRIBE FROM {each}").fetchall() for each in (one, other)]
            shapes = [[(name, kind) for name, kind, *_ in columns] for columns in described]
            if shapes[0] != shapes[1]:
                found.append(f"{table}: columns {shapes[0]} and {shapes[1]}")
                continue
            found += _only(connection, table, one, other, "by hand")
            found += _only(connection, table, other, one, "by palier")
            found += [f"{table}: {each} is not sorted by partner" for each in (one, other) if _mixed(connection, each)]
    return found


def count(folder: Path, table: str) -> int:
    """How many rows a table of a folder has."""
    with duckdb.connect() as connection:
        return _number(connection, f"SELECT count(*) FROM read_parquet('{folder / table}.parquet')")


def _only(connection: duckdb.DuckDBPyConnection, table: str, one: str, other: str, whose: str) -> list[str]:
    rest = f"(FROM {one} EXCEPT ALL FROM {other})"
    rows = _number(connection, f"SELECT count(*) FROM {rest}")
    if not rows:
        return []
    first = connection.execute(f"FROM {rest} LIMIT 3").fetchall()
    return [f"{table}: {rows} rows only {whose}, such as {first}"]


def _mixed(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether the rows are not in the order of their partners."""
    sql = (
        "SELECT count(*) FROM (SELECT partner_id, lag(partner_id) OVER (ORDER BY file_row_number) AS before "
        f"FROM {relation}) WHERE partner_id < before"
    )
    return _number(connection, sql) > 0


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return 0 if row is None else int(row[0])


def main(arguments: list[str]) -> int:
    """Compare two folders; 1 when they differ."""
    hand, palier = (Path(each) for each in arguments)
    found = differences(hand, palier)
    for each in found:
        print(each)
    if not found:
        print(", ".join(f"{count(hand, table):,} {table}" for table in TABLES), "equal")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
