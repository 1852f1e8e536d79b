"""docs/security.md names tests that exist, and every chapter that it promises."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "security.md"
LEVEL_2 = {
    "1": ["1.1", "1.2", "1.3", "1.4", "1.5"], "2": ["2.1", "2.2", "2.3", "2.4"],
    "3": ["3.2", "3.3", "3.4", "3.5", "3.7"], "4": ["4.1", "4.2", "4.3", "4.4"], "5": ["5.1", "5.2", "5.3", "5.4"],
    "6": ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.8"], "7": ["7.1", "7.2", "7.3", "7.4", "7.5", "7.6"],
    "8": ["8.1", "8.2", "8.3", "8.4"],
}  # fmt: skip
"""The sections that hold requirements of level 1 or 2."""


def rows() -> list[list[str]]:
    said = DOCUMENT.read_text(encoding="utf-8").split("## ASVS 5.0, level 2")[1]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in said.splitlines() if line[:3] > "| 0"]


def test_every_test_named_in_the_document_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT.read_text(encoding="utf-8"))
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_section_of_level_2_is_answered_and_no_number_twice() -> None:
    numbers = [number for row in rows() for number in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert len(numbers) == len(set(numbers)) > 100
    sections = {number.rpartition(".")[0] for number in numbers}
    assert sections == {section for each in LEVEL_2.values() for section in each}


def test_a_row_says_what_meets_it_or_why_it_does_not_apply() -> None:
    assert [row[0] for row in rows() if len(row) < 3 or not row[2]] == []
