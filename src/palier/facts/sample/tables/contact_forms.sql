WITH filed AS (
    SELECT
        p,
        partner_id,
        TIMESTAMP '2026-02-01 09:00:00' + to_minutes(dice('form', p, 360000)) AS filed_at
    FROM partners
    WHERE member AND (member_rank < 4 OR dice('filed', p, 100) < 45)
)

SELECT
    'O' || lpad(CAST(row_number() OVER (ORDER BY p) AS VARCHAR), 5, '0') AS form_id,
    partner_id,
    'technology' AS program,
    filed_at
FROM filed
WHERE filed_at < getvariable('until')
ORDER BY p
