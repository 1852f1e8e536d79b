"""Every figure equals its lines, on the page, as CSV and on the command line; and a line opens its own row only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import palier
from palier.cli.explaining import as_values, explained, standing_of
from palier.engine.words import Language, Words
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.standings.models import Figure, Run
from palier.portal.standings.views import LINES
from portal.conftest import ON_ONE_DATABASE, client_of, publish

Rows = list[dict[str, str]]


@pytest.fixture
def run(db: None, published_folder: Path) -> Run:
    del db
    return publish(published_folder)


@pytest.fixture
def vendor(run: Run) -> User:
    del run
    return member("vendor", "")


def member(kind: str, fact_id: str, language: Language = "en") -> User:
    name = f"{kind} {fact_id}"
    organisation = Organisation.objects.create(kind=kind, name=name, fact_id=fact_id)
    user = User.objects.create_user(f"{name.replace(' ', '.')}@example.com", name=name, language=language)
    role = {"vendor": "auditor", "partner": "employee", "customer": "owner"}[kind]
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def read(who: User | Client, address: str) -> str:
    """A page as somebody reads it, or in a browser in which somebody is signed in already."""
    browser = who if isinstance(who, Client) else client_of(who)
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def csv_of(who: User | Client, partner_id: str, metric: str) -> Rows:
    text = read(who, reverse("standings:lines_csv", args=[partner_id, metric]))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def figure_of(kind: str, lines: Rows) -> Fraction | None:
    """What a reader works out by hand from the file."""
    above = [Fraction(line["amount_exact"]) for line in lines if line["part"] != "denominator"]
    if kind in {"sum", "total", "capped"}:
        return sum(above, Fraction(0))
    if kind == "mean":
        return sum(above, Fraction(0)) / len(above) if above else None
    if kind == "median":
        ordered = sorted(above)
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        return sum(middle, Fraction(0)) / len(middle) if middle else None
    below = sum((Fraction(line["amount_exact"]) for line in lines if line["part"] == "denominator"), Fraction(0))
    return sum(above, Fraction(0)) / below if below else None


@ON_ONE_DATABASE
def test_every_figure_of_every_partner_is_its_lines_in_the_file_and_on_the_command_line(
    run: Run, vendor: User, published_folder: Path
) -> None:
    program = palier.read_program("solutions")
    words, browser = Words(program, "en"), client_of(vendor)
    with palier.open_run(published_folder / "run") as source:
        for partner_id in run.standings.values_list("partner_id", flat=True):
            told = as_values(program, standing_of(source, partner_id), explained(source, words, partner_id, None), ())
            figures: Mapping[str, Figure] = {each.metric: each for each in run.figures.filter(partner_id=partner_id)}
            assert {each["metric"] for each in told["figures"]} == figures.keys()
            for each in told["figures"]:
                metric, value = each["metric"], figures[each["metric"]].value
                assert each["value"] == value
                if not program.program.metrics[metric].headline:
                    continue
                lines = csv_of(browser, partner_id, metric)
                assert [Fraction(line["amount_exact"]) for line in lines] == [line["amount"] for line in each["lines"]]
                assert [line["source_id"] for line in lines] == [line["source_id"] for line in each["lines"]]
                if value is not None:
                    assert figure_of(program.program.metrics[metric].kind, lines) == value, (partner_id, metric)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_the_figure_and_adds_up_in_front_of_the_reader(run: Run, language: Language) -> None:
    words = Words(palier.read_program("solutions"), language)
    partner_id = run.standings.filter(tier="gold").order_by("partner_id")[0].partner_id
    user = client_of(member("partner", partner_id, language))
    for figure in run.figures.filter(partner_id=partner_id):
        page = unescape(read(user, reverse("standings:explain", args=[partner_id, figure.metric])))
        assert words.figure(figure.metric, figure.value) in page
        assert ("does not add up" if language == "en" else "le compte n’y est pas") not in page
        assert words.sentence(figure.metric) in page
        for line in csv_of(user, partner_id, figure.metric)[:LINES]:
            assert line["clause"] in page
            assert line["source_id"] in page


def test_the_panel_is_the_page_without_its_frame(run: Run, vendor: User) -> None:
    partner_id = run.standings.order_by("partner_id")[0].partner_id
    address = reverse("standings:explain", args=[partner_id, "sold_points"])
    panel = client_of(vendor).get(address, headers={"HX-Request": "true"})
    page = client_of(vendor).get(address)
    assert "<html" not in panel.content.decode()
    assert "HX-Request" in panel["Vary"]
    assert article(panel.content.decode()) == article(page.content.decode())


def article(text: str) -> str:
    found = re.search(r"<article.*</article>", text, flags=re.DOTALL)
    assert found is not None
    return re.sub(r"(</?)h\d", r"\1h", found.group())


@pytest.mark.parametrize("metric", ["total_points", "revenue_retention"])
def test_a_long_figure_is_shown_in_parts_whose_sum_is_over_all_lines(run: Run, vendor: User, metric: str) -> None:
    with palier.open_run(Path(run.folder)) as source:
        rows: dict[str, set[tuple[str, str | None]]] = {}
        for line in source.lines(metric=metric):
            rows.setdefault(line.partner_id, set()).add((line.source_table + line.source_id, line.customer_id))
    partner_id = max(rows, key=lambda who: len(rows[who]))
    count = len(rows[partner_id])
    assert count > LINES
    seen: list[str] = []
    address = reverse("standings:explain", args=[partner_id, metric])
    while address:
        page = unescape(read(vendor, address))
        seen += re.findall(r"<tr><th scope=\"row\"><bdi", page)
        assert "adds up" in page
        after = re.search(r'href="([^"]+)">After</a>', page)
        address = after.group(1) if after else ""
    assert len(seen) == count


def test_each_line_leads_to_its_row_and_the_row_back_to_its_lines(run: Run) -> None:
    partner_id = run.standings.filter(tier="gold").order_by("partner_id")[0].partner_id
    user = member("partner", partner_id)
    for metric in ("sold_points", "managed_points", "onboarded", "partner_certifications", "own_subscriptions"):
        page = read(user, reverse("standings:explain", args=[partner_id, metric]))
        addresses = re.findall(r'href="(/partners/[^"]+/sources/[^"]+)"', page)
        lines = csv_of(user, partner_id, metric)
        assert len(addresses) == min(len(lines), LINES)
        row = read(user, addresses[0])
        assert reverse("standings:explain", args=[partner_id, metric]) in row


@pytest.fixture
def shared(run: Run) -> tuple[str, str, str]:
    """A customer that two partners manage, and both partners."""
    with palier.open_run(Path(run.folder)) as source:
        by_customer: dict[str, list[str]] = {}
        for line in source.lines(metric="managed_points"):
            by_customer.setdefault(str(line.customer_id), []).append(line.partner_id)
    customer_id, partners = next((key, who) for key, who in sorted(by_customer.items()) if len(who) == 2)
    return customer_id, partners[0], partners[1]


def test_a_shared_customer_says_the_share_and_never_with_whom(shared: tuple[str, str, str], run: Run) -> None:
    customer_id, one, two = shared
    with palier.open_run(Path(run.folder)) as source:
        work = {
            line.partner_id: str(line.factors["fact_on"])
            for line in source.lines(metric="managed_points", customer_id=customer_id)
        }
    user = member("partner", one)
    addresses = [
        reverse("standings:source", args=[one, "customers", customer_id]),
        reverse("standings:explain", args=[one, "managed_points"]),
        reverse("standings:lines_csv", args=[one, "managed_points"]),
        reverse("standings:points") + "?kind=shared",
        reverse("standings:points_csv"),
        reverse("standings:portfolio") + "?kind=shared",
    ]
    names = palier_names(run, two)
    for address in addresses:
        page = read(user, address)
        assert two not in page
        assert names not in page
    assert work[one]
    assert "shared by 2 partners" in read(user, addresses[1])
    assert "1/2 of " in read(user, addresses[3])


def palier_names(run: Run, partner_id: str) -> str:
    from palier.backends.names import names  # noqa: PLC0415  # only here

    return names(run.facts, partners=[partner_id], customers=[])[partner_id]


def test_the_row_of_another_partner_does_not_open(run: Run, shared: tuple[str, str, str]) -> None:
    _, one, two = shared
    user = member("partner", one)
    with palier.open_run(Path(run.folder)) as source:
        lines = source.lines(partner_id=two, metric="sold_points")
        own = {line.source_id for line in source.lines(partner_id=one)}
        served = {line.customer_id for line in source.lines(partner_id=one)}
    sale = next(line for line in lines if line.source_id not in own and line.customer_id not in served)
    client = client_of(user)
    for whose, table, source_id in (
        (two, "sales", sale.source_id),
        (one, "sales", sale.source_id),
        (one, "customers", str(sale.customer_id)),
        (one, "partner_users", "U000001"),
        (one, "no_table", "1"),
    ):
        assert client.get(reverse("standings:source", args=[whose, table, source_id])).status_code == 404
    assert client.get(reverse("standings:explain", args=[one, "no_metric"])).status_code == 404


def test_a_source_that_both_have_shows_each_its_own_row(run: Run) -> None:
    """Own subscriptions are named by product line, which partners have in common."""
    with palier.open_run(Path(run.folder)) as source:
        lines = source.lines(metric="own_subscriptions")
    line = lines[0]
    other = next(each for each in lines if each.source_id == line.source_id and each.partner_id != line.partner_id)
    pages = {
        each.partner_id: read(
            member("partner", each.partner_id),
            reverse("standings:source", args=[each.partner_id, each.source_table, each.source_id]),
        )
        for each in (line, other)
    }
    assert other.partner_id not in pages[line.partner_id]
    assert line.partner_id not in pages[other.partner_id]


def test_no_cell_of_a_file_is_a_formula() -> None:
    from palier.portal.standings.csv_files import harmless  # noqa: PLC0415  # only here

    assert harmless("=1+1") == "'=1+1"
    assert harmless("@x") == "'@x"
    assert harmless("Atelier") == "Atelier"
    assert harmless(None) == ""
