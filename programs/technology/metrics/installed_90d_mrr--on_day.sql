-- The monthly revenue, on the day asked about, of customers that installed an app within 90 days of their purchase (B-14).
WITH paying AS (
  SELECT e.partner_id, e.customer_id, e.install_id, e.installed_on, e.ends_on, s.currency, SUM(s.mrr_minor) AS mrr_minor
  FROM early_installs AS e
  JOIN subscriptions AS s ON s.customer_id = e.customer_id
  JOIN customers AS c ON c.customer_id = e.customer_id
  WHERE s.effective_from <= $on_day
    AND (s.effective_until IS NULL OR s.effective_until > $on_day)
    AND (c.churned_on IS NULL OR c.churned_on > $on_day)
  GROUP BY e.partner_id, e.customer_id, e.install_id, e.installed_on, e.ends_on, s.currency
  HAVING SUM(s.mrr_minor) > 0
)
SELECT
  p.partner_id,
  'installs' AS source_table,
  p.install_id AS source_id,
  p.customer_id,
  p.mrr_minor * u.grains * h.grains AS grains,
  p.installed_on AS counts_from,
  p.ends_on AS counts_until,
  'B274' AS clause,
  p.mrr_minor AS amount_minor,
  p.currency,
  u.unit_minor,
  p.installed_on AS fact_on
FROM paying AS p
LEFT JOIN shares AS h ON h.sharers = 1
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = p.currency
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
