"""A partner in both programs reads each: chosen in the page, kept, and named by every address."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from django.urls import reverse

import palier
from palier.engine.words import Words
from palier.portal.partners.models import Enrolment
from palier.portal.standings.models import Run
from portal.conftest import client_of
from portal.stage import text_of
from portal.standings.conftest import PROGRAMS
from portal.test_explanations import member, read

HOME = "standings:home"


def test_each_program_has_its_own_page_and_the_choice_is_kept(runs: dict[str, Run], in_both: str) -> None:
    client = client_of(member("partner", in_both))
    names = {name: palier.read_program(name).text("en", "program", "name") or "" for name in PROGRAMS}
    first = client.get(reverse(HOME)).content.decode()
    assert f'aria-current="true">{names["solutions"]}' in first
    second = client.get(reverse(HOME), {"program": "technology"}).content.decode()
    assert f'aria-current="true">{names["technology"]}' in second
    assert "Attached MRR" in second
    assert "Sold points" not in second
    assert client.get(reverse(HOME)).content.decode().count("Attached MRR") > 0
    assert runs.keys() == set(PROGRAMS)


def test_every_address_of_a_figure_names_its_program(runs: dict[str, Run], in_both: str) -> None:
    user = member("partner", in_both)
    for program, run in runs.items():
        words = Words(palier.read_program(program), "en")
        page = read(user, f"{reverse(HOME)}?program={program}")
        addresses = set(re.findall(r'href="(/partners/[^"]+)"', page))
        assert addresses
        assert {unescape(each).partition("?")[2] for each in addresses} == {f"program={program}"}
        for figure in run.figures.filter(partner_id=in_both):
            if not words.rulebook.program.metrics[figure.metric].headline:
                continue
            address = f"{reverse('standings:explain', args=[in_both, figure.metric])}?program={program}"
            assert f'href="{address}"' in page
            explained = read(user, address)
            assert f"Why {words.figure(figure.metric, figure.value)}?" in unescape(explained)
            assert f".csv?program={program}" in explained


def test_an_address_without_a_program_finds_the_one_that_has_the_figure(runs: dict[str, Run], in_both: str) -> None:
    user = member("partner", in_both)
    for metric, program in (("sold_points", "solutions"), ("attached_mrr", "technology")):
        page = read(user, reverse("standings:explain", args=[in_both, metric]))
        assert f"?program={program}" in page
    assert len(runs) == len(PROGRAMS)


def test_an_unknown_program_is_nowhere_and_one_program_needs_no_choice(runs: dict[str, Run]) -> None:
    technology = set(runs["technology"].standings.values_list("partner_id", flat=True))
    only = next(
        each for each in runs["solutions"].standings.values_list("partner_id", flat=True) if each not in technology
    )
    user = member("partner", only)
    assert client_of(user).get(reverse(HOME), {"program": "nothing"}).status_code == 404
    assert 'class="full choice"' not in read(user, reverse(HOME))
    page = read(user, reverse(HOME) + "?program=technology")
    assert "You are not enrolled in this program" in page


def test_a_link_to_anothers_figure_says_whom_to_ask(runs: dict[str, Run], in_both: str) -> None:
    other = runs["solutions"].standings.exclude(partner_id=in_both)[0].partner_id
    address = reverse("standings:explain", args=[in_both, "sold_points"]) + "?program=solutions"
    assert "Why " in read(member("partner", in_both), address)
    assert "Why " in read(member("vendor", ""), address)
    response = client_of(member("partner", other)).get(address)
    assert response.status_code == 404
    assert "ask them to add you to their organisation" in response.content.decode()


def test_a_provider_reads_how_to_become_a_partner(runs: dict[str, Run]) -> None:
    """A51, E22: a provider earns commission; credit towards a tier is for partners."""
    partner_id = runs["solutions"].standings.filter(next_tier="partner").order_by("partner_id")[0].partner_id
    user = member("partner", partner_id)
    told = '<section class="card full" id="provider">'
    assert told not in read(user, reverse(HOME)), "nobody has said that it is a provider"
    Enrolment.objects.create(
        enrolment_id="E1", partner_id=partner_id, program="solutions", level="provider", enrolled_on=date(2025, 1, 1)
    )
    page = read(user, reverse(HOME))
    assert told in page
    assert f'href="{reverse("partners:company")}"' in page
    assert 'href="#gates"' in page
    assert f'href="{reverse("partners:company_of", args=[partner_id])}"' in read(
        member("vendor", ""), reverse("standings:partner", args=[partner_id])
    )
    pdf = text_of(client_of(user).get(reverse("standings:home_pdf")))
    assert "As a provider you earn a commission" in " ".join(pdf.split())
