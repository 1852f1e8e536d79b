-- Where partners and customers sit, what they pay in (the units of 100 USD of A142-151) and how often.
CREATE TABLE places AS
SELECT
    row_number() OVER () - 1 AS place,
    country,
    currency,
    minor_per_hundred_usd,
    sum(weight) OVER (ROWS UNBOUNDED PRECEDING) - weight AS weight_from,
    sum(weight) OVER (ROWS UNBOUNDED PRECEDING) AS weight_until
FROM (VALUES
    ('US', 'USD', 10000, 250), ('GB', 'GBP', 6250, 90), ('DE', 'EUR', 7500, 80), ('FR', 'EUR', 7500, 80),
    ('CA', 'CAD', 13000, 55), ('AU', 'AUD', 10500, 50), ('ES', 'EUR', 7500, 35), ('NL', 'EUR', 7500, 30),
    ('JP', 'JPY', 12000, 30), ('IT', 'EUR', 7500, 20), ('IE', 'EUR', 7500, 15), ('SE', 'EUR', 7500, 15),
    ('BR', 'USD', 10000, 45), ('MX', 'USD', 10000, 35), ('CO', 'COP', 30030000, 30), ('SG', 'SGD', 14000, 30),
    ('ZA', 'ZAR', 154500, 30), ('IN', 'USD', 10000, 30), ('PL', 'EUR', 7500, 15), ('AR', 'USD', 10000, 10),
    ('CL', 'USD', 10000, 10), ('PH', 'USD', 10000, 5), ('NG', 'USD', 10000, 5), ('VN', 'USD', 10000, 5)
) AS listed (country, currency, minor_per_hundred_usd, weight);

-- What a unit of each currency is worth in USD on the first day of each month.
CREATE TABLE rates AS
SELECT
    row,
    n,
    currency,
    CAST(DATE '2022-07-01' + to_months(CAST(n AS INTEGER)) AS DATE) AS rated_on,
    CASE currency
        WHEN 'USD' THEN CAST(1 AS DECIMAL(38, 12))
        ELSE CAST(
            usd_rate * CAST(970 + dice2('rate', row, n, 60) AS DECIMAL(10, 0)) * CAST('0.001' AS DECIMAL(4, 3))
            AS DECIMAL(38, 12)
        )
    END AS usd_rate,
    minor_digits
FROM (VALUES
    (0, 'USD', CAST('1' AS DECIMAL(18, 6)), 2), (1, 'AUD', CAST('0.66' AS DECIMAL(18, 6)), 2),
    (2, 'COP', CAST('0.00025' AS DECIMAL(18, 6)), 2), (3, 'EUR', CAST('1.085' AS DECIMAL(18, 6)), 2),
    (4, 'GBP', CAST('1.27' AS DECIMAL(18, 6)), 2), (5, 'SGD', CAST('0.745' AS DECIMAL(18, 6)), 2),
    (6, 'JPY', CAST('0.0067' AS DECIMAL(18, 6)), 0), (7, 'ZAR', CAST('0.0545' AS DECIMAL(18, 6)), 2),
    (8, 'CAD', CAST('0.735' AS DECIMAL(18, 6)), 2)
) AS rated (row, currency, usd_rate, minor_digits)
CROSS JOIN range(date_diff('month', DATE '2022-07-01', getvariable('until')) + 1) AS months (n);
