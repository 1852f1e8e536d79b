-- Each live certification of the team on implementation counts one.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.ends_on AS counts_until,
  'A357' AS clause
FROM live_certifications AS c
WHERE c.family = 'implementation'
