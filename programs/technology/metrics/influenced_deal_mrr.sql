-- The monthly revenue of the deals that the partner sourced or supported, for twelve months from closing, once matched.
SELECT
  d.partner_id,
  'influenced_sales' AS source_table,
  d.influenced_id AS source_id,
  d.customer_id,
  d.mrr_minor * u.grains * h.grains AS grains,
  GREATEST(d.closed_on, d.matched_on) AS counts_from,
  s.ends_on AS counts_until,
  'B271' AS clause,
  d.mrr_minor AS amount_minor,
  d.currency,
  u.unit_minor,
  d.closed_on AS fact_on
FROM influenced_sales AS d
JOIN spans AS s ON s.span = 'influenced' AND s.starts_on = d.closed_on
LEFT JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = d.currency
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
WHERE d.closed_on >= $influenced_from
  AND d.closed_on <= $on_day
  AND d.matched_on <= $on_day
  AND s.ends_on > $on_day
