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
