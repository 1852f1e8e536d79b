"""A comparison run: two evaluations one after the other, then their results joined, partners never one by one."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from palier.backends.consequences import benefit_differences, cost_differences, touch_by_benefits
from palier.backends.evaluate import evaluate
from palier.backends.evaluation import Progress
from palier.backends.history import replay
from palier.backends.runs import require_place, write_tables
from palier.backends.session import connect, create_relation, rows
from palier.backends.snapshot import open_snapshot
from palier.engine.compare import (
    CONTESTS,
    FIGURE_CHANGES,
    GATE_CHANGES,
    LATE_BEHIND,
    LINE_CHANGES,
    STANDING_CHANGES,
    TOUCHED,
    BenefitDifference,
    Comparison,
    FigureDifference,
    Flow,
    GateDifference,
    LateRow,
    PartnerDifference,
    Side,
    joined_ladder,
)
from palier.engine.compile import compile_rulebook, own_tables
from palier.engine.histories_compared import HistoriesCompared, courses_compared, days_compared
from palier.engine.parameters import Relation
from palier.facts.relations import rows_of
from palier.facts.schema import Table
from palier.rulebook.problems import PalierError, Problem
from palier.rulebook.read import Rulebook

_COMPARED = ("standings", "figures", "gates", "lines")
_WRITTEN = {
    "comparison": "SELECT * FROM standing_changes WHERE partner_id IN (SELECT partner_id FROM touched) "
    "ORDER BY partner_id",
    "comparison_figures": "SELECT * FROM figure_changes ORDER BY partner_id, metric",
    "comparison_gates": "SELECT * EXCLUDE (rank, path) FROM gate_changes "
    "ORDER BY partner_id, purpose, rank, path, gate",
    "comparison_benefits": "SELECT * FROM benefit_changes ORDER BY partner_id, benefit",
}
"""The tables that `--out` writes: partners for which anything differs, their figures, deciding gates and benefits."""


class OtherProgramError(PalierError):
    """Raised when two rulebooks are of different programs: their partners are enrolled in one of them only."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__(f"{before} and {after} are two programs: compare versions of one, with the same `program:`")


class NothingToCompareError(PalierError):
    """Raised when both sides have the same rules and the same knowledge."""

    def __init__(self) -> None:
        super().__init__(
            "both sides are the same: name another rulebook, or give --switch, --set, or --known-at to compare "
            "what was known then with what is known now"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One side as asked: a rulebook, and what was known; without `known_at`, the latest."""

    rulebook: Rulebook
    known_at: datetime | None = None


def compare(
    before: Compared,
    after: Compared,
    *,
    facts: Path,
    on: date,
    months: Sequence[date] = (),
    out: Path | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Evaluate a day on both sides and tell every difference, with the gates, figures and late rows behind it.

    Args:
        before: the rulebook and knowledge to compare with.
        after: those to look at.
        facts: the folder of fact tables.
        on: the day asked about.
        months: the months whose commission statements are compared too.
        out: where to write the comparison as Parquet; absent: nowhere.
        stale: compute though a table ends before what the day needs.
        progress: told the name of each stage as it starts.

    Raises:
        OtherProgramError: the rulebooks are of different programs.
        NothingToCompareError: both sides are the same.
        InputProblemsError: a rulebook or the facts have structural problems; nothing was written.
        FactsNotFoundError: there is no such folder.
        OutputInTheWayError: the output folder exists and holds something else.
    """
    refuse_pair(before, after)
    if out is not None:
        require_place(out, mark="comparison", tables=_WRITTEN)
    with tempfile.TemporaryDirectory(prefix="palier-compare-") as folder:
        problems: dict[Problem, None] = {}
        for name, side in (("before", before), ("after", after)):
            if progress is not None:
                progress(name)
            target = Path(folder) / name
            with evaluate(
                side.rulebook, facts=facts, on=on, known_at=side.known_at, out=target, stale=stale
            ) as evaluated:
                problems |= dict.fromkeys(evaluated.problems)
        if progress is not None:
            progress("compare")
        with _joined(Path(folder), before, after, on) as connection:
            benefits = benefit_differences(connection, before.rulebook, after.rulebook, on)
            touch_by_benefits(connection, benefits)
            _late_rows(connection, before, after, facts)
            if out is not None:
                write_tables(connection, out, _WRITTEN, mark="comparison")
            told = _told(connection, before, after, benefits, facts=facts, on=on, problems=tuple(problems))
    if not months:
        return told
    if progress is not None:
        progress("commissions")
    both = ((side.rulebook, side.known_at) for side in (before, after))
    return replace(told, commissions=cost_differences(*both, facts=facts, months=months, stale=stale))


def compare_histories(
    before: Compared,
    after: Compared,
    *,
    facts: Path,
    since: date,
    until: date,
    stale: bool = False,
    progress: Progress | None = None,
) -> HistoriesCompared:
    """Replay the moves of a range of days on both sides and tell every difference.

    Raises:
        OtherProgramError: the rulebooks are of different programs.
        NothingToCompareError: both sides are the same.
        InputProblemsError: a rulebook has no calendar or structural problems, or the facts have.
        FactsNotFoundError: there is no such folder.
        NoDayError: the range has no day.
    """
    refuse_pair(before, after)
    was, is_ = (
        replay(
            side.rulebook, facts=facts, until=until, since=since, known_at=side.known_at, stale=stale, progress=progress
        )
        for side in (before, after)
    )
    return HistoriesCompared(
        program=after.rulebook.program.program,
        since=since,
        until=until,
        before=described(before),
        after=described(after),
        days=days_compared(was, is_, since, until),
        courses=courses_compared(was, is_, since, until),
    )


def refuse_pair(before: Compared, after: Compared) -> None:
    """Go no further with two sides that cannot be compared.

    Raises:
        OtherProgramError: the rulebooks are of different programs.
        NothingToCompareError: both sides are the same.
    """
    names = before.rulebook.program.program, after.rulebook.program.program
    if names[0] != names[1]:
        raise OtherProgramError(*names)
    if before.rulebook == after.rulebook and before.known_at == after.known_at:
        raise NothingToCompareError


@contextmanager
def _joined(folder: Path, before: Compared, after: Compared, on: date) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with both runs as views and the differences as tables."""
    connection = connect()
    try:
        for side in ("before", "after"):
            for table in _COMPARED:
                file = str(folder / side / f"{table}.parquet").replace("'", "''")
                connection.execute(f"CREATE VIEW {side}_{table} AS SELECT * FROM read_parquet('{file}')")
        ladder = joined_ladder(before.rulebook.program, after.rulebook.program, on)
        ranks = tuple((tier, rank) for rank, tier in enumerate(ladder))
        create_relation(connection, Relation("ladder", {"tier": "VARCHAR", "rank": "INTEGER"}, ranks))
        for name, sql in (
            ("standing_changes", STANDING_CHANGES),
            ("figure_changes", FIGURE_CHANGES),
            ("contests", CONTESTS),
            ("gate_changes", GATE_CHANGES),
            ("touched", TOUCHED),
        ):
            connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        yield connection
    finally:
        connection.close()


def _late_rows(connection: duckdb.DuckDBPyConnection, before: Compared, after: Compared, facts: Path) -> None:
    """Make `late_behind`: the rows that only the later knowledge has, by the partners whose lines they changed."""
    connection.execute(
        "CREATE TEMP TABLE late_rows (source_table VARCHAR, source_id VARCHAR, recorded_at TIMESTAMP, "
        "happened VARCHAR, partner_id VARCHAR, customer_id VARCHAR)"
    )
    moments = (before.known_at, after.known_at)
    if before.known_at != after.known_at:
        since = min(each for each in moments if each is not None)
        until = None if None in moments else max(each for each in moments if each is not None)
        compiled = compile_rulebook(after.rulebook)
        own = own_tables(compiled.program)
        snapshot = open_snapshot(connection, facts, extra_tables=own, tables={*compiled.tables_read, "partner_users"})
        for table in snapshot.tables.values():
            if snapshot.files.get(table.name):
                connection.execute(f"INSERT INTO late_rows {_late_in(table)}", {"since": since, "until": until})
        connection.execute(f"CREATE TEMP TABLE line_changes AS {LINE_CHANGES}")
        connection.execute(f"CREATE TEMP TABLE late_behind AS {LATE_BEHIND}")
        return
    connection.execute(
        "CREATE TEMP TABLE late_behind (source_table VARCHAR, source_id VARCHAR, recorded_at TIMESTAMP, "
        "happened VARCHAR, partner_id VARCHAR)"
    )


def _late_in(table: Table) -> str:
    """The rows of a table recorded between two moments, with the partner and customer they concern."""
    names = set(table.column_names)
    key = " || ' ' || ".join(f"CAST(r.{name} AS VARCHAR)" for name in table.key)
    partner, joined = "CAST(NULL AS VARCHAR)", ""
    if "user_id" in names and table.name != "partner_users":
        partner, joined = "u.partner_id", "LEFT JOIN partner_users AS u ON u.user_id = r.user_id"
    if "partner_id" in names:
        partner = f"COALESCE(r.partner_id, {partner})"
    customer = "r.customer_id" if "customer_id" in names else "CAST(NULL AS VARCHAR)"
    same = " AND ".join(f"e.{name} = r.{name}" for name in table.key)
    earlier = (
        f"EXISTS (SELECT 1 FROM {rows_of(table.name)} AS e "
        f"WHERE {same} AND (e.recorded_at IS NULL OR e.recorded_at <= $since))"
    )
    return (
        f"SELECT '{table.name}', {key}, r.recorded_at, CASE WHEN r.retracted THEN 'retracted' "
        f"WHEN {earlier} THEN 'corrected' ELSE 'added' END, {partner}, {customer} "
        f"FROM {rows_of(table.name)} AS r {joined} "
        "WHERE r.recorded_at > $since AND ($until IS NULL OR r.recorded_at <= $until)"
    )


def _told(
    connection: duckdb.DuckDBPyConnection,
    before: Compared,
    after: Compared,
    benefits: Mapping[str, tuple[BenefitDifference, ...]],
    *,
    facts: Path,
    on: date,
    problems: tuple[Problem, ...],
) -> Comparison:
    figures, gates, late = _figures(connection, before, after), _gates(connection), _late(connection)
    names = _names(connection, facts)
    moved = rows(connection, "SELECT * FROM standing_changes ORDER BY partner_id")
    flows = rows(
        connection,
        "SELECT tier_before AS before, tier_after AS after, COUNT(*) AS partners FROM standing_changes "
        "WHERE direction NOT IN ('entered', 'left') GROUP BY ALL",
    )
    told = (_difference(row, names.get(row["partner_id"]), (figures, gates, late, benefits)) for row in moved)
    ladder = joined_ladder(before.rulebook.program, after.rulebook.program, on)
    return Comparison(
        program=after.rulebook.program.program,
        on=on,
        before=described(before),
        after=described(after),
        partners=len(moved),
        ladder=ladder,
        flows=tuple(Flow(**row) for row in sorted(flows, key=lambda row: _order(ladder, row))),
        differences=tuple(each for each in told if each.stands_elsewhere or each.figures or each.benefits),
        commissions=(),
        problems=problems,
    )


def described(side: Compared) -> Side:
    """Which rules a side has, and what it knows."""
    rulebook = side.rulebook
    return Side(
        rulebook=rulebook.folder.name,
        rulebook_hash=rulebook.digest,
        switches=rulebook.switches,
        edits=rulebook.edits,
        known_at=side.known_at,
    )


def _order(ladder: tuple[str, ...], row: Mapping[str, Any]) -> tuple[int, int]:
    ranks = {tier: rank for rank, tier in enumerate(ladder)}
    return -ranks.get(row["before"], -1), -ranks.get(row["after"], -1)


def _difference(row: Mapping[str, Any], name: str | None, parts: tuple[Mapping[str, Any], ...]) -> PartnerDifference:
    """One partner's row with the figures, gates, late rows and benefits that belong to it."""
    partner = row["partner_id"]
    figures, gates, late, benefits = (part.get(partner, ()) for part in parts)
    return PartnerDifference(
        partner_id=partner,
        name=name,
        direction=row["direction"],
        steps=row["steps"],
        steps_kept=row["steps_kept"],
        tier=(row["tier_before"], row["tier_after"]),
        tier_kept=(row["tier_kept_before"], row["tier_kept_after"]),
        qualified_tier=(row["qualified_before"], row["qualified_after"]),
        candidate=(row["candidate_before"], row["candidate_after"]),
        figures=tuple(figures),
        gates=tuple(gates),
        late_rows=tuple(late),
        benefits=tuple(benefits),
    )


def _figures(
    connection: duckdb.DuckDBPyConnection, before: Compared, after: Compared
) -> dict[str, list[FigureDifference]]:
    order = {
        name: place for place, name in enumerate({**after.rulebook.program.metrics, **before.rulebook.program.metrics})
    }
    found: dict[str, list[FigureDifference]] = defaultdict(list)
    for row in sorted(rows(connection, "SELECT * FROM figure_changes"), key=lambda each: order[each["metric"]]):
        was, is_ = _values(row)
        if was != is_:
            found[row["partner_id"]].append(FigureDifference(metric=row["metric"], before=was, after=is_))
    return found


def _gates(connection: duckdb.DuckDBPyConnection) -> dict[str, list[GateDifference]]:
    found: dict[str, list[GateDifference]] = defaultdict(list)
    for row in rows(connection, "SELECT * FROM gate_changes ORDER BY partner_id, purpose DESC, rank, path, gate"):
        was, is_ = _values(row)
        kept = ("tier", "purpose", "gate", "metric", "operator", "held_before", "held_after")
        found[row["partner_id"]].append(
            GateDifference(
                **{name: row[name] for name in (*kept, "passed_before", "passed_after")},
                required_before=None if row["required_before"] is None else Fraction(row["required_before"]),
                required_after=None if row["required_after"] is None else Fraction(row["required_after"]),
                value_before=was,
                value_after=is_,
            )
        )
    return found


def _late(connection: duckdb.DuckDBPyConnection) -> dict[str, list[LateRow]]:
    found: dict[str, list[LateRow]] = defaultdict(list)
    for row in rows(connection, "SELECT * FROM late_behind ORDER BY partner_id, recorded_at, source_table, source_id"):
        found[row.pop("partner_id")].append(LateRow(**row))
    return found


def _values(row: Mapping[str, Any]) -> tuple[Fraction | None, Fraction | None]:
    """The exact figures of both sides."""
    was, is_ = (
        None if row[f"grains_{side}"] is None else Fraction(int(row[f"grains_{side}"]), int(row[f"denominator_{side}"]))
        for side in ("before", "after")
    )
    return was, is_


def _names(connection: duckdb.DuckDBPyConnection, facts: Path) -> dict[str, str | None]:
    open_snapshot(connection, facts, tables={"partners"})
    named = rows(
        connection, "SELECT partner_id, name FROM partners WHERE partner_id IN (SELECT partner_id FROM touched)"
    )
    return {row["partner_id"]: row["name"] for row in named}
