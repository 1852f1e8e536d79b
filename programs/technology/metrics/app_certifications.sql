-- Each live certification of one of the partner's listed apps counts one.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.ends_on AS counts_until,
  'B226' AS clause
FROM certified_apps AS c
