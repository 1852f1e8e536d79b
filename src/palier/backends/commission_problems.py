"""What is wrong with the facts that commissions rest on: references, missing currencies and rates, lost corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import duckdb

from palier.backends.closing import Asked
from palier.backends.evaluation import CHECKED_ROWS
from palier.backends.session import rows
from palier.backends.snapshot import check_snapshot, open_snapshot
from palier.engine.commissions import TABLES
from palier.engine.compile import own_tables
from palier.engine.statements import UNISSUED
from palier.facts.relations import rows_of
from palier.rulebook.problems import Problem

_NEEDED_WHOLE = ("sales", "payments", "enrolments", "market_rates")
_TAKEN_BACK = f"""
SELECT COUNT(*) AS unknown
FROM statement_lines AS l
WHERE l.payment_id IS NOT NULL
    AND l.payment_id NOT IN (
        SELECT y.payment_id FROM {rows_of("payments")} AS y
        WHERE $known_at IS NULL OR y.recorded_at IS NULL OR y.recorded_at <= $known_at
    )
"""
"""A payment that is not known yet was not taken back: its issued line should not be known yet, either."""
_LOST = """
SELECT y.payment_id, y.corrects_payment_id
FROM payments AS y
WHERE y.corrects_payment_id IS NOT NULL AND y.payment_id NOT IN (SELECT payment_id FROM payment_roots)
ORDER BY y.payment_id
"""
_BEFORE = """
SELECT COUNT(*) AS row_count, MIN(y.payment_id) AS payment_id
FROM payments AS y
JOIN earning_sales AS s ON s.sale_id = y.sale_id
WHERE DATE_DIFF('month', s.closed_on, y.period_month) < 0
"""
_UNPAYABLE = """
SELECT partner_id, COUNT(*) AS row_count, MIN(payment_id) AS payment_id
FROM placed WHERE payment_currency IS NULL AND NOT closed GROUP BY partner_id ORDER BY partner_id
"""
_UNRATED = """
SELECT w.currency, w.month, COUNT(*) AS row_count, MIN(d.payment_id) AS payment_id, BOOL_AND(d.closed) AS closed
FROM (SELECT payment_id, payment_currency, rated_month, currency, closed FROM placed
      WHERE due_minor IS NULL AND payment_currency IS NOT NULL) AS d
JOIN wanted_rates AS w ON w.month = d.rated_month AND (w.currency = d.currency OR w.currency = d.payment_currency)
WHERE w.currency <> 'USD' AND (w.usd_rate IS NULL OR w.usd_rate <= 0)
GROUP BY w.currency, w.month ORDER BY w.currency, w.month
"""
_OTHER_CURRENCY = """
SELECT partner_id, COUNT(*) AS row_count, MIN(payment_id) AS payment_id, MIN(currency) AS currency
FROM issued_payments WHERE NOT comparable GROUP BY partner_id ORDER BY partner_id
"""


def open_commission_facts(connection: duckdb.DuckDBPyConnection, asked: Asked, *, until: date) -> tuple[Problem, ...]:
    """Open the tables that commissions rest on, with every problem found in them.

    A payment taken back after its commission was issued is a late correction, not a dangling reference.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    own = own_tables(asked.rulebook.program)
    snapshot = open_snapshot(connection, asked.facts, known_at=asked.known_at, extra_tables=own, tables=TABLES)
    problems = list(check_snapshot(connection, snapshot, row_limit=CHECKED_ROWS))
    taken_back = [each for each in problems if _of_issued_payment(each)]
    if taken_back and not rows(connection, _TAKEN_BACK, {"known_at": asked.known_at})[0]["unknown"]:
        problems = [each for each in problems if each not in taken_back]
    for name in _NEEDED_WHOLE:
        complete = snapshot.complete_until.get(name)
        if complete is not None and complete < until:
            problems.append(_late(name, complete, until, stale=asked.stale))
    return tuple(problems)


def payment_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Corrections that lead to no payment, and payments for months before their sale was closed."""
    for row in rows(connection, _LOST):
        yield Problem(
            severity="error",
            code="lost_correction",
            message=f"payment {row['payment_id']} corrects {row['corrects_payment_id']}, which leads to no payment",
            table="payments",
            column="corrects_payment_id",
            found=row["corrects_payment_id"],
            expected="a payment that corrects nothing, directly or over other corrections",
            mend="name the payment that is corrected",
        )
    (before,) = rows(connection, _BEFORE)
    if before["row_count"]:
        yield Problem(
            severity="warning",
            code="before_closing",
            message=f"{before['row_count']} payments, first {before['payment_id']}, are for a month before their sale "
            "was closed; they earn nothing",
            table="payments",
            column="period_month",
            found=before["payment_id"],
            expected="a month from that of closed_on on",
            mend="correct period_month, or the sale",
        )


def size_problems(too_large: Iterable[dict[str, Any]]) -> Iterator[Problem]:
    """Amounts that exact whole numbers of 38 digits cannot hold."""
    for group in too_large:
        yield Problem(
            severity="error",
            code="amount_too_large",
            message=f"payments in {group['currency']} of {group['rated_month']:%Y-%m} are too large to convert exactly",
            table="payments",
            column="net_minor",
            found=str(group["largest_minor"]),
            expected="an amount that its rate turns into at most 38 digits",
            mend="correct net_minor, or write the market rates with fewer decimals",
        )


def statement_problems(connection: duckdb.DuckDBPyConnection, month: date) -> Iterator[Problem]:
    """Commissions that cannot be valued, lines that cannot be compared, statements that were left out."""
    for row in rows(connection, _UNPAYABLE):
        yield Problem(
            severity="error",
            code="no_payment_currency",
            message=f"partner {row['partner_id']} has earned on {row['row_count']} payments, first "
            f"{row['payment_id']}, and no currency to be paid in",
            table="partners",
            column="payment_currency",
            found=row["partner_id"],
            expected="a currency of ISO 4217",
            mend="fill in the partner's payment_currency",
        )
    for row in rows(connection, _UNRATED):
        yield _unrated(row)
    for row in rows(connection, _OTHER_CURRENCY):
        yield Problem(
            severity="warning",
            code="issued_in_other_currency",
            message=f"{row['row_count']} payments, first {row['payment_id']}, were issued to partner "
            f"{row['partner_id']} in {row['currency']}, which is not what it is paid in now; they are not compared",
            table="statement_lines",
            column="currency",
            found=row["currency"],
            expected="the partner's payment_currency",
            mend="settle late corrections of these lines in their own currency",
        )
    yield from _not_issued(connection, month)


def _not_issued(connection: duckdb.DuckDBPyConnection, month: date) -> Iterator[Problem]:
    (left_out,) = rows(connection, UNISSUED, {"month": month})
    if left_out["row_count"]:
        yield Problem(
            severity="warning",
            code="not_issued",
            message=f"{left_out['row_count']} statements of earlier months that count here were not issued, first that "
            f"of {left_out['partner_id']} (from {left_out['month']:%Y-%m})",
            table="statement_lines",
            column="month",
            found=left_out["partner_id"],
            expected="the lines of every earlier statement",
            mend="issue the earlier months first, and deliver their lines",
        )


def _unrated(row: dict[str, Any]) -> Problem:
    done = "; they are issued, and not compared" if row["closed"] else ""
    return Problem(
        severity="warning" if row["closed"] else "error",
        code="no_market_rate",
        message=f"there is no market rate of {row['currency']} on or before the end of {row['month']:%Y-%m}, for "
        f"{row['row_count']} payments, first {row['payment_id']}{done}",
        table="market_rates",
        column="usd_rate",
        found=row["currency"],
        expected=f"a rate above zero, on or before the last day of {row['month']:%Y-%m}",
        mend="deliver it, or the lines already issued for months before the rates begin",
    )


def _of_issued_payment(problem: Problem) -> bool:
    return (problem.code, problem.table, problem.column) == ("dangling_reference", "statement_lines", "payment_id")


def _late(table: str, complete: date, until: date, *, stale: bool) -> Problem:
    return Problem(
        severity="warning" if stale else "error",
        code="stale_table",
        message=f"{table} is complete until {complete}, which is before the month ends",
        table=table,
        found=str(complete),
        expected=f"complete until {until}",
        mend="load the missing days, or ask with --stale to compute on what there is",
    )
