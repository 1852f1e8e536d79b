"""Commission statements by the readings, a row at a time, with fractions: obvious first, and as slow as it likes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from engine.oracle_facts import Facts, Row, day, in_force, key, later_months, month_start, text, whole

TERMS_FROM = date(2023, 4, 1)
TERMS = {"partner": 36, "provider": 12}
UPMARKET_FROM = date(2023, 1, 1)
FALL_FROM = date(2020, 2, 5)
DEARER_UPMARKET_FROM = date(2025, 1, 1)
HIGH_TIERS = ("platinum", "diamond", "elite")
DECIMALS = {"JPY": 0, "CLP": 0, "KWD": 3}
"""ISO 4217: how many digits the minor unit has, where it is not two."""

Rate = tuple[Fraction | None, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleLine:
    """One line of a statement; what an issued line does not say is None."""

    statement_id: str = ""
    line_no: int = 0
    partner_id: str
    month: date
    payment_id: str | None
    amount_minor: int
    currency: str
    kind: str
    sale_id: str | None = None
    commission: str | None = None
    paid_on: date | None = None
    term_index: int | None = None
    rate: Fraction | None = None
    exact: Fraction | None = None
    rates: tuple[Rate, Rate] = ((None, None), (None, None))
    due_minor: int | None = None
    issued_minor: int | None = None
    corrects_payment_id: str | None = None
    corrects: tuple[str | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleStatement:
    statement_id: str
    partner_id: str
    currency: str
    status: str
    lines: int
    subtotals: tuple[int, int, int, int]
    """Payments, refunds, adjustments, issued lines."""
    carried_minor: int
    total_minor: int
    payable_minor: int
    balance_minor: int


def half_away(exact: Fraction) -> int:
    """Rounded once, half away from zero."""
    whole_part, rest = divmod(abs(exact), 1)
    size = int(whole_part) + (1 if rest >= Fraction(1, 2) else 0)
    return size if exact >= 0 else -size


def following(month: date) -> date:
    return later_months(month, 1)


class Ledger:
    """All that facts say is due and was issued, as known at a moment."""

    def __init__(
        self, tables: Mapping[str, Sequence[Row]], *, known_at: datetime | None = None, switches: Sequence[str] = ()
    ) -> None:
        self.facts = Facts(tables, known_at)
        self.switches = switches
        self.corrected = {key(row, "payment_id"): row for row in self.facts.rows("payments")}
        self.issued: dict[str, list[OracleLine]] = defaultdict(list)
        for row in self.facts.rows("statement_lines"):
            self.issued[key(row, "partner_id")].append(_issued(row))

    # ---- what a payment earns

    def level(self, partner_id: str, on: date) -> str | None:
        return self.facts.level(partner_id, on)

    def earning(self, sale: Row) -> tuple[str, Fraction, int | None] | None:
        """The commission, rate and term of a sale by its day of closing; None where it earns nothing (A-16, A-17)."""
        closed_on = day(sale, "closed_on") or date.min
        partner_id = key(sale, "partner_id")
        level = self.level(partner_id, closed_on)
        if level not in TERMS:
            return None
        if text(sale, "motion") in {"sourced", "self_service"} or "A-16" in self.switches:
            return "sale", Fraction(20, 100), TERMS[level] if closed_on >= TERMS_FROM else None
        upmarket = sale.get("upmarket") is True and level == "partner" and closed_on >= UPMARKET_FROM
        if upmarket and self.tier(partner_id, closed_on) in HIGH_TIERS and self.accredited(partner_id, closed_on):
            dearer = "A-17" in self.switches and closed_on >= DEARER_UPMARKET_FROM
            return "upmarket", Fraction(20 if dearer else 10, 100), 12
        return None

    def tier(self, partner_id: str, on: date) -> str | None:
        """The tier that people decided by the day; histories that ask have no day on which the calendar changes it."""
        decided = [
            row
            for row in self.facts.where("tier_decisions", "partner_id", partner_id)
            if (day(row, "effective_on") or date.max) <= on
        ]
        opened = max((day(row, "effective_on") or on for row in decided if row["kind"] == "opening"), default=date.min)
        ranked = [
            (day(row, "effective_on") or date.max, row["kind"] == "override", text(row, "tier"))
            for row in decided
            if opened <= (day(row, "effective_on") or date.max)
        ]
        return max(ranked)[2] if ranked else None

    def accredited(self, partner_id: str, on: date) -> bool:
        return any(
            row["kind"] == "accreditation"
            and row["code"] == "crm_implementation"
            and in_force(row, on, "earned_on", "expires_on")
            for row in self.facts.where("credentials", "partner_id", partner_id)
        )

    def goes_on(self, sale: Row, term: int | None, period_month: date, churned_on: date | None) -> bool:
        closed_on = day(sale, "closed_on") or date.min
        index = _months(closed_on, period_month)
        within = index < term if term is not None else churned_on is None or period_month < churned_on
        fell_on = self.fell_on(key(sale, "partner_id"), closed_on) if "CM-02" in self.switches else None
        return index >= 0 and within and (fell_on is None or period_month < fell_on or index < 12)

    def fell_on(self, partner_id: str, closed_on: date) -> date | None:
        """The first day after closing on which a partner began as a provider."""
        if self.level(partner_id, closed_on) != "partner":
            return None
        days = (
            day(row, "enrolled_on") or date.min
            for row in self.facts.where("enrolments", "partner_id", partner_id)
            if text(row, "program") == "solutions" and text(row, "level") == "provider"
        )
        return min((on for on in days if on > closed_on and on >= FALL_FROM), default=None)

    def usd_rate(self, currency: str, month: date) -> Rate:
        """USD for a major unit, at the last rate on or before the month's end."""
        if currency == "USD":
            return Fraction(1), None
        rated = [
            (day(row, "rated_on") or date.max, Fraction(str(row["usd_rate"])))
            for row in self.facts.where("market_rates", "currency", currency)
            if (day(row, "rated_on") or date.max) < following(month)
        ]
        on, rate = max(rated)
        return rate, on

    def due(self, row: Row) -> OracleLine | None:
        """What a payment or refund earns; a refund takes sale, term, rate and exchange month from what it corrects."""
        root = row
        while (corrects := text(root, "corrects_payment_id")) is not None:
            root = self.corrected[corrects]
        if text(root, "sale_id") is None:
            return None
        sale = self.facts.one("sales", "sale_id", key(root, "sale_id"))
        earning = self.earning(sale)
        period_month, paid_on = day(root, "period_month"), day(row, "paid_on")
        assert period_month is not None
        assert paid_on is not None
        churned_on = self.facts.churned_on(key(root, "customer_id"))
        if earning is None or not self.goes_on(sale, earning[2], period_month, churned_on):
            return None
        partner = self.facts.one("partners", "partner_id", key(sale, "partner_id"))
        currency, paid_in = key(row, "currency"), key(partner, "payment_currency")
        exact = earning[1] * (whole(row, "net_minor") or 0)
        rates: tuple[Rate, Rate] = ((None, None), (None, None))
        if currency != paid_in:
            month = month_start(day(root, "paid_on") or date.min)
            rates = self.usd_rate(currency, month), self.usd_rate(paid_in, month)
            exact *= (rates[0][0] or 0) / (rates[1][0] or Fraction(0))
            exact *= Fraction(10 ** DECIMALS.get(paid_in, 2), 10 ** DECIMALS.get(currency, 2))
        return OracleLine(
            partner_id=key(sale, "partner_id"),
            month=month_start(paid_on),
            payment_id=key(row, "payment_id"),
            amount_minor=half_away(exact),
            currency=paid_in,
            kind="payment" if text(row, "corrects_payment_id") is None else "refund",
            sale_id=key(sale, "sale_id"),
            commission=earning[0],
            paid_on=paid_on,
            term_index=_months(day(sale, "closed_on") or date.min, period_month),
            rate=earning[1],
            exact=exact,
            rates=rates,
            due_minor=half_away(exact),
            corrects_payment_id=text(row, "corrects_payment_id"),
        )

    @cached_property
    def dues(self) -> dict[str, list[OracleLine]]:
        found: dict[str, list[OracleLine]] = defaultdict(list)
        for row in self.facts.rows("payments"):
            line = self.due(row)
            if line is not None:
                found[line.partner_id].append(line)
        return found

    # ---- statements

    @cached_property
    def issued_from_to(self) -> tuple[date, date] | None:
        """The first and the last month issued to anyone."""
        months = [line.month for lines in self.issued.values() for line in lines]
        return (min(months), max(months)) if months else None

    def entries(self, partner_id: str) -> Iterator[OracleLine]:
        """Everything on any statement of a partner: issued lines, what is due on open months, adjustments (CM-04)."""
        issued, dues = self.issued.get(partner_id, []), self.dues.get(partner_id, [])
        yield from issued
        on: dict[str, list[OracleLine]] = defaultdict(list)
        for line in sorted(issued, key=lambda each: (each.month, each.statement_id, each.line_no)):
            if line.payment_id is not None:
                on[line.payment_id].append(line)
        if self.issued_from_to is None:
            yield from dues
            return
        first, last = self.issued_from_to
        closed = {}
        for line in dues:
            if line.month <= last and (line.month >= first or line.payment_id in on):
                closed[line.payment_id] = line
            else:
                yield replace(line, corrects=_place(on.get(line.corrects_payment_id or "")))
        paid_in = text(self.facts.one("partners", "partner_id", partner_id), "payment_currency")
        for payment_id in {*closed, *on}:
            lines, due = on.get(payment_id or "", []), closed.get(payment_id)
            was, now = sum(line.amount_minor for line in lines), 0 if due is None else due.amount_minor
            if was == now or any(line.currency != paid_in for line in lines):
                continue
            blank = OracleLine(partner_id=partner_id, month=last, payment_id=payment_id, amount_minor=0,
                               currency=paid_in or "", kind="")  # fmt: skip
            yield replace(
                due or blank,
                kind="adjustment",
                month=following(last),
                amount_minor=now - was,
                due_minor=now,
                issued_minor=was,
                corrects=_place(lines or on.get((due or blank).corrects_payment_id or "")),
            )

    def statements(self, month: date) -> tuple[list[OracleStatement], list[OracleLine]]:
        statements: list[OracleStatement] = []
        lines: list[OracleLine] = []
        for partner_id in sorted({*self.dues, *self.issued}):
            by_currency: dict[str, list[OracleLine]] = defaultdict(list)
            for line in self.entries(partner_id):
                if line.month <= month:
                    by_currency[line.currency].append(line)
            for currency, found in sorted(by_currency.items()):
                made = self.statement(partner_id, currency, month, found)
                if made is not None:
                    statements.append(made)
                    lines += _numbered(made.statement_id, [line for line in found if line.month == month])
        return statements, lines

    def statement(
        self, partner_id: str, currency: str, month: date, found: Sequence[OracleLine]
    ) -> OracleStatement | None:
        counted = found
        if self.issued_from_to is not None and month >= self.issued_from_to[0]:
            counted = [line for line in found if line.month >= self.issued_from_to[0]]
        balance = 0
        for earlier in sorted({line.month for line in counted if line.month < month}):
            balance = min(0, balance + sum(line.amount_minor for line in counted if line.month == earlier))
        own = [line for line in found if line.month == month]
        if not own and balance == 0:
            return None
        paid_in = text(self.facts.one("partners", "partner_id", partner_id), "payment_currency")
        named = f"solutions-{month:%Y-%m}-{partner_id}" + ("" if currency == paid_in else f"-{currency}")
        total = balance + sum(line.amount_minor for line in own)
        kinds = ("payment", "refund", "adjustment", "issued")
        payments, refunds, adjustments, issued = (
            sum(line.amount_minor for line in own if line.kind == kind) for kind in kinds
        )
        return OracleStatement(
            statement_id=min((line.statement_id for line in own if line.kind == "issued"), default=named),
            partner_id=partner_id,
            currency=currency,
            status="issued" if any(line.kind == "issued" for line in own) else "open",
            lines=len(own),
            subtotals=(payments, refunds, adjustments, issued),
            carried_minor=balance,
            total_minor=total,
            payable_minor=max(total, 0),
            balance_minor=min(total, 0),
        )


def _months(since: date, month: date) -> int:
    return (month.year - since.year) * 12 + month.month - since.month


def _issued(row: Row) -> OracleLine:
    return OracleLine(
        statement_id=key(row, "statement_id"),
        line_no=whole(row, "line_no") or 0,
        partner_id=key(row, "partner_id"),
        month=day(row, "month") or date.min,
        payment_id=text(row, "payment_id"),
        amount_minor=whole(row, "amount_minor") or 0,
        currency=key(row, "currency"),
        kind="issued",
    )


def _place(lines: Sequence[OracleLine] | None) -> tuple[str | None, int | None]:
    """The first issued line of a payment."""
    return (lines[0].statement_id, lines[0].line_no) if lines else (None, None)


def _numbered(statement_id: str, lines: Sequence[OracleLine]) -> Iterator[OracleLine]:
    """Issued lines as they are; open ones payments first, then refunds, then adjustments, by day and payment."""
    kinds = ("payment", "refund", "adjustment", "issued")
    order = sorted(
        lines, key=lambda each: (kinds.index(each.kind), each.paid_on or date.max, each.payment_id or "", each.line_no)
    )
    for place, line in enumerate(order, start=1):
        yield line if line.kind == "issued" else replace(line, statement_id=statement_id, line_no=place)
