"""Whatever ends on a day is said in words, in both languages."""

from __future__ import annotations

from fractions import Fraction

import palier
from palier.engine.forecast import end_columns
from palier.engine.words import ENDS, SOURCES, Words
from palier.facts.tables import TABLES


def test_every_day_on_which_something_may_end_has_words() -> None:
    ends = {f"{table.name}.{column}" for table, column in end_columns(TABLES)}
    assert ends
    for language in ("en", "fr"):
        assert ends - set(ENDS[language]) == set()
        assert set(ENDS[language]) == set(ENDS["en"])
        assert set(SOURCES[language]) == set(SOURCES["en"])


def test_a_figure_never_reads_as_what_it_is_read_beside() -> None:
    words = Words(palier.read_program("solutions"), "en")
    assert words.figure("sold_points", Fraction(2259_99, 2000), beside=113) == "112.9995"
    assert words.figure("sold_points", Fraction(113), beside=113) == "113"
    assert words.figure("sold_points", Fraction(1, 2000)) == "0.0005"
    assert words.figure("sold_points", Fraction(0)) == "0"
    assert words.figure("sold_points", Fraction(100, 3), beside=113) == "33.33"
    assert words.figure("customer_retention", Fraction(84999, 100000), beside=Fraction(85, 100)) == "84.999%"
