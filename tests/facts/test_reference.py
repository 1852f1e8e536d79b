from __future__ import annotations

from pathlib import Path

from palier.facts.reference import render_facts
from palier.facts.tables import TABLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "facts.md"
STALE = "docs/facts.md is stale: write palier.facts.reference.render_facts() to it"


def test_docs_facts_md_is_what_the_declared_tables_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render_facts(), STALE


def test_every_table_and_column_is_described() -> None:
    text = render_facts()
    for table in TABLES.values():
        section = text.partition(f"### {table.name}\n")[2].partition("\n### ")[0]
        assert table.meaning in section
        assert [name for name in table.column_names if f"| `{name}` |" not in section] == []
