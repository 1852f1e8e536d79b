"""Statements: what is issued stays, what is due goes to its month, differences go to the next, balances are carried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

ISSUED = """
SELECT l.statement_id, l.line_no, l.partner_id, l.month, l.payment_id, l.amount_minor, l.currency
FROM statement_lines AS l
WHERE $partner_id IS NULL OR l.partner_id = $partner_id
"""
"""The lines already issued: they are what they are."""

ISSUED_MONTHS = """
SELECT
    MIN(month) AS first_month,
    MAX(month) AS last_month,
    CAST(MAX(month) + INTERVAL 1 MONTH AS DATE) AS next_month
FROM statement_lines
"""
"""The first and the last month issued to anyone, and the one after: one row, empty where nothing was issued.

From the first to the last, months are closed for everybody: a partner without lines in an issued month has a statement
that came to nothing, and no line that would say so.
"""

ISSUED_PAYMENTS = """
SELECT
    i.partner_id,
    i.payment_id,
    SUM(i.amount_minor) AS issued_minor,
    MIN(i.currency) AS currency,
    MIN(i.currency) IS NOT DISTINCT FROM MAX(i.currency)
        AND MIN(i.currency) IS NOT DISTINCT FROM ANY_VALUE(p.payment_currency) AS comparable,
    FIRST(i.statement_id ORDER BY i.month, i.statement_id, i.line_no) AS statement_id,
    FIRST(i.line_no ORDER BY i.month, i.statement_id, i.line_no) AS line_no
FROM issued AS i
JOIN partners AS p ON p.partner_id = i.partner_id
WHERE i.payment_id IS NOT NULL
GROUP BY i.partner_id, i.payment_id
"""
"""What was issued on each payment in all, and the first line of it."""

PLACED = """
SELECT
    v.*,
    m.last_month IS NOT NULL
        AND v.month <= m.last_month
        AND (v.month >= m.first_month OR b.payment_id IS NOT NULL) AS closed
FROM valued AS v
CROSS JOIN issued_months AS m
LEFT JOIN issued_payments AS b ON b.partner_id = v.partner_id AND b.payment_id = v.payment_id
"""
"""What is due, and whether the statement of its month is already issued."""

ADJUSTMENTS = """
SELECT
    COALESCE(d.partner_id, b.partner_id) AS partner_id,
    COALESCE(d.payment_id, b.payment_id) AS payment_id,
    m.next_month AS month,
    COALESCE(d.payment_currency, b.currency) AS statement_currency,
    COALESCE(d.due_minor, 0) AS due_minor,
    COALESCE(b.issued_minor, 0) AS issued_minor,
    COALESCE(b.statement_id, c.statement_id) AS corrects_statement_id,
    COALESCE(b.line_no, c.line_no) AS corrects_line_no,
    d.* EXCLUDE (partner_id, payment_id, month, due_minor)
FROM (SELECT * FROM placed WHERE closed) AS d
FULL JOIN issued_payments AS b ON b.partner_id = d.partner_id AND b.payment_id = d.payment_id
LEFT JOIN issued_payments AS c ON c.partner_id = d.partner_id AND c.payment_id = d.corrects_payment_id
CROSS JOIN issued_months AS m
WHERE COALESCE(b.comparable, TRUE)
    AND (d.payment_id IS NULL OR d.due_minor IS NOT NULL)
    AND COALESCE(d.due_minor, 0) <> COALESCE(b.issued_minor, 0)
"""
"""What is due on a closed month against what was issued on it: each difference, for the next statement.

It is linked to the first line issued on its payment, or, of a refund that was never issued, on what it corrects.
"""

ENTRIES = """
SELECT
    i.partner_id, i.month, 'issued' AS kind, i.currency AS statement_currency, i.amount_minor, i.payment_id,
    i.statement_id AS issued_id, i.line_no AS issued_no,
    NULL AS corrects_statement_id, NULL AS corrects_line_no, NULL AS due_minor, NULL AS issued_minor,
    NULL AS customer_id, NULL AS sale_id, NULL AS commission, NULL AS clause, NULL AS paid_on, NULL AS period_month,
    NULL AS term_index, NULL AS term_months, NULL AS net_minor, NULL AS net_currency, NULL AS rate_numerator,
    NULL AS rate_denominator, NULL AS usd_rate, NULL AS usd_rated_on, NULL AS payment_usd_rate,
    NULL AS payment_usd_rated_on, NULL AS exact_numerator, NULL AS exact_denominator, NULL AS corrects_payment_id
FROM issued AS i
WHERE i.month <= $month
UNION ALL
SELECT
    d.partner_id, d.month, d.kind, d.payment_currency, d.due_minor, d.payment_id, NULL, NULL,
    b.statement_id, b.line_no, d.due_minor, NULL,
    d.customer_id, d.sale_id, d.commission, d.clause, d.paid_on, d.period_month,
    d.term_index, d.term_months, d.net_minor, d.currency, d.rate_numerator,
    d.rate_denominator, d.usd_rate, d.usd_rated_on, d.payment_usd_rate,
    d.payment_usd_rated_on, d.exact_numerator, d.exact_denominator, d.corrects_payment_id
FROM placed AS d
LEFT JOIN issued_payments AS b ON b.partner_id = d.partner_id AND b.payment_id = d.corrects_payment_id
WHERE NOT d.closed
UNION ALL
SELECT
    a.partner_id, a.month, 'adjustment', a.statement_currency, a.due_minor - a.issued_minor, a.payment_id, NULL, NULL,
    a.corrects_statement_id, a.corrects_line_no, a.due_minor, a.issued_minor,
    a.customer_id, a.sale_id, a.commission, a.clause, a.paid_on, a.period_month,
    a.term_index, a.term_months, a.net_minor, a.currency, a.rate_numerator,
    a.rate_denominator, a.usd_rate, a.usd_rated_on, a.payment_usd_rate,
    a.payment_usd_rated_on, a.exact_numerator, a.exact_denominator, a.corrects_payment_id
FROM adjustments AS a
WHERE a.month <= $month
"""
"""Everything on any statement until the month: issued lines, payments and refunds of open months, adjustments."""

BALANCES = """
SELECT
    partner_id,
    statement_currency,
    month,
    lines_minor,
    summed - GREATEST(0, MAX(summed) OVER to_here) AS left_minor
FROM (
    SELECT
        partner_id, statement_currency, month, lines_minor,
        SUM(lines_minor) OVER (PARTITION BY partner_id, statement_currency ORDER BY month) AS summed
    FROM (
        SELECT e.partner_id, e.statement_currency, e.month, SUM(e.amount_minor) AS lines_minor
        FROM entries AS e
        CROSS JOIN issued_months AS m
        WHERE m.first_month IS NULL OR $month < m.first_month OR e.month >= m.first_month
        GROUP BY e.partner_id, e.statement_currency, e.month
    ) AS months
) AS sums
WINDOW to_here AS (PARTITION BY partner_id, statement_currency ORDER BY month)
"""
"""Each partner's months with what is left unpaid after them: never more than zero, since a positive total is paid.

A balance that starts again at zero whenever it is positive is the running sum less its highest point so far. A
statement issued before is not touched by months before the first one issued.
"""

UNISSUED = """
SELECT COUNT(*) AS row_count, MIN(u.partner_id) AS partner_id, MIN(u.month) AS month
FROM (
    SELECT DISTINCT e.partner_id, COALESCE(p.month, e.month) AS month
    FROM entries AS e
    CROSS JOIN issued_months AS m
    LEFT JOIN placed AS p ON e.kind = 'adjustment' AND p.partner_id = e.partner_id AND p.payment_id = e.payment_id
    LEFT JOIN statements AS s
        ON s.partner_id = e.partner_id AND s.currency = e.statement_currency AND s.carried_minor < 0
    LEFT JOIN (SELECT DISTINCT partner_id FROM issued) AS i ON i.partner_id = e.partner_id
    WHERE e.kind <> 'issued'
        AND (
            (e.month < $month AND e.month > m.last_month)
            OR (e.month < $month AND m.last_month IS NULL AND s.partner_id IS NOT NULL)
            OR (e.month = $month AND e.kind = 'adjustment' AND i.partner_id IS NULL)
        )
) AS u
"""
"""Earlier statements that count in the month's and were never issued: they may change, and the month's with them."""

STATEMENTS = """
SELECT
    COALESCE(
        MIN(l.issued_id),
        $program || '-' || STRFTIME($month, '%Y-%m') || '-' || partner_id
        || CASE WHEN statement_currency = ANY_VALUE(p.payment_currency) THEN '' ELSE '-' || statement_currency END
    ) AS statement_id,
    $program AS program,
    partner_id,
    $month AS month,
    CASE WHEN COUNT(l.issued_id) > 0 THEN 'issued' ELSE 'open' END AS status,
    statement_currency AS currency,
    COUNT(l.kind) AS lines,
    CAST(COALESCE(SUM(l.amount_minor) FILTER (l.kind = 'payment'), 0) AS BIGINT) AS payments_minor,
    CAST(COALESCE(SUM(l.amount_minor) FILTER (l.kind = 'refund'), 0) AS BIGINT) AS refunds_minor,
    CAST(COALESCE(SUM(l.amount_minor) FILTER (l.kind = 'adjustment'), 0) AS BIGINT) AS adjustments_minor,
    CAST(COALESCE(SUM(l.amount_minor) FILTER (l.kind = 'issued'), 0) AS BIGINT) AS issued_minor,
    CAST(ANY_VALUE(b.carried_minor) AS BIGINT) AS carried_minor,
    CAST(COALESCE(SUM(l.amount_minor), 0) + ANY_VALUE(b.carried_minor) AS BIGINT) AS total_minor,
    CAST(GREATEST(0, COALESCE(SUM(l.amount_minor), 0) + ANY_VALUE(b.carried_minor)) AS BIGINT) AS payable_minor,
    CAST(LEAST(0, COALESCE(SUM(l.amount_minor), 0) + ANY_VALUE(b.carried_minor)) AS BIGINT) AS balance_minor
FROM (
    SELECT
        partner_id,
        statement_currency,
        COALESCE(ARG_MAX(left_minor, month) FILTER (month < $month), 0) AS carried_minor
    FROM balances
    GROUP BY partner_id, statement_currency
) AS b
LEFT JOIN (SELECT * FROM entries WHERE month = $month) AS l USING (partner_id, statement_currency)
JOIN partners AS p USING (partner_id)
GROUP BY partner_id, statement_currency
HAVING COUNT(l.kind) > 0 OR ANY_VALUE(b.carried_minor) <> 0
ORDER BY partner_id, currency
"""
"""One row for each partner with lines in the month or a balance before it."""

LINES = """
SELECT
    COALESCE(e.issued_id, s.statement_id) AS statement_id,
    CAST(COALESCE(e.issued_no, ROW_NUMBER() OVER (
        PARTITION BY s.statement_id
        ORDER BY CASE e.kind WHEN 'payment' THEN 0 WHEN 'refund' THEN 1 ELSE 2 END, e.paid_on, e.payment_id
    )) AS BIGINT) AS line_no,
    e.partner_id,
    e.month,
    e.payment_id,
    CAST(e.amount_minor AS BIGINT) AS amount_minor,
    e.statement_currency AS currency,
    e.kind,
    CAST(e.customer_id AS VARCHAR) AS customer_id,
    CAST(e.sale_id AS VARCHAR) AS sale_id,
    CAST(e.commission AS VARCHAR) AS commission,
    CAST(e.clause AS VARCHAR) AS clause,
    CAST(e.paid_on AS DATE) AS paid_on,
    CAST(e.period_month AS DATE) AS period_month,
    CAST(e.term_index AS BIGINT) AS term_index,
    CAST(e.term_months AS BIGINT) AS term_months,
    CAST(e.net_minor AS BIGINT) AS net_minor,
    CAST(e.net_currency AS VARCHAR) AS net_currency,
    CAST(e.rate_numerator AS BIGINT) AS rate_numerator,
    CAST(e.rate_denominator AS BIGINT) AS rate_denominator,
    CAST(e.usd_rate AS DECIMAL(38,12)) AS usd_rate,
    CAST(e.usd_rated_on AS DATE) AS usd_rated_on,
    CAST(e.payment_usd_rate AS DECIMAL(38,12)) AS payment_usd_rate,
    CAST(e.payment_usd_rated_on AS DATE) AS payment_usd_rated_on,
    CAST(e.exact_numerator AS DECIMAL(38,0)) AS exact_numerator,
    CAST(e.exact_denominator AS DECIMAL(38,0)) AS exact_denominator,
    CAST(e.due_minor AS BIGINT) AS due_minor,
    CAST(e.issued_minor AS BIGINT) AS issued_minor,
    CAST(e.corrects_payment_id AS VARCHAR) AS corrects_payment_id,
    CAST(e.corrects_statement_id AS VARCHAR) AS corrects_statement_id,
    CAST(e.corrects_line_no AS BIGINT) AS corrects_line_no
FROM (SELECT * FROM entries WHERE month = $month) AS e
JOIN statements AS s ON s.partner_id = e.partner_id AND s.currency = e.statement_currency
ORDER BY partner_id, currency, statement_id, line_no
"""
"""The lines of the month's statements in their order; the first seven columns are those of the fact table."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One partner's statement of one month: what its lines come to, what is carried, and one total.

    `status` is `issued` where the month's lines are facts, else `open`. `carried_minor` is the negative balance
    of earlier months, `total_minor` the lines and it; `payable_minor` is paid, `balance_minor` carried on.
    """

    statement_id: str
    program: str
    partner_id: str
    month: date
    status: str
    currency: str
    lines: int
    payments_minor: int
    refunds_minor: int
    adjustments_minor: int
    issued_minor: int
    carried_minor: int
    total_minor: int
    payable_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement, with everything its amount is made of; an issued line has only what was issued.

    `kind` is `payment`, `refund` (of a payment, in its own month), `adjustment` (of what was issued before) or
    `issued`. `exact_numerator` over `exact_denominator` is what is due before rounding, in minor units.
    """

    statement_id: str
    line_no: int
    partner_id: str
    month: date
    payment_id: str | None
    amount_minor: int
    currency: str
    kind: str
    customer_id: str | None
    sale_id: str | None
    commission: str | None
    clause: str | None
    paid_on: date | None
    period_month: date | None
    term_index: int | None
    term_months: int | None
    net_minor: int | None
    net_currency: str | None
    rate_numerator: int | None
    rate_denominator: int | None
    usd_rate: Decimal | None
    usd_rated_on: date | None
    payment_usd_rate: Decimal | None
    payment_usd_rated_on: date | None
    exact_numerator: int | None
    exact_denominator: int | None
    due_minor: int | None
    issued_minor: int | None
    corrects_payment_id: str | None
    corrects_statement_id: str | None
    corrects_line_no: int | None

    @property
    def rate(self) -> Fraction | None:
        """The rate of the commission."""
        if self.rate_numerator is None or self.rate_denominator is None:
            return None
        return Fraction(self.rate_numerator, self.rate_denominator)

    @property
    def exact(self) -> Fraction | None:
        """What is due before rounding, in minor units of the payment currency."""
        if self.exact_numerator is None or self.exact_denominator is None:
            return None
        return Fraction(self.exact_numerator, self.exact_denominator)


def subtotals(lines: tuple[StatementLine, ...], by: str) -> dict[str, int]:
    """The sum of the lines for each value of a column (`kind`, `commission`, `customer_id`, `sale_id`), in its order.

    Lines without a value there stand under the empty text.
    """
    sums: dict[str, int] = {}
    for line in lines:
        key = getattr(line, by) or ""
        sums[key] = sums.get(key, 0) + line.amount_minor
    return dict(sorted(sums.items()))
