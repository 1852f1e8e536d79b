-- The last months of every sale, all months of one in twenty; one payment in a hundred is paid back in part.
WITH months AS (
    SELECT n, CAST(date_trunc('month', getvariable('until')) - to_months(CAST(n AS INTEGER)) AS DATE) AS period_month
    FROM range(48) AS numbers (n)
),

paid AS (
    SELECT
        d,
        n,
        0 AS part,
        customer_id,
        sale_id,
        period_month,
        mrr_minor AS net_minor,
        currency,
        period_month + CAST(3 + dice2('paid', d, n, 12) AS INTEGER) AS paid_on
    FROM deals
    CROSS JOIN months
    WHERE (n < 3 OR d % 20 = 0)
    AND closed_on < period_month + 28
    AND (churned_on IS NULL OR churned_on > period_month)
    AND period_month + 17 <= getvariable('until')
),

both_ways AS (
    SELECT * FROM paid
    UNION ALL
    SELECT * REPLACE (1 AS part, -(net_minor // 2) AS net_minor, paid_on + 2 AS paid_on)
    FROM paid
    WHERE dice2('back', d, n, 100) = 0
)

SELECT
    'Y' || lpad(CAST(d + 1 AS VARCHAR), 7, '0') || '-' || lpad(CAST(n AS VARCHAR), 2, '0')
    || CASE part WHEN 1 THEN 'R' ELSE '' END AS payment_id,
    customer_id,
    -- What a customer pays beside its sales has no sale.
    CASE WHEN dice('unlinked', d, 100) > 0 THEN sale_id END AS sale_id,
    period_month,
    net_minor,
    currency,
    paid_on,
    CASE part WHEN 1 THEN 'Y' || lpad(CAST(d + 1 AS VARCHAR), 7, '0') || '-' || lpad(CAST(n AS VARCHAR), 2, '0') END
        AS corrects_payment_id
FROM both_ways
ORDER BY d, n, part
