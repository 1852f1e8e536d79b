-- The sales of those subscriptions: new ones and second lines, then raises; most by the customer's first partner.
CREATE TABLE deals AS
WITH sold AS (
    SELECT
        c,
        line,
        product_line,
        CASE line WHEN 0 THEN 'new' ELSE 'cross_sell' END AS kind,
        mrr_minor,
        starts_on AS closed_on,
        starts_on
    FROM plans
    UNION ALL
    SELECT c, line, product_line, 'upsell', raised_minor - mrr_minor, raised_on, starts_on
    FROM plans
    WHERE raised_minor > mrr_minor AND raised_on IS NOT NULL
)

SELECT
    row_number() OVER (ORDER BY closed_on, sold.c, line, kind) - 1 AS d,
    'S' || lpad(CAST(d + 1 AS VARCHAR), 7, '0') AS sale_id,
    sold.c,
    customers.p,
    customer_id,
    partner_id,
    product_line,
    kind,
    CASE
        WHEN dice2('motion', sold.c, line, 100) < 62 THEN 'sourced'
        WHEN dice2('motion', sold.c, line, 100) < 93 THEN 'assisted'
        ELSE 'self_service'
    END AS motion,
    mrr_minor,
    currency,
    closed_on,
    CASE WHEN kind = 'upsell' OR dice2('told', sold.c, line, 100) < 80 THEN starts_on END AS line_first_sold_on,
    CASE WHEN dice('segment', sold.c, 100) < 90 THEN usd >= 1500 END AS upmarket,
    churned_on
FROM sold
INNER JOIN customers ON customers.c = sold.c
INNER JOIN partners ON partners.p = customers.p
WHERE closed_on >= enrolled_on AND dice2('alone', sold.c, line, 100) < 90
ORDER BY d;
