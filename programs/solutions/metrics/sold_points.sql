-- Each live sale earns points for every 100 USD of monthly revenue, by who originated it and by market, for twelve months.
SELECT
  s.partner_id,
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  s.mrr_minor * u.grains * h.grains * r.rate AS grains,
  s.counts_from,
  s.counts_until,
  r.clause,
  s.mrr_minor AS amount_minor,
  s.currency,
  s.motion,
  s.market,
  r.rate,
  1 AS sharers,
  u.unit_minor,
  s.closed_on AS fact_on,
  s.rated_on
FROM sold AS s
JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = s.currency
  AND (u.effective_from IS NULL OR u.effective_from <= s.closed_on)
  AND (u.effective_until IS NULL OR u.effective_until > s.closed_on)
LEFT JOIN sold_rates AS r
  ON r.motion = s.motion
  AND r.market = s.market
  AND (r.effective_from IS NULL OR r.effective_from <= s.rated_on)
  AND (r.effective_until IS NULL OR r.effective_until > s.rated_on)
