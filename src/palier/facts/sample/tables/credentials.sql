-- The certification that makes a partner, those of its team, its accreditations, and the certifications of apps.
WITH earned AS (
    SELECT
        p,
        1 AS part,
        u * 10 + again AS nth,
        partner_id,
        user_id,
        CAST(NULL AS VARCHAR) AS app_id,
        'certification' AS kind,
        'solutions_partner' AS code,
        CAST(NULL AS VARCHAR) AS family,
        -- Renewed every year, by some too late; of some partners it ends within the next weeks.
        CASE
            WHEN leads THEN getvariable('until') - 100
            ELSE getvariable('until') - CAST(dice('certified', p, 380) AS INTEGER)
        END - CAST(again * CASE WHEN dice('late renewal', p, 100) < 6 THEN 395 ELSE 360 END AS INTEGER) AS earned_on,
        365 AS days
    FROM users
    INNER JOIN partners USING (p, partner_id)
    CROSS JOIN range(5) AS renewals (again)
    WHERE users.nth = 0 AND NOT technology_only AND (leads OR dice('never certified', p, 100) >= 4)
    AND (again = 0 OR earned_on > partners.enrolled_on - 330)
    UNION ALL
    SELECT
        p,
        2,
        u * 10 + code,
        partner_id,
        user_id,
        NULL,
        'certification',
        ([
            'marketing_software', 'sales_software', 'service_software', 'onboarding', 'data_migration_basics',
            'revenue_operations'
        ])[1 + (u + code) % 6],
        (['software', 'software', 'software', 'implementation', 'implementation', 'software'])[1 + (u + code) % 6],
        getvariable('until') - CAST(dice2('earned', u, code, 700) AS INTEGER),
        730
    FROM users
    INNER JOIN partners USING (p, partner_id)
    CROSS JOIN range(4) AS codes (code)
    WHERE employee
    AND (code = 0 OR dice2('learns', u, code, 100) < CASE WHEN partners.customers > 300 THEN 70 ELSE 25 END)
    UNION ALL
    SELECT
        p,
        3,
        code,
        partner_id,
        NULL,
        NULL,
        'accreditation',
        (['crm_implementation', 'data_migration', 'onboarding', 'solutions_architecture_design'])[1 + code],
        NULL,
        getvariable('until') - CAST(dice2('accredited', p, code, 600) AS INTEGER),
        1095
    FROM partners
    CROSS JOIN range(4) AS codes (code)
    WHERE partners.customers > 60 AND dice2('accredits', p, code, 100) < 25
    UNION ALL
    SELECT
        p,
        4,
        k,
        partner_id,
        NULL,
        app_id,
        'certification',
        'app',
        NULL,
        listed_on + 60,
        730
    FROM apps
    WHERE listed_on IS NOT NULL AND (member_rank < 4 OR dice('app certified', k, 100) < 35)
)

SELECT
    'D' || lpad(CAST(row_number() OVER (ORDER BY p, part, nth) AS VARCHAR), 7, '0') AS credential_id,
    partner_id,
    user_id,
    app_id,
    kind,
    code,
    family,
    earned_on,
    earned_on + CAST(days AS INTEGER) AS expires_on
FROM earned
WHERE earned_on <= getvariable('until')
ORDER BY p, part, nth
