"""The partner's home: what it says is what the run and the forecasts say, worked out once, in few queries."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

import palier
from palier.engine.words import Language, Words
from palier.portal.standings import actions, customer_views, views
from palier.portal.standings import home as home_module
from palier.portal.standings.models import Foretold, Run, Written
from palier.portal.standings.packing import unpack_forecast
from palier.portal.standings.queries import Published, partner_name
from portal.conftest import ON, ON_ONE_DATABASE, client_of, foretold, publish
from portal.counting import MOST_QUERIES, queries_of
from portal.test_explanations import member, read


@pytest.fixture(scope="session")
def partners(published_folder: Path) -> tuple[str, str]:
    """A platinum or gold partner with few lines, and the one with the most."""
    with palier.open_run(published_folder / "run") as source:
        counts = {
            each.partner_id: sum(source.line_counts(partner_id=each.partner_id).values())
            for each in source.standings()
            if each.tier in {"gold", "platinum", "diamond"}
        }
    return min(counts, key=lambda who: counts[who]), max(counts, key=lambda who: counts[who])


@pytest.fixture
def run(db: None, published_folder: Path, partners: tuple[str, str]) -> Run:
    del db
    return publish(published_folder, *partners)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("language", "you", "they"),
    [("en", "You are {tier}.", "{partner} is {tier}."), ("fr", "Vous êtes {tier}.", "{partner} est {tier}.")],
)
def test_a_partner_is_addressed_and_the_vendor_is_told(
    run: Run, partners: tuple[str, str], language: Language, you: str, they: str
) -> None:
    words = Words(palier.read_program("solutions"), language)
    tier = words.tier(run.standings.get(partner_id=partners[0]).tier)
    own = read(member("partner", partners[0], language), reverse("standings:home"))
    told = read(member("vendor", "", language), reverse("standings:partner", args=[partners[0]]))
    name = partner_name(Published(run, words.rulebook), partners[0])
    assert f"<h1>{you.format(tier=tier)}</h1>" in own
    assert f"<h1>{they.format(tier=tier, partner=name)}</h1>" in told
    assert "<h1>You" not in told
    assert "<h1>Vous" not in told


@ON_ONE_DATABASE
def test_every_figure_of_the_program_is_on_the_page_and_opens(run: Run, partners: tuple[str, str]) -> None:
    words = Words(palier.read_program("solutions"), "en")
    user = member("partner", partners[0])
    page = read(user, reverse("standings:home"))
    links = dict(re.findall(r'<dd><a href="([^"]+)"[^>]*>([^<]+)</a></dd>', page))
    figures = {each.metric: each for each in run.figures.filter(partner_id=partners[0])}
    headlines = [name for name, metric in words.rulebook.program.metrics.items() if metric.headline and name in figures]
    addresses = [
        f"{reverse('standings:explain', args=[partners[0], metric])}?program=solutions" for metric in headlines
    ]
    assert addresses == list(links)
    for metric, address in zip(headlines, addresses, strict=True):
        assert unescape(links[address]) == words.figure(metric, figures[metric].value)
        assert f"Why {links[address]}?" in read(user, address)


@ON_ONE_DATABASE
def test_every_gate_of_the_next_tier_is_a_row_with_its_verdict(run: Run, partners: tuple[str, str]) -> None:
    words = Words(palier.read_program("solutions"), "en")
    standing = run.standings.get(partner_id=partners[0])
    page = text_of(read(member("partner", partners[0]), reverse("standings:home")))
    gates = run.gates.filter(partner_id=partners[0], tier=standing.next_tier, purpose="reach")
    assert gates
    assert f"{gates.filter(held=True).count()} of {gates.count()} gates hold." in page
    for gate in gates:
        assert words.name("gates", gate.gate) in page


@ON_ONE_DATABASE
def test_the_next_fall_of_the_forecast_is_on_the_page(run: Run, partners: tuple[str, str]) -> None:
    words = Words(palier.read_program("solutions"), "en")
    order = [None, *(tier.tier for tier in words.rulebook.program.tiers)]
    for partner_id in partners:
        told = unpack_forecast(bytes(run.foretold.get(partner_id=partner_id, assume="idle").packed))
        falls = [each for each in told.changes if order.index(each.tier[1]) < order.index(told.tier)]
        page = text_of(read(member("partner", partner_id), reverse("standings:home")))
        if falls:
            assert f"On {words.day(falls[0].on)}, you fall below {words.tier(told.tier)}." in page
        else:
            assert "you fall below" not in page


@ON_ONE_DATABASE
def test_this_week_lists_the_worked_credit_that_ends_within_thirty_days_most_points_first(
    run: Run, partners: tuple[str, str]
) -> None:
    for partner_id in partners:
        with palier.open_run(Path(run.folder)) as source:
            lines = source.lines(partner_id=partner_id, metric="managed_points")
        soon = [
            each for each in lines if each.counts_until is not None and each.counts_until <= ON + timedelta(days=30)
        ]
        soon.sort(key=lambda each: (-each.amount, each.counts_until, each.source_id))
        page = read(member("partner", partner_id), reverse("standings:home"))
        week = page[page.index('id="week"') : page.index("</section>", page.index('id="week"'))]
        shown = re.findall(r"in (\d+) days|tomorrow", week.partition("<ul")[2])
        days = [(each.counts_until - ON).days for each in soon if each.counts_until is not None][: len(shown)]
        assert len(shown) == min(len(soon), 6)
        assert [int(each or 1) for each in shown] == days


def test_a_forecast_is_kept_exactly(run: Run, partners: tuple[str, str]) -> None:
    asked: dict[str, Any] = {"facts": run.facts, "on": ON, "until": ON + actions.AHEAD}
    for row in run.foretold.filter(partner_id__in=partners):
        told = foretold(palier.read_program("solutions"), **asked, partner_id=row.partner_id, assume=row.assume)
        assert unpack_forecast(bytes(row.packed)) == told
        assert any(value is not None and value.denominator > 1 for value in told.figures.values())


def test_what_is_asked_first_is_kept_and_read_ever_after(
    run: Run, partners: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = member("partner", partners[0])
    first = read(user, reverse("standings:home"))
    assert Written.objects.filter(run=run, partner_id=partners[0]).count() == 1
    monkeypatch.setattr(home_module, "_write", lambda *_, **__: pytest.fail("it was written already"))
    assert re.sub(r'value="[^"]{64}"', "", read(user, reverse("standings:home"))) == re.sub(
        r'value="[^"]{64}"', "", first
    )


def test_an_explanation_and_the_points_are_written_once_too(
    run: Run, partners: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = member("partner", partners[1])
    why = reverse("standings:explain", args=[partners[1], "total_points"])
    pages = [
        reverse("standings:points"),
        reverse("standings:points") + "?kind=shared&order=name",
        why,
        why + "?from=100",
    ]
    first = [without_tokens(read(user, page)) for page in pages]
    kept = Written.objects.filter(run=run, partner_id=partners[1]).count()
    assert kept == len(pages)
    for other in ("?asked=a", "?order=x", "?kind=x", "?market=x", "?page=99999", "?kind=sold&page=2"):
        read(user, reverse("standings:points") + other)
    read(user, why + "?from=9999900")
    assert Written.objects.filter(run=run, partner_id=partners[1]).count() == kept
    monkeypatch.setattr(customer_views, "customers_in", lambda *_: pytest.fail("it was written already"))
    monkeypatch.setattr(views, "explained", lambda *_: pytest.fail("it was written already"))
    assert [without_tokens(read(user, page)) for page in pages] == first


def without_tokens(page: str) -> str:
    """A page without what is new in every answer."""
    return re.sub(r'value="[^"]{64}"', "", page)


def test_what_nobody_asked_yet_is_worked_out_while_the_page_is_read(
    run: Run, partners: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = {each.assume: bytes(each.packed) for each in run.foretold.filter(partner_id=partners[0])}
    run.foretold.filter(partner_id=partners[0]).delete()
    client = client_of(member("partner", partners[0]))
    first = client.get(reverse("standings:home")).content.decode()
    assert "<h1>You are" in first
    assert 'hx-get="/standing?now"' in first
    assert 'id="ending"' not in first
    assert not Written.objects.exists()
    monkeypatch.setattr(actions, "forecast", lambda *_, assume, **__: unpack_forecast(packed[assume]))
    assert client.get("/standing?now", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.get("/standing?now")["Location"] == "/standing"
    second = client.get(reverse("standings:home")).content.decode()
    assert "?now" not in second
    assert 'id="ending"' in second


def test_another_version_writes_anew(run: Run, partners: tuple[str, str]) -> None:
    user = member("partner", partners[0])
    read(user, reverse("standings:home"))
    Written.objects.filter(run=run).update(version="older", packed=b"")
    assert "<h1>You are" in read(user, reverse("standings:home"))
    assert Written.objects.get(run=run).version == home_module.writer(palier.read_program("solutions").digest)


def test_the_command_keeps_what_is_missing(
    run: Run, partners: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Foretold.objects.filter(run=run, assume="idle", partner_id=partners[0]).delete()
    call_command("foretell", "--partner", partners[0])
    assert capsys.readouterr().out == "1 partners\n"
    assert Foretold.objects.filter(run=run, partner_id=partners[0]).count() == 2
    assert {each.language for each in Written.objects.filter(run=run)} == {"en", "fr"}


def test_whoever_is_not_in_the_run_reads_what_will_be_here(run: Run) -> None:
    del run
    page = read(member("partner", "P99999"), reverse("standings:home"))
    assert "You are not enrolled in this program" in page


@pytest.mark.django_db
def test_before_the_first_run_the_page_says_what_will_be_here() -> None:
    user = member("partner", "P00001")
    for name in ("home", "points", "portfolio"):
        assert "There are no figures yet." in read(user, reverse(f"standings:{name}"))


def test_a_page_asks_few_queries_and_as_many_for_the_largest_partner(run: Run, partners: tuple[str, str]) -> None:
    found: dict[str, set[int]] = {}
    for partner_id in partners:
        user = member("partner", partner_id)
        with palier.open_run(Path(run.folder)) as source:
            line = source.lines(partner_id=partner_id, metric="sold_points")[0]
        for name, arguments in (
            ("home", []),
            ("home_csv", []),
            ("changes", []),
            ("points", []),
            ("portfolio", []),
            ("points_csv", []),
            ("explain", [partner_id, "total_points"]),
            ("lines_csv", [partner_id, "total_points"]),
            ("source", [partner_id, line.source_table, line.source_id]),
        ):
            asked = queries_of(client_of(user), reverse(f"standings:{name}", args=arguments))
            found.setdefault(name, set()).add(asked)
    vendor = member("vendor", "")
    found["partners"] = {queries_of(client_of(vendor), reverse("programs:partners"))}
    assert {name: asked for name, asked in found.items() if len(asked) > 1 or max(asked) > MOST_QUERIES} == {}
