"""Two worlds that differ for everybody but one partner: in who else works for its customers, and on which days.

In both it shares each customer with as many others on every day. What it is shown must not tell which world it is in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb

import palier
from palier.backends.behind import Behind, look_behind
from palier.backends.evaluate import evaluate
from palier.backends.files import facts_digest
from palier.backends.forecast import forecast
from palier.backends.sampling import write_sample
from palier.engine.forecast import Forecast
from palier.engine.plan import Assumption
from palier.portal.standings.actions import AHEAD
from support.kept import kept_folder, kept_value

ON = date(2026, 11, 20)
EARLIER = ON - timedelta(days=30)
BEGAN = date(2024, 8, 1)
"""The first day of work in the facts: who was a partner by then can change places with others."""
PROGRAM = "solutions"


@dataclass(frozen=True, slots=True)
class World:
    """Facts with a run on each of two days."""

    folder: Path

    @property
    def facts(self) -> Path:
        """The folder of the fact tables."""
        return self.folder / "facts"

    def behind(self) -> Behind:
        """What lies behind the last day's run, looked up once for all workers and both databases."""
        look = partial(look_behind, palier.read_program(PROGRAM), facts=self.facts, on=ON)
        return kept_value("behind", PROGRAM, facts_digest(self.facts), ON, make=look)

    def forecast(self, partner_id: str, assume: Assumption) -> Forecast:
        """A partner's forecast from the last day, likewise."""
        ask = partial(
            forecast, palier.read_program(PROGRAM), facts=self.facts, on=ON, until=ON + AHEAD,
            partner_id=partner_id, assume=assume,
        )  # fmt: skip
        asked = facts_digest(self.facts), ON, ON + AHEAD, partner_id, assume
        return kept_value("forecast", PROGRAM, *asked, make=ask)

    def run(self, on: date) -> Path:
        """The folder of a day's run."""
        return self.folder / f"run-{on}"

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What a query over `managed`, the lines of managed credit on the last day, gives."""
        with duckdb.connect() as connection:
            lines = self.run(ON) / "lines.parquet"
            connection.execute(
                f"CREATE VIEW managed AS SELECT * FROM read_parquet('{lines}') WHERE metric = 'managed_points'"
            )
            return connection.execute(sql).fetchall()


@dataclass(frozen=True, slots=True)
class Worlds:
    """The partner that looks, the two worlds, and one in which a share differs."""

    partner_id: str
    first: World
    second: World
    third: World
    alone_at: str


def worlds_in(folder: Path) -> Worlds:
    """All three, made once for all workers and both databases."""
    kept_folder(folder, "worlds", Path(__file__).read_text(encoding="utf-8"), make=_make)
    first = World(folder / "first")
    partner_id = _most_shared(first)
    return Worlds(
        partner_id, first, World(folder / "second"), World(folder / "third"), _first_shared(first, partner_id)
    )


def _make(folder: Path) -> None:
    first = World(folder / "first")
    write_sample(first.facts, partners=40, seed=3, until=ON)
    _run(first)
    partner_id = _most_shared(first)
    second, third = World(folder / "second"), World(folder / "third")
    for each in (second, third):
        shutil.copytree(first.facts, each.facts)
    swap_others(second.facts, partner_id)
    shift_others(second.facts, partner_id)
    remove_one(third.facts, partner_id, _first_shared(first, partner_id))
    for each in (second, third):
        _run(each)


def _run(made: World) -> None:
    for on in (EARLIER, ON):
        evaluate(palier.read_program(PROGRAM), facts=made.facts, on=on, out=made.run(on)).close()


def _most_shared(world: World) -> str:
    """The partner that shares most customers."""
    sql = "SELECT partner_id FROM managed WHERE sharers > 1 GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1"
    ((found,),) = world.rows(sql)
    return str(found)


def _first_shared(world: World, partner_id: str) -> str:
    """A customer that the partner shares."""
    sql = f"SELECT MIN(customer_id) FROM managed WHERE partner_id = '{partner_id}' AND sharers > 1"
    ((found,),) = world.rows(sql)
    return str(found)


@contextmanager
def _edited(folder: Path, table: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A fact table as `t`, which becomes the table."""
    parts = sorted((folder / table).glob("*.parquet")) or [folder / f"{table}.parquet"]
    with duckdb.connect() as connection:
        for other in ("activities", "client_access", "partner_users", "enrolments"):
            where = f"{folder}/{other}/*.parquet" if (folder / other).is_dir() else f"{folder}/{other}.parquet"
            connection.execute(f"CREATE TABLE {other} AS SELECT * FROM read_parquet('{where}')")
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_parquet({[str(each) for each in parts]})")
        yield connection
        for each in parts:
            each.unlink()
        connection.execute(f"COPY t TO '{parts[0]}' (FORMAT parquet)")


def _others(partner_id: str) -> str:
    """The people of every other partner, as a condition on `user_id`."""
    return f"user_id NOT IN (SELECT user_id FROM partner_users WHERE partner_id = '{partner_id}')"


def swap_others(folder: Path, partner_id: str) -> None:
    """Who: the teams of all other partners of the level that shares credit go round, with their domains."""
    for table in ("partner_users", "partner_domains"):
        with _edited(folder, table) as connection:
            level = (
                f"SELECT DISTINCT partner_id FROM enrolments WHERE program = '{PROGRAM}' AND level = 'partner' "
                f"AND left_on IS NULL AND enrolled_on <= DATE '{BEGAN}' AND partner_id <> '{partner_id}'"
            )
            connection.execute(
                f"CREATE TABLE turn AS SELECT partner_id, COALESCE(LEAD(partner_id) OVER (ORDER BY partner_id), "
                f"FIRST_VALUE(partner_id) OVER (ORDER BY partner_id)) AS next_id FROM ({level})"
            )
            connection.execute("UPDATE t SET partner_id = turn.next_id FROM turn WHERE turn.partner_id = t.partner_id")


def shift_others(folder: Path, partner_id: str) -> None:
    """When: others who work for a customer today also did yesterday, and half of what they did between is left out."""
    yesterday = f"DATE '{ON - timedelta(days=1)}'"
    with _edited(folder, "activities") as connection:
        lasts = (
            f"SELECT user_id, customer_id, MAX(occurred_on) AS last_on FROM activities WHERE {_others(partner_id)} "
            "AND action NOT IN ('view', 'login') GROUP BY user_id, customer_id"
        )
        connection.execute(
            f"INSERT INTO t BY NAME SELECT DISTINCT ON (a.user_id, a.customer_id) a.* REPLACE ({yesterday} AS "
            f"occurred_on, a.activity_id || '-again' AS activity_id) FROM activities AS a JOIN ({lasts}) AS l "
            "ON l.user_id = a.user_id AND l.customer_id = a.customer_id AND l.last_on = a.occurred_on "
            f"WHERE l.last_on BETWEEN DATE '{ON - timedelta(days=85)}' AND DATE '{ON - timedelta(days=2)}' "
            "AND a.action NOT IN ('view', 'login')"
        )
        connection.execute(
            "DELETE FROM t WHERE activity_id IN (SELECT activity_id FROM (SELECT activity_id, "
            "ROW_NUMBER() OVER w AS place, occurred_on - LAG(occurred_on) OVER w AS before, "
            f"LEAD(occurred_on) OVER w - occurred_on AS after FROM activities WHERE {_others(partner_id)} "
            "AND action NOT IN ('view', 'login') WINDOW w AS (PARTITION BY user_id, customer_id "
            "ORDER BY occurred_on, activity_id)) WHERE place % 2 = 0 AND before < 40 AND after < 40)"
        )


def remove_one(folder: Path, partner_id: str, customer_id: str) -> None:
    """What shows: at one customer nobody else works any more."""
    with _edited(folder, "client_access") as connection:
        connection.execute(f"DELETE FROM t WHERE customer_id = '{customer_id}' AND {_others(partner_id)}")
