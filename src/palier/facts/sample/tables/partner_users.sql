SELECT
    user_id,
    partner_id,
    CASE WHEN outside THEN lower(user_id) || '@mail.example' ELSE lower(user_id) || '@' || lower(partner_id) || '.example' END
        AS email,
    employee AS is_partner_employee,
    added_on,
    CASE WHEN NOT deleted AND gone_on IS NOT NULL THEN greatest(gone_on, added_on + 1) END AS deactivated_on,
    CASE WHEN deleted AND gone_on IS NOT NULL THEN greatest(gone_on, added_on + 1) END AS deleted_on
FROM users
ORDER BY u
