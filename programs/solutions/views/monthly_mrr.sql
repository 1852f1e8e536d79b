-- What each customer pays a month, by currency: its subscriptions in force on the first day of the month (C62).
SELECT s.customer_id, s.currency, CAST(SUM(s.mrr_minor) AS BIGINT) AS mrr_minor
FROM subscriptions AS s
WHERE s.effective_from <= $month_on
  AND (s.effective_until IS NULL OR s.effective_until > $month_on)
GROUP BY s.customer_id, s.currency
HAVING SUM(s.mrr_minor) > 0
