"""Commission statements against the oracle, on generated histories that are mean at the boundaries.

PALIER_HISTORIES says how many histories to judge (2,000 in CI, more on demand).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

import palier
from engine.histories_commissions import KNOWN, generate_commissions, generate_referrals
from engine.histories_world import Rows
from engine.oracle_commissions import Ledger, OracleLine, OracleStatement, Rate
from palier.backends.commissions import CommissionRun, commission_statements
from palier.engine.statements import Statement, StatementLine
from support.facts import write_facts

HISTORIES = int(os.environ.get("PALIER_HISTORIES", "2000"))
BATCH = 500
JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2024, month, 1) for month in range(1, 6))
ISSUED = (None, (FEBRUARY, MARCH), (JANUARY, FEBRUARY), (FEBRUARY, FEBRUARY))
BATCHES = [
    (seed, ISSUED[seed % len(ISSUED)], min(BATCH, HISTORIES - first))
    for seed, first in enumerate(range(0, HISTORIES, BATCH))
]


def differences(
    folder: Path,
    facts: Rows,
    *months: date,
    known_at: datetime | None = None,
    switches: Mapping[str, str] | None = None,
) -> list[str]:
    """Every statement and line of the months on which Palier and the oracle differ."""
    ledger = Ledger(facts, known_at=known_at, switches=tuple(switches or ()))
    write_facts(folder, facts, form="parquet")
    rulebook = palier.read_program("solutions", switches=switches)
    found: list[str] = []
    for month in months:
        with commission_statements(rulebook, facts=folder, month=month, known_at=known_at) as run:
            found += _compared(run, *ledger.statements(month))
    return found


def _compared(run: CommissionRun, statements: list[OracleStatement], lines: list[OracleLine]) -> Iterator[str]:
    for wanted, told in (
        ({_key(each): each for each in statements}, {_key(each): each for each in map(_statement, run.statements())}),
        ({_key(each): each for each in lines}, {_key(each): each for each in map(_line, run.lines())}),
    ):
        for name in sorted({*wanted, *told}, key=str):
            if wanted.get(name) != told.get(name):
                yield f"{run.month} {name}\n  oracle {wanted.get(name)}\n  palier {told.get(name)}"


def _key(each: OracleStatement | OracleLine) -> tuple[object, ...]:
    number = each.line_no if isinstance(each, OracleLine) else None
    return each.partner_id, each.currency, each.statement_id, number


def _statement(each: Statement) -> OracleStatement:
    return OracleStatement(
        statement_id=each.statement_id,
        partner_id=each.partner_id,
        currency=each.currency,
        status=each.status,
        lines=each.lines,
        subtotals=(each.payments_minor, each.refunds_minor, each.adjustments_minor, each.issued_minor),
        carried_minor=each.carried_minor,
        total_minor=each.total_minor,
        payable_minor=each.payable_minor,
        balance_minor=each.balance_minor,
    )


def _line(each: StatementLine) -> OracleLine:
    rates: list[Rate] = [
        (None if rate is None else Fraction(rate), on)
        for rate, on in ((each.usd_rate, each.usd_rated_on), (each.payment_usd_rate, each.payment_usd_rated_on))
    ]
    return OracleLine(
        statement_id=each.statement_id,
        line_no=each.line_no,
        partner_id=each.partner_id,
        month=each.month,
        payment_id=each.payment_id,
        amount_minor=each.amount_minor,
        currency=each.currency,
        kind=each.kind,
        sale_id=each.sale_id,
        commission=each.commission,
        paid_on=each.paid_on,
        term_index=each.term_index,
        rate=each.rate,
        exact=each.exact,
        rates=(rates[0], rates[1]),
        due_minor=each.due_minor,
        issued_minor=each.issued_minor,
        corrects_payment_id=each.corrects_payment_id,
        corrects=(each.corrects_statement_id, each.corrects_line_no),
    )


@pytest.mark.parametrize(("seed", "issued", "count"), BATCHES, ids=str)
def test_every_line_subtotal_adjustment_balance_and_total_is_the_oracles(
    seed: int, issued: tuple[date, date] | None, count: int, tmp_path: Path
) -> None:
    facts = generate_commissions(seed, count=count, issued=issued)
    assert differences(tmp_path, facts, JANUARY, FEBRUARY, MARCH, APRIL, MAY) == []


@pytest.mark.parametrize(("switch", "reading"), [("A-16", "all_sales"), ("CM-02", "twelve_months")])
def test_each_other_reading_is_the_oracles_too(switch: str, reading: str, tmp_path: Path) -> None:
    facts = generate_commissions(101, count=300, issued=(FEBRUARY, FEBRUARY))
    assert differences(tmp_path, facts, MARCH, switches={switch: reading}) == []


@pytest.mark.parametrize("known_at", [KNOWN, datetime(2024, 4, 1)])  # noqa: DTZ001 - moments of facts are UTC
def test_what_was_known_then_is_the_oracles_too(known_at: datetime, tmp_path: Path) -> None:
    facts = generate_commissions(202, count=300, issued=(FEBRUARY, MARCH))
    assert differences(tmp_path, facts, FEBRUARY, APRIL, known_at=known_at) == []


@pytest.mark.parametrize(("switches", "month"), [({}, JANUARY), ({"A-17": "rate_20"}, MARCH)], ids=str)
def test_enterprise_referral_is_the_oracles(switches: dict[str, str], month: date, tmp_path: Path) -> None:
    assert differences(tmp_path, generate_referrals(303, count=100), month, switches=switches) == []


def test_the_histories_reach_every_kind_of_line_and_miss_it() -> None:
    kinds: Counter[str] = Counter()
    for seed, issued in enumerate(ISSUED):
        facts = generate_commissions(seed, count=100, issued=issued)
        ledger = Ledger(facts)
        for month in (FEBRUARY, MARCH, APRIL):
            statements, lines = ledger.statements(month)
            kinds.update(each.kind for each in lines)
            kinds.update("carried" for each in statements if each.carried_minor)
            kinds.update("index 35" for each in lines if each.term_index == 35)
            kinds.update("half" for each in lines if each.exact is not None and abs(each.exact % 1) == Fraction(1, 2))
        kinds["earns nothing"] += len(facts["payments"]) - sum(map(len, ledger.dues.values()))
    wanted = ("payment", "refund", "adjustment", "issued", "carried", "index 35", "earns nothing")
    assert all(kinds[kind] >= 20 for kind in wanted), kinds
    referred = [each for lines in Ledger(generate_referrals(303, count=100)).dues.values() for each in lines]
    assert sum(each.kind == "payment" for each in referred) >= 30
    assert sum(each.kind == "refund" for each in referred) >= 20
