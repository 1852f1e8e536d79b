"""A shadow run: one evaluation beside the vendor's own list of tiers, joined in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import duckdb

from palier.backends.evaluation import Progress, evaluate_day, refuse
from palier.backends.history import replay
from palier.backends.session import create_relation, rows
from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.backends.tier_list import Listed, known_tiers, list_problems, read_tier_list
from palier.engine.compile import compile_rulebook, own_tables
from palier.engine.moves import Holding
from palier.engine.parameters import Relation
from palier.engine.shadow import (
    DECIDED,
    DIFFERENCES,
    GATES_BEHIND,
    Against,
    Cell,
    GateBehind,
    Shadow,
    ShadowDifference,
)
from palier.rulebook.problems import Problem, errors_in
from palier.rulebook.read import Rulebook

_OURS = {
    "standing": "SELECT partner_id, tier, tier_kept FROM standings",
    "held": "SELECT s.partner_id, h.tier, s.tier_kept FROM standings AS s LEFT JOIN holdings AS h USING (partner_id)",
}


def shadow(
    rulebook: Rulebook,
    *,
    facts: Path,
    on: date,
    tiers: Path | None = None,
    against: Against = "standing",
    held: Iterable[Holding] | None = None,
    known_at: datetime | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> Shadow:
    """Compare the vendor's own list of tiers with Palier's for a day, each difference with the gates behind it.

    Args:
        rulebook: the program.
        facts: the folder of fact tables.
        on: the day asked about.
        tiers: the vendor's list as CSV; absent: the latest decisions of `tier_decisions` by the day.
        against: `standing`, the tier that the day's figures reach, or `held`, what the replayed history holds
            (which itself follows published decisions): no tier where it holds nothing.
        held: what the history holds, where it was replayed before; absent: it is replayed here.
        known_at: ignore rows recorded later.
        stale: compute though a table ends before what the day needs.
        progress: told the name of each stage.

    Raises:
        InputProblemsError: the facts or the list have structural problems; all of them.
        FactsNotFoundError: there is no such folder.
    """
    compiled = compile_rulebook(rulebook)
    listed, problems = (None, ()) if tiers is None else read_tier_list(tiers)
    if against == "held" and held is None:
        told = replay(rulebook, facts=facts, until=on, known_at=known_at, stale=stale, progress=progress)
        held = told.holdings
    evaluation = evaluate_day(compiled, facts, on=on, known_at=known_at, stale=stale, progress=progress)
    connection = evaluation.connection
    try:
        own, wanted = own_tables(compiled.program), {"partners", "tier_decisions"}
        snapshot = open_snapshot(connection, facts, known_at=known_at, extra_tables=own, tables=wanted)
        found = check_snapshot(connection, snapshot)
        if errors_in(found):
            refuse((*problems, *found))
        other_days: frozenset[str] = frozenset()
        if listed is None:
            listed = _decided(connection, compiled.program.program, on)
            other_days = frozenset(tier.tier for tier in compiled.program.tiers if not tier.in_force(on))
        known, partners, enrolled = (
            known_tiers(rulebook, on),
            _ids(connection, "partners"),
            _ids(connection, "standings"),
        )
        problems += tuple(
            list_problems(listed, file=tiers, tiers=known, partners=partners, enrolled=enrolled, other_days=other_days)
        )
        refuse(problems)
        on_day = _on_day(held, on) if against == "held" else {}
        about = _About(rulebook, on, "tier_decisions" if tiers is None else tiers.name, against, on_day)
        listed = tuple(each for each in listed if each.tier not in other_days)
        _lay_out(connection, listed, known, about.ladder)
        _put_ours(connection, about)
        not_enrolled = sum(each.partner_id not in enrolled for each in listed)
        return _told(connection, about, not_enrolled, (*evaluation.problems, *found, *problems))
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _About:
    """What a comparison of lists is about."""

    rulebook: Rulebook
    on: date
    source: str
    against: Against
    held: Mapping[str, str | None]

    @property
    def ladder(self) -> tuple[str, ...]:
        """The tiers in force on the day, or still held on it, easiest first."""
        held = frozenset(self.held.values())
        return tuple(tier.tier for tier in self.rulebook.program.tiers if tier.in_force(self.on) or tier.tier in held)


def _decided(connection: duckdb.DuckDBPyConnection, program: str, on: date) -> tuple[Listed, ...]:
    found = rows(connection, DECIDED, {"program": program, "on_day": on})
    return tuple(Listed(row["partner_id"], row["tier"], None) for row in found)


def _ids(connection: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    return frozenset(row["partner_id"] for row in rows(connection, f"SELECT partner_id FROM {table}"))


def _lay_out(
    connection: duckdb.DuckDBPyConnection, listed: tuple[Listed, ...], known: Mapping[str, str], ladder: tuple[str, ...]
) -> None:
    """Make `theirs` and `ladder`."""
    columns = {"partner_id": "VARCHAR", "tier": "VARCHAR"}
    tiers = tuple((each.partner_id, None if each.tier is None else known[each.tier.casefold()]) for each in listed)
    create_relation(connection, Relation("theirs", columns, tiers))
    ranks = tuple((tier, rank) for rank, tier in enumerate(ladder))
    create_relation(connection, Relation("ladder", {"tier": "VARCHAR", "rank": "INTEGER"}, ranks))


def _on_day(held: Iterable[Holding] | None, on: date) -> dict[str, str | None]:
    """The tier that each partner holds on the day, or none."""
    return {
        each.partner_id: each.tier
        for each in held or ()
        if each.effective_from <= on and (each.effective_until is None or on < each.effective_until)
    }


def _put_ours(connection: duckdb.DuckDBPyConnection, about: _About) -> None:
    """Make `ours` and `compared`: what the day's figures reach, or what the history holds on the day."""
    columns = {"partner_id": "VARCHAR", "tier": "VARCHAR"}
    create_relation(connection, Relation("holdings", columns, tuple(about.held.items())))
    connection.execute(f"CREATE TEMP TABLE ours AS {_OURS[about.against]}")
    connection.execute(f"CREATE TEMP TABLE compared AS {DIFFERENCES}")


def _told(
    connection: duckdb.DuckDBPyConnection, about: _About, not_enrolled: int, problems: tuple[Problem, ...]
) -> Shadow:
    ranks: dict[str | None, int] = {tier: rank for rank, tier in enumerate(about.ladder)}
    cells = rows(connection, "SELECT theirs, ours, COUNT(*) AS partners FROM compared GROUP BY ALL")
    cells.sort(key=lambda cell: (-ranks.get(cell["theirs"], -1), -ranks.get(cell["ours"], -1)))
    (enrolled,) = rows(connection, "SELECT COUNT(*) AS partners FROM standings")
    compared = sum(cell["partners"] for cell in cells)
    return Shadow(
        program=about.rulebook.program.program,
        on=about.on,
        source=about.source,
        against=about.against,
        ladder=about.ladder,
        compared=compared,
        agreed=sum(cell["partners"] for cell in cells if cell["theirs"] == cell["ours"]),
        unlisted=enrolled["partners"] - compared,
        not_enrolled=not_enrolled,
        matrix=tuple(Cell(**cell) for cell in cells),
        differences=_differences(connection),
        problems=problems,
    )


def _differences(connection: duckdb.DuckDBPyConnection) -> tuple[ShadowDifference, ...]:
    behind: dict[str, list[GateBehind]] = defaultdict(list)
    for row in rows(connection, GATES_BEHIND):
        grains, denominator = row.pop("grains"), row.pop("denominator")
        value = None if grains is None else Fraction(int(grains), int(denominator))
        partner = row.pop("partner_id")
        behind[partner].append(GateBehind(**{**row, "required": Fraction(row["required"])}, value=value))
    found = rows(
        connection,
        "SELECT c.partner_id, p.name, c.theirs, c.ours, c.tier_kept, c.steps, "
        "c.steps < 0 AND c.could_keep AS could_keep "
        "FROM compared AS c LEFT JOIN partners AS p USING (partner_id) WHERE c.steps <> 0 "
        "ORDER BY ABS(c.steps) DESC, c.partner_id",
    )
    return tuple(ShadowDifference(**row, gates=tuple(behind.get(row["partner_id"], ()))) for row in found)
