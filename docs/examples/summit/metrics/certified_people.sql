-- Each person with a valid certification counts one.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.expires_on AS counts_until,
  'A9' AS clause,
  c.earned_on AS fact_on
FROM certified AS c
