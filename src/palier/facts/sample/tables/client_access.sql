SELECT
    access_id,
    user_id,
    customer_id,
    associated_on,
    granted_on,
    removed_on
FROM accesses
ORDER BY a
