"""Laws of statements, against an obvious oracle: a row at a time, with fractions, written from the readings."""

from __future__ import annotations

import calendar
import random
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import palier
from palier.backends.commissions import commission_statements
from palier.engine.calendar import add_months
from palier.engine.grains import exponent
from palier.engine.statements import Statement, StatementLine
from support.facts import write_facts

Row = dict[str, Any]
Rows = dict[str, list[Row]]
FIRST = date(2024, 1, 1)
MONTHS = tuple(add_months(FIRST, index) for index in range(5))
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
CHURNED = date(2024, 3, 10)
laws = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # an example takes seconds: shrinking it would take minutes
)


def world() -> Rows:
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
        "customers": [{"customer_id": "c1", "country": "FR", "churned_on": CHURNED}],
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


days = st.integers(0, 150).map(lambda offset: FIRST + timedelta(days=offset))
amounts = st.one_of(st.integers(-60, 60), st.integers(-3_000_000, 3_000_000))
rates = st.decimals("0.0001", "3", places=6, allow_nan=False, allow_infinity=False)


@st.composite
def payments(draw: st.DrawFn) -> list[Row]:
    made: list[Row] = []
    for number in range(draw(st.integers(1, 9))):
        corrected = draw(st.sampled_from([None, *(row["payment_id"] for row in made)]))
        made.append(
            {
                "payment_id": f"y{number}",
                "customer_id": "c1",
                "sale_id": draw(st.sampled_from([*SALES, None])),
                "period_month": add_months(date(2023, 12, 1), draw(st.integers(0, 6))),
                "net_minor": draw(amounts),
                "currency": draw(st.sampled_from(CURRENCIES)),
                "paid_on": draw(days),
                "corrects_payment_id": corrected,
            }
        )
    return made


@st.composite
def market(draw: st.DrawFn) -> list[Row]:
    found = draw(st.dictionaries(st.tuples(st.sampled_from(CURRENCIES[1:]), days), rates, max_size=12))
    return [{"currency": name, "rated_on": on, "usd_rate": rate} for (name, on), rate in found.items()]


# ---- the oracle


def usd_rate(rows: Rows, currency: str, month: date) -> Fraction:
    if currency == "USD":
        return Fraction(1)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    rated = {
        date.fromisoformat(str(row["rated_on"])): row for row in rows["market_rates"] if row["currency"] == currency
    }
    return Fraction(str(rated[max(on for on in rated if on <= last)]["usd_rate"]))


def half_away(value: Fraction) -> int:
    whole, rest = divmod(abs(value), 1)
    size = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return size if value >= 0 else -size


def owed(rows: Rows, row: Row) -> tuple[str, Fraction] | None:
    """Who is owed how much on a payment before rounding, or None where it earns nothing."""
    by_id = {each["payment_id"]: each for each in rows["payments"]}
    root = row
    while root["corrects_payment_id"] is not None:
        root = by_id[root["corrects_payment_id"]]
    if root["sale_id"] is None:
        return None
    partner, motion, closed_on = SALES[root["sale_id"]]
    level, paid_in = PARTNERS[partner]
    index = (root["period_month"].year - closed_on.year) * 12 + root["period_month"].month - closed_on.month
    within = (
        root["period_month"] < CHURNED
        if closed_on < date(2023, 4, 1)
        else index < {"partner": 36, "provider": 12}[level]
    )
    if motion == "assisted" or index < 0 or not within:
        return None
    exact = Fraction(row["net_minor"], 5)
    if row["currency"] != paid_in:
        month = root["paid_on"].replace(day=1)
        exact *= usd_rate(rows, row["currency"], month) / usd_rate(rows, paid_in, month)
        exact *= Fraction(10 ** exponent(paid_in), 10 ** exponent(row["currency"]))
    return partner, exact


def dues(rows: Rows) -> Iterator[tuple[str, date, str, Fraction]]:
    for row in rows["payments"]:
        found = owed(rows, row)
        if found is not None:
            yield found[0], row["paid_on"].replace(day=1), row["payment_id"], found[1]


# ---- Palier


def computed(
    rows: Rows, month: date, *, known_at: datetime | None = None, partner_id: str | None = None
) -> tuple[list[Statement], list[StatementLine]]:
    with tempfile.TemporaryDirectory() as folder:
        write_facts(Path(folder), rows)
        with commission_statements(
            palier.read_program("solutions"), facts=Path(folder), month=month, known_at=known_at, partner_id=partner_id
        ) as run:
            return run.statements(), run.lines()


@laws
@given(paid=payments(), rated=market())
def test_every_line_is_what_the_oracle_says_and_balances_add_up(paid: list[Row], rated: list[Row]) -> None:
    rows = {**world(), "payments": paid}
    rows["market_rates"] = rows["market_rates"] + rated
    expected = list(dues(rows))
    paid_out = dict.fromkeys(PARTNERS, 0)
    balances = dict.fromkeys(PARTNERS, 0)
    for month in MONTHS:
        statements, lines = computed(rows, month)
        found = {(line.partner_id, line.payment_id, line.exact, line.amount_minor) for line in lines}
        assert found == {(who, name, exact, half_away(exact)) for who, on, name, exact in expected if on == month}
        for statement in statements:
            own = [line.amount_minor for line in lines if line.partner_id == statement.partner_id]
            assert statement.carried_minor == balances[statement.partner_id]
            assert statement.total_minor == sum(own) + statement.carried_minor
            assert statement.payable_minor + statement.balance_minor == statement.total_minor
            assert statement.balance_minor <= 0 <= statement.payable_minor
            paid_out[statement.partner_id] += statement.payable_minor
        absent = set(PARTNERS) - {statement.partner_id for statement in statements}
        assert all(balances[partner] == 0 for partner in absent)
        balances |= {statement.partner_id: statement.balance_minor for statement in statements}
    for partner in PARTNERS:
        rounded = sum(half_away(exact) for who, _, _, exact in expected if who == partner)
        assert paid_out[partner] + balances[partner] == rounded


@laws
@given(paid=payments(), recorded=st.lists(st.integers(0, 3), min_size=9, max_size=9), later=amounts)
def test_whatever_the_order_of_events_all_that_is_issued_is_what_is_due(
    paid: list[Row], recorded: list[int], later: int
) -> None:
    """Months are issued one by one on what is known then; a first payment comes out in each, to start the months."""
    known = {row["payment_id"]: recorded[place] for place, row in enumerate(paid)}
    for row in paid:  # a correction is not recorded before what it corrects
        known[row["payment_id"]] = max(known[row["payment_id"]], known.get(row["corrects_payment_id"], 0))
    rows = {**world(), "payments": [{**row, "recorded_at": moment(known[row["payment_id"]])} for row in paid]}
    rows["payments"].append({**rows["payments"][0], "net_minor": later, "recorded_at": moment(4.5)})
    for partner, sale in (("p1", "s1"), ("p2", "s5"), ("p3", "s4")):
        first = {"payment_id": f"first-{partner}", "sale_id": sale, "net_minor": 1000, "currency": "EUR"}
        fixed = {"customer_id": "c1", "period_month": FIRST, "paid_on": FIRST, "corrects_payment_id": None}
        rows["payments"].append({**first, **fixed, "recorded_at": moment(-1)})
    for index in (0, 2):
        for month in MONTHS[: index + 1]:  # a statement left out before, since nothing was known, is issued now
            issue(rows, month, known_at=moment(index))
    for month in (*MONTHS, add_months(MONTHS[-1], 1)):
        issue(rows, month)
    final = {**rows, "payments": list({row["payment_id"]: row for row in rows["payments"]}.values())}
    for partner in PARTNERS:
        given_out = sum(row["amount_minor"] for row in rows["statement_lines"] if row["partner_id"] == partner)
        assert given_out == sum(half_away(exact) for who, _, _, exact in dues(final) if who == partner)


def moment(index: float) -> datetime:
    return datetime(2024, 1, 1) + timedelta(days=31 * index)  # noqa: DTZ001  # moments of facts are UTC without a zone


def issue(rows: Rows, month: date, *, known_at: datetime | None = None) -> None:
    statements, lines = computed(rows, month, known_at=known_at)
    unissued = {each.partner_id for each in statements if each.status == "open"}
    rows["statement_lines"] += [as_fact(line) for line in lines if line.partner_id in unissued]


def as_fact(line: StatementLine) -> Row:
    names = ("statement_id", "line_no", "partner_id", "month", "payment_id", "amount_minor", "currency")
    return {name: getattr(line, name) for name in names}


@laws
@given(paid=payments(), rated=market(), seed=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_the_other_partners_change_a_statement(
    paid: list[Row], rated: list[Row], seed: int
) -> None:
    rows = {**world(), "payments": paid}
    rows["market_rates"] = rows["market_rates"] + rated
    month = MONTHS[seed % len(MONTHS)]
    statements, lines = computed(rows, month)
    shuffler = random.Random(seed)  # noqa: S311  # an order, not a secret
    shuffled = {table: shuffler.sample(given_rows, len(given_rows)) for table, given_rows in rows.items()}
    assert computed(shuffled, month) == (statements, lines)
    for partner in PARTNERS:
        alone = ([each for each in statements if each.partner_id == partner],
                 [each for each in lines if each.partner_id == partner])  # fmt: skip
        assert computed(rows, month, partner_id=partner) == alone


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
