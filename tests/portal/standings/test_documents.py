"""Figures on the page, in the CSV file and in the PDF are the same."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

import palier
from palier.engine.words import Words
from palier.portal.people.models import User
from palier.portal.standings.models import Run
from portal.conftest import client_of
from portal.standings.conftest import PROGRAMS
from portal.test_explanations import member, read

PDFTOTEXT = shutil.which("pdftotext")


def rows_of(user: User | Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read(user, address).removeprefix("\ufeff"))))


def flat(text: str) -> str:
    """Text without any space: PDF files break lines and drop narrow spaces."""
    return re.sub(r"\s", "", unescape(text))


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_file_holds_every_figure_and_gate_of_every_partner_exactly(runs: dict[str, Run], program: str) -> None:
    vendor, run = member("vendor", ""), runs[program]
    words = Words(palier.read_program(program), "en")
    for partner_id in run.standings.values_list("partner_id", flat=True):
        rows = rows_of(vendor, reverse("standings:partner_home_csv", args=[partner_id]) + f"?program={program}")
        figures = {row["id"]: row for row in rows if row["kind"] == "figure"}
        kept = {each.metric: each.value for each in run.figures.filter(partner_id=partner_id)}
        assert figures.keys() == kept.keys()
        for metric, value in kept.items():
            assert figures[metric]["value_exact"] == ("" if value is None else str(value))
            assert figures[metric]["value"] == words.figure(metric, value)
        gates = [row for row in rows if row["kind"] == "gate"]
        stored = run.gates.filter(partner_id=partner_id)
        assert [(row["id"], row["held"]) for row in gates] == [
            (each.gate, "yes" if each.held else "no") for each in stored
        ]
        for row, gate in zip(gates, stored, strict=True):
            assert row["value_exact"] == ("" if not gate.value else str(Fraction(gate.value)))


@pytest.mark.skipif(PDFTOTEXT is None, reason="pdftotext reads the file back (Debian: poppler-utils)")
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pdf_says_what_the_page_and_the_file_say(runs: dict[str, Run], in_both: str, program: str) -> None:
    assert PDFTOTEXT is not None
    user, metrics = member("partner", in_both, "fr"), palier.read_program(program).program.metrics
    response = client_of(user).get(reverse("standings:home_pdf"), {"program": program})
    assert response["Content-Type"] == "application/pdf"
    made = subprocess.run([PDFTOTEXT, "-layout", "-", "-"], input=response.content, capture_output=True, check=True)
    pdf = flat(made.stdout.decode())
    page = flat(re.sub(r"<[^>]+>", "", read(user, f"{reverse('standings:home')}?program={program}")))
    rows = rows_of(user, f"{reverse('standings:home_csv')}?program={program}")
    shown = [row for row in rows if row["kind"] == "figure" and metrics[row["id"]].headline]
    assert shown
    for row in shown:
        assert flat(row["value"]) in page
        assert flat(row["value"]) in pdf
    tier = runs[program].standings.get(partner_id=in_both).next_tier
    wanted = {each.gate for each in runs[program].gates.filter(partner_id=in_both, tier=tier, purpose="reach")}
    words = Words(palier.read_program(program), "fr")
    assert wanted
    assert runs[program].program in PROGRAMS
    for gate in wanted:
        assert flat(words.name("gates", gate)) in page
    filing = re.search(r'id="filing"><h2>(.*?)</h2>', read(user, f"{reverse('standings:home')}?program={program}"))
    assert (filing is not None) == (program == "technology")
    assert filing is None or flat(filing[1]) in pdf


def test_a_machine_without_pango_says_what_to_install(
    runs: dict[str, Run], in_both: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    response = client_of(member("partner", in_both)).get(reverse("standings:home_pdf"))
    assert response.status_code == 503
    assert "libpango-1.0-0" in response.content.decode()
    assert runs
