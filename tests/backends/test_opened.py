"""What is opened once stays true: files that change are read anew, and nothing that one reader does reaches another."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import palier
from palier.backends import opened as opening
from palier.backends.evaluate import evaluate
from palier.backends.files import FactsNotFoundError
from palier.backends.names import names
from palier.backends.opened import opened, reading
from palier.backends.snapshot import Snapshot, open_snapshot
from support.facts import write_facts
from support.small import world

ON = date(2026, 11, 20)


def written(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "partners.csv").write_text(f"partner_id,name\nP1,{name}\n", encoding="utf-8")
    return folder


def test_a_table_is_read_anew_once_its_file_is_another(tmp_path: Path) -> None:
    facts = written(tmp_path / "facts", "First")
    assert names(facts, partners=["P1"], customers=["C1"]) == {"P1": "First"}
    written(facts, "Renamed")
    assert names(facts, partners=["P1"], customers=["C1"]) == {"P1": "Renamed"}
    (facts / "customers.csv").write_text("customer_id,name\nC1,Client\n", encoding="utf-8")
    assert names(facts, partners=[], customers=["C1"]) == {"C1": "Client"}
    other = written(tmp_path / "other", "Othername")
    os.utime(other / "partners.csv", ns=(0, 0))
    assert names(other, partners=["P1"], customers=[]) == {"P1": "Othername"}
    (facts / "partners.csv").unlink()
    assert names(facts, partners=["P1"], customers=[]) == {}


def test_a_folder_that_is_gone_is_missed_though_it_was_open(tmp_path: Path) -> None:
    facts = written(tmp_path / "facts", "First")
    names(facts, partners=["P1"], customers=[])
    facts.rename(tmp_path / "gone")
    with pytest.raises(FactsNotFoundError):
        names(facts, partners=["P1"], customers=[])


def test_the_same_files_are_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, times = written(tmp_path / "facts", "First"), []

    def opens(*given: Any, **more: Any) -> Snapshot:  # noqa: ANN401  # handed on
        times.append(given)
        return open_snapshot(*given, **more)

    monkeypatch.setattr(opening, "open_snapshot", opens)
    for _ in range(3):
        with opened(facts, ["partners", "customers"]), opened(facts, ("customers", "partners")):
            pass
    assert len(times) == 1


def test_what_a_reader_makes_for_itself_nobody_else_sees_and_closing_closes_no_other() -> None:
    one, other = reading(), reading()
    one.execute("CREATE TEMP TABLE mine AS SELECT 1 AS x")
    assert other.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []
    one.close()
    assert other.execute("SELECT 2").fetchall() == [(2,)]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_was_forked_opens_its_own(tmp_path: Path) -> None:
    facts = written(tmp_path / "facts", "First")
    names(facts, partners=["P1"], customers=[])
    reading().execute("SELECT 1")
    child = os.fork()
    if child == 0:
        told = names(facts, partners=["P1"], customers=[]) == {"P1": "First"} and bool(reading().execute("SELECT 1"))
        os._exit(0 if told else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_two_runs_are_read_side_by_side(tmp_path: Path) -> None:
    solutions = palier.read_program("solutions")
    for partner, mrr in (("P1", 90_000), ("P2", 70_000)):
        facts = write_facts(tmp_path / f"facts {partner}", world(partners={partner: "partner"}, customers={"C1": mrr}))
        evaluate(solutions, facts=facts, on=ON, out=tmp_path / partner).close()
    with palier.open_run(tmp_path / "P1") as one, palier.open_run(tmp_path / "P2") as other:
        each = one.each_figure()
        first = next(each)
        assert {figure.partner_id for figure in other.figures()} == {"P2"}
        assert {figure.partner_id for figure in [first, *each]} == {"P1"}
        other.close()
        assert one.standings()[0].partner_id == "P1"
