"""Every row that a figure can rest on is told in words: its table, its columns and the words of its closed lists."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

import palier
from palier.facts.schema import ColumnType
from palier.facts.tables import TABLES
from palier.portal.standings.labels import COLUMNS, TABLE_NAMES, VALUES

NOT_SHOWN = {"partner_id", "currency"}
"""The partner whose page it is, and the currency, which stands with its amount."""


def sources() -> set[str]:
    """The tables that the lines of the shipped programs name."""
    read = (palier.read_program(name) for name in ("solutions", "technology", "starter"))
    texts = [each.text for rulebook in read for each in rulebook.metrics.values()]
    return {found for text in texts for found in re.findall(r"'(\w+)' AS source_table", text)}


def test_every_column_of_a_row_behind_a_line_has_a_name() -> None:
    assert sources() >= {"sales", "customers", "reviews", "installs", "influenced_sales", "apps"}
    for table in sources():
        assert table in TABLE_NAMES
        columns = TABLES[table].columns
        assert [each.name for each in columns if each.name not in COLUMNS and each.name not in NOT_SHOWN] == []
        said = {value for each in columns if each.type is ColumnType.TEXT for value in each.values or ()}
        assert said <= set(VALUES)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_name_is_the_column_itself(language: str) -> None:
    with override(language):
        assert [name for name, said in COLUMNS.items() if "_" in str(said)] == []
