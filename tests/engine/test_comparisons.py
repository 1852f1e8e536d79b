"""What is compared rightly is let be: only what fails for sure once there are rows is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from palier.engine.check import check_program
from rulebook.broken import broken, swap

CONDITIONS = (
    "s.closed_on > '2022-01-01'",
    "s.closed_on BETWEEN '2022-1-1' AND DATE '2022-12-31'",
    "s.mrr_minor <> '5'",
    "s.sale_id <> '5'",
    "s.sale_id IN ('a', '5')",
    "CAST(s.mrr_minor AS VARCHAR) <> s.sale_id",
    "CAST('2022-01-31' AS DATE) < s.closed_on",
    "s.closed_on > $visit_from",
    "NOT s.upmarket",
    "COALESCE(s.motion, 'sourced') = 'sourced'",
)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_comparison_of_one_kind_is_no_problem(tmp_path: Path, condition: str) -> None:
    old = "WHERE s.closed_on >= $sold_from\n  AND s.closed_on <="
    new = f"WHERE s.closed_on >= $sold_from\n  AND {condition}\n  AND s.closed_on <="
    edit = swap(old, new, file="metrics/sold_points.sql")
    broken("good", "none", edit, at=("program.yaml", 1)).build(tmp_path / "lantern")
    assert check_program(tmp_path / "lantern") == ()
