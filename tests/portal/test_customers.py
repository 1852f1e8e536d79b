"""The pages of customers: sums are the figures, money is the customer's own, strips are one's own work."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path

import duckdb
import pytest
from django.urls import reverse

import palier
from palier.backends.evidence import source_rows, worked_days
from palier.engine.results import Line
from palier.portal.standings.customers import Customer, chosen, customers_of
from palier.portal.standings.models import Run
from palier.portal.standings.queries import Published, customers_in
from portal.conftest import ON, publish
from portal.test_explanations import member, read

METRICS = ("sold_points", "managed_points")


@pytest.fixture
def run(db: None, published_folder: Path) -> Run:
    del db
    return publish(published_folder)


@pytest.fixture
def gold(run: Run) -> str:
    return str(run.standings.filter(tier="gold").order_by("partner_id")[0].partner_id)


def test_the_customers_of_every_partner_add_up_to_its_figures(run: Run) -> None:
    found = Published(run, palier.read_program("solutions"))
    for partner_id in run.standings.values_list("partner_id", flat=True):
        customers = customers_in(found, partner_id)
        figures = {each.metric: each.value for each in run.figures.filter(partner_id=partner_id)}
        for metric in METRICS:
            assert sum((each.points_of(metric) for each in customers), Fraction(0)) == figures[metric]
        assert sum((each.points for each in customers), Fraction(0)) == figures["total_points"]


def test_the_file_and_the_page_say_the_same_points(run: Run, gold: str) -> None:
    user = member("partner", gold)
    text = read(user, reverse("standings:points_csv")).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    page = unescape(read(user, reverse("standings:points")))
    for metric in METRICS:
        written = sum((Fraction(row["points_exact"]) for row in rows if row["metric"] == metric), Fraction(0))
        assert written == run.figures.get(partner_id=gold, metric=metric).value
    for row in rows:
        if row["customer_id"] in page:
            assert row["points"] in page


def test_an_amount_has_the_decimals_of_its_currency(run: Run) -> None:
    found = Published(run, palier.read_program("solutions"))
    in_yen = (
        partner_id
        for partner_id in run.standings.values_list("partner_id", flat=True)
        for customer in customers_in(found, partner_id)
        if any(money.currency == "JPY" for credit in customer.credits.values() for money in credit.money)
    )
    page = unescape(read(member("partner", next(in_yen)), reverse("standings:points")))
    assert re.search(r"JPY\s[\d,]+<", page)
    assert re.findall(r"JPY\s[\d,]+\.\d", page) == []
    assert re.findall(r"(?:EUR|USD)\s[\d,]+<", page) == []


def line(customer_id: str, metric: str, points: int, **factors: object) -> Line:
    until = factors.pop("until", None)
    return Line(
        partner_id="P1", metric=metric, part=None,
        source_table="customers" if metric == "managed_points" else "sales", source_id=customer_id,
        customer_id=customer_id, grains=points, denominator=1, counts_from=None,
        counts_until=until if isinstance(until, date) else None, clause=None, factors=factors,
    )  # fmt: skip


@pytest.fixture
def three() -> list[Customer]:
    lines = [
        line("C1", "sold_points", 9, amount_minor=30_000, currency="EUR", until=ON + timedelta(days=200)),
        line("C1", "sold_points", 3, amount_minor=10_000, currency="EUR", until=ON + timedelta(days=100)),
        line("C2", "managed_points", 4, amount_minor=1_200_00, currency="GBP", sharers=3, until=ON + timedelta(days=5)),
        line("C3", "sold_points", 1, amount_minor=500, currency="JPY", until=ON + timedelta(days=31)),
        line("C3", "managed_points", 2, amount_minor=500, currency="JPY", until=ON + timedelta(days=60)),
    ]
    return customers_of(lines, {"C1": "Éditions Morel", "C2": "Brasserie"})


def test_money_is_the_customers_and_a_share_is_a_part_of_it(three: list[Customer]) -> None:
    one, two, yen = three
    assert [(each.currency, each.counted) for each in one.credits["sold_points"].money] == [("EUR", Fraction(400))]
    assert [(each.counted, each.whole) for each in two.credits["managed_points"].money] == [
        (Fraction(400), Fraction(1200))
    ]
    assert two.sharers == 3
    assert [each.counted for each in yen.credits["sold_points"].money] == [500]
    assert one.ends_on == ON + timedelta(days=100)


@pytest.mark.parametrize(
    ("asked", "kind", "order", "expected"),
    [
        ("", "all", "points", ["C1", "C2", "C3"]),
        ("", "all", "name", ["C2", "C3", "C1"]),
        ("", "all", "ends", ["C2", "C3", "C1"]),
        ("", "all", "managed", ["C2", "C3", "C1"]),
        ("", "all", "sold", ["C1", "C3", "C2"]),
        ("", "sold", "points", ["C1", "C3"]),
        ("", "managed", "points", ["C2", "C3"]),
        ("", "shared", "points", ["C2"]),
        ("", "soon", "points", ["C2"]),
        ("MOREL", "all", "points", ["C1"]),
        ("c3", "all", "points", ["C3"]),
        ("", "nonsense", "nonsense", ["C1", "C2", "C3"]),
        ("nobody", "all", "points", []),
    ],
)
def test_what_is_asked_is_found_in_the_order_asked(
    three: list[Customer], asked: str, kind: str, order: str, expected: list[str]
) -> None:
    found = chosen(three, asked=asked, kind=kind, order=order, metrics=METRICS, on=ON)
    assert [each.customer_id for each in found] == expected


def test_a_page_of_nothing_says_what_to_ask(run: Run, gold: str) -> None:
    del run
    page = read(member("partner", gold), reverse("standings:points") + "?asked=%22%3E%3Cnobody")
    assert "No customer matches." in page
    assert "&quot;&gt;&lt;nobody" in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "1e9", "9" * 50])
def test_a_page_that_is_none_shows_one_that_is(run: Run, gold: str, page: str) -> None:
    del run
    assert "<tr><th" in read(member("partner", gold), reverse("standings:points") + f"?page={page}")


def test_the_strip_is_the_partners_own_work(run: Run, gold: str) -> None:
    facts, since = run.facts, ON - timedelta(days=90)
    asked = """
    SELECT customer_id, occurred_on FROM read_parquet(?)
    WHERE occurred_on > ? AND occurred_on <= ? AND action NOT IN ('view', 'login')
      AND user_id IN (SELECT user_id FROM read_parquet(?) WHERE partner_id = ?)
    """
    told = [str(facts / "activities/*.parquet"), since, ON, str(facts / "partner_users.parquet"), gold]
    expected = set(duckdb.execute(asked, told).fetchall())
    actions = {"create", "edit", "publish", "configure", "interact"}
    found = worked_days(facts, gold, since=since, until=ON, actions=actions)
    assert expected
    assert {(customer, day) for customer, days in found.items() for day in days} == expected
    every = worked_days(facts, gold, since=since, until=ON, actions=None)
    assert sum(sum(days.values()) for days in every.values()) > sum(sum(days.values()) for days in found.values())


def test_the_portfolio_puts_what_ends_first_first(run: Run, gold: str) -> None:
    found = customers_in(Published(run, palier.read_program("solutions")), gold)
    first = min(found, key=lambda each: (each.ends_on or date.max, -each.points, each.customer_id))
    page = read(member("partner", gold), reverse("standings:portfolio"))
    assert re.findall(r"<small>(C\d+) ·", page)[0] == first.customer_id


def test_a_row_of_a_partners_table_opens_for_that_partner_only(run: Run) -> None:
    with palier.open_run(Path(run.folder)) as source:
        sale = source.lines(metric="sold_points")[0]
    own = source_rows(run.facts, "sales", sale.source_id, partner_id=sale.partner_id)
    assert [row["sale_id"] for row in own] == [sale.source_id]
    assert source_rows(run.facts, "sales", sale.source_id, partner_id="P99999") == []
    assert source_rows(run.facts, "no_table", "1", partner_id=sale.partner_id) == []
