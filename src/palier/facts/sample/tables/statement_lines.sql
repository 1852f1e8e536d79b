-- The commissions issued two months ago: a fifth of what was paid then, in the partner's currency, but for a few
-- payments that came to light too late.
WITH paid AS (
    SELECT
        d,
        deals.partner_id,
        0 AS part,
        mrr_minor AS net_minor,
        deals.currency,
        places.currency AS payment_currency,
        CAST(date_trunc('month', getvariable('until')) - to_months(2) AS DATE) AS month
    FROM deals
    INNER JOIN partners ON partners.p = deals.p
    INNER JOIN places ON places.place = partners.place
    WHERE motion <> 'assisted'
    AND closed_on < month + 28
    AND (churned_on IS NULL OR churned_on > month)
    AND (closed_on < DATE '2023-04-01' OR date_diff('month', closed_on, month) < CASE
        WHEN provider OR (
            dice('began small', partners.p, 100) < 10
            AND closed_on < enrolled_on + CAST(60 + dice('grew', partners.p, 200) AS INTEGER)
        ) THEN 12
        ELSE 36
    END)
    AND dice('unlinked', d, 100) > 0
    AND dice('too late', d, 100) >= 3
),

issued AS (
    SELECT * FROM paid
    UNION ALL
    SELECT * REPLACE (1 AS part, -(net_minor // 2) AS net_minor)
    FROM paid
    WHERE dice2('back', d, 2, 100) = 0
)

SELECT
    'solutions-' || strftime(month, '%Y-%m') || '-' || partner_id AS statement_id,
    row_number() OVER (PARTITION BY partner_id ORDER BY part, d) AS line_no,
    partner_id,
    month,
    'Y' || lpad(CAST(d + 1 AS VARCHAR), 7, '0') || '-02' || CASE part WHEN 1 THEN 'R' ELSE '' END AS payment_id,
    CAST(sign(net_minor) * floor(
        abs(net_minor) * pow(10, paying.minor_digits - paid_in.minor_digits)
        * CAST(paid_in.usd_rate AS DOUBLE) / CAST(paying.usd_rate AS DOUBLE) / 5 + 0.5
    ) AS BIGINT) AS amount_minor,
    payment_currency AS currency
FROM issued
INNER JOIN rates AS paid_in ON paid_in.currency = issued.currency AND paid_in.rated_on = issued.month
INNER JOIN rates AS paying ON paying.currency = issued.payment_currency AND paying.rated_on = issued.month
ORDER BY partner_id, line_no
