-- The most successful member takes part in hundreds of deals, most members in a handful.
WITH drawn AS MATERIALIZED (
    SELECT partner_id, member_rank, n, dice2('deal', member_rank, n, getvariable('deals')) AS deal
    FROM partners
    CROSS JOIN range(900) AS numbers (n)
    WHERE member AND n < 900 // member_rank + 2
)

SELECT
    'F' || lpad(CAST(row_number() OVER (ORDER BY d, member_rank, n) AS VARCHAR), 6, '0') AS influenced_id,
    drawn.partner_id,
    deals.customer_id,
    CASE WHEN dice2('role', d, member_rank, 100) < 40 THEN 'sourced' ELSE 'supported' END AS role,
    mrr_minor,
    currency,
    closed_on,
    CASE
        WHEN dice2('matched', d, member_rank, 100) < 85
            THEN closed_on + CAST(dice2('matched on', d, member_rank, 45) AS INTEGER)
    END AS matched_on
FROM drawn
INNER JOIN deals ON deals.d = drawn.deal
ORDER BY d, member_rank, n
