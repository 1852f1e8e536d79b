-- Each managed customer counts its monthly revenue in US dollars, shared equally by the partners that manage it.
SELECT
  m.partner_id,
  'customers' AS source_table,
  m.customer_id AS source_id,
  m.customer_id,
  m.mrr_minor * u.grains * h.grains AS grains,
  m.counts_from,
  m.counts_until,
  'D6' AS clause,
  m.mrr_minor AS amount_minor,
  m.currency,
  m.market,
  m.sharers,
  u.unit_minor,
  m.last_on AS fact_on
FROM managed AS m
LEFT JOIN shares AS h ON h.sharers = m.sharers
LEFT JOIN currency_units AS u
  ON u.unit = 'usd'
  AND u.currency = m.currency
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
