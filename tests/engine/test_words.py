"""Whatever ends on a day is said in words, in both languages."""

from __future__ import annotations

from palier.engine.forecast import end_columns
from palier.engine.words import ENDS, SOURCES
from palier.facts.tables import TABLES


def test_every_day_on_which_something_may_end_has_words() -> None:
    ends = {f"{table.name}.{column}" for table, column in end_columns(TABLES)}
    assert ends
    for language in ("en", "fr"):
        assert ends - set(ENDS[language]) == set()
        assert set(ENDS[language]) == set(ENDS["en"])
        assert set(SOURCES[language]) == set(SOURCES["en"])
