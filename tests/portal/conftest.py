"""The portal under test: its settings, a database, the cast, and one published run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

import palier
from palier.backends.evaluate import evaluate
from palier.backends.files import facts_digest
from palier.backends.forecast import forecast
from palier.backends.sampling import write_sample
from palier.engine.forecast import Forecast
from palier.portal import rows
from palier.portal.people.models import User
from palier.portal.standings import actions
from palier.portal.standings.actions import foretell, publish_run
from palier.portal.standings.models import Run
from palier.rulebook.read import Rulebook
from support.kept import kept_folder, kept_value

rows.speak_for_vendor()  # tests look at every row themselves; requests see what their person may see

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PARTNERS, SEED = 40, 3
PUBLISHED = ("published", PARTNERS, SEED, ON)
"""What the published folder is made from."""


def foretold(rulebook: Rulebook, *, facts: Path, **asked: Any) -> Forecast:  # noqa: ANN401  # as `forecast` is asked
    """The forecast of some facts, worked out once for all tests and all workers."""
    named = rulebook.digest, facts_digest(facts), sorted(asked.items())
    return kept_value("forecast", *named, make=lambda: forecast(rulebook, facts=facts, **asked))


@pytest.fixture(scope="session", autouse=True)
def foretold_once() -> Iterator[None]:
    """The portal asks for the same forecast in many tests: each is worked out once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "forecast", foretold)
        yield


def publish(folder: Path, *partners: str) -> Run:
    """Publish the run, with the forecasts of some partners."""
    run = publish_run(folder / "run", facts=folder / "facts", rulebook="solutions", actor="test", at=NOW)
    for partner_id in partners:
        foretell(run, palier.read_program("solutions"), partner_id)
    return run


def client_of(user: User | None) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


WHOLE = os.environ.get("PALIER_WHOLE") == "1"
"""Whether to ask everything, as `make prove` does, and not the share that `make test` asks."""
ON_ONE_DATABASE = pytest.mark.skipif(
    connection.vendor == "postgresql" and not WHOLE, reason="asked on SQLite; on PostgreSQL too with PALIER_WHOLE=1"
)
"""Long questions whose answer is not the database's."""
DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what asks the database: the rest is the same as on SQLite."""
    if connection.vendor != "postgresql":
        return
    kept = [item for item in items if item.get_closest_marker("django_db") or DATABASE & set(_asked(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _asked(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample facts of forty partners, and a run of the solutions program on them."""

    def make(folder: Path) -> None:
        write_sample(folder / "facts", partners=PARTNERS, seed=SEED, until=ON)
        evaluate(palier.read_program("solutions"), facts=folder / "facts", on=ON, out=folder / "run").close()

    return kept_folder(tmp_path_factory.mktemp("portal") / "published", *PUBLISHED, make=make)
