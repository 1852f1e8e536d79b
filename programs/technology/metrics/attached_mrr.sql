-- The mean of the last twelve complete months: the monthly revenue of the customers that used the partner's apps.
WITH together AS (
  SELECT a.partner_id, a.customer_id, p.currency, p.mrr_minor, a.month_set & p.month_set AS month_set
  FROM attached AS a
  JOIN paid AS p ON p.customer_id = a.customer_id
  WHERE (a.month_set & p.month_set) <> 0
),
listings AS (  -- how long a partner is listed that is known to leave with all its apps
  SELECT a.partner_id, MAX(a.delisted_on) AS ends_on
  FROM listed_apps AS a
  GROUP BY a.partner_id
  HAVING COUNT(a.delisted_on) = COUNT(*)
)
SELECT
  t.partner_id,
  'customers' AS source_table,
  t.customer_id AS source_id,
  t.customer_id,
  t.mrr_minor * BIT_COUNT(t.month_set) * u.grains * h.grains AS grains,
  $month_on AS counts_from,
  LEAST(m.ends_on, e.ends_on) AS counts_until,
  'B268' AS clause,
  t.mrr_minor AS amount_minor,
  t.currency,
  u.unit_minor,
  BIT_COUNT(t.month_set) AS months_used,
  $attached_length AS months_averaged,
  m.month AS fact_on
FROM together AS t
JOIN months AS m ON m.span = 'attached' AND m.bit = (t.month_set & -t.month_set)
LEFT JOIN listings AS e ON e.partner_id = t.partner_id
LEFT JOIN shares AS h ON h.sharers = $attached_length
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = t.currency
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
