WITH parts AS (
    SELECT s, 0 AS part, mrr_minor, starts_on AS effective_from, coalesce(raised_on, churned_on) AS effective_until
    FROM plans
    UNION ALL
    SELECT s, 1, raised_minor, raised_on, churned_on
    FROM plans
    WHERE raised_on IS NOT NULL
)

SELECT
    subscription_id,
    customer_id,
    product_line,
    edition,
    parts.mrr_minor,
    currency,
    parts.effective_from,
    parts.effective_until
FROM parts
INNER JOIN plans ON plans.s = parts.s
INNER JOIN customers ON customers.c = plans.c
ORDER BY parts.s, part
