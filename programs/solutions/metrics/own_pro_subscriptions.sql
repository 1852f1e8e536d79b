-- The partner's own subscriptions of a qualifying edition, at base price or with enough seats.
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
JOIN own_editions AS e
  ON e.edition = s.edition
  AND e.qualifies
  AND (e.effective_from IS NULL OR e.effective_from <= $on_day)
  AND (e.effective_until IS NULL OR e.effective_until > $on_day)
WHERE s.effective_from <= $on_day
  AND (s.effective_until IS NULL OR s.effective_until > $on_day)
  AND (s.base_price OR s.seats >= $minimum_seats)
