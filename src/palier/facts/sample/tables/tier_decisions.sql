-- The vendor's published list of July, about right, and a few decisions of its people.
WITH decided AS (
    SELECT
        p,
        1 AS nth,
        partner_id,
        CASE
            WHEN provider OR dice('own edition', p, 100) < 4 OR dice('own', p, 100) >= 96 THEN 'provider'
            WHEN dice('never certified', p, 100) < 4 OR dice('onboarded', p, 100) >= 97 THEN 'provider'
            WHEN tools < 3 THEN 'partner'
            WHEN partners.customers >= 900 THEN 'elite'
            WHEN partners.customers >= 300 THEN 'diamond'
            WHEN partners.customers >= 98 THEN 'platinum'
            WHEN partners.customers >= 36 THEN 'gold'
            ELSE 'partner'
        END AS tier,
        'published' AS kind,
        'List of July 2026' AS reason,
        DATE '2026-07-15' AS effective_on
    FROM partners
    WHERE NOT technology_only
    UNION ALL
    SELECT p, 2, partner_id, 'gold', 'override', 'Market entry', DATE '2026-08-01'
    FROM partners
    WHERE NOT technology_only AND NOT provider AND NOT leads AND dice('override', p, 100) < 2
    UNION ALL
    SELECT p, 3, partner_id, NULL, 'suspended', 'Open escalation', getvariable('until') - 40
    FROM partners
    WHERE NOT technology_only AND NOT leads AND dice('breach', p, 1000) < 5
)

SELECT
    'N' || lpad(CAST(row_number() OVER (ORDER BY p, nth) AS VARCHAR), 6, '0') AS decision_id,
    partner_id,
    'solutions' AS program,
    tier,
    kind,
    reason,
    effective_on
FROM decided
WHERE effective_on <= getvariable('until')
ORDER BY p, nth
