-- Customers: whose they are first, where they sit, since when, how much they pay and until when.
CREATE TABLE customers AS
WITH owned AS (
    SELECT
        drawn.c,
        partners.p,
        partners.tools,
        partners.churn_per_year,
        CASE WHEN dice('at home', drawn.c, 100) < 30 THEN partners.place END AS home_place,
        dice('place', drawn.c, 1000) AS draw,
        dice('size', drawn.c, 1000) AS size,
        -- The square of a draw: the nearer to today, the more customers came.
        dice('came', drawn.c, 1000) AS came,
        dice('came since', drawn.c, 1000000) AS came_since
    FROM range(getvariable('customers')) AS drawn (c)
    ASOF INNER JOIN (FROM partners WHERE customers > 0) AS partners ON drawn.c >= partners.first_customer
),

dated AS (
    SELECT
        owned.*,
        CAST((came * 1000000 + came_since) * came * getvariable('days') // 1000000000000 AS INTEGER) AS days_ago,
        getvariable('until') - days_ago AS first_purchased_on,
        CASE
            WHEN size < 250 THEN 50 + dice('usd', c, 50)
            WHEN size < 550 THEN 100 + dice('usd', c, 150)
            WHEN size < 800 THEN 250 + dice('usd', c, 250)
            WHEN size < 920 THEN 500 + dice('usd', c, 500)
            WHEN size < 985 THEN 1000 + dice('usd', c, 2000)
            ELSE 3000 + dice('usd', c, 130) * dice('usd too', c, 131)
        END AS usd
    FROM owned
)

SELECT
    c,
    'C' || lpad(CAST(row_number() OVER (ORDER BY hash('shuffle', c, getvariable('seed')), c) AS VARCHAR), 7, '0')
        AS customer_id,
    p,
    places.place,
    country,
    currency,
    minor_per_hundred_usd,
    usd,
    first_purchased_on,
    CASE
        WHEN days_ago > 120 AND dice('churns', c, 36500) < churn_per_year * days_ago
            THEN first_purchased_on + CAST(90 + dice('churn', c, days_ago - 90) AS INTEGER)
        WHEN days_ago > 30 AND dice('notice', c, 1000) < 5
            THEN getvariable('until') + CAST(10 + dice('notice', c, 80) AS INTEGER)
    END AS churned_on,
    greatest(0, tools - 2 + dice('tools used', c, 5)) AS tools
FROM dated
INNER JOIN places ON coalesce(
    places.place = home_place,
    draw >= places.weight_from AND draw < places.weight_until
)
ORDER BY c;
