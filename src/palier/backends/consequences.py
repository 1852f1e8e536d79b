"""What follows from a comparison: benefits gained and lost, and what the statements of months cost on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import duckdb

from palier.backends.commissions import commission_statements
from palier.backends.session import create_relation, rows
from palier.engine.benefits import entitlements
from palier.engine.compare import BenefitDifference, CostDifference
from palier.engine.conditions import Figures
from palier.engine.parameters import Relation
from palier.rulebook.read import Rulebook


def benefit_differences(
    connection: duckdb.DuckDBPyConnection, before: Rulebook, after: Rulebook, on: date
) -> dict[str, tuple[BenefitDifference, ...]]:
    """By partner, the benefits whose strength differs, as if every partner held the tier its figures reach.

    Partners alike on both sides can differ only where the benefits themselves do.
    """
    same = before.program.benefits == after.program.benefits
    of = "IN (SELECT partner_id FROM touched)" if same else "IS NOT NULL"
    had, has = (
        _strengths(connection, name, rulebook, of, on) for name, rulebook in (("before", before), ("after", after))
    )
    found = {}
    for partner in had.keys() & has.keys():
        differing = [
            BenefitDifference(benefit=benefit, before=strength, after=has[partner].get(benefit, "none"))
            for benefit, strength in {**dict.fromkeys(has[partner], "none"), **had[partner]}.items()
        ]
        changed = tuple(each for each in differing if each.before != each.after)
        if changed:
            found[partner] = changed
    return found


def touch_by_benefits(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Iterable[BenefitDifference]]) -> None:
    """Make `benefit_changes` of the benefits that differ, and count their partners as `touched`."""
    columns = dict.fromkeys(("partner_id", "benefit", "strength_before", "strength_after"), "VARCHAR")
    changes = tuple((partner, each.benefit, each.before, each.after) for partner in found for each in found[partner])
    create_relation(connection, Relation("benefit_changes", columns, changes))
    connection.execute(
        "INSERT INTO touched SELECT DISTINCT partner_id FROM benefit_changes "
        "WHERE partner_id NOT IN (SELECT partner_id FROM touched)"
    )


def _strengths(
    connection: duckdb.DuckDBPyConnection, side: str, rulebook: Rulebook, of: str, on: date
) -> dict[str, dict[str, str]]:
    """By partner, the strength of each benefit on one side."""
    figures: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    read = f"SELECT partner_id, metric, grains, denominator FROM {side}_figures WHERE partner_id {of}"
    for row in rows(connection, read):
        grains, denominator = row["grains"], row["denominator"]
        exact = None if grains is None else Fraction(int(grains), int(denominator))
        figures[row["partner_id"]][row["metric"]] = exact
    standings = rows(connection, f"SELECT partner_id, tier FROM {side}_standings WHERE partner_id {of}")
    return {row["partner_id"]: _held(rulebook, row["tier"], figures[row["partner_id"]], on) for row in standings}


def _held(rulebook: Rulebook, tier: str | None, figures: Figures, on: date) -> dict[str, str]:
    found = entitlements(rulebook.program, tier, figures, (), on)
    return {each.benefit: each.strength for each in found}


def cost_differences(
    before: tuple[Rulebook, datetime | None],
    after: tuple[Rulebook, datetime | None],
    *,
    facts: Path,
    months: Iterable[date],
    stale: bool,
) -> tuple[CostDifference, ...]:
    """What the lines of each month come to on both sides, currency by currency; equal months too.

    Raises:
        NoCommissionsError: a side's program pays none.
        InputProblemsError: the facts have structural problems.
    """
    told = []
    for month in months:
        was, is_ = (_sums(*side, facts=facts, month=month, stale=stale) for side in (before, after))
        for currency in sorted({each for _, each in (*was, *is_)}):
            partners = {partner for partner, each in (*was, *is_) if each == currency}
            pairs = [(was.get((partner, currency), 0), is_.get((partner, currency), 0)) for partner in partners]
            told.append(
                CostDifference(
                    month=month,
                    currency=currency,
                    before_minor=sum(each for each, _ in pairs),
                    after_minor=sum(each for _, each in pairs),
                    partners=sum(one != other for one, other in pairs),
                )
            )
    return tuple(told)


def _sums(
    rulebook: Rulebook, known_at: datetime | None, *, facts: Path, month: date, stale: bool
) -> dict[tuple[str, str], int]:
    """The month's lines summed by partner and currency: payments, refunds and adjustments, nothing carried."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    with commission_statements(rulebook, facts=facts, month=month, known_at=known_at, stale=stale) as run:
        for each in run.statements():
            sums[each.partner_id, each.currency] += each.payments_minor + each.refunds_minor + each.adjustments_minor
    return sums
