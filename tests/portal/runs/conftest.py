"""A program that runs here: its feed, a folder of its own, and a clock that the test moves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from palier.backends.behind import Behind, look_behind
from palier.backends.evaluation import Progress
from palier.backends.files import facts_digest
from palier.portal.runs import running
from palier.portal.runs.models import Attempt, Feed, Ownership
from palier.portal.runs.ownership import EXPORTS
from palier.portal.runs.running import perform
from palier.rulebook.read import Rulebook
from portal.conftest import NOW, ON
from support.kept import kept_value

LEASE = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def looked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies behind the same facts is the same in every test: it is worked out once, for all workers."""

    def once(rulebook: Rulebook, *, facts: Path, on: date, progress: Progress) -> Behind:
        progress("history")
        asked = rulebook.digest, facts_digest(facts), on
        return kept_value("behind", *asked, make=lambda: look_behind(rulebook, facts=facts, on=on, progress=progress))

    monkeypatch.setattr(running, "look_behind", once)


@dataclass
class Clock:
    """The time that it is."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feed(db: None, settings: Settings, tmp_path: Path, published_folder: Path) -> Feed:
    """The solutions program on sample facts, all of which are the warehouse's."""
    del db
    shutil.copytree(Path(settings.ENVIRONMENT.folder) / "rulebooks", tmp_path / "rulebooks")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, folder=tmp_path)
    for table in EXPORTS:
        Ownership.objects.create(table=table, owner="warehouse")
    return Feed.objects.create(program="solutions", warehouse=str(published_folder / "facts"))


def ask(key: str, *, on: date = ON, program: str = "solutions") -> Attempt:
    return Attempt.objects.create(key=key, program=program, wanted_on=on, asked_by="schedule", asked_at=NOW)


def run(attempt: Attempt, clock: Callable[[], datetime], worker: str = "one") -> Attempt:
    return perform(attempt, worker=worker, now=clock, lease=LEASE, go_on=lambda: None)


def left_behind() -> list[Path]:
    """What attempts wrote and left."""
    return sorted((Path(settings.ENVIRONMENT.folder) / "runs" / "solutions").glob("*"))
