-- Each customer visited in the last ninety days earns a point.
SELECT
  v.partner_id,
  'customers' AS source_table,
  v.customer_id AS source_id,
  v.customer_id,
  u.grains * h.grains * 10000 AS grains,
  v.visited_on AS counts_from,
  w.ends_on AS counts_until,
  'A2' AS clause
FROM visits AS v
JOIN spans AS w ON w.span = 'visit' AND w.starts_on = v.visited_on
JOIN shares AS h ON h.sharers = 1
JOIN currency_units AS u ON u.unit = 'points' AND u.currency = 'USD'
WHERE v.visits >= $minimum_visits
