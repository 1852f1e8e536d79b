"""What customers bring a partner in a program: which figures, whether they add up, and whether work earns any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from palier.report.content import credit_metrics, total_metric
from palier.rulebook.model import Program

WORK = "qualifying_actions"
"""The table of a program that says which work in a customer's account counts (D15-17)."""
USE = "months_used"
"""The factor of lines that say in how many months a customer used an app (B268)."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The figures that customers make, in the program's order.

    `total` adds them up, and is None where they are not added: revenue of apps and of deals are measured apart
    (B220-221). `managed` is the one that work in customers' accounts earns; None where no work does. `by_use` says
    whether customers count by their use of the partner's apps (B268).
    """

    metrics: tuple[str, ...]
    total: str | None
    managed: str | None
    by_use: bool = False


def brought(program: Program, on: date) -> Brought:
    """The figures that customers make on a day."""
    total, credits_ = total_metric(program, on), credit_metrics(program, on)
    if total not in credits_:
        return Brought(credits_, total, credits_[-1] if WORK in program.tables else None)
    revenue = tuple(
        name
        for name, metric in program.metrics.items()
        if metric.kind == "sum"
        and metric.headline
        and metric.in_force(on)
        and program.units[metric.unit].money is not None
    )
    return Brought(revenue or credits_, None, None, USE in program.factors)
