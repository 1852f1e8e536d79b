SELECT
    partner_id,
    lower(partner_id) || (['.example', '.example.com', '-group.example'])[1 + nth] AS domain,
    enrolled_on + CAST(1 + nth * 90 AS INTEGER) AS approved_on,
    CASE WHEN nth = 1 AND dice('revoked', p, 100) < 30 THEN getvariable('until') - 200 END AS revoked_on
FROM partners
CROSS JOIN range(2) AS several (nth)
WHERE CASE nth WHEN 0 THEN leads OR dice('domain', p, 100) < 94 ELSE dice('second domain', p, 100) < 10 END
ORDER BY p, nth
