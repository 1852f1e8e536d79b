-- Each live sale counts its monthly revenue in US dollars at the program's own table, for twelve months.
SELECT
  s.partner_id,
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  s.mrr_minor * u.grains * h.grains AS grains,
  s.counts_from,
  s.counts_until,
  'C50' AS clause,
  s.mrr_minor AS amount_minor,
  s.currency,
  s.motion,
  s.market,
  1 AS sharers,
  u.unit_minor,
  s.closed_on AS fact_on
FROM sold AS s
JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = s.currency
  AND (u.effective_from IS NULL OR u.effective_from <= s.closed_on)
  AND (u.effective_until IS NULL OR u.effective_until > s.closed_on)
