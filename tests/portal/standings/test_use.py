"""Customers of a technology partner: figures that are not added, months of use, deals that end (B220-274)."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

import palier
from palier.engine.calendar import add_months
from palier.portal.partners.asked import CUSTOMERS, INFLUENCE
from palier.portal.standings.brought import brought
from palier.portal.standings.models import Run
from palier.portal.standings.portfolio import MONTHS, app_use, last_month
from palier.portal.standings.queries import Published, customers_in
from portal.conftest import ON
from portal.test_explanations import member, read

METRICS = ("attached_mrr", "influenced_deal_mrr", "installed_90d_mrr")


@pytest.fixture
def found(runs: dict[str, Run]) -> Published:
    return Published(runs["technology"], palier.read_program("technology"))


@pytest.fixture
def busy(found: Published) -> str:
    """The partner with the most attached revenue."""
    rows = found.run.figures.filter(metric="attached_mrr")
    return str(max(rows, key=lambda each: each.value or 0).partner_id)


def test_each_program_says_what_its_customers_bring() -> None:
    solutions = brought(palier.read_program("solutions").program, ON)
    assert (solutions.metrics, solutions.total) == (("sold_points", "managed_points"), "total_points")
    assert solutions.managed == "managed_points"
    technology = brought(palier.read_program("technology").program, ON)
    assert (technology.metrics, technology.total, technology.managed, technology.by_use) == (METRICS, None, None, True)
    starter = brought(palier.read_program("starter").program, ON)
    assert (starter.metrics, starter.managed, starter.by_use) == (("sold_revenue",), None, False)


def test_the_customers_of_every_partner_add_up_to_each_figure(found: Published) -> None:
    for partner_id in found.run.standings.values_list("partner_id", flat=True):
        customers = customers_in(found, partner_id)
        for metric in METRICS:
            figure = found.run.figures.get(partner_id=partner_id, metric=metric).value
            assert sum((each.points_of(metric) for each in customers), Fraction(0)) == (figure or 0)


def test_a_month_that_leaves_the_mean_is_no_end(found: Published, busy: str) -> None:
    customers = customers_in(found, busy)
    attached = [each.credits["attached_mrr"] for each in customers if "attached_mrr" in each.credits]
    assert attached
    for credit in attached:
        assert credit.ends_on is None
        assert credit.months is not None
        assert 1 <= credit.months[0] <= credit.months[1] == MONTHS


def test_the_points_of_a_technology_partner_are_its_own_figures(found: Published, busy: str) -> None:
    user = member("partner", busy)
    page = unescape(read(user, f"{reverse('standings:points')}?program=technology"))
    assert "make these figures." in page or "makes these figures." in page
    for said in ("Attached MRR", "Influenced-deal MRR", "90-day install MRR", "of 12 months"):
        assert said in page
    for wrong in ("Together", "managed", "with sold credit"):
        assert wrong not in page
    only = unescape(read(user, f"{reverse('standings:points')}?program=technology&kind=influenced_deal_mrr"))
    with_deals = [each for each in customers_in(found, busy) if "influenced_deal_mrr" in each.credits]
    assert f"{len(with_deals)} customer" in only
    text = read(user, f"{reverse('standings:points_csv')}?program=technology").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    for metric in METRICS:
        written = sum((Fraction(row["points_exact"]) for row in rows if row["metric"] == metric), Fraction(0))
        assert written == (found.run.figures.get(partner_id=busy, metric=metric).value or 0)


def test_the_portfolio_tells_of_use_not_of_work(found: Published, busy: str) -> None:
    use = app_use(found, busy)
    assert use
    last = last_month(ON)
    assert all(add_months(last, 1 - MONTHS) <= month <= last for months in use.values() for month in months)
    stopped = {each for each, months in use.items() if last not in months}
    user = member("partner", busy)
    page = unescape(read(user, f"{reverse('standings:portfolio')}?program=technology&kind=unused&order=used"))
    shown = set(re.findall(r"<small>(C\d+)</small>", page))
    assert shown
    assert shown & use.keys() <= stopped
    acts = ("did not use your apps last month: ask why", "revenue stops counting on", "does not use your apps: help")
    assert any(act in page for act in acts)
    for wrong in ("qualifying work", "work here", "Associate a customer"):
        assert wrong not in page
    customer = unescape(read(user, reverse("standings:customer", args=[min(stopped)]) + "?program=technology"))
    assert "month by month" in customer
    assert "Who works here" not in customer


def test_what_a_deal_counts_is_its_line(found: Published) -> None:
    held = found.run.figures.filter(metric="influenced_deal_mrr").order_by("partner_id")
    partner_id = next(each.partner_id for each in held if each.value)
    told = INFLUENCE.ask(partner_id, "en", otherwise=None)
    assert told is not None
    assert told.as_of == ON
    with palier.open_run(Path(found.run.folder)) as source:
        lines = source.lines(partner_id=partner_id, metric="influenced_deal_mrr")
    assert {line.source_id for line in lines} == told.effects.keys()
    assert {line.counts_until for line in lines} == {each.until for each in told.effects.values()}
    ids = {line.customer_id for line in lines}
    assert CUSTOMERS.ask(ids, otherwise={}).keys() == ids
    assert date(2026, 1, 1) < min(each.until for each in told.effects.values() if each.until)
