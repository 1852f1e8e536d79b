-- What customers subscribe to: one line or two, some raised later; until they churn.
CREATE TABLE plans AS
WITH lines AS (
    SELECT
        c,
        line,
        usd,
        first_purchased_on + CAST(
            CASE line WHEN 0 THEN 0 ELSE 20 + dice('second line', c, 500) END AS INTEGER
        ) AS starts_on
    FROM customers
    CROSS JOIN range(2) AS lines (line)
    WHERE line = 0 OR dice('lines', c, 100) < 28
),

raised AS (
    SELECT
        c,
        line,
        starts_on,
        CASE line WHEN 0 THEN usd ELSE usd // 3 + 20 END AS usd,
        CASE
            WHEN dice2('raised', c, line, 100) < 30
                THEN starts_on + CAST(60 + dice2('raised on', c, line, 700) AS INTEGER)
        END AS raised_on,
        CASE WHEN dice2('lowered', c, line, 100) < 22 THEN 85 ELSE 110 + dice2('raise', c, line, 50) END AS percent
    FROM lines
)

SELECT
    row_number() OVER (ORDER BY raised.c, line) - 1 AS s,
    'T' || lpad(CAST(s + 1 AS VARCHAR), 7, '0') AS subscription_id,
    raised.c,
    line,
    (['marketing', 'sales', 'service', 'content', 'operations'])[1 + (dice('line', raised.c, 5) + line * 2) % 5]
        AS product_line,
    (['starter', 'pro', 'pro', 'enterprise'])[1 + dice2('edition', raised.c, line, 4)] AS edition,
    raised.usd * minor_per_hundred_usd // 100 AS mrr_minor,
    raised.usd * percent // 100 * minor_per_hundred_usd // 100 AS raised_minor,
    starts_on,
    CASE WHEN raised_on < least(getvariable('until'), churned_on) THEN raised_on END AS raised_on,
    churned_on
FROM raised
INNER JOIN customers ON customers.c = raised.c
WHERE starts_on < least(getvariable('until'), churned_on)
ORDER BY s;
