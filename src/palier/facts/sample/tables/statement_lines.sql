-- The commissions issued two months ago: a fifth of what was paid then for the sales of the year before.
WITH issued AS (
    SELECT
        d,
        partner_id,
        mrr_minor // 5 AS amount_minor,
        currency,
        CAST(date_trunc('month', getvariable('until')) - to_months(2) AS DATE) AS month
    FROM deals
    WHERE d % 4 = 0
    AND closed_on < CAST(date_trunc('month', getvariable('until')) - to_months(2) AS DATE) + 28
    AND closed_on > CAST(date_trunc('month', getvariable('until')) - to_months(14) AS DATE)
    AND (churned_on IS NULL OR churned_on > CAST(date_trunc('month', getvariable('until')) - to_months(2) AS DATE))
)

SELECT
    'M' || strftime(month, '%y%m') || '-' || partner_id AS statement_id,
    row_number() OVER (PARTITION BY partner_id ORDER BY d) AS line_no,
    partner_id,
    month,
    'Y' || lpad(CAST(d + 1 AS VARCHAR), 7, '0') || '-02' AS payment_id,
    amount_minor,
    currency
FROM issued
ORDER BY partner_id, line_no
