SELECT
    'I' || lpad(CAST(i + 1 AS VARCHAR), 7, '0') AS install_id,
    app_id,
    customer_id,
    installed_on,
    CASE WHEN dropped_on <= getvariable('until') THEN greatest(dropped_on, installed_on + 1) END AS uninstalled_on
FROM adoptions
ORDER BY i
