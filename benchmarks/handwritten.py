"""The yardstick: a program on one day in hand-written DuckDB SQL, without Palier's engine.

    python -m benchmarks.handwritten FACTS OUT [STATEMENTS]

It writes `lines.parquet` and `figures.parquet` with the columns and rows that `palier evaluate` writes. The
statements are those of the solutions program, or those of another file beside this one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb

MEMORY_LIMIT = "1600MB"
"""What `palier evaluate` allows DuckDB, too (palier.backends.session)."""

STATEMENTS = Path(__file__).with_name("handwritten.sql")


def compute(facts: Path, out: Path, statements: Path = STATEMENTS, *, told: bool = False) -> None:
    """Run the statements over the facts and write both tables into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(Path(tempfile.gettempdir()) / "palier-handwritten"),
            "preserve_insertion_order": False,
        }
    )
    with connection:
        connection.execute("SET VARIABLE facts = $folder", {"folder": str(facts)})
        connection.execute("SET VARIABLE out = $folder", {"folder": str(out)})
        for statement in connection.extract_statements(statements.read_text(encoding="utf-8")):
            started, used = time.perf_counter(), time.process_time()
            connection.execute(statement)
            if told:
                print(
                    f"{time.perf_counter() - started:8.3f} {time.process_time() - used:8.3f} {_named(statement.query)}",
                    file=sys.stderr,
                )


def _named(sql: str) -> str:
    text = "\n".join(line for line in sql.strip().splitlines() if not line.startswith("--")).strip()
    return text.splitlines()[0]


def main(arguments: list[str]) -> None:
    """Compute the folder named first into the folder named second; `--steps` tells the time of each."""
    facts, out, *other = (each for each in arguments if each != "--steps")
    statements = STATEMENTS.with_name(other[0]) if other else STATEMENTS
    compute(Path(facts), Path(out), statements, told="--steps" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
