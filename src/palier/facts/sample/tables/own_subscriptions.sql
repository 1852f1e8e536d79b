SELECT
    partner_id,
    (['marketing', 'sales', 'service'])[1 + dice('own line', p, 3)] AS product_line,
    CASE
        WHEN leads THEN 'enterprise'
        WHEN provider AND dice('own edition', p, 100) < 60 THEN 'starter'
        WHEN dice('own edition', p, 100) < 4 THEN 'starter'
        WHEN dice('own edition', p, 100) < 75 THEN 'pro'
        ELSE 'enterprise'
    END AS edition,
    CASE
        WHEN dice('own price', p, 100) < 70 THEN TRUE
        WHEN dice('own price', p, 100) < 95 THEN FALSE
    END AS base_price,
    CASE WHEN leads THEN 20 ELSE 3 + dice('seats', p, 12) END AS seats,
    enrolled_on AS effective_from,
    CASE WHEN NOT leads AND dice('own end', p, 100) < 3 THEN getvariable('until') + 30 END AS effective_until
FROM partners
WHERE NOT technology_only AND (leads OR dice('own', p, 100) < 96)
ORDER BY p
