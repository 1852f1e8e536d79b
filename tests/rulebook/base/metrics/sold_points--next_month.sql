-- Each live sale earns points for its monthly revenue, by motion and market, from the next month on.
SELECT
  s.partner_id,
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  s.mrr_minor * u.grains * h.grains * r.rate AS grains,
  w.next_month_on AS counts_from,
  w.ends_on AS counts_until,
  r.clause,
  s.mrr_minor AS amount_minor,
  s.currency,
  r.rate
FROM sales AS s
JOIN customers AS c ON c.customer_id = s.customer_id
JOIN spans AS w ON w.span = 'sold' AND w.starts_on = s.closed_on
JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = s.currency
  AND (u.effective_from IS NULL OR u.effective_from <= s.closed_on)
  AND (u.effective_until IS NULL OR u.effective_until > s.closed_on)
LEFT JOIN territories AS t
  ON t.territory = 'nordic'
  AND t.country = c.country
  AND (t.effective_from IS NULL OR t.effective_from <= s.closed_on)
  AND (t.effective_until IS NULL OR t.effective_until > s.closed_on)
LEFT JOIN rates AS r
  ON r.motion = s.motion
  AND r.market = CASE WHEN t.country IS NULL THEN 'other' ELSE 'nordic' END
  AND (r.effective_from IS NULL OR r.effective_from <= s.closed_on)
  AND (r.effective_until IS NULL OR r.effective_until > s.closed_on)
WHERE s.closed_on >= $sold_from
  AND w.next_month_on <= $on_day
