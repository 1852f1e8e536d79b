"""The portal's folder moves or is restored elsewhere, and everything that the database names is found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from palier.portal.programs.models import RulebookVersion
from palier.portal.runs.models import Feed
from palier.portal.standings.actions import publish_run
from palier.portal.standings.models import Run
from palier.portal.standings.queries import lines_of, published
from portal.conftest import NOW

pytestmark = pytest.mark.django_db


def kept(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def move(settings: Settings, folder: Path) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, folder=folder)


def test_what_lies_in_the_portals_folder_is_kept_by_its_place_in_it(settings: Settings, tmp_path: Path) -> None:
    move(settings, tmp_path / "one")
    inside, outside = str(tmp_path / "one" / "facts"), str(tmp_path / "elsewhere")
    Feed.objects.create(program="solutions", warehouse=inside)
    Feed.objects.create(program="technology", warehouse=outside)
    assert kept("runs_feed", "warehouse") == ["./facts", outside]
    assert Feed.objects.filter(warehouse=inside).exists()
    move(settings, tmp_path / "two")
    assert Feed.objects.get(program="solutions").warehouse == str(tmp_path / "two" / "facts")
    assert Feed.objects.get(program="technology").warehouse == outside
    assert Feed.objects.values_list("warehouse", flat=True).get(program="solutions") == str(tmp_path / "two" / "facts")


def test_a_name_and_nothing_stay_as_they_are(settings: Settings, tmp_path: Path) -> None:
    move(settings, tmp_path)
    version = RulebookVersion.objects.create(program="solutions", drafted_at=NOW)
    assert (version.folder, kept("programs_rulebookversion", "folder")[-1]) == ("", "")


def test_a_run_is_read_after_the_folder_moved(settings: Settings, tmp_path: Path, published_folder: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    for name in ("run", "facts"):
        (first / name).symlink_to(published_folder / name)
    move(settings, first)
    run = publish_run(first / "run", facts=first / "facts", rulebook="solutions", actor="test", at=NOW)
    partner_id = run.standings.exclude(tier="").order_by("pk")[0].partner_id
    assert (kept("standings_run", "folder"), kept("standings_run", "facts_folder")) == (["./run"], ["./facts"])
    first.rename(second)
    move(settings, second)
    found = published("solutions")
    assert found is not None
    assert found.run.rulebook_folder == "solutions"
    assert lines_of(found, partner_id)
    assert publish_run(second / "run", facts=second / "facts", rulebook="solutions", actor="test", at=NOW) == run
    assert Run.objects.count() == 1
