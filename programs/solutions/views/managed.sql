-- Managed credit: each customer's MRR with the number of partners that share it and its market on the day (D6-9, A155).
SELECT
  m.partner_id,
  m.customer_id,
  r.mrr_minor,
  r.currency,
  n.sharers,
  CASE WHEN t.country IS NULL THEN 'other' ELSE 'growth' END AS market,
  m.last_on,
  m.counts_from,
  LEAST(m.counts_until, b.churned_on) AS counts_until
FROM managing AS m
JOIN customer_mrr AS r ON r.customer_id = m.customer_id
JOIN sharing AS n ON n.customer_id = m.customer_id
JOIN customers AS b ON b.customer_id = m.customer_id
LEFT JOIN countries_on_day AS k ON k.customer_id = m.customer_id
LEFT JOIN territories AS t
  ON t.territory = 'growth'
  AND t.country = COALESCE(k.country, b.country)
  AND (t.effective_from IS NULL OR t.effective_from <= $on_day)
  AND (t.effective_until IS NULL OR t.effective_until > $on_day)
