-- The partner's own subscriptions to the vendor's products, any edition.
SELECT
  s.partner_id,
  'own_subscriptions' AS source_table,
  s.product_line AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  s.effective_from AS counts_from,
  s.effective_until AS counts_until,
  'A139' AS clause
FROM own_subscriptions AS s
WHERE s.effective_from <= $on_day
  AND (s.effective_until IS NULL OR s.effective_until > $on_day)
