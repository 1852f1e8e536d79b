-- Each sale of the last twelve months earns points for every 1,000 EUR of monthly revenue, twice as many for a new customer.
SELECT
  s.partner_id,
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  s.mrr_minor * u.grains * h.grains * r.rate AS grains,
  s.closed_on AS counts_from,
  w.ends_on AS counts_until,
  r.clause,
  s.mrr_minor AS amount_minor,
  s.currency,
  r.rate,
  u.unit_minor,
  s.closed_on AS fact_on
FROM sales AS s
JOIN spans AS w ON w.span = 'year' AND w.starts_on = s.closed_on
JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = s.currency
  AND (u.effective_from IS NULL OR u.effective_from <= s.closed_on)
  AND (u.effective_until IS NULL OR u.effective_until > s.closed_on)
LEFT JOIN revenue_rates AS r
  ON r.kind = s.kind
  AND (r.effective_from IS NULL OR r.effective_from <= s.closed_on)
  AND (r.effective_until IS NULL OR r.effective_until > s.closed_on)
WHERE s.closed_on >= $year_from AND s.closed_on <= $on_day AND w.ends_on > $on_day
