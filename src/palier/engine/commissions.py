"""What each payment earns for whom: the static SQL that finds it, and the rules and rates it joins, as relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from palier.engine.grains import LARGEST, exponent
from palier.engine.parameters import Relation
from palier.rulebook.checks.periods import Period, period_of
from palier.rulebook.commissions import KEEP, WHILE_CUSTOMER, Commissions, Earning

TABLES = ("partners", "enrolments", "customers", "sales", "payments", "market_rates", "statement_lines")
"""The fact tables that commissions rest on, those of the conditions apart."""

RULES = """
SELECT
    s.sale_id, s.partner_id, s.closed_on, e.enrolment_id, r.position, r.commission, r.conditional,
    r.rate_numerator, r.rate_denominator, r.months, r.clause
FROM sales AS s
JOIN (
    SELECT s.sale_id, e.enrolment_id, e.level
    FROM sales AS s
    JOIN enrolments AS e ON e.partner_id = s.partner_id
        AND e.program = $program
        AND e.enrolled_on <= s.closed_on
        AND (e.left_on IS NULL OR e.left_on > s.closed_on)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.sale_id ORDER BY e.enrolled_on DESC, e.enrolment_id DESC) = 1
) AS e ON e.sale_id = s.sale_id
JOIN commission_rules AS r ON r.motion = s.motion
    AND r.level = e.level
    AND (NOT r.upmarket OR s.upmarket)
    AND (r.effective_from IS NULL OR r.effective_from <= s.closed_on)
    AND (r.effective_until IS NULL OR r.effective_until > s.closed_on)
"""
"""Each sale with every rule that its motion, level, market and day allow; conditions are not yet asked."""

EARNING_SALES = """
SELECT r.*, f.fell_on, f.fall_months
FROM sale_rules AS r
LEFT JOIN (
    SELECT r.sale_id, e.enrolled_on AS fell_on, l.months AS fall_months
    FROM sale_rules AS r
    JOIN enrolments AS h ON h.enrolment_id = r.enrolment_id
    JOIN enrolments AS e ON e.partner_id = r.partner_id AND e.program = $program AND e.enrolled_on > r.closed_on
        AND (e.left_on IS NULL OR e.left_on > e.enrolled_on)
    JOIN commission_falls AS l ON l.from_level = h.level AND l.to_level = e.level
        AND (l.effective_from IS NULL OR l.effective_from <= e.enrolled_on)
        AND (l.effective_until IS NULL OR l.effective_until > e.enrolled_on)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY r.sale_id ORDER BY e.enrolled_on, e.enrolment_id) = 1
) AS f ON f.sale_id = r.sale_id
WHERE NOT r.conditional
    OR EXISTS (SELECT 1 FROM held_conditions AS c WHERE c.sale_id = r.sale_id AND c.commission = r.commission)
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.sale_id ORDER BY r.position) = 1
"""
"""Each sale with the one rule it earns by, and the first fall of its partner's level since."""

ROOTS = """
WITH RECURSIVE corrected AS (
    SELECT c.payment_id, p.payment_id AS root_id
    FROM payments AS c
    JOIN payments AS p ON p.payment_id = c.corrects_payment_id AND p.corrects_payment_id IS NULL
    UNION ALL
    SELECT c.payment_id, r.root_id
    FROM corrected AS r
    JOIN payments AS c ON c.corrects_payment_id = r.payment_id
)
SELECT payment_id, root_id FROM corrected
"""
"""Each correction with the payment it corrects in the end, however long the chain."""

DUE = """
SELECT
    y.payment_id,
    y.corrects_payment_id,
    CASE WHEN y.corrects_payment_id IS NULL THEN 'payment' ELSE 'refund' END AS kind,
    s.partner_id,
    root.customer_id,
    s.sale_id,
    s.commission,
    s.clause,
    y.net_minor,
    y.currency,
    p.payment_currency,
    y.paid_on,
    CAST(DATE_TRUNC('month', y.paid_on) AS DATE) AS month,
    root.period_month,
    DATE_DIFF('month', s.closed_on, root.period_month) AS term_index,
    s.months AS term_months,
    CAST(DATE_TRUNC('month', root.paid_on) AS DATE) AS rated_month,
    s.rate_numerator,
    s.rate_denominator
FROM payments AS y
LEFT JOIN payment_roots AS r ON r.payment_id = y.payment_id
JOIN payments AS root ON root.payment_id = CASE WHEN y.corrects_payment_id IS NULL THEN y.payment_id ELSE r.root_id END
JOIN earning_sales AS s ON s.sale_id = root.sale_id
JOIN partners AS p ON p.partner_id = s.partner_id
JOIN customers AS c ON c.customer_id = root.customer_id
WHERE y.paid_on < $until
    AND ($partner_id IS NULL OR s.partner_id = $partner_id)
    AND DATE_DIFF('month', s.closed_on, root.period_month) >= 0
    AND CASE
        WHEN s.months IS NOT NULL THEN DATE_DIFF('month', s.closed_on, root.period_month) < s.months
        ELSE c.churned_on IS NULL OR root.period_month < c.churned_on
    END
    AND (
        s.fell_on IS NULL
        OR root.period_month < s.fell_on
        OR DATE_DIFF('month', s.closed_on, root.period_month) < s.fall_months
    )
"""
"""Each payment within its sale's term until the end of the month, with what its commission is computed from."""

WANTED_RATES = """
SELECT w.currency, w.month, m.rated_on, m.usd_rate
FROM (
    SELECT currency, rated_month AS month FROM due WHERE currency <> payment_currency
    UNION
    SELECT payment_currency, rated_month FROM due WHERE currency <> payment_currency
) AS w
ASOF LEFT JOIN market_rates AS m ON m.currency = w.currency AND m.rated_on < w.month + INTERVAL 1 MONTH
ORDER BY w.month, w.currency
"""
"""The last market rate of each currency on or before the end of each month in which one is needed."""

FACTOR_GROUPS = """
SELECT currency, payment_currency, rated_month, rate_numerator, rate_denominator, MAX(ABS(net_minor)) AS largest_minor
FROM due
WHERE payment_currency IS NOT NULL
GROUP BY ALL
ORDER BY ALL
"""
"""Each combination of currencies, month and rate that a payment has: few, so that fractions of Python carry them."""

VALUED = """
SELECT
    d.*,
    f.usd_rate,
    f.usd_rated_on,
    f.payment_usd_rate,
    f.payment_usd_rated_on,
    CAST(d.net_minor AS HUGEINT) * f.numerator AS exact_numerator,
    f.denominator AS exact_denominator,
    CAST(
        CASE WHEN d.net_minor < 0 THEN -1 ELSE 1 END
        * ((2 * ABS(CAST(d.net_minor AS HUGEINT)) * f.numerator + f.denominator) // (2 * f.denominator))
        AS BIGINT
    ) AS due_minor
FROM due AS d
LEFT JOIN commission_factors AS f ON f.currency = d.currency
    AND f.payment_currency = d.payment_currency
    AND f.rated_month = d.rated_month
    AND f.rate_numerator = d.rate_numerator
    AND f.rate_denominator = d.rate_denominator
"""
"""Each payment with its commission, exact and rounded half away from zero; whole numbers throughout."""

_RULE_COLUMNS = {
    "position": "INTEGER",
    "commission": "VARCHAR",
    "motion": "VARCHAR",
    "level": "VARCHAR",
    "upmarket": "BOOLEAN",
    "conditional": "BOOLEAN",
    "rate_numerator": "BIGINT",
    "rate_denominator": "BIGINT",
    "months": "INTEGER",
    "clause": "VARCHAR",
    "effective_from": "DATE",
    "effective_until": "DATE",
}
_FACTOR_COLUMNS = {
    "currency": "VARCHAR",
    "payment_currency": "VARCHAR",
    "rated_month": "DATE",
    "rate_numerator": "BIGINT",
    "rate_denominator": "BIGINT",
    "numerator": "HUGEINT",
    "denominator": "HUGEINT",
    "usd_rate": "DECIMAL(38,12)",
    "usd_rated_on": "DATE",
    "payment_usd_rate": "DECIMAL(38,12)",
    "payment_usd_rated_on": "DATE",
}
_LARGEST_MINOR = 2**62
_ITSELF: tuple[Decimal, date | None] = (Decimal(1), None)
Rates = dict[tuple[str, date], tuple[Decimal, date | None]]
"""USD for one major unit of a currency at the end of a month, and the day of that rate."""


def rules_relation(commissions: Commissions) -> Relation:
    """Every rule as a row: which sales closed when it is for, what they earn and for how long."""
    rows = [
        (position, name, motion, level, kind.upmarket, kind.conditional, *earned)
        for position, (name, kind) in enumerate(commissions.kinds.items())
        for level, earning in kind.levels.items()
        for motion in kind.motions
        for earned in _earned(earning, period_of(kind))
    ]
    return Relation("commission_rules", _RULE_COLUMNS, tuple(rows))


def _earned(earning: Earning, within: Period) -> Iterator[tuple[Any, ...]]:
    """Rate, term and clause of one level, for each period of closing days in which both stay the same."""
    for percent_from, percent_until, percent in earning.percent.periods():
        for months_from, months_until, months in earning.months.periods():
            period = Period(percent_from, percent_until).within(Period(months_from, months_until)).within(within)
            rate = Fraction(percent.value) / 100
            term = None if months.value == WHILE_CUSTOMER else months.value
            clause = next(iter((*percent.cite, *months.cite)), None)
            if not period.empty:
                yield rate.numerator, rate.denominator, term, clause, period.since, period.until


def falls_relation(commissions: Commissions) -> Relation:
    """The days on which falling to a lower level shortens running commissions, and to how many months."""
    fall = commissions.fall
    periods = () if fall is None else fall.months.periods()
    rows = [
        (fall.from_level, fall.to_level, since, until, entry.value)
        for since, until, entry in periods
        if fall is not None and entry.value != KEEP
    ]
    columns = {
        "from_level": "VARCHAR",
        "to_level": "VARCHAR",
        "effective_from": "DATE",
        "effective_until": "DATE",
        "months": "INTEGER",
    }
    return Relation("commission_falls", columns, tuple(rows))


def factor(rate: Fraction, currency: str, payment_currency: str, usd: Decimal, payment_usd: Decimal) -> Fraction:
    """What one minor unit paid earns, in minor units of the payment currency, crossing through USD."""
    if currency == payment_currency:
        return rate
    crossed = Fraction(usd) / Fraction(payment_usd)
    return rate * crossed * Fraction(10 ** exponent(payment_currency), 10 ** exponent(currency))


def factors_relation(groups: Iterable[dict[str, Any]], rates: Rates) -> tuple[Relation, tuple[dict[str, Any], ...]]:
    """The exact factor of each combination that can be converted, and the combinations too large to be exact."""
    rows: list[tuple[Any, ...]] = []
    too_large: list[dict[str, Any]] = []
    for group in groups:
        currency, payment_currency, month = group["currency"], group["payment_currency"], group["rated_month"]
        usd = payment_usd = _ITSELF
        if currency != payment_currency:
            if (currency, month) not in rates or (payment_currency, month) not in rates:
                continue
            usd, payment_usd = rates[currency, month], rates[payment_currency, month]
        rate = Fraction(group["rate_numerator"], group["rate_denominator"])
        exact = factor(rate, currency, payment_currency, usd[0], payment_usd[0])
        if not _fits(int(group["largest_minor"]), exact):
            too_large.append(group)
            continue
        used = (None, None, None, None) if usd is _ITSELF else (*usd, *payment_usd)
        shared = (currency, payment_currency, month, group["rate_numerator"], group["rate_denominator"])
        rows.append((*shared, exact.numerator, exact.denominator, *used))
    return Relation("commission_factors", _FACTOR_COLUMNS, tuple(rows)), tuple(too_large)


def _fits(largest_minor: int, exact: Fraction) -> bool:
    """Whether whole numbers of 38 digits hold the product before it is divided, and 64 bits the amount."""
    return 2 * largest_minor * exact.numerator + exact.denominator <= LARGEST and (
        2 * exact.denominator <= LARGEST and largest_minor * exact <= _LARGEST_MINOR
    )
