"""A gate tree by itself: the rulebook with one tier that it guards, so that the one engine decides on any day."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from palier.rulebook.gates import GateNode, Tier
from palier.rulebook.read import Rulebook

GUARDED = "guarded"
"""The tier that stands for « the gates hold »."""


def guarded_by(rulebook: Rulebook, requires: GateNode) -> Rulebook:
    """The rulebook with nothing but the metrics that `requires` compares, and one tier behind it."""
    program = rulebook.program
    names = program.with_parts(leaf.metric for leaf in requires.leaves() if leaf.metric is not None)
    metrics = {name: metric for name, metric in program.metrics.items() if name in names}
    starts = [metric.effective_from for metric in metrics.values() if metric.effective_from is not None]
    ends = [metric.effective_until for metric in metrics.values() if metric.effective_until is not None]
    tier = Tier(
        tier=GUARDED,
        effective_from=max(starts, default=None),
        effective_until=min(ends, default=None),
        requires=requires,
    )
    changed = {"metrics": metrics, "tiers": [tier], "calendar": None, "benefits": None, "commissions": None}
    return replace(
        rulebook,
        program=program.model_copy(update=changed),
        metrics={name: text for name, text in rulebook.metrics.items() if name in names},
        digest=hashlib.sha256(f"{rulebook.digest} {requires!r}".encode()).hexdigest(),
    )
