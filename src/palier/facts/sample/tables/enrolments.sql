-- A tenth of the partners began as providers; some members of the technology program are solutions partners too.
WITH solutions AS (
    SELECT
        p,
        partner_id,
        provider,
        enrolled_on,
        CASE
            WHEN NOT provider AND dice('began small', p, 100) < 10
                THEN enrolled_on + CAST(60 + dice('grew', p, 200) AS INTEGER)
        END AS grew_on,
        CASE
            WHEN NOT leads AND dice('leaves', p, 100) < 3
                THEN getvariable('until') - CAST(dice('left', p, 200) AS INTEGER)
        END AS left_on
    FROM partners
    WHERE NOT technology_only
),

listed AS (
    SELECT p, 1 AS nth, partner_id, 'solutions' AS program, 'provider' AS level, enrolled_on, grew_on AS left_on
    FROM solutions
    WHERE grew_on IS NOT NULL
    UNION ALL
    SELECT
        p,
        2,
        partner_id,
        'solutions',
        CASE WHEN provider THEN 'provider' ELSE 'partner' END,
        coalesce(grew_on, enrolled_on),
        left_on
    FROM solutions
    UNION ALL
    SELECT
        p,
        3,
        partner_id,
        'technology',
        'member',
        DATE '2026-01-05' + CAST(dice('member since', p, 100) AS INTEGER),
        CAST(NULL AS DATE)
    FROM partners
    WHERE member
)

SELECT
    'E' || lpad(CAST(row_number() OVER (ORDER BY p, nth) AS VARCHAR), 5, '0') AS enrolment_id,
    partner_id,
    program,
    level,
    enrolled_on,
    left_on
FROM listed
WHERE enrolled_on <= getvariable('until')
ORDER BY p, nth
