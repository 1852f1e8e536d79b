SELECT
    currency,
    CAST(DATE '2022-07-01' + to_months(CAST(n AS INTEGER)) AS DATE) AS rated_on,
    CASE currency
        WHEN 'USD' THEN CAST(1 AS DECIMAL(38, 12))
        ELSE CAST(
            usd_rate * CAST(970 + dice2('rate', row, n, 60) AS DECIMAL(10, 0)) * CAST('0.001' AS DECIMAL(4, 3))
            AS DECIMAL(38, 12)
        )
    END AS usd_rate
FROM (VALUES
    (0, 'USD', CAST('1' AS DECIMAL(18, 6))), (1, 'AUD', CAST('0.66' AS DECIMAL(18, 6))),
    (2, 'COP', CAST('0.00025' AS DECIMAL(18, 6))), (3, 'EUR', CAST('1.085' AS DECIMAL(18, 6))),
    (4, 'GBP', CAST('1.27' AS DECIMAL(18, 6))), (5, 'SGD', CAST('0.745' AS DECIMAL(18, 6))),
    (6, 'JPY', CAST('0.0067' AS DECIMAL(18, 6))), (7, 'ZAR', CAST('0.0545' AS DECIMAL(18, 6))),
    (8, 'CAD', CAST('0.735' AS DECIMAL(18, 6)))
) AS rated (row, currency, usd_rate)
CROSS JOIN range(date_diff('month', DATE '2022-07-01', getvariable('until')) + 1) AS months (n)
ORDER BY row, n
