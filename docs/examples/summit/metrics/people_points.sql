-- Each person with a valid certification earns the same points, whatever the number of certificates.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  u.unit_minor * u.grains * h.grains * $points_of_a_person AS grains,
  c.earned_on AS counts_from,
  c.expires_on AS counts_until,
  'A4' AS clause,
  $points_of_a_person AS rate,
  c.earned_on AS fact_on
FROM certified AS c
JOIN shares AS h ON h.sharers = 1
JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = 'EUR'
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
