-- Each managed customer earns points for every 100 USD of monthly revenue, by market, shared equally by its partners.
SELECT
  m.partner_id,
  'customers' AS source_table,
  m.customer_id AS source_id,
  m.customer_id,
  m.mrr_minor * u.grains * h.grains * r.rate AS grains,
  m.counts_from,
  m.counts_until,
  r.clause,
  m.mrr_minor AS amount_minor,
  m.currency,
  m.market,
  r.rate,
  m.sharers,
  u.unit_minor,
  m.last_on AS fact_on
FROM managed AS m
LEFT JOIN shares AS h ON h.sharers = m.sharers
LEFT JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = m.currency
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
LEFT JOIN managed_rates AS r
  ON r.market = m.market
  AND (r.effective_from IS NULL OR r.effective_from <= $on_day)
  AND (r.effective_until IS NULL OR r.effective_until > $on_day)
