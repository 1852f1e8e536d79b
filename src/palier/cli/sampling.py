"""`palier facts sample`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from palier.backends.sampling import write_sample
from palier.cli.printing import print_json, progress

LAST_DAY = date(2026, 11, 20)
"""The last day of sample facts unless another is asked: a constant, so that a seed says all."""


def sample_facts(folder: Path, *, partners: int, seed: int, until: date | None, as_json: bool) -> None:
    """Make sample facts and say how many rows each table has."""
    count = write_sample(folder, partners=partners, seed=seed, until=until or LAST_DAY, progress=progress)
    if as_json:
        print_json(
            {
                "facts": str(folder),
                "partners": partners,
                "seed": seed,
                "until": until or LAST_DAY,
                "rows": count.rows,
            }
        )
    else:
        for table, rows in count.rows.items():
            typer.echo(f"{table:<20} {rows:>12,} rows")
        typer.echo(f"{count.total:,} rows written to {folder}")
