SELECT
    app_id,
    customer_id,
    month
FROM adoptions
CROSS JOIN (
    SELECT CAST(date_trunc('month', getvariable('until')) - to_months(CAST(n AS INTEGER)) AS DATE) AS month
    FROM range(13) AS numbers (n)
) AS months
WHERE installed_on < month + 28 AND (dropped_on IS NULL OR dropped_on > month)
ORDER BY month, i
