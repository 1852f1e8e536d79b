"""The text of lines: those of a metric's own query, and those of metrics that combine others."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from palier.engine.compile import Compiled
from palier.engine.results import LINE_COLUMNS


@lru_cache(maxsize=512)
def _line_sql(metric: str, given: tuple[str, ...], columns: tuple[tuple[str, str], ...]) -> str:
    listed = [
        f"'{metric}' AS metric"
        if name == "metric"
        else f"CAST(q.{name} AS {kind}) AS {name}"
        if name in given
        else f"CAST(NULL AS {kind}) AS {name}"
        for name, kind in columns
    ]
    return f"SELECT {', '.join(listed)} FROM metric_lines AS q JOIN enrolled AS e ON e.partner_id = q.partner_id"


def line_sql(compiled: Compiled, metric: str, given: tuple[str, ...]) -> str:
    """The lines of a metric with every line and factor column, those not given being null."""
    return _line_sql(metric, given, tuple({**LINE_COLUMNS, **compiled.factors}.items()))


def combined(compiled: Compiled, metric: str, on: date) -> tuple[str, dict[str, Any]]:
    """The lines of a total, share or capped metric: those of its parts, each saying which part it is."""
    declared = compiled.program.metrics[metric]
    columns = {**LINE_COLUMNS, **compiled.factors}
    named = [(part, part) for part in declared.of]
    if declared.kind == "share":
        named = [(str(declared.numerator), "numerator"), (str(declared.denominator), "denominator")]
    selects = []
    for source, part in named:
        own = {"metric": f"'{metric}'", "part": f"'{part}'"}
        listed = ", ".join(f"{own.get(column, f'l.{column}')} AS {column}" for column in columns)
        selects.append(f"SELECT {listed} FROM lines AS l WHERE l.metric = '{source}'")
    if declared.kind != "capped" or declared.cap is None:
        return " UNION ALL ".join(selects), {}
    own = {
        "partner_id": "l.partner_id",
        "metric": f"'{metric}'",
        "part": "'cap'",
        "source_table": "'rulebook'",
        "source_id": f"'{metric}'",
        "grains": "$cap - SUM(l.grains)",
    }
    listed = ", ".join(f"CAST({own.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in columns.items())
    over = (
        f"SELECT {listed} FROM lines AS l WHERE l.metric = '{declared.of[0]}' "
        "GROUP BY l.partner_id HAVING SUM(l.grains) > $cap"
    )
    cap = Fraction(declared.cap.at(on)) * compiled.units[declared.unit].denominator
    return " UNION ALL ".join([*selects, over]), {"cap": int(cap)}
