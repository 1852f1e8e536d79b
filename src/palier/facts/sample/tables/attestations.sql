-- What the vendor's people vouch for: onboarding, agreements, contacts, compliance, and the human gates of the top.
WITH asked AS (
    SELECT
        partners.*,
        nth,
        code,
        value,
        CASE code
            WHEN 'onboarded' THEN enrolled_on + 30
            WHEN 'elite_invited' THEN getvariable('until') - 150
            WHEN 'account_review_passed' THEN getvariable('until') - 120
            WHEN 'compliant' THEN getvariable('until') - 40
            ELSE DATE '2026-01-05' + CAST(dice2('attested', p, nth, 200) AS INTEGER)
        END AS effective_from,
        CASE code
            WHEN 'onboarded' THEN NOT technology_only AND (leads OR dice('onboarded', p, 100) < 97)
            WHEN 'elite_invited' THEN partners.customers >= 600 AND place_in_ladder % 5 NOT IN (0, 3)
            WHEN 'account_review_passed' THEN partners.customers >= 600 AND (leads OR dice('reviewed', p, 100) < 90)
            WHEN 'compliant' THEN NOT leads AND dice('breach', p, 1000) < 5
            WHEN 'agreement_signed' THEN member
            WHEN 'contact_form_filed' THEN member AND (member_rank < 4 OR dice('filed', p, 100) < 45)
            WHEN 'account_mapping' THEN member AND (member_rank < 4 OR dice('maps', p, 100) < 50)
            ELSE member AND (member_rank < 4 OR dice2('contact', p, nth, 100) < 60)
        END AS attested
    FROM partners
    CROSS JOIN (VALUES
        (0, 'onboarded', NULL), (1, 'elite_invited', NULL), (2, 'account_review_passed', NULL), (3, 'compliant', 'no'),
        (4, 'agreement_signed', NULL), (5, 'technical_contact', NULL), (6, 'partnership_manager', NULL),
        (7, 'co_sell_contact', NULL), (8, 'executive_sponsor', NULL), (9, 'contact_form_filed', NULL),
        (10, 'account_mapping', NULL)
    ) AS codes (nth, code, value)
)

SELECT
    'H' || lpad(CAST(row_number() OVER (ORDER BY p, nth) AS VARCHAR), 6, '0') AS attestation_id,
    partner_id,
    code,
    value,
    effective_from,
    -- A review holds for a year; one of them ends soon.
    CASE
        WHEN code = 'account_review_passed'
            THEN getvariable('until') + 245 - CAST(place_in_ladder % 4 * 60 AS INTEGER)
    END AS effective_until
FROM asked
WHERE attested AND effective_from <= getvariable('until')
ORDER BY p, nth
