SELECT
    user_id,
    partner_id,
    lower(user_id) || '@' || CASE WHEN outside THEN 'mail' ELSE lower(partner_id) END || '.example' AS email,
    employee AS is_partner_employee,
    added_on,
    CASE WHEN NOT deleted AND gone_on IS NOT NULL THEN greatest(gone_on, added_on + 1) END AS deactivated_on,
    CASE WHEN deleted AND gone_on IS NOT NULL THEN greatest(gone_on, added_on + 1) END AS deleted_on
FROM users
ORDER BY u
