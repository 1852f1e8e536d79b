SELECT
    'B' || lpad(CAST(row_number() OVER (ORDER BY p, nth) AS VARCHAR), 6, '0') AS use_id,
    partner_id,
    ([
        'directory_listing', 'lead_matching', 'demo_account', 'onboarding_waiver', 'reference_call'
    ])[1 + dice2('benefit', p, nth, 5)] AS benefit,
    greatest(enrolled_on, getvariable('until') - CAST(dice2('used', p, nth, 400) AS INTEGER)) AS used_on,
    CASE WHEN dice2('many', p, nth, 10) = 0 THEN 2 END AS quantity
FROM partners
CROSS JOIN range(3) AS times (nth)
WHERE dice2('uses', p, nth, 100) < 30
ORDER BY p, nth
