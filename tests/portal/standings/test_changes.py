"""What changed between two published days adds up exactly, for every partner, on the page and in the file."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from html import unescape

import pytest
from django.urls import reverse

from palier.engine.words import Words
from palier.portal.standings.changes import compare_runs, runs_with
from palier.portal.standings.models import Run
from palier.portal.standings.queries import with_rulebook
from palier.report.waterfall import headline
from palier.report.words import Speech
from portal.conftest import ON, client_of
from portal.standings.conftest import EARLIER, PROGRAMS, Made
from portal.test_explanations import member, read


@pytest.fixture
def both_days(db: None, made: Made) -> dict[str, Run]:
    del db
    for program in PROGRAMS:
        made.publish(program, EARLIER)
    return {program: made.publish(program) for program in PROGRAMS}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_steps_lead_from_one_figure_to_the_other(both_days: dict[str, Run], program: str) -> None:
    found = with_rulebook(both_days[program])
    moved = 0
    for partner_id in found.run.standings.values_list("partner_id", flat=True):
        runs = runs_with(found, partner_id)
        if len(runs) < 2:
            continue
        told = compare_runs(found, partner_id, *runs).waterfall
        assert (told.first, told.last) == (EARLIER, ON)
        for run, value in zip(runs, (told.before, told.after), strict=True):
            figure = run.figures.filter(partner_id=partner_id, metric=told.metric).first()
            assert value == (Fraction(0) if figure is None else figure.value or Fraction(0))
        assert told.before + sum((step.change for step in told.steps), Fraction(0)) == told.after
        moved += sum(len(step.changed) for step in told.steps)
        assert all(each.change > 0 for step in told.steps for each in step.changed if step.kind in {"new", "more"})
    assert moved > 0


def test_the_file_and_the_page_say_the_same(both_days: dict[str, Run], in_both: str) -> None:
    found = with_rulebook(both_days["solutions"])
    told = compare_runs(found, in_both, *runs_with(found, in_both)).waterfall
    user = member("partner", in_both)
    text = read(user, reverse("standings:changes_csv") + "?program=solutions")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows
    assert sum((Fraction(row["change_exact"]) for row in rows), Fraction(0)) == told.after - told.before
    page = unescape(read(user, reverse("standings:changes") + "?program=solutions"))
    assert headline(Speech(Words(found.rulebook, "en"), addressed=True), told) in page
    for row in rows[:10]:
        assert row["customer"] in page


def test_one_day_alone_teaches_what_will_be_here(runs: dict[str, Run], in_both: str) -> None:
    user = member("partner", in_both)
    assert "There is only one day so far." in read(user, reverse("standings:changes"))
    assert client_of(user).get(reverse("standings:changes_csv")).status_code == 404
    assert len(runs) == 2
