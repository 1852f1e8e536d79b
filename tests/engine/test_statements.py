"""Laws of statements that one month alone does not show: events in any order, the same bytes, lines that come back."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import palier
from engine.histories_commissions import FIRST_PAID, KNOWN, MONTHS_PAID, generate_commissions
from engine.oracle_commissions import Ledger
from palier.backends.commissions import commission_statements
from palier.engine.calendar import add_months
from palier.engine.statements import Statement, StatementLine
from support.facts import write_facts

Row = dict[str, Any]
Rows = dict[str, list[Row]]
MONTHS = tuple(add_months(FIRST_PAID, index) for index in range(MONTHS_PAID + 1))
CURRENCIES = ("USD", "EUR", "JPY", "COP")
PARTNERS = {"p1": ("partner", "EUR"), "p2": ("provider", "JPY"), "p3": ("partner", "USD")}
SALES = {
    "s1": ("p1", "sourced", date(2024, 1, 31)),
    "s2": ("p2", "self_service", date(2023, 4, 1)),
    "s3": ("p1", "assisted", date(2024, 1, 1)),
    "s4": ("p3", "sourced", date(2021, 5, 5)),
    "s5": ("p2", "sourced", date(2023, 3, 31)),
    "s6": ("p3", "sourced", date(2021, 2, 1)),
}


def world() -> Rows:
    """Three partners and six sales, for tests that need many payments or few."""
    return {
        "partners": [{"partner_id": name, "payment_currency": paid_in} for name, (_, paid_in) in PARTNERS.items()],
        "enrolments": [
            {
                "enrolment_id": f"e-{name}",
                "partner_id": name,
                "program": "solutions",
                "level": level,
                "enrolled_on": "2020-03-01",
            }
            for name, (level, _) in PARTNERS.items()
        ],
        "customers": [{"customer_id": "c1", "country": "FR", "churned_on": date(2024, 3, 10)}],
        "sales": [
            {
                "sale_id": name,
                "partner_id": partner,
                "customer_id": "c1",
                "motion": motion,
                "mrr_minor": 1,
                "currency": "USD",
                "closed_on": closed_on,
            }
            for name, (partner, motion, closed_on) in SALES.items()
        ],
        "payments": [],
        "market_rates": [{"currency": name, "rated_on": "2023-12-15", "usd_rate": 1} for name in CURRENCIES[1:]],
        "statement_lines": [],
    }


def computed(
    folder: Path, rows: Rows, month: date, *, known_at: datetime | None = None, partner_id: str | None = None
) -> tuple[list[Statement], list[StatementLine]]:
    write_facts(folder, rows, form="parquet")
    with commission_statements(
        palier.read_program("solutions"), facts=folder, month=month, known_at=known_at, partner_id=partner_id
    ) as run:
        return run.statements(), run.lines()


def test_whatever_the_order_of_events_all_that_is_issued_is_what_is_due(tmp_path: Path) -> None:
    """Months are issued on what was known in between, then what was left out and all later ones on what is known."""
    rows: Rows = {**generate_commissions(404, count=250, issued=None), "statement_lines": []}
    for known_at, months in ((KNOWN, MONTHS[:3]), (None, MONTHS)):
        for month in months:
            statements, lines = computed(tmp_path, rows, month, known_at=known_at)
            unissued = {each.statement_id for each in statements if each.status == "open"}
            rows["statement_lines"] += [as_fact(line) for line in lines if line.statement_id in unissued]
    issued: Counter[str] = Counter()
    for row in rows["statement_lines"]:
        issued[row["partner_id"]] += row["amount_minor"]
    due = {partner: sum(line.amount_minor for line in lines) for partner, lines in Ledger(rows).dues.items()}
    late = [row for row in rows["payments"] if row.get("recorded_at")]
    assert len(late) > 40
    assert {name: minor for name, minor in issued.items() if minor} == {
        name: sum_ for name, sum_ in due.items() if sum_
    }


def as_fact(line: StatementLine) -> Row:
    names = ("statement_id", "line_no", "partner_id", "month", "payment_id", "amount_minor", "currency")
    return {name: getattr(line, name) for name in names}


def test_neither_the_order_of_rows_nor_the_other_partners_change_a_statement(tmp_path: Path) -> None:
    rows: Rows = generate_commissions(505, count=100, issued=(MONTHS[1], MONTHS[2]))
    month = MONTHS[3]
    statements, lines = computed(tmp_path / "one", rows, month)
    shuffler = random.Random(7)  # noqa: S311  # an order, not a secret
    shuffled = {table: shuffler.sample(given_rows, len(given_rows)) for table, given_rows in rows.items()}
    assert computed(tmp_path / "two", shuffled, month) == (statements, lines)
    for partner in ("h3-p1", "h50-p1", "h77-p1"):
        alone = ([each for each in statements if each.partner_id == partner],
                 [each for each in lines if each.partner_id == partner])  # fmt: skip
        assert computed(tmp_path / "one", rows, month, partner_id=partner) == alone


def test_the_same_statements_written_twice_are_the_same_bytes(tmp_path: Path) -> None:
    rows = world()
    rows["payments"] = [
        {
            "payment_id": f"y{number:05}",
            "customer_id": "c1",
            "sale_id": f"s{1 + number % 6}",
            "period_month": "2024-02-01",
            "net_minor": number * 37 - 40_000,
            "currency": CURRENCIES[number % 4],
            "paid_on": "2024-02-20",
            "corrects_payment_id": "y02999" if number * 37 < 40_000 else None,
        }
        for number in range(3000)
    ]
    written: list[dict[str, bytes]] = []
    for name, given_rows in (("one", rows["payments"]), ("two", rows["payments"][::-1])):
        write_facts(tmp_path / f"facts-{name}", {**rows, "payments": given_rows})
        out = tmp_path / name
        with commission_statements(
            palier.read_program("solutions"), facts=tmp_path / f"facts-{name}", month=date(2024, 2, 29), out=out
        ) as run:
            assert len(run.lines()) > 1000
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert list(written[0]) == ["payouts.csv", "problems.parquet", "statement_lines.parquet", "statements.parquet"]
    assert written[0] == written[1]


def test_the_lines_written_are_facts_that_issue_the_statement(tmp_path: Path) -> None:
    rows = world()
    paid = {"payment_id": "y1", "customer_id": "c1", "sale_id": "s1", "period_month": "2024-02-01"}
    rows["payments"] = [{**paid, "net_minor": 12345, "currency": "USD", "paid_on": "2024-02-20"}]
    facts = write_facts(tmp_path / "facts", {name: given_rows for name, given_rows in rows.items() if given_rows})
    rulebook = palier.read_program("solutions")
    with commission_statements(rulebook, facts=facts, month=date(2024, 2, 1), out=tmp_path / "out") as run:
        (opened,) = run.statements()
    (facts / "statement_lines").mkdir()
    (tmp_path / "out" / "statement_lines.parquet").rename(facts / "statement_lines" / "2024-02.parquet")
    with commission_statements(rulebook, facts=facts, month=date(2024, 2, 1)) as run:
        (again,) = run.statements()
    assert (opened.status, again.status) == ("open", "issued")
    assert (opened.statement_id, opened.total_minor) == (again.statement_id, again.total_minor)
    with commission_statements(rulebook, facts=facts, month=date(2024, 3, 1)) as run:
        assert run.statements() == []


def test_an_amount_that_38_digits_cannot_hold_is_a_problem(tmp_path: Path) -> None:
    rows = world()
    paid = {"payment_id": "y1", "customer_id": "c1", "sale_id": "s1", "period_month": "2024-02-01"}
    rows["payments"] = [{**paid, "net_minor": 9 * 10**18, "currency": "COP", "paid_on": "2024-02-20"}]
    rows["market_rates"] = [
        {"currency": "COP", "rated_on": "2024-02-01", "usd_rate": "999999.999999999989"},
        {"currency": "EUR", "rated_on": "2024-02-01", "usd_rate": "0.000000000007"},
    ]
    facts = write_facts(tmp_path, {name: given_rows for name, given_rows in rows.items() if given_rows})
    with pytest.raises(palier.InputProblemsError) as stopped:
        commission_statements(palier.read_program("solutions"), facts=facts, month=date(2024, 2, 1))
    assert {problem.code for problem in stopped.value.problems} == {"amount_too_large"}
