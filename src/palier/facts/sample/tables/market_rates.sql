SELECT
    currency,
    rated_on,
    usd_rate
FROM rates
ORDER BY row, n
