"""The one call: the commission statements of a month, from facts, for all partners or one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from palier.backends.closing import Asked, conditions_held
from palier.backends.commission_problems import (
    open_commission_facts,
    payment_problems,
    size_problems,
    statement_problems,
)
from palier.backends.evaluation import Progress, refuse
from palier.backends.files import facts_digest
from palier.backends.runs import problems_relation, require_place, write_tables
from palier.backends.session import connect, create_relation, rows
from palier.engine import commissions as earned
from palier.engine import statements as said
from palier.engine.calendar import add_months, month_start
from palier.engine.compile import compile_rulebook
from palier.engine.parameters import Relation
from palier.engine.statements import Statement, StatementLine
from palier.rulebook.commissions import Commissions
from palier.rulebook.problems import PalierError, Problem
from palier.rulebook.read import Rulebook

_WRITTEN = {
    "statements": "SELECT * FROM statements ORDER BY partner_id, currency",
    "statement_lines": "SELECT * FROM lines ORDER BY partner_id, currency, statement_id, line_no",
    "problems": "SELECT * FROM problems",
}
_PAYOUTS = """
SELECT statement_id, partner_id, month, payable_minor, currency
FROM statements WHERE payable_minor > 0 ORDER BY partner_id, currency
"""
_CANDIDATES = """
SELECT DISTINCT r.sale_id, r.partner_id, r.closed_on, r.commission
FROM payments AS y
LEFT JOIN payment_roots AS o ON o.payment_id = y.payment_id
JOIN payments AS root ON root.payment_id = COALESCE(o.root_id, y.payment_id)
JOIN sale_rules AS r ON r.sale_id = root.sale_id
WHERE r.conditional AND y.paid_on < $until AND ($partner_id IS NULL OR r.partner_id = $partner_id)
    AND DATE_DIFF('month', r.closed_on, root.period_month) >= 0
    AND (r.months IS NULL OR DATE_DIFF('month', r.closed_on, root.period_month) < r.months)
"""
"""Sales whose conditions are worth asking: something was paid for a month of their term, or paid back."""


class NoCommissionsError(PalierError):
    """Raised when commissions are asked of a program that pays none."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} pays no commissions: it has no commissions.yaml")


class UnknownPartnerError(PalierError):
    """Raised when the partner asked for is not among the facts."""

    def __init__(self, partner_id: str) -> None:
        super().__init__(f"no partner {partner_id!r} is in the facts")


class CommissionRun:
    """The statements of one month and their lines, in memory; close it when done."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        month: date,
        about: Mapping[str, Any],
        problems: tuple[Problem, ...],
    ) -> None:
        self.connection = connection
        self.month = month
        self.about = about
        self.problems = problems

    def statements(self, *, partner_id: str | None = None) -> list[Statement]:
        """The statements, of one partner or of all, by partner."""
        return [Statement(**row) for row in self._rows(_WRITTEN["statements"], partner_id)]

    def lines(self, *, partner_id: str | None = None) -> list[StatementLine]:
        """The lines, of one partner or of all, in the order of their statements."""
        return [
            StatementLine(**{name: _whole(name, value) for name, value in row.items()})
            for row in self._rows(_WRITTEN["statement_lines"], partner_id)
        ]

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, sql: str, partner_id: str | None) -> list[dict[str, Any]]:
        asked, order = sql.split(" ORDER BY ")
        wanted = f"{asked} WHERE $partner_id IS NULL OR partner_id = $partner_id ORDER BY {order}"
        return rows(self.connection, wanted, {"partner_id": partner_id})


def commission_statements(
    rulebook: Rulebook,
    *,
    facts: Path,
    month: date,
    partner_id: str | None = None,
    known_at: datetime | None = None,
    out: Path | None = None,
    stale: bool = False,
    progress: Progress | None = None,
) -> CommissionRun:
    """Compute the statements of a month: lines, adjustments of what was issued, balances carried, totals.

    Args:
        rulebook: a program as read by `read_program`.
        facts: the folder of fact tables; lines already issued are its table `statement_lines`.
        month: any day of the month.
        partner_id: only this partner's statement.
        known_at: ignore rows recorded later (UTC, without a zone); absent: the latest versions hold.
        out: where to write the tables as Parquet; absent: they stay in memory.
        stale: compute though a table ends before the month does.
        progress: told the name of each stage as it starts.

    Raises:
        InputProblemsError: the rulebook or the facts have structural problems; nothing was written.
        NoCommissionsError: the program pays none.
        UnknownPartnerError: no such partner.
        FactsNotFoundError: there is no such folder.
        OutputInTheWayError: the output folder exists and holds something else.
    """
    compile_rulebook(rulebook)
    commissions = rulebook.program.commissions
    if commissions is None:
        raise NoCommissionsError(rulebook.program.program)
    if out is not None:
        require_place(out, mark="statements", tables={*_WRITTEN, "payouts"})
    month = month_start(month)
    asked = Asked(rulebook, facts, known_at, stale, progress)
    connection = connect()
    try:
        _say(progress, "check")
        problems = open_commission_facts(connection, asked, until=add_months(month, 1) - timedelta(days=1))
        refuse(problems)
        _refuse_unknown(connection, partner_id)
        _say(progress, "commissions")
        problems += _due(connection, asked, commissions, month, partner_id)
        refuse(problems)
        _say(progress, "statements")
        _place(connection, rulebook.program.program, month, partner_id)
        problems += tuple(statement_problems(connection, month))
        refuse(problems)
        create_relation(connection, problems_relation(problems))
        run = CommissionRun(connection, month, _about(asked, month), problems)
        if out is not None:
            connection.execute("SET threads = 1; SET preserve_insertion_order = true")  # same rows, same bytes
            write_tables(connection, out, _WRITTEN, mark="statements", also={"payouts": _PAYOUTS})
    except BaseException:
        connection.close()
        raise
    return run


def _about(asked: Asked, month: date) -> dict[str, Any]:
    return {
        "program": asked.rulebook.program.program,
        "month": f"{month:%Y-%m}",
        "known_at": asked.known_at,
        "rulebook_hash": asked.rulebook.digest,
        "facts_digest": facts_digest(asked.facts),
    }


def _refuse_unknown(connection: duckdb.DuckDBPyConnection, partner_id: str | None) -> None:
    if partner_id is None:
        return
    if not rows(connection, "SELECT 1 FROM partners WHERE partner_id = $p", {"p": partner_id}):
        raise UnknownPartnerError(partner_id)


def _due(
    connection: duckdb.DuckDBPyConnection, asked: Asked, commissions: Commissions, month: date, partner_id: str | None
) -> tuple[Problem, ...]:
    """What every payment until the month's end earns, exact and rounded, as the relation `valued`."""
    program = asked.rulebook.program.program
    bound = {"until": add_months(month, 1), "partner_id": partner_id}
    create_relation(connection, earned.rules_relation(commissions))
    create_relation(connection, earned.falls_relation(commissions))
    _create(connection, "sale_rules", earned.RULES, {"program": program})
    _create(connection, "payment_roots", earned.ROOTS)
    _ask(connection, asked, commissions, bound)
    _create(connection, "earning_sales", earned.EARNING_SALES, {"program": program})
    _create(connection, "due", earned.DUE, bound)
    _create(connection, "wanted_rates", earned.WANTED_RATES)
    found = rows(connection, "SELECT * FROM wanted_rates")
    rates: earned.Rates = {
        (row["currency"], row["month"]): (row["usd_rate"], row["rated_on"])
        for row in found
        if row["usd_rate"] is not None and row["usd_rate"] > 0
    }
    rates |= {("USD", row["month"]): (Decimal(1), None) for row in found if row["currency"] == "USD"}
    factors, too_large = earned.factors_relation(rows(connection, earned.FACTOR_GROUPS), rates)
    create_relation(connection, factors)
    _create(connection, "valued", earned.VALUED)
    return (*payment_problems(connection), *size_problems(too_large))


def _ask(
    connection: duckdb.DuckDBPyConnection, asked: Asked, commissions: Commissions, bound: Mapping[str, Any]
) -> None:
    """Fill `held_conditions`: the sales whose partner met a conditional rule on the day of closing."""
    candidates = rows(connection, _CANDIDATES, dict(bound))
    found: list[tuple[str, str]] = []
    for name, kind in commissions.kinds.items():
        own = [row for row in candidates if row["commission"] == name]
        held = conditions_held(asked, kind, {(row["partner_id"], row["closed_on"]) for row in own})
        found += [(row["sale_id"], name) for row in own if (row["partner_id"], row["closed_on"]) in held]
    columns = {"sale_id": "VARCHAR", "commission": "VARCHAR"}
    create_relation(connection, Relation("held_conditions", columns, tuple(found)))


def _place(connection: duckdb.DuckDBPyConnection, program: str, month: date, partner_id: str | None) -> None:
    """Put what is due on statements: the relations `statements` and `lines` of the month."""
    bound = {"program": program, "month": month}
    _create(connection, "issued", said.ISSUED, {"partner_id": partner_id})
    _create(connection, "issued_months", said.ISSUED_MONTHS)
    _create(connection, "issued_payments", said.ISSUED_PAYMENTS)
    _create(connection, "placed", said.PLACED)
    _create(connection, "adjustments", said.ADJUSTMENTS)
    _create(connection, "entries", said.ENTRIES, {"month": month})
    _create(connection, "balances", said.BALANCES, {"month": month})
    _create(connection, "statements", said.STATEMENTS, bound)
    _create(connection, "lines", said.LINES, {"month": month})


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str, values: Mapping[str, Any] | None = None
) -> None:
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}', dict(values or {}) or None)


def _say(progress: Progress | None, stage: str) -> None:
    if progress is not None:
        progress(stage)


def _whole(name: str, value: Any) -> Any:  # noqa: ANN401  # a cell of any type
    """The exact amounts as the integers they are."""
    return int(value) if value is not None and name.startswith("exact_") else value
