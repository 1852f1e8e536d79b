"""An attempt ends published, with nothing new, or failed; and a failed one changes nothing that people see."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

import palier
from palier.backends.composing import table_rows
from palier.portal.clients.models import Customer
from palier.portal.journal.models import Entry
from palier.portal.runs.models import Attempt, Feed, Identity, Ownership
from palier.portal.runs.ownership import EXPORTS, adopt, compose
from palier.portal.runs.running import LockLostError, ProgramBusyError, perform
from palier.portal.standings.models import Figure, Run
from portal.conftest import ON
from portal.runs.conftest import LEASE, Clock, ask, left_behind, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("feed")]


def test_an_attempt_publishes_with_its_stages(feed: Feed, clock: Clock) -> None:
    done = run(ask("first"), clock)
    assert (done.state, done.problem, done.as_of) == ("published", "", ON)
    assert Run.objects.get(is_current=True).pk == done.run_id
    names = [stage.name for stage in done.stages.all()]
    assert names[0] == "compose"
    assert names[-2:] == ["history", "publish"]
    assert all(stage.finished_at is not None for stage in done.stages.all())
    feed.refresh_from_db()
    assert (feed.leased_until, feed.leased_by) == (None, "")
    assert Entry.objects.filter(verb="publish", actor="schedule").count() == 1


def test_what_is_published_is_what_the_command_line_computes(clock: Clock, published_folder: Path) -> None:
    run(ask("first"), clock)
    with (
        palier.open_run(published_folder / "run") as straight,
        palier.open_run(Path(Run.objects.get().folder)) as composed,
    ):
        assert composed.about["results_digest"] == straight.about["results_digest"]


def test_running_again_finds_nothing_new_and_leaves_nothing_behind(clock: Clock) -> None:
    first = run(ask("first"), clock)
    again = run(ask("again"), clock)
    assert (again.state, again.run_id) == ("unchanged", first.run_id)
    assert Run.objects.count() == 1
    assert len(left_behind()) == 1


def test_a_run_brings_the_customers_that_the_warehouse_has_by_now(feed: Feed, clock: Clock) -> None:
    """A customer that bought since the program was fed can be named by its domain the next morning."""
    rows = {str(row["customer_id"]): row for row in table_rows(Path(feed.warehouse), "customers")}
    old, renamed = sorted(rows)[:2]
    Identity.objects.create(kind="customer", portal_id="ours", warehouse_id=old)
    Customer.objects.create(customer_id=renamed, name="As it was called", domain="before.example")
    run(ask("a"), clock)
    kept = {each.customer_id: each for each in Customer.objects.all()}
    assert set(kept) == {*rows, "ours"} - {old}
    assert [kept["ours"].name, kept[renamed].name] == [rows[old]["name"], rows[renamed]["name"]]
    assert kept[renamed].domain == rows[renamed]["domain"]


def test_a_failed_attempt_changes_nothing_that_people_see(feed: Feed, clock: Clock, tmp_path: Path) -> None:
    first = run(ask("first"), clock)
    figures = Figure.objects.count()
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in Path(feed.warehouse).glob("*.parquet"):
        os.link(file, broken / file.name)
    (broken / "sales.parquet").unlink()
    (broken / "sales.csv").write_text("sale_id,partner_id\nS1,P00001\n", encoding="utf-8")
    Feed.objects.update(warehouse=str(broken))
    failed = run(ask("second"), clock)
    assert failed.state == "failed"
    assert "sales" in failed.problem
    assert failed.stages.filter(finished_at=None).count() == 0
    current = Run.objects.get(is_current=True)
    assert (current.pk, Figure.objects.count()) == (first.run_id, figures)
    assert current.failed_at is not None
    assert len(left_behind()) == 1
    Feed.objects.update(warehouse=feed.warehouse)
    mended = run(ask("third"), clock)
    assert mended.state == "unchanged"
    assert Run.objects.get(is_current=True).failed_at is None


def test_a_missing_warehouse_is_a_problem_in_words(clock: Clock, tmp_path: Path) -> None:
    Feed.objects.update(warehouse=str(tmp_path / "nowhere"))
    failed = run(ask("first"), clock)
    assert failed.state == "failed"
    assert "nowhere" in failed.problem
    assert Run.objects.count() == 0


def test_no_day_is_evaluated_before_its_facts_are_complete(clock: Clock) -> None:
    done = run(ask("first", on=ON + timedelta(days=2)), clock)
    assert (done.wanted_on, done.as_of) == (ON + timedelta(days=2), ON)


def test_a_day_before_the_current_one_does_not_take_its_place(clock: Clock) -> None:
    first = run(ask("first"), clock)
    older = run(ask("older", on=date(2026, 11, 1)), clock)
    assert older.state == "unchanged"
    assert Run.objects.get(is_current=True).pk == first.run_id


def test_one_at_a_time(clock: Clock) -> None:
    Feed.objects.update(leased_by="another", leased_until=clock.at + timedelta(minutes=1))
    with pytest.raises(ProgramBusyError):
        run(ask("first"), clock)
    assert Attempt.objects.get().state == "waiting"


def test_a_killed_attempt_is_interrupted_in_sight_and_another_goes_on(clock: Clock) -> None:
    killed = ask("killed")
    Attempt.objects.filter(pk=killed.pk).update(state="running", started_at=clock.at)
    Feed.objects.update(leased_by="killed", leased_until=clock.at)
    done = run(ask("next"), clock)
    killed.refresh_from_db()
    assert (killed.state, done.state) == ("abandoned", "published")


def test_who_lost_the_lock_publishes_nothing(clock: Clock) -> None:
    attempt = ask("slow")

    def stolen() -> None:
        if attempt.stages.filter(name="history").exists():
            Feed.objects.update(leased_by="another")

    with pytest.raises(LockLostError):
        perform(attempt, worker="slow", now=clock, lease=LEASE, go_on=stolen)
    assert Run.objects.count() == 0
    assert Feed.objects.get().leased_by == "another"


def test_the_portals_tables_stand_beside_the_warehouses(feed: Feed, tmp_path: Path) -> None:
    Ownership.objects.all().delete()
    warehouse = Path(feed.warehouse)
    taken = adopt(warehouse)
    assert taken["partner_users"] > 0
    again = adopt(warehouse)
    assert again["partner_users"] == 0
    counts = compose(warehouse, tmp_path / "snapshot", until=ON)
    assert set(counts) == set(EXPORTS)
    assert counts["partner_users"] == taken["partner_users"]
    sales = tmp_path / "snapshot" / "sales.parquet"
    assert sales.stat().st_ino == (warehouse / "sales.parquet").stat().st_ino
    stated = json.loads((tmp_path / "snapshot" / "manifest.json").read_text(encoding="utf-8"))
    assert stated["complete_until"]["partner_users"] == ON.isoformat()


def test_what_was_adopted_evaluates_as_before(feed: Feed, clock: Clock, published_folder: Path) -> None:
    Ownership.objects.all().delete()
    adopt(Path(feed.warehouse))
    done = run(ask("first"), clock)
    assert done.problem == ""
    with (
        palier.open_run(published_folder / "run") as straight,
        palier.open_run(Path(Run.objects.get().folder)) as composed,
    ):
        assert composed.about["results_digest"] == straight.about["results_digest"]
