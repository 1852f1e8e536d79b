-- The most successful member takes part in hundreds of deals, most members in a handful; what the vendor would match
-- after the day of the facts is not matched yet.
WITH drawn AS MATERIALIZED (
    SELECT partner_id, member_rank, n, dice2('deal', member_rank, n, getvariable('deals')) AS deal
    FROM partners
    CROSS JOIN range(900) AS numbers (n)
    WHERE member AND n < 900 // member_rank + 2
),

looked AS (
    SELECT
        drawn.partner_id,
        member_rank,
        n,
        d,
        deals.customer_id,
        mrr_minor,
        currency,
        closed_on,
        CASE
            WHEN dice2('matched', d, member_rank, 100) < 85
                THEN closed_on + CAST(dice2('matched on', d, member_rank, 45) AS INTEGER)
        END AS found_on
    FROM drawn
    INNER JOIN deals ON deals.d = drawn.deal
)

SELECT
    'F' || lpad(CAST(row_number() OVER (ORDER BY d, member_rank, n) AS VARCHAR), 6, '0') AS influenced_id,
    partner_id,
    customer_id,
    CASE WHEN dice2('role', d, member_rank, 100) < 40 THEN 'sourced' ELSE 'supported' END AS role,
    mrr_minor,
    currency,
    closed_on,
    CASE WHEN found_on <= getvariable('until') THEN found_on END AS matched_on
FROM looked
ORDER BY d, member_rank, n
