"""What is published is what the run says, to the last gate, and comes in the program's order."""

from __future__ import annotations

from pathlib import Path

import pytest

import palier
from palier.portal.standings.models import Figure
from palier.portal.standings.queries import figures_of, gates_of, with_rulebook
from portal.conftest import publish

pytestmark = pytest.mark.django_db


def test_a_published_run_says_what_its_files_say(published_folder: Path) -> None:
    found = with_rulebook(publish(published_folder))
    with palier.open_run(published_folder / "run") as source:
        for partner_id in [each.partner_id for each in source.standings()]:
            assert figures_of(found, partner_id) == source.figures(partner_id=partner_id)
            assert list(gates_of(found, partner_id)) == source.gates(partner_id=partner_id)


def test_figures_come_in_the_programs_order_whatever_was_loaded_first(published_folder: Path) -> None:
    found = with_rulebook(publish(published_folder))
    first = found.run.figures.order_by("pk")[0]
    before = [each.metric for each in figures_of(found, first.partner_id)]
    Figure.objects.filter(pk=first.pk).delete()
    first.pk = None
    first.save()
    assert [each.metric for each in figures_of(found, first.partner_id)] == before
