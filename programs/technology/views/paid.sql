-- What each customer paid a month, by currency and amount, and in which of the twelve months (a set of bits).
-- Where no two subscriptions share a month, each amount stands alone; only others are added up month by month.
WITH customers_paying AS (
  SELECT p.customer_id, p.currency, SUM(p.month_set) <> BIT_OR(p.month_set) AS adds_up
  FROM priced AS p
  GROUP BY p.customer_id, p.currency
),
amounts AS (
  SELECT p.customer_id, p.currency, p.mrr_minor, p.month_set
  FROM priced AS p
  JOIN customers_paying AS c ON c.customer_id = p.customer_id AND c.currency = p.currency AND NOT c.adds_up
  UNION ALL
  SELECT p.customer_id, p.currency, CAST(SUM(p.mrr_minor) AS BIGINT) AS mrr_minor, m.bit AS month_set
  FROM priced AS p
  JOIN customers_paying AS c ON c.customer_id = p.customer_id AND c.currency = p.currency AND c.adds_up
  JOIN months AS m ON m.span = 'attached' AND (m.bit & p.month_set) <> 0
  GROUP BY p.customer_id, p.currency, m.bit
)
SELECT a.customer_id, a.currency, a.mrr_minor, BIT_OR(a.month_set) AS month_set
FROM amounts AS a
WHERE a.mrr_minor > 0
GROUP BY a.customer_id, a.currency, a.mrr_minor
