"""Facts for Spark: checked by DuckDB where they lie on this machine, found by listing where they lie in a store."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from palier.backends.evaluation import late_table, open_facts, refuse
from palier.backends.files import MANIFEST, FactsNotFoundError, facts_digest, read_manifest
from palier.backends.snapshot import Snapshot
from palier.backends.spark.store import Entry, Store, address, is_address
from palier.backends.spark.tables import FactFiles, create_tables
from palier.engine.compile import Compiled
from palier.engine.dialect import spark_name, spark_sql
from palier.engine.readiness import ENROLLED_IN, currency_checks, enrolled_elsewhere, flagged, stale_tables
from palier.facts.relations import literal, quoted
from palier.rulebook.problems import InputProblemsError, Problem, errors_in

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class Opened:
    """Facts as opened in a session: what was read, what is wrong with it, what it is."""

    snapshot: Snapshot
    problems: tuple[Problem, ...]
    digest: str
    late: Mapping[str, date]


def open_on_spark(
    session: SparkSession,
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    facts: Path | str,
    *,
    on: date,
    known_at: datetime | None,
    stale: bool,
    scratch: str,
) -> Opened:
    """Make a view of every table that the program reads; `scratch` takes what CSV tables become.

    Raises:
        InputProblemsError: structural problems.
        FactsNotFoundError: there is no such folder.
    """
    store = Store(session)
    if is_address(facts):
        opened, files = _stored(store, compiled, str(facts), on=on, known_at=known_at, stale=stale)
    else:
        opened, files = _local(
            store, connection, compiled, Path(facts), on=on, known_at=known_at, stale=stale, scratch=scratch
        )
    create_tables(session, files, known_at=known_at)
    if not is_address(facts):
        return opened
    counted = {name: session.table(spark_name(name)).count() for name in files if files[name].files}
    programs = [str(row["program"]) for row in session.sql(spark_sql(ENROLLED_IN)).collect()]
    found = [*enrolled_elsewhere(compiled, programs)]
    found += [
        problem(name, row["currency"], row["row_count"])
        for name, sql, problem in currency_checks(compiled)
        for row in session.sql(spark_sql(sql)).collect()
    ]
    return _with(opened, rows=counted, problems=found)


def _local(
    store: Store,
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    folder: Path,
    *,
    on: date,
    known_at: datetime | None,
    stale: bool,
    scratch: str,
) -> tuple[Opened, dict[str, FactFiles]]:
    """The facts of a folder under the same checks as ever; a CSV table goes on as the Parquet that DuckDB makes."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        digest = reader.submit(facts_digest, folder)
        snapshot, problems = open_facts(connection, compiled, folder, on=on, known_at=known_at, stale=stale)
        refuse(problems)
        files = {}
        for name in sorted(compiled.tables_read):
            found = snapshot.files.get(name, ())
            if found and found[0].suffix == ".csv":
                sent = _as_parquet(store, connection, name, scratch)
                files[name] = FactFiles(snapshot.tables[name], [sent])
            else:
                files[name] = FactFiles(snapshot.tables[name], [address(path) for path in found])
        late = stale_tables(compiled, snapshot.complete_until, on)
        return Opened(snapshot, problems, digest.result(), late if stale else {}), files


def _as_parquet(store: Store, connection: duckdb.DuckDBPyConnection, name: str, scratch: str) -> str:
    target = f"{scratch}/{name}.parquet"
    with tempfile.TemporaryDirectory(prefix="palier-") as folder:
        made = Path(folder) / f"{name}.parquet"
        connection.execute(f"COPY (SELECT * FROM {quoted(name)}) TO {literal(str(made))} (FORMAT parquet)")
        store.send(made, target)
    return target


def _stored(
    store: Store,
    compiled: Compiled,
    folder: str,
    *,
    on: date,
    known_at: datetime | None,
    stale: bool,
) -> tuple[Opened, dict[str, FactFiles]]:
    """The facts of a store, by the names of its files: their rows are not looked through."""
    folder = address(folder)
    if not store.exists(folder):
        raise FactsNotFoundError(Path(folder))
    entries = {each.name: each for each in store.entries(folder)}
    files, problems = {}, [_not_looked_through(folder)]
    for name in sorted(compiled.tables_read):
        found, wrong = _form(store, name, entries)
        files[name] = FactFiles(compiled.facts[name], found)
        problems += wrong
    with tempfile.TemporaryDirectory(prefix="palier-") as scratch:
        if MANIFEST in entries:
            store.fetch(entries[MANIFEST].address, Path(scratch) / MANIFEST)
        manifest = read_manifest(Path(scratch), compiled.facts)
    late = stale_tables(compiled, manifest.complete_until, on)
    severity = "warning" if stale else "error"
    problems += [*manifest.problems, *(late_table(name, until, on, severity) for name, until in sorted(late.items()))]
    problems += flagged(compiled, on)
    refuse(tuple(problems))
    snapshot = Snapshot(
        folder=Path(folder), known_at=known_at, problems=(), complete_until=manifest.complete_until, files={}, rows={},
        tables={name: compiled.facts[name] for name in files}, retractable=frozenset(), broken=frozenset(),
    )  # fmt: skip
    return Opened(snapshot, tuple(problems), store.digest(folder), late if stale else {}), files


def _form(store: Store, name: str, entries: Mapping[str, Entry]) -> tuple[list[str], list[Problem]]:
    forms = [entries[form] for form in (f"{name}.parquet", name, f"{name}.csv") if form in entries]
    if not forms:
        return [], []
    if len(forms) > 1 or forms[0].name.endswith(".csv"):
        return [], [_not_parquet(name, " and ".join(form.name for form in forms))]
    if not forms[0].is_folder:
        return [forms[0].address], []
    inside = [each.address for each in store.entries(forms[0].address) if each.name.endswith(".parquet")]
    return inside, [] if inside else [_not_parquet(name, f"{name} without a Parquet file")]


def _with(opened: Opened, *, rows: Mapping[str, int], problems: list[Problem]) -> Opened:
    every = (*opened.problems, *problems)
    if errors_in(every):
        raise InputProblemsError(every)
    return replace(opened, snapshot=replace(opened.snapshot, rows=rows), problems=every)


def _not_looked_through(folder: str) -> Problem:
    return Problem(
        severity="warning",
        code="not_checked",
        message=f"The rows of {folder} were not looked through: duplicates, dangling references and values outside "
        "their lists would not be noticed. palier facts check does it on a folder of this machine.",
        found=folder,
        expected="facts that were checked where they were made",
        mend="Run palier facts check before the facts go to the store.",
    )


def _not_parquet(name: str, found: str) -> Problem:
    return Problem(
        severity="error",
        code="not_parquet",
        message=f"The table {name} stands as {found}; in a store, Spark reads one Parquet file or folder of a table.",
        table=name,
        found=found,
        expected=f"{name}.parquet or {name}/*.parquet",
        mend="Export the table as Parquet; CSV tables are read from a folder of this machine only.",
    )
