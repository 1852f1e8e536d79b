"""Whatever ends on a day is said in words, in both languages; money is said in the program's own basis."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import palier
from palier.engine.explain import explain
from palier.engine.forecast import end_columns
from palier.engine.words import ENDS, SOURCES, Language, Words
from palier.facts.tables import TABLES
from palier.rulebook.read import Rulebook, read_program
from support.summit import ON, SUMMIT, edited, partner, sale, written


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


def conversions(folder: Path, rulebook: Rulebook, language: Language) -> list[tuple[str, ...]]:
    """How the lines of a partner's sales are made: one of 2,200 USD, one of 1,000 EUR."""
    rows = partner(sales=[sale(1, 220_000, "USD"), sale(2, 100_000, "EUR")])
    with palier.evaluate(rulebook, facts=written(folder, rows, rulebook), on=ON) as run:
        figure = next(each for each in run.figures() if each.metric == "revenue_points")
        told = explain(Words(rulebook, language), figure, run.lines(metric="revenue_points"))
    return [line.arithmetic for line in told.lines]


def test_a_foreign_amount_is_converted_into_the_programs_own_basis(tmp_path: Path) -> None:
    """A8: 1,000 EUR are worth 1,100 USD."""
    dollars, euros = conversions(tmp_path / "en", SUMMIT, "en")
    assert dollars == ("USD\xa02,200.00", "USD\xa01,100.00 = 1,000 EUR", "× 1")
    assert euros == ("EUR\xa01,000.00", "× 1"), "the basis is worth itself"
    dollars, _ = conversions(tmp_path / "fr", SUMMIT, "fr")
    assert dollars[1] == "1\u202f100,00\u202fUSD = 1\u202f000 EUR"


def test_the_amount_of_the_basis_is_the_programs_own(tmp_path: Path) -> None:
    ten = edited("currency_units.amount=10", "currency_units.equivalents.EUR={2026-01-01: 10}")
    dollars, _ = conversions(tmp_path, ten, "en")
    assert dollars[1] == "USD\xa01,100.00 = 10 EUR"


@pytest.mark.parametrize(
    ("unit", "money", "said"),
    [("eur", 1, "EUR\xa05.00"), ("usd", 1, "5"), ("eur", 1000, "5")],
)
def test_a_unit_is_money_where_it_is_one_of_the_basis_and_named_after_it(unit: str, money: int, said: str) -> None:
    """Five of a unit called after a currency that the program does not count in are no money of that currency."""
    other = edited(
        f"units={{points: {{money: 1000}}, {unit}: {{money: {money}}}, share: {{}}, count: {{decimals: 0}}}}",
        f"metrics.certified_people.unit={unit}",
    )
    assert Words(other, "en").figure("certified_people", Fraction(5)) == said


def test_the_shipped_programs_say_dollars() -> None:
    words = Words(read_program("solutions"), "en")
    assert words.say("per", unit="EUR 75.00", basis=words.basis) == "EUR 75.00 = 100 USD"
    assert words.figure("sold_mrr", Fraction(5)) == "USD\xa05.00"


@pytest.mark.parametrize(
    ("language", "money", "points"), [("en", "USD\xa0−5.00", "−1,234.5"), ("fr", "−5,00\u202fUSD", "−1\u202f234,5")]
)
def test_what_is_taken_off_has_a_minus_and_no_hyphen(language: Language, money: str, points: str) -> None:
    words = Words(read_program("solutions"), language)
    assert (words.money(-500, "USD"), words.number(Fraction("-1234.5"), 1)) == (money, points)
