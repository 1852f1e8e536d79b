SELECT
    'O' || lpad(CAST(row_number() OVER (ORDER BY p) AS VARCHAR), 5, '0') AS form_id,
    partner_id,
    'technology' AS program,
    TIMESTAMP '2026-02-01 09:00:00' + to_minutes(dice('form', p, 360000)) AS filed_at
FROM partners
WHERE member AND (member_rank < 4 OR dice('filed', p, 100) < 45)
ORDER BY p
