-- Each sale counts its monthly revenue in US dollars, from the day it is closed, for twelve months.
SELECT
  s.partner_id,
  'sales' AS source_table,
  s.sale_id AS source_id,
  s.customer_id,
  s.mrr_minor * u.grains * h.grains AS grains,
  s.closed_on AS counts_from,
  w.ends_on AS counts_until,
  'A2' AS clause,
  s.mrr_minor AS amount_minor,
  s.currency,
  1 AS sharers,
  u.unit_minor,
  s.closed_on AS fact_on
FROM sales AS s
JOIN spans AS w ON w.span = 'sold' AND w.starts_on = s.closed_on
JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = s.currency
  AND (u.effective_from IS NULL OR u.effective_from <= s.closed_on)
  AND (u.effective_until IS NULL OR u.effective_until > s.closed_on)
WHERE s.closed_on >= $sold_from
  AND s.closed_on <= $on_day
  AND w.ends_on > $on_day
