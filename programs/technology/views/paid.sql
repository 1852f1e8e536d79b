-- What each customer paid a month, by currency and amount, and in which of the twelve months (a set of bits).
WITH monthly AS (
  SELECT s.customer_id, s.currency, m.bit, CAST(SUM(s.mrr_minor) AS BIGINT) AS mrr_minor
  FROM subscriptions AS s
  JOIN customers AS c ON c.customer_id = s.customer_id
  JOIN months AS m
    ON m.span = 'attached'
    AND s.effective_from <= m.month
    AND (s.effective_until IS NULL OR s.effective_until > m.month)
    AND (c.churned_on IS NULL OR c.churned_on > m.month)
  GROUP BY s.customer_id, s.currency, m.bit
)
SELECT p.customer_id, p.currency, p.mrr_minor, BIT_OR(p.bit) AS month_set
FROM monthly AS p
WHERE p.mrr_minor > 0
GROUP BY p.customer_id, p.currency, p.mrr_minor
