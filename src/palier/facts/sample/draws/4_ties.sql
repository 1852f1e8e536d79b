-- Which partners look after a customer: its first one, for a few of them up to four others, for very few six.
CREATE TABLE ties AS
WITH sharers AS (
    SELECT c, p, dice('shared', c, 1000) AS shared
    FROM customers
),

wanted AS (
    SELECT
        c,
        p,
        CASE WHEN shared < 1 THEN 6 ELSE 1 + dice('sharers', c, 4) * dice('more', c, 2) END AS others
    FROM sharers
    WHERE shared < 70
),

-- The partner of a customer drawn at random: the larger, the likelier. Materialized, or every pair is tried.
drawn AS MATERIALIZED (
    SELECT c, p, others, attempt, dice2('other', c, attempt, getvariable('customers')) AS other
    FROM wanted
    CROSS JOIN range(24) AS attempts (attempt)
),

asked AS (
    SELECT drawn.c, customers.p, drawn.others, min(attempt) AS attempt
    FROM drawn
    INNER JOIN customers ON customers.c = drawn.other
    INNER JOIN partners ON partners.p = customers.p
    WHERE customers.p <> drawn.p AND NOT partners.provider
    GROUP BY drawn.c, customers.p, drawn.others
)

SELECT c, p, TRUE AS first FROM customers
UNION ALL
SELECT c, p, FALSE
FROM asked
QUALIFY row_number() OVER (PARTITION BY c ORDER BY attempt, p) <= others;
